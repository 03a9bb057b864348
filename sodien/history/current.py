"""What the running daemon has counted beyond the ledger's newest minute row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sodien.history.meter import Count, MeterHistory
    from sodien.ledger.store import Ledger, NewRow
    from sodien.protocol.messages import Live
    from sodien.settings.model import MeterSettings, Settings


def current_view(
    settings: Settings, ledger: Ledger, meter: MeterSettings, extra: Sequence[NewRow] = ()
) -> MeterHistory:
    """The view of a meter that reaches to what the daemon has counted by now, while it runs.

    Minute rows come into the ledger up to three minutes late; somebody who types what just happened need not
    wait for them.
    """
    from sodien.history import daemon_state as state
    from sodien.history.meter import view_of

    running = state.read(ledger)
    live = running.live.get(meter.id) if running is not None else None
    return view_of(settings, ledger, meter, count_beyond(ledger, meter.id, live), extra)


def count_beyond(ledger: Ledger, meter: str, live: Live | None) -> Count | None:
    """The live count, for a view that reaches up to it; None where the ledger itself is as new.

    Only the count is taken: the register, its reasons and findings are worked out from what the ledger
    holds now, so that a dial reading counts at once, and in the language of whoever asks.
    """
    from sodien.history.counts import at_of, pulses_of
    from sodien.history.meter import Count
    from sodien.protocol.times import parse_time

    tick = ledger.newest("tick", meter)
    if live is None or live.at is None or tick is None:
        return None
    at, since = parse_time(live.at), at_of(tick)
    if at <= since or live.pulses < pulses_of(tick):
        return None
    # When the pulses since the newest row came is not in the live state: any time since then.
    return Count(at, live.pulses, since if live.pulses > pulses_of(tick) else None)
