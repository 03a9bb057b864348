"""A meter's history up to now: what the ledger holds, and what the running daemon has counted since.

Minute rows come into the ledger up to seven minutes late; somebody who types what just happened need not wait
for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sodien.clock import Clock, SystemClock
from sodien.device import state as daemon_state
from sodien.device.state import Count
from sodien.history.meter import MeterHistory, history_of

if TYPE_CHECKING:
    from sodien.device.state import State
    from sodien.ledger.store import Ledger, NewRow
    from sodien.settings.model import MeterSettings, Settings


@dataclass(frozen=True, slots=True)
class MeterLedger:
    """One meter with its settings and the ledger that records it: what every use of a meter stands on.

    ``clock`` is this machine's; None reads it when it is needed.
    """

    settings: Settings
    ledger: Ledger
    meter: MeterSettings
    clock: Clock | None = None

    def here(self) -> tuple[int | None, int | None]:
        """What is typed for now keeps this: the last run and monotonic ns, where that run is of this boot.

        So it has its place there, however wrong the clock is. Elsewhere (None, None).
        """
        clock, last = self.clock or SystemClock(), self.ledger.last_run()
        return (last.id, clock.monotonic_ns()) if last and last.boot == clock.boot_id else (None, None)

    def history(self, extra: Sequence[NewRow] = ()) -> MeterHistory:
        """What is known up to what the daemon has counted by now, while it runs.

        ``extra`` are rows that the ledger does not hold (yet).
        """
        running = daemon_state.read(self.ledger)
        now = live_count(self.meter.id, running)
        return history_of(self.settings, self.ledger, self.meter, now, extra)


def live_count(meter: str, state: State | None) -> Count | None:
    """What the daemon has counted since the newest minute row; None where nothing is known of it.

    Only the count is taken: the register, its reasons and findings are worked out from what the ledger
    holds now, so that a dial reading counts at once, and in the language of whoever asks.
    """
    return state.counts.get(meter) if state is not None else None
