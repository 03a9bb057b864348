"""Bills and reading days on their way into the ledger: checked and judged before anything is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from sodien import formats
from sodien.billing.bill import Bill, Invoice, is_same_invoice
from sodien.billing.notices.model import Schedule
from sodien.billing.notices.plausibility import plain_faults
from sodien.billing.words.notices import adjustment, invoice_name, sentence
from sodien.bills.audit import book_of, verdict_on
from sodien.bills.stored import (
    Period,
    StoredBill,
    bills,
    expected_period,
    find_bill,
    merged,
    new_row,
    period_of,
    standing,
    verdict_row,
    with_period,
)
from sodien.errors import SodienError
from sodien.history.corrections import CORRECTED, CORRECTED_BY, withdrawal
from sodien.history.note import check_rows
from sodien.history.reading_days import reading_days
from sodien.i18n import tr
from sodien.ledger.bodies import Picture, ScheduleBody
from sodien.ledger.misfits import YEARS
from sodien.ledger.store import NewRow
from sodien.metering import calendar

if TYPE_CHECKING:
    from sodien.billing.audit.result import Verdict
    from sodien.history.current import MeterLedger

#: The furthest reading day that is believed, in days from today.
_FURTHEST_DAYS = 400
#: Problems of two bills that cannot both stand: one may be the other, as the utility corrected it.
_ONE_OF_THEM = frozenset({"same_period", "same_reading_day", "overlap"})


class KnownBillError(SodienError):
    """The same bill is in the ledger."""


@dataclass(frozen=True, slots=True)
class Received:
    """What was stored.

    Attributes:
        bills: each with its verdict.
        reading_days: those that were announced.
        replaced: the number of the bill that does not count any more, None where all do.
        told: what else the notice is, in words: it is not stored.
    """

    bills: tuple[tuple[StoredBill, Verdict], ...]
    reading_days: tuple[dt.date, ...] = ()
    replaced: int | None = None
    told: tuple[str, ...] = ()

    @property
    def disagrees(self) -> bool:
        """Whether a bill disagrees with the household's own register."""
        return any(verdict.overall == "disagrees" for _, verdict in self.bills)


@dataclass
class Intake:
    """Bills and reading days on their way into the ledger.

    Raises SodienError for a meter of what is delivered: no bill is for it alone.
    """

    where: MeterLedger
    now: int
    by: str | None
    rows: list[NewRow] = field(default_factory=list)
    judged: list[tuple[StoredBill, Verdict]] = field(default_factory=list)
    announced: list[dt.date] = field(default_factory=list)
    replaced: int | None = None

    def __post_init__(self) -> None:
        ledger, meter = self.where.ledger, self.where.meter
        if meter.delivery_of is not None:
            raise SodienError(
                tr(
                    "{meter} counts what is delivered to the grid; the bill is for {main}: --meter {main}.",
                    meter=meter.id,
                    main=meter.delivery_of,
                )
            )
        self.stored = bills(ledger, meter.id)
        self.days = reading_days(ledger, meter)
        self.history = self.where.history()
        self.book = book_of(meter)
        self.today = calendar.date_of(self.now, self.where.settings.zone)

    def take(
        self,
        bill: Bill,
        *,
        text: str = "",
        corrects: StoredBill | None = None,
        because: str | None = None,
        photo: Picture | None = None,
    ) -> None:
        """Take a bill, or what takes the place of one. Raises SodienError when it cannot be one."""
        settings, meter = self.where.settings, self.where.meter
        _check_years(bill.first, bill.last)
        expected = expected_period(bill, self.days, self.today)
        if corrects is None:
            self._check_invoice(bill)
        if corrects is None and self.replaced is None:
            corrects, bill = self._completed(bill, expected)
        self._check(bill, expected, corrects)
        row = new_row(
            meter.id,
            bill,
            self._free(self.now),
            text=text,
            expected=expected,
            corrects=corrects.at if corrects is not None else None,
            because=because,
            by=self.by,
            photo=photo,
        )
        if corrects is not None:
            taken = StoredBill((*corrects.rows, row), None, corrects.verdicts)
            self.stored = [taken if one.at == corrects.at else one for one in self.stored]
        else:
            taken = StoredBill((row,))
            self.stored = [*self.stored, taken]
        self.rows.append(row)
        verdict = verdict_on(taken, self.stored, settings, meter, self.history, self.book, self.today)
        self.judged.append((taken, verdict))

    def replace(self, entry: int, by: Sequence[Bill]) -> None:
        """Withdraw the bill that the one to be taken stands in for. Raises SodienError when it cannot."""
        if len(by) != 1:
            raise SodienError(
                tr(
                    "The text has {count} bills, and --replaces is for one bill. Nothing was stored.",
                    count=len(by),
                )
            )
        wrong = find_bill(self.stored, entry)
        if wrong.withdrawal is not None:
            raise SodienError(
                tr(
                    "Bill {entry} has already been withdrawn; import the notice without --replaces.",
                    entry=entry,
                )
            )
        which = invoice_name(by[0].invoice) if by[0].invoice is not None else ""
        because = CORRECTED_BY.format(which=which) if which else CORRECTED
        row = withdrawal(wrong.rows[0], self.now, because, self.by)
        gone = StoredBill(wrong.rows, row, wrong.verdicts)
        self.stored = [gone if one.at == wrong.at else one for one in self.stored]
        self.rows.append(row)
        self.replaced = wrong.entry

    def contradicted(self, bill: Bill) -> StoredBill | None:
        """The one standing bill that it names, or of the same reading day. Raises SodienError."""
        self._check_invoice(bill, named=False)
        named = self._named(bill)
        if named is not None:
            return named
        expected = expected_period(bill, self.days, self.today)
        completed, _ = self._completed(bill, expected)
        period = period_of(bill, expected)
        if completed is not None or period is None:
            return None
        same = [one for one in standing(self.stored) if one.period and one.period[1] == period[1]]
        return same[0] if len(same) == 1 else None

    def adjustment(self, bill: Bill) -> str:
        """What an adjusting invoice is, in words."""
        self._check_customer(bill.customer)
        of = [one for one in standing(self.stored) if is_same_invoice(one.bill.invoice, bill.adjusts)]
        return adjustment(bill, of[0].entry, of[0].bill) if len(of) == 1 else adjustment(bill)

    def _named(self, bill: Bill) -> StoredBill | None:
        """The standing bill whose invoice this one says it replaces."""
        named = [one for one in standing(self.stored) if is_same_invoice(one.bill.invoice, bill.replaces)]
        return named[0] if len(named) == 1 else None

    def _check_invoice(self, bill: Bill, *, named: bool = True) -> None:
        """Raise SodienError for an invoice that was replaced, or that replaces one which still stands."""
        for other in standing(self.stored):
            if is_same_invoice(bill.invoice, other.bill.replaces):
                raise SodienError(
                    tr(
                        "Invoice {which} was replaced by that of bill {entry}; nothing was stored.",
                        which=invoice_name(bill.invoice or Invoice()),
                        entry=other.entry,
                    )
                )
        replaced = self._named(bill) if named else None
        if replaced is not None:
            raise SodienError(
                tr(
                    "The invoice replaces that of bill {entry} ({which}): give --replaces {entry}; "
                    "nothing was stored.",
                    which=invoice_name(bill.replaces or Invoice()),
                    entry=replaced.entry,
                )
            )

    def take_schedule(self, schedule: Schedule, text: str) -> None:
        """Take an announced reading day; one that is known already is no new entry. Raises SodienError."""
        day = schedule.day
        if day is None:
            return
        _check_years(day, schedule.until)
        self._check_customer(schedule.customer)
        if abs((day - self.today).days) > _FURTHEST_DAYS:
            raise SodienError(
                tr(
                    "The reading day {day} is more than a year away; check the year. Nothing was stored.",
                    day=formats.date(day),
                )
            )
        self.announced.append(day)
        meter = self.where.meter.id
        last = self.where.ledger.of_kind("schedule", meter)[-1:]
        if last and last[0].read(ScheduleBody).day == day:
            return
        body = ScheduleBody(
            day=day,
            until=schedule.until,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            by=self.by or None,
        )
        self.rows.append(NewRow("schedule", meter, at=self.now, body=body))

    def store(self, *, dry_run: bool = False) -> Received:
        """Everything into the ledger at once: bills, reading days, and the verdicts."""
        ledger, meter = self.where.ledger, self.where.meter.id
        verdicts = [verdict_row(meter, stored, verdict, self.now) for stored, verdict in self.judged]
        check_rows(self.where, [*self.rows, *verdicts])
        if dry_run:
            return Received(tuple(self.judged), tuple(self.announced), self.replaced)
        ledger.append([*self.rows, *verdicts])
        known = {one.at: one for one in bills(ledger, meter)}
        judged = tuple((known[stored.at], verdict) for stored, verdict in self.judged)
        return Received(judged, tuple(self.announced), self.replaced)

    def _free(self, at: int) -> int:
        """A millisecond that no bill of this meter has: it is the bill's identity."""
        used = {row.at for one in self.stored for row in one.rows}
        while at in used:
            at += 1
        return at

    def _completed(self, bill: Bill, expected: Period | None) -> tuple[StoredBill | None, Bill]:
        """The bill of the same period that this one adds something to, and both as one."""
        mine = period_of(bill, expected)
        for other in standing(self.stored):
            both = merged(other.bill, bill)
            if both is None or (other.period != mine and not _same(other.bill, bill)):
                continue
            if _same(both, other.bill):
                raise KnownBillError(
                    tr(
                        "This bill is already stored (entry {entry}); nothing was stored again.",
                        entry=other.entry,
                    )
                )
            return other, both
        return None, bill

    def _check_customer(self, code: str | None) -> None:
        """Raise SodienError for a customer code that is not this meter's; either may be unknown."""
        own = self.where.meter.billing.customer
        if own and code and code.upper() != own:
            raise SodienError(
                tr(
                    "The customer code {code} is not that of this meter, {own} (billing.customer); "
                    "nothing was stored.",
                    code=code,
                    own=own,
                )
            )

    def _check(self, bill: Bill, expected: Period | None, corrects: StoredBill | None) -> None:
        """Raise SodienError for what cannot be a bill of this meter."""
        self._check_customer(bill.customer)
        if not (bill.rows or bill.tiers or any(v is not None for v in (bill.kwh, bill.net, bill.total))):
            raise SodienError(
                tr("There is nothing to check: give the readings (--old, --new), --kwh or --total.")
            )
        mine = with_period(bill, expected)
        for fault in plain_faults(mine):
            if fault.key == "new_below_old" and self._replaced(bill, expected):
                continue  # the new index is another meter's
            raise SodienError(tr("{sentence} Nothing was stored.", sentence=sentence(fault)))
        for other in standing(self.stored):
            if corrects is None or other.at != corrects.at:
                self._check_beside(mine, other)

    def _check_beside(self, mine: Bill, other: StoredBill) -> None:
        """Raise SodienError for a bill that cannot stand beside another."""
        own = plain_faults(mine)
        for fault in plain_faults(mine, [with_period(other.bill, other.expected)]):
            if fault in own:
                continue
            if fault.key not in _ONE_OF_THEM or not other.entry:
                raise SodienError(tr("{sentence} Nothing was stored.", sentence=sentence(fault)))
            raise SodienError(
                tr(
                    "{sentence} If the utility corrected bill {entry}, give --replaces {entry}; "
                    "nothing was stored.",
                    sentence=sentence(fault),
                    entry=other.entry,
                )
            )

    def _replaced(self, bill: Bill, expected: Period | None) -> bool:
        """Whether the ledger knows of a replaced meter in the bill's period."""
        period = period_of(bill, expected)
        if period is None:
            return False
        start, _ = calendar.day_bounds(period[0], self.where.settings.zone)
        _, end = calendar.day_bounds(period[1], self.where.settings.zone)
        return any(one.start is not None and start <= one.start < end for one in self.history.installations)


def _check_years(*days: dt.date | None) -> None:
    """Raise SodienError for a day that no calendar of ours reaches."""
    for day in days:
        if day is not None and day.year not in YEARS:
            raise SodienError(
                tr("The year {year} cannot be right; check the dates. Nothing was stored.", year=day.year)
            )


def _same(one: Bill, other: Bill) -> bool:
    """Whether both say the same, wherever it came from."""
    bare = {"source": "", "name": None}
    return msgspec.structs.replace(one, **bare) == msgspec.structs.replace(other, **bare)
