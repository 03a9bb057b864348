"""What `sodien doctor` says of the utility's side: the next reading day and the tariff."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from sodien import formats
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.quota import Consumption
from sodien.billing.words.sentences import sentence
from sodien.bills.notice_templates import known_templates, templates_for
from sodien.bills.tariff_files import load_book
from sodien.cli.doctor.finding import Finding, broken
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.metering import calendar
from sodien.metering.calendar import ReadingDays
from sodien.settings.model import MeterSettings, Settings


def reading_day(settings: Settings, meter: MeterSettings, now: int, days: ReadingDays | None) -> Finding:
    """When the utility reads next; ``days`` is None where no ledger could say."""
    today = calendar.date_of(now, settings.zone)
    day = calendar.next_reading_day(today, days or meter.reading_day)
    sentence = tr("{meter}: the next reading day is {day}", meter=meter.id, day=formats.date(day))
    return Finding("reading_day", "info", sentence)


def check_tariff(settings: Settings, meter: MeterSettings, now: int) -> Finding:
    """The tariff can be read and has a table for this period; whether that is stale is told."""
    if meter.delivery_of is not None:
        told = tr(
            "{meter}: what is delivered to the grid has no cost and no tiers; a light that blinks for both "
            "directions can be counted for neither",
            meter=meter.id,
        )
        return Finding("tariff", "info", told)
    today = calendar.date_of(now, settings.zone)
    first, last = calendar.billing_period(today, meter.reading_day)
    billing = meter.billing
    try:
        book = load_book(billing.tariffs, billing.tariff)
        hours = book.table_on(last).hours
        use = Consumption(
            Decimal(1),
            first,
            last,
            billing.households or Fraction(1),
            billing.prorate,
            registers={hours[0].register: Decimal(1)} if hours else None,
            kw=Decimal(1),
            kva=Decimal(1),
            today=today,
        )
        said = charge(book, use).assumptions
    except SodienError as error:
        return Finding(
            "tariff",
            "warn",
            tr("{meter}: the cost cannot be worked out", meter=meter.id) + f": {error}",
            tr("see docs/how-to/new-price-decision.md; counting goes on without it."),
        )
    doubts = [one for one in said if one.key in ("table_stale", "unconfirmed", "stale")]
    if doubts:
        return Finding("tariff", "info", f"{meter.id}: {sentence(doubts[0])}")
    return Finding("tariff", "ok", tr("{meter}: the tariff is {tariff}", meter=meter.id, tariff=book.id))


def check_templates(settings: Settings) -> Iterator[Finding]:
    """Each template file of the household that cannot be used; nothing where it has none."""
    if not any(meter.billing.notices for meter in settings.meters):
        return
    known = templates_for(settings)
    for error in known.broken:
        found = broken("notices", error)
        yield Finding("notices", "warn", found.sentence, found.remedy)
    if not known.broken:
        count = len(known.usable) - len(known_templates().usable)
        yield Finding("notices", "ok", tr("message templates of your own: {count}", count=count))
