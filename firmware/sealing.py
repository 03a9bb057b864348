"""When the ledger is sealed: right after each full hour, a minute after the start, and at a clean stop."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sodien.ledger.store import SEAL_MOST, Ledger, LedgerBusyError

if TYPE_CHECKING:
    from firmware.recorder import Recorder

log = logging.getLogger(__name__)

_MINUTE_NS = 60_000_000_000
_HOUR_NS = 60 * _MINUTE_NS
#: Most rows of a start have got their time by then.
_AFTER_START_NS = _MINUTE_NS
#: The hour's own row is written by then, and what the file system has yet to write for it, journal and time
#: stamps, serves for the seal too.
_AFTER_HOUR_NS = 2_000_000_000
_AT_STOP = 10


class Sealer:
    """Seals the ledger when it is due; once a call, so that a long backlog never holds up the counting.

    Attributes:
        next: monotonic ns at which it wants to be called.

    What a crash does: a seal is one transaction, so it is there or not; the next start seals what is left.
    """

    def __init__(self, ledger: Ledger, now: int) -> None:
        """From ``now`` on, monotonic ns: what an earlier run left behind is sealed first."""
        self._ledger = ledger
        self.next = now + _AFTER_START_NS
        self._busy = False

    def due(self, now: int) -> bool:
        """Whether :meth:`seal` has something to do."""
        return now >= self.next

    def seal(self, recorder: Recorder, now: int) -> bool:
        """Seal what there is, up to a limit; True when a seal was written. A failure is tried again."""
        wall = recorder.watch.wall_ns(now)
        try:
            made = self._ledger.seal(recorder.run, now, recorder.watch.wall_ms(now), SEAL_MOST)
        except LedgerBusyError as error:
            if not self._busy:
                log.warning("the ledger could not be sealed; it will be tried again: %s", error)
            self._busy = True
            self.next = now + _MINUTE_NS
            return False
        self._busy = False
        if made is not None and max(made.last - made.first + 1, len(made.dated)) >= SEAL_MOST:
            self.next = now  # there may be more
        else:
            past_hour = (wall if wall is not None else now) % _HOUR_NS
            self.next = now - past_hour + _HOUR_NS + _AFTER_HOUR_NS
        return made is not None

    def finish(self, recorder: Recorder, now: int) -> None:
        """Seal what is left, at a clean stop; of a long backlog the next start does the rest."""
        for _ in range(_AT_STOP):
            if not self.seal(recorder, now) or not self.due(now):
                return
