"""The counter that is told outside never falls: only what is saved is told, and a new ledger goes on from it.

Home Assistant's energy statistics take a counter below nine tenths of its last value for a new meter and add
the whole of it again; a smaller step back is subtracted. So a pulse is told when the ledger holds it: no
SIGKILL and no power cut takes it back. A ledger from a backup, a new or a salvaged one may know less than was
told. It asks the broker once what it keeps, and notes the difference as an event, ``counter``; what is told
is the ledger's own count and that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from queue import SimpleQueue
from typing import TYPE_CHECKING

import msgspec

from sodien.history.events import notes
from sodien.ledger.bodies import EventBody
from sodien.ledger.noted import CounterNoted
from sodien.protocol.messages import Live

if TYPE_CHECKING:
    from sodien.ledger.store import Ledger


class ToldCounters:
    """How far the counters told outside are ahead of one ledger.

    Attributes:
        ahead: the newest note of each meter: its own ledger's, or that of the ledger it came from.
        unknown: meters of which nothing may be told yet.
        kept: the broker's answer, put in by another thread.
    """

    def __init__(self, ledger: Ledger, meters: Sequence[str], *, ask: bool) -> None:
        """Begin with what the ledger holds; ``ask``: what it does not know yet will be :meth:`answered`."""
        self._ledger = ledger.id
        nothing = CounterNoted(ledger="", pulses=0, kwh=Decimal(0))
        told = {meter: [nothing, *(one for _, one in notes(ledger, meter, CounterNoted))] for meter in meters}
        self.ahead = {meter: found[-1] for meter, found in told.items()}
        self.unknown = {m for m, note in self.ahead.items() if note.ledger != ledger.id} if ask else set()
        self.kept: SimpleQueue[Mapping[str, Live]] = SimpleQueue()
        self._noting: dict[str, CounterNoted] = {}

    def answered(
        self, kept: Mapping[str, Live], counted: Mapping[str, tuple[int, Decimal]]
    ) -> Iterator[tuple[str, EventBody]]:
        """What to note of each meter now that it is known what the broker has ``kept``.

        ``counted`` are the ledger's own pulses and kWh.
        """
        for meter in sorted(self.unknown - self._noting.keys()):
            noted = ahead_of(self._ledger, self.ahead[meter], kept.get(meter), *counted[meter])
            self._noting[meter] = noted
            yield meter, EventBody.of(noted)

    def saved(self) -> bool:
        """The ledger holds what was to be noted; True if that was anything."""
        self.ahead |= self._noting
        self.unknown -= self._noting.keys()
        found, self._noting = bool(self._noting), {}
        return found

    def of(self, meter: str, pulses: int, live: Live) -> Live:
        """A live state as it is published; ``pulses`` are those that the ledger holds."""
        note, kwh = self.ahead[meter], live.counter_kwh
        return msgspec.structs.replace(
            live, pulses=pulses + note.pulses, counter_kwh=None if kwh is None else kwh + note.kwh
        )


def ahead_of(ledger: str, before: CounterNoted, kept: Live | None, pulses: int, kwh: Decimal) -> CounterNoted:
    """How far what was told last (``kept``) is ahead of a ledger that counted this much; pure.

    Never less than what the ledger it came from was (``before``).
    """
    more_pulses, more_kwh = before.pulses, before.kwh
    if kept is not None:
        more_pulses = max(more_pulses, kept.pulses - pulses)
        if kept.counter_kwh is not None:
            more_kwh = max(more_kwh, kept.counter_kwh - kwh)
    return CounterNoted(ledger=ledger, pulses=more_pulses, kwh=more_kwh)
