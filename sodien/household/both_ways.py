"""This period of a meter whose delivery to the grid is counted too, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sodien.billing.tariff.surplus import TwoWay
from sodien.errors import SodienError
from sodien.history.current import live_count
from sodien.history.meter import history_of
from sodien.history.reading_days import spans
from sodien.i18n import tr
from sodien.metering import calendar

if TYPE_CHECKING:
    from sodien.bills.cost_so_far import Costs
    from sodien.device.state import State
    from sodien.history.current import MeterLedger
    from sodien.history.meter import MeterHistory
    from sodien.metering.calendar import ReadingDays
    from sodien.protocol.values import Money


@dataclass(frozen=True, slots=True)
class BothWays:
    """What was taken and delivered.

    Attributes:
        meter: the one that counts what is delivered.
        since: from when on (ms UTC), where that is later than the period's beginning.
        energy: both, kWh.
        to_pay: with both, taxes included; None where it is not known, ``why`` says why then.
    """

    meter: str
    since: int | None
    energy: TwoWay
    to_pay: Money | None
    why: str


def both_ways(
    where: MeterLedger, history: MeterHistory, costs: Costs, days: ReadingDays, state: State | None, at: int
) -> BothWays | None:
    """The period that holds the instant before ``at`` (ms UTC), up to ``at``, from when both are counted.

    None where nothing counts what the meter delivers, or has not begun to. ``state`` is what the daemon says.
    """
    settings, meter = where.settings, where.meter
    sun = settings.delivering(meter.id)
    if sun is None:
        return None
    other = history_of(settings, where.ledger, sun, live_count(sun.id, state))
    if other.start is None:
        return None
    first, _ = calendar.billing_period(calendar.day_up_to(at, settings.zone), days)
    begin, _ = calendar.day_bounds(first, settings.zone)
    start = min(at, max(spans(history, days, settings.zone, at)["period"][0], other.start))
    energy = TwoWay(history.consumed(start, at).billed, other.consumed(start, at).billed)
    since = start if start > begin else None
    try:
        if since is not None:
            raise SodienError(tr("not the whole period was counted in both directions"))
        return BothWays(sun.id, since, energy, costs.both_ways(meter, days, at, energy), "")
    except SodienError as error:
        return BothWays(sun.id, since, energy, None, str(error))
