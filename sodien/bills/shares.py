"""A bill, or a period that has no bill yet, shared among the sub-meters, from the ledger and the settings.

Nothing is stored: a share is worked out anew from what is known now, so a dial reading that comes later
narrows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien import __version__
from sodien.billing.bill import Bill
from sodien.billing.sharing.amount import amount_of, quotas_of
from sodien.billing.sharing.bill_shares import BillShares, SubMeterReadings
from sodien.billing.sharing.instants import UtilityReading, any_time, at_once, between, readings
from sodien.billing.sharing.receipt import TEMPLATE, receipts
from sodien.billing.sharing.shares import Tenant, loss, shares
from sodien.billing.tariff.quota import Consumption
from sodien.bills.audit import book_of, practice_of, verdict_on
from sodien.bills.evidence_sheet import template
from sodien.bills.stored import Period, StoredBill, before, bills, find_bill, standing
from sodien.errors import SodienError
from sodien.history.meter import MeterHistory, history_of
from sodien.history.reading_days import reading_days
from sodien.i18n import tr
from sodien.metering import calendar
from sodien.metering.bounds import Bounded

if TYPE_CHECKING:
    from sodien.billing.tariff.model import Book
    from sodien.history.current import MeterLedger
    from sodien.settings.model import MeterSettings, Settings

_DAY = dt.timedelta(days=1)
_When = tuple[UtilityReading, UtilityReading]


def main_meters(settings: Settings) -> list[MeterSettings]:
    """The meters that have sub-meters."""
    return [one for one in settings.meters if settings.subs(one.id)]


def no_sub_meters() -> SodienError:
    """What is said where no bill can be shared, because nobody wrote who is behind which meter."""
    return SodienError(
        tr(
            "No meter is behind another one; write 'sub_of' with the id of the utility's meter at each "
            "sub-meter in the settings."
        )
    )


def shares_of(
    where: MeterLedger, history: MeterHistory | None = None, *, now: int, entry: int | None = None
) -> BillShares:
    """The bill of this number shared; without one the newest whole period, with its bill if that has come.

    ``where`` is the utility's own meter, ``history`` what is known of it; ``now`` is ms UTC.

    Raises:
        SodienError: it has no sub-meters, there is no such bill, nothing was counted in a whole period yet,
            or neither bill nor tariff tells what the period costs.
    """
    settings, ledger, meter = where.settings, where.ledger, where.meter
    subs = settings.subs(meter.id)
    if not subs:
        raise no_sub_meters()
    history = history if history is not None else where.history()
    today = calendar.date_of(now, settings.zone)
    found = bills(ledger, meter.id)
    last = _last_period(where, history, today)
    stored = find_bill(found, entry) if entry is not None else _newest(found, last)
    if stored is not None and (stored.withdrawal is not None or stored.bill.adjusts is not None):
        raise SodienError(
            tr(
                "Bill {entry} is withdrawn, or adjusts another one: it is no whole bill to share; "
                "'sodien bill list' lists the others.",
                entry=stored.entry,
            )
        )
    period = stored.period if stored is not None else last
    if period is None:
        raise SodienError(
            tr("No whole billing period has been counted yet; once its bill comes, type 'sodien bill add'.")
            if stored is None
            else tr(
                "Bill {entry} does not say of which days it is, so it cannot be shared.", entry=stored.entry
            )
        )
    bill = stored.bill if stored is not None else Bill()
    practice = practice_of(settings, meter, history, period, today, bill.customer)
    earlier = before(found, stored) if stored is not None else []
    when = readings(bill, practice, earlier[-1] if earlier else None, history.meters)
    if when is None:
        raise SodienError(tr("The bill's days cannot be a billing period, so it cannot be shared."))
    book = book_of(meter)
    verdict = verdict_on(stored, found, settings, meter, history, book, today) if stored is not None else None
    views = [history_of(settings, ledger, one) for one in subs]
    tenants = [_tenant(one, view, when) for one, view in zip(subs, views, strict=True)]
    printed = verdict.billed_kwh if verdict is not None else None
    amount = amount_of(
        book, _use(meter, bill, period, today, book), bill, printed, between(history.meters, *when)
    )
    return BillShares(
        meter=meter.id,
        first=period[0],
        last=period[1],
        bill=stored.bill if stored is not None else None,
        entry=stored.entry if stored is not None else 0,
        verdict=verdict,
        shared=shares(amount.billed, tenants, meter.billing.common or "landlord"),
        agreed=meter.billing.common is not None,
        readings=when,
        subs=tuple(_dials(view, when) for view in views),
        loss=None if history.start is None else loss(at_once(history.meters, *when), tenants),
        cost=amount.cost,
        quotas=quotas_of(book, amount, tenants),
        rule=book.tenant_rule(period[1]),
        currency=book.currency,
        kwh_printed=amount.kwh_printed,
        money_printed=amount.money_printed,
    )


def receipts_of(where: MeterLedger, found: BillShares, *, now: int, meter: str | None = None) -> str:
    """The tenants' receipts as one HTML page in the language in use, of one sub-meter or of all."""
    text = template(f"sharing/{TEMPLATE}")
    return receipts(found, where.settings.zone, now, __version__, text, meter)


def _last_period(where: MeterLedger, history: MeterHistory, today: dt.date) -> Period | None:
    """The last whole billing period by the calendar; None where nothing of it was counted."""
    days, zone = reading_days(where.ledger, where.meter), where.settings.zone
    last = calendar.previous_reading_day(today, days)
    first = calendar.previous_reading_day(last, days) + _DAY
    start, end = calendar.day_bounds(first, zone)[0], calendar.day_bounds(last, zone)[1]
    if history.start is None or history.end is None or history.start >= end or history.end <= start:
        return None
    return first, last


def _newest(found: Sequence[StoredBill], last: Period | None) -> StoredBill | None:
    """The last whole bill, unless a later period has ended since."""
    whole = [one for one in standing(found) if one.period is not None and one.bill.adjusts is None]
    if not whole or whole[-1].period is None:
        return None
    return whole[-1] if last is None or whole[-1].period[1] >= last[1] else None


def _use(meter: MeterSettings, bill: Bill, period: Period, today: dt.date, book: Book) -> Consumption:
    """What is to be paid for, without its kWh."""
    own = meter.billing
    printed = Fraction(bill.households) if bill.households else None
    one_tax = bill.tax_rate is not None and len(book.taxes) == 1
    return Consumption(
        kwh=Decimal(0),
        first=period[0],
        last=period[1],
        households=own.households or printed or Fraction(1),
        prorate=own.prorate,
        tax_rates={book.taxes[0].name: bill.tax_rate} if one_tax and bill.tax_rate is not None else None,
        scheme=own.scheme,
        today=today,
    )


def _tenant(meter: MeterSettings, view: MeterHistory, when: _When) -> Tenant:
    who = meter.tenant
    return Tenant(
        meter.id,
        between(view.meters, *when),
        at_once(view.meters, *when),
        any_time(view.meters, *when),
        name=who.name or "",
        people=who.people,
        family=who.family,
    )


def _dials(view: MeterHistory, when: _When) -> SubMeterReadings:
    old, new = (
        None if one is None else Bounded(Fraction(one.low), Fraction(one.best), Fraction(one.high))
        for one in (view.at(when[0].at), view.at(when[1].at))
    )
    return SubMeterReadings(old, new, view.installed_at(when[1].at).digits)
