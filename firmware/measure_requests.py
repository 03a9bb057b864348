"""Appliances measured from Home Assistant, or by who else may publish there, as ``sodien measure`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sodien import formats
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.protocol.messages import LowHigh, MeasureAnswer, MeasureAsked

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger
    from sodien.ledger.store import Ledger
    from sodien.metering.bounds import Interval
    from sodien.settings.model import MeterSettings, Settings

#: Requests for a meter are done so often at most.
EVERY_MS: Final = 5_000


class AppliancesAsked:
    """Belongs to the publishing thread."""

    def __init__(self, settings: Settings) -> None:
        """For the meters of these settings."""
        self._settings = settings
        self._last: dict[str, int] = {}

    def do(self, ledger: Ledger, meter: MeterSettings, asked: MeasureAsked, now: int) -> MeasureAnswer:
        """Start, stop or drop, at ``now`` (ms UTC); what came of it, refused in a sentence as well."""
        # Heavy, and only for those who measure from there.
        from sodien.history.current import MeterLedger
        from sodien.household.measured import begin, begun, drop

        where = MeterLedger(self._settings, ledger, meter)
        try:
            if 0 <= now - self._last.get(meter.id, 0) < EVERY_MS:
                raise SodienError(tr("One request after another: wait a few seconds."))
            self._last[meter.id] = now
            if asked.what == "stop":
                return self._ended(where, now)
            if asked.what == "drop":
                said = tr("Measuring '{name}' was stopped; nothing was kept.", name=drop(where, now))
                return MeasureAnswer(said, accepted=True)
            begin(where, asked.name, now)
        except SodienError as error:
            running = begun(ledger, meter.id)
            return MeasureAnswer(str(error), running=running.name if running is not None else None)
        first = begun(ledger, meter.id)
        assert first is not None
        said = tr("'{name}' is being measured: switch it on, and stop when it is done.", name=first.name)
        return MeasureAnswer(said, accepted=True, running=first.name)

    def _ended(self, where: MeterLedger, now: int) -> MeasureAnswer:
        from sodien.bills.cost_so_far import Costs
        from sodien.history.reading_days import reading_days
        from sodien.household.measured import end
        from sodien.metering.appliance import paid
        from sodien.words import appliance as words

        found, entry = end(where, now)
        seconds = (found.end - found.start) // 1000
        said = tr(
            "{name}: {kwh} in {duration}, {watts}.",
            name=found.name,
            kwh=words.kwh(found.kwh),
            duration=formats.duration(seconds),
            watts=words.watts(found.kw),
        )
        costs, days = Costs(self._settings, where.ledger), reading_days(where.ledger, where.meter)
        cost = currency = None
        try:
            cost = paid(found.kw, costs.each_more(where.history(), where.meter, days, now))
            currency = costs.currency(where.meter)
        except SodienError:  # the tariff cannot be used
            pass
        else:
            said += " " + tr("{cost} an hour", cost=words.money(cost, currency or "")) + "."
        return MeasureAnswer(
            said,
            accepted=True,
            entry=entry,
            name=found.name,
            seconds=seconds,
            kwh=_range(found.kwh),
            watts=_range(found.kw, 1000),
            cost_an_hour=_range(cost) if cost is not None else None,
            currency=currency,
        )


def _range(value: Interval, times: int = 1) -> LowHigh:
    from sodien.metering.bounds import rounded_down, rounded_up

    return LowHigh(rounded_down(value.low * times), rounded_up(value.high * times))
