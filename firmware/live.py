"""The live state of each meter, for the retained topic and `sodien status`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sodien.ledger import Ledger
from sodien.messages import Bounds, Live, format_time
from sodien.metering import calendar
from sodien.register import View

if TYPE_CHECKING:
    from firmware.recorder import MeterState, Recorder
    from sodien.settings import MeterSettings, Settings


def spans(view: View, meter: MeterSettings, zone: ZoneInfo, now: int) -> dict[str, tuple[int, int]]:
    """(start, end) in ms UTC of today and of this billing period, cut to what the ledger covers.

    The billing period begins after the last reading day ("từ ngày A": the previous reading day + 1).
    """
    today = calendar.date_of(now, zone)
    midnight, _ = calendar.day_bounds(today, zone)
    first_day, _ = calendar.billing_period(today, meter.reading_day)
    period, _ = calendar.day_bounds(first_day, zone)
    begin = view.start if view.start is not None else now
    return {"today": (max(midnight, begin), now), "period": (max(period, begin), now)}


class LiveView:
    """Makes the live state from the recorder's counts and the ledger."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger

    def make(self, recorder: Recorder, now: int) -> dict[str, Live]:
        """The live state of every meter at monotonic ``now`` (ns)."""
        return {state.settings.id: self._one(recorder, state, now) for state in recorder.meters}

    def _one(self, recorder: Recorder, state: MeterState, now: int) -> Live:
        power, most = state.power.at(now)
        rejected = dict(state.filter.rejected)
        count = recorder.count_now(state)
        if count is None:
            why = "the clock is not set yet"
            return Live(state.counter.pulses, None, power, most, why=why, rejected=rejected)
        view = View(self._ledger, state.settings, state.p_max_kw, count)
        register = view.at(count.at)
        energies: dict[str, Bounds] = {}
        times = spans(view, state.settings, self._settings.zone, count.at)
        for name, (start, end) in times.items():
            energies[name] = view.energy(start, end)
        start, end = times["today"]
        return Live(
            pulses=state.counter.pulses,
            at=format_time(count.at),
            power_w=power,
            power_max_w=most,
            register=register,
            why=None if register else view.why_none(),
            today_kwh=energies["today"],
            period_kwh=energies["period"],
            coverage=min(1.0, view.counted_s(start, end) / ((end - start) / 1000)) if end > start else None,
            rejected=rejected,
        )
