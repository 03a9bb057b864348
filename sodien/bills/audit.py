"""The verdict on a stored bill, from the ledger and the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sodien.billing.audit.practice import Practice
from sodien.billing.audit.verdict import judge
from sodien.billing.companies import COMPANIES, company_of
from sodien.bills.practice_files import permitted
from sodien.bills.stored import Period, StoredBill, before
from sodien.bills.tariff_files import load_book

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sodien.billing.audit.result import Verdict
    from sodien.billing.tariff.model import Book
    from sodien.history.meter import MeterHistory
    from sodien.settings.model import MeterSettings, Settings


def book_of(meter: MeterSettings) -> Book:
    """The tariff that the settings name. Raises TariffError."""
    return load_book(meter.billing.tariffs, meter.billing.tariff)


def practice_of(
    settings: Settings,
    meter: MeterSettings,
    history: MeterHistory,
    period: Period | None,
    today: dt.date | None = None,
    customer: str | None = None,
) -> Practice:
    """How the utility reads and bills, as the settings say; ``period`` where the bill prints none.

    What else it may do is known by its company, which the settings' customer code tells, else the bill's,
    ``customer``.
    """
    billing = meter.billing
    known = COMPANIES.get(billing.company or "") or company_of(billing.customer or customer)
    company = known.id if known is not None else None
    return Practice(
        zone=settings.zone,
        read=billing.reading,
        hour=meter.reading_hour,
        window_minutes=billing.reading_minutes,
        slip_days=billing.slip_days,
        period=period,
        customer=billing.customer,
        plates=plates(meter, history),
        households=billing.households,
        scheme=billing.scheme,
        today=today,
        truncation=billing.truncation,
        printed_slip_days=billing.printed_slip_days,
        first_day=billing.first_day,
        kwh_from=billing.kwh_from,
        margin_minutes=billing.margin_minutes,
        total_step=billing.total_step,
        permitted=permitted(company, billing.practices),
        digits=meter.digits,
    )


def plates(meter: MeterSettings, history: MeterHistory) -> dict[str, str]:
    """The serial number of each meter, by its name in the register, as far as it is known.

    A replacement notes that of the new meter; the settings name that of the one that is installed now.
    """
    known = {
        installation.serial: installation.serial
        for number, installation in enumerate(history.installations, 1)
        if installation.serial != str(number)
    }
    if meter.billing.serial is not None:
        known[history.installation.serial] = meter.billing.serial
    return known


def verdict_on(
    stored: StoredBill,
    others: Sequence[StoredBill],
    settings: Settings,
    meter: MeterSettings,
    history: MeterHistory,
    book: Book | None,
    today: dt.date,
) -> Verdict:
    """The verdict from what is known ``today``; ``others`` are all bills of the meter."""
    practice = practice_of(settings, meter, history, stored.expected, today, stored.bill.customer)
    return judge(stored.bill, before(others, stored), history.meters, book, practice, history.coverage)
