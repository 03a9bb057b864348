"""Bills: one line each, and one bill with both readings on a number line and each check as a sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from page.household import Snapshot
from sodien import formats
from sodien.billing.audit.result import Check, Verdict
from sodien.billing.bill import Bill, main_row, printed_kwh
from sodien.billing.evidence.letter import Letter, is_vietnam, letter
from sodien.billing.evidence.number_line import number_lines
from sodien.billing.tariff.model import Book
from sodien.billing.words.verdict import (
    check_sentence,
    headline,
    note_sentence,
    reason_sentence,
    result_word,
)
from sodien.bills.audit import book_of, verdict_on
from sodien.bills.evidence_sheet import company_for, sender_of
from sodien.bills.stored import StoredBill, bills, find_bill
from sodien.i18n import tr
from sodien.metering import calendar

CRLF = "\r\n\r\n"
#: The colours of a verdict, of a check: one word each for the style sheet, and a sign beside the colour.
SIGNS = {"consistent": "✓", "agrees": "✓", "cannot_tell": "?", "disagrees": "✗", "withdrawn": "–"}


#: What is wrong stands in front, what nobody can tell at the end.
_ORDER = {"disagrees": 0, "agrees": 1, "cannot_tell": 2}


@dataclass(frozen=True, slots=True)
class ListedBill:
    """One bill in the list: where it leads, and what it says in a few words."""

    entry: int
    result: str
    sign: str
    name: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One check as it is shown."""

    result: str
    sign: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class BillScreen:
    """One bill, worded."""

    entry: int
    name: str
    result: str
    sign: str
    headline: str
    withdrawn: str | None
    facts: list[tuple[str, str]]
    lines: list[tuple[str, str, Markup]]
    checks: list[ShownCheck]
    reasons: list[str]
    advice: list[str]
    assumptions: list[str]
    letter: list[str]
    blanks: str

    @property
    def mail(self) -> str:
        """A ``mailto:`` with the verdict or the letter: all that a page without TLS can hand on."""
        title = tr("Bill {name}", name=self.name)
        words = self.letter or [self.headline, tr("The evidence sheet is attached.")]
        return f"mailto:?subject={quote(title)}&body={quote(CRLF.join(words))}"


def bill_lines(seen: Snapshot) -> list[ListedBill]:
    """All bills, the newest first, judged from what is known now."""
    stored = bills(seen.where.ledger, seen.meter.id)
    book = book_of(seen.meter) if stored else None
    return [_line(one, _verdict(seen, one, stored, book)) for one in reversed(stored)]


def bill_screen(seen: Snapshot, entry: int) -> BillScreen:
    """One bill by the number of its entry. Raises SodienError when there is none."""
    stored = bills(seen.where.ledger, seen.meter.id)
    one = find_bill(stored, entry)
    return screen_of(seen, one, _verdict(seen, one, stored, book_of(seen.meter)))


def screen_of(seen: Snapshot, one: StoredBill, verdict: Verdict) -> BillScreen:
    """A bill and its verdict, worded; also of a bill that is not stored yet."""
    withdrawn = one.withdrawn_because
    written = _letter(seen, one, verdict)
    return BillScreen(
        entry=one.entry,
        name=name_of(one),
        result="withdrawn" if withdrawn else verdict.overall,
        sign=SIGNS["withdrawn" if withdrawn else verdict.overall],
        headline=headline(verdict),
        withdrawn=withdrawn,
        facts=facts_of(one.bill),
        lines=[(one.name, one.said, Markup(one.drawing)) for one in number_lines(verdict)],  # noqa: S704
        checks=[_judged(check) for check in sorted(verdict.checks, key=lambda one: _ORDER[one.result])],
        reasons=[reason_sentence(reason) for reason in verdict.reasons],
        advice=[note_sentence(note) for note in verdict.advice],
        assumptions=[note_sentence(note) for note in verdict.assumptions],
        letter=written.lines if written is not None else [],
        blanks=", ".join(written.blanks) if written is not None else "",
    )


def _letter(seen: Snapshot, one: StoredBill, verdict: Verdict) -> Letter | None:
    if one.withdrawn_because:
        return None
    return letter(
        one.bill,
        verdict,
        company_for(seen.meter, one.bill),
        sender_of(seen.meter, one.bill),
        calendar.date_of(seen.now, seen.settings.zone),
        vietnam=is_vietnam(seen.settings.zone),
    )


def name_of(one: StoredBill) -> str:
    """What a bill is called: its month, else its days, else when it was entered."""
    bill, period = one.bill, one.period
    if bill.month is not None and bill.year is not None:
        return formats.month(bill.month, bill.year)
    if period is not None:
        return f"{formats.date(period[0])} – {formats.date(period[1])}"
    return tr("bill {entry}", entry=one.entry)


def facts_of(bill: Bill) -> list[tuple[str, str]]:
    """What the bill says, as (name, value); only what is printed."""
    row = main_row(bill)
    found: list[tuple[str, str | None]] = [
        (tr("customer code"), bill.customer),
        (tr("period"), _days(bill.first, bill.last)),
        (tr("previous reading"), _kwh(row.old if row else None)),
        (tr("current reading"), _kwh(row.new if row else None)),
        (tr("consumption"), _kwh(printed_kwh(bill), " kWh")),
        (tr("total to pay"), formats.money(bill.total) if bill.total is not None else None),
    ]
    return [(name, value) for name, value in found if value is not None]


def _days(first: dt.date | None, last: dt.date | None) -> str | None:
    said = [formats.date(day) for day in (first, last) if day is not None]
    return " – ".join(said) or None


def _kwh(value: object, unit: str = "") -> str | None:
    from decimal import Decimal

    return formats.number(value) + unit if isinstance(value, Decimal) else None


def _verdict(seen: Snapshot, one: StoredBill, stored: list[StoredBill], book: Book | None) -> Verdict:
    today = calendar.date_of(seen.now, seen.settings.zone)
    return verdict_on(one, stored, seen.settings, seen.meter, seen.history, book, today)


def _line(one: StoredBill, verdict: Verdict) -> ListedBill:
    result = "withdrawn" if one.withdrawal is not None else verdict.overall
    word = {
        "consistent": tr("consistent"),
        "cannot_tell": tr("cannot tell"),
        "disagrees": tr("disagrees"),
        "withdrawn": tr("withdrawn"),
    }[result]
    parts = []
    billed = verdict.billed_kwh
    if billed is not None:
        parts.append(tr("{kwh} kWh billed", kwh=formats.number(billed)))
    if verdict.own_kwh is not None:
        low, high = formats.low_high(verdict.own_kwh.low, verdict.own_kwh.high, most=1)
        parts.append(tr("yours {low} … {high}", low=low, high=high))
    by = verdict.disagrees_by_kwh
    if result == "disagrees" and by is not None:
        least = formats.number(by, most=1, rounding="down")
        parts.append(
            tr("at least {kwh} kWh too many", kwh=least)
            if verdict.direction == "over"
            else tr("at least {kwh} kWh too few", kwh=least)
        )
    return ListedBill(one.entry, result, SIGNS[result], name_of(one), word, " · ".join(parts))


def _judged(check: Check) -> ShownCheck:
    return ShownCheck(check.result, SIGNS[check.result], result_word(check), check_sentence(check))
