"""The evidence sheet: one page to hand over with a complaint, for a clerk who was not there.

Pure: plain values in, one self-contained HTML text out. Names, codes and texts from notices are escaped by
the template; nothing on the sheet is loaded from elsewhere. Every number of ours stands with its bounds.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from sodien import formats
from sodien.billing.audit.result import Range, ReadAt, Verdict
from sodien.billing.bill import Bill
from sodien.billing.companies import Company
from sodien.billing.evidence.chart import DayBar, chart
from sodien.billing.evidence.complaint import ladder, limits
from sodien.billing.evidence.letter import Letter, Sender, is_vietnam, letter
from sodien.billing.evidence.number_line import number_lines
from sodien.billing.words.notices import invoice_name
from sodien.billing.words.verdict import (
    check_sentence,
    headline,
    note_sentence,
    reason_sentence,
    result_word,
)
from sodien.i18n import as_written, language, tr

#: The template, beside this module, and the design it takes.
TEMPLATE: Final = "sheet.html.j2"
DESIGN: Final = "design.css"
_MINUTE_MS: Final = 60_000
_NUMBER: Final = re.compile(r"-?\d[\d.,]*")
#: A space as wide as a digit.
_FIGURE: Final = "\u2007"
_WHEN: Final = re.compile(r"(?:ngày )?(?:\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4})(?: \d\d:\d\d(?::\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of the dial or the notice: what it shows, its media type (``image/jpeg``) and its bytes."""

    caption: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class DialRow:
    """A dial reading: when (ms UTC), as read, by whom, and why the bounds do without it ("" when used)."""

    at: int
    reading: str
    by: str = ""
    unused: str = ""


@dataclass(frozen=True, slots=True)
class GapRow:
    """A stretch that was not counted: start and end (ms UTC), why, and the energy it can hold."""

    start: int
    end: int
    reason: str
    energy: Range


@dataclass(frozen=True, slots=True)
class SealRow:
    """A seal over the ledger: until which entry, when (ms UTC), and its SHA-256 in hexadecimal."""

    last: int
    at: int
    digest: str


@dataclass(frozen=True, slots=True)
class ClaimRows:
    """The utility's own daily readings in the period, from one source, in words.

    Attributes:
        source: who showed them; may be "".
        rows: of when, theirs, ours, what that is worth.
        said: what they say of the bill, a sentence each.
    """

    source: str
    rows: Sequence[tuple[str, str, str, str]]
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class TestRow:
    """A known-load test of the meter itself, in words.

    Attributes:
        at: when, ms UTC.
        found, judgement: the error with its uncertainty, and what that says.
        parts: the uncertainty budget: name, limit, how it is spread, standard uncertainty; the last is all.
    """

    at: int
    found: str
    judgement: str
    parts: Sequence[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class EvidenceSheet:
    """All that stands on a sheet.

    Attributes:
        bill, verdict: what is judged, and how.
        zone: of the meter; every time on the sheet is local.
        made: when the sheet is made (ms UTC); ``version`` of the program.
        meter: name of the meter; ``constant`` in imp/kWh; ``multiplier`` as billed.
        company: None when not known; ``sender`` is who writes to it, None for a sheet without the letter.
        days: the period day by day.
        dials, gaps, photos: in and around the period.
        tests: of the meter itself, in and around the period and since.
        seal: the newest one that covers what the sheet rests on; None when nothing is sealed yet.
        broken_from: the entry from which on the ledger does not fit its seals; then no seal is shown.
        ledger: id of the ledger.
        withdrawn: why the bill does not count any more; None while it does.
    """

    bill: Bill
    verdict: Verdict
    zone: ZoneInfo
    made: int
    version: str
    meter: str
    constant: Decimal
    multiplier: Decimal
    ledger: str
    company: Company | None = None
    sender: Sender | None = field(default_factory=Sender)
    days: Sequence[DayBar] = ()
    dials: Sequence[DialRow] = ()
    gaps: Sequence[GapRow] = ()
    photos: Sequence[Photo] = ()
    tests: Sequence[TestRow] = ()
    claims: Sequence[ClaimRows] = ()
    seal: SealRow | None = None
    broken_from: int | None = None
    withdrawn: str | None = None


def render(sheet: EvidenceSheet, template: str) -> str:
    """The sheet as HTML in the language in use; ``template`` is the text of TEMPLATE."""
    return filled(template, lambda: context(sheet))


def filled(template: str, values: Callable[[], Mapping[str, Any]]) -> str:
    """A document for others, in the language in use: everything escaped, commands as they are written."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        finalize=_unbroken,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals["_"] = tr
    with as_written():
        return environment.from_string(template).render(values())


def _unbroken(value: object) -> object:
    """A text whose dates, with their times, stay on one line; what is marked as safe stands as it is."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    from markupsafe import Markup, escape

    escaped = str(escape(value))  # a Markup would escape what is put into it
    return Markup(_WHEN.sub(r'<span class="whole">\g<0></span>', escaped))  # noqa: S704


def context(sheet: EvidenceSheet) -> dict[str, Any]:
    """What the template is filled with: texts in the language in use, nothing left to work out."""
    verdict, bill = sheet.verdict, sheet.bill
    indices = [row for row in (_index(sheet, "old"), _index(sheet, "new")) if row]
    consumption = _consumption(verdict)
    _align([*indices, consumption])
    picture = chart(sheet.days, tr("kWh per day with bounds, and the share of each day that was counted"))
    return {
        "language": language(),
        "overall": verdict.overall if sheet.withdrawn is None else "withdrawn",
        "headline": _headline(sheet),
        "title": _title(bill),
        "facts": _facts(sheet),
        "lines": number_lines(verdict)[:2],
        "indices": indices,
        "consumption": consumption,
        "topics": [
            {
                "name": _topics().get(topic, topic),
                "checks": [
                    {"result": one.result, "word": result_word(one), "text": check_sentence(one)}
                    for one in checks
                ],
            }
            for topic, checks in groupby(verdict.checks, key=lambda check: check.topic)
        ],
        "chart": picture,
        "days": [
            {
                "day": formats.date(day.day),
                "low": formats.kwh(day.low, "down"),
                "best": formats.kwh(day.best),
                "high": formats.kwh(day.high, "up"),
                "counted": formats.percent(min(1.0, day.counted), rounding="down"),
            }
            for day in sheet.days
        ],
        "covered": _covered(verdict),
        "dials": [
            {
                "at": formats.instant(row.at, sheet.zone),
                "reading": formats.dial(row.reading),
                "by": row.by,
                "unused": row.unused,
            }
            for row in sheet.dials
        ],
        "gaps": [
            {
                "start": formats.instant(row.start, sheet.zone),
                "end": formats.instant(row.end, sheet.zone),
                "reason": row.reason,
                "energy": _range(row.energy),
            }
            for row in sheet.gaps
        ],
        "claims": sheet.claims,
        "tests": [
            {
                "at": formats.instant(row.at, sheet.zone),
                "found": row.found,
                "judgement": row.judgement,
                "parts": row.parts,
            }
            for row in sheet.tests
        ],
        "photos": [
            {
                "caption": photo.caption,
                "source": f"data:{photo.media_type};base64,{base64.b64encode(photo.data).decode()}",
            }
            for photo in sheet.photos
        ],
        "reasons": [reason_sentence(reason) for reason in verdict.reasons],
        "assumptions": [note_sentence(note) for note in verdict.assumptions],
        "advice": [note_sentence(note) for note in verdict.advice],
        "limits": limits(),
        "seal": _seal(sheet),
        "letter": _letter(sheet),
        # Who has nothing to object to needs no steps of a complaint.
        "ladder": ladder(sheet.company) if verdict.overall == "disagrees" and sheet.withdrawn is None else [],
        "made": tr(
            "Made by Sodien {version} on {time}.",
            version=sheet.version,
            time=formats.instant(sheet.made, sheet.zone),
        ),
    }


# -- parts ---------------------------------------------------------------------------------------------


def _letter(sheet: EvidenceSheet) -> Letter | None:
    if sheet.withdrawn is not None or sheet.sender is None:
        return None
    made = dt.datetime.fromtimestamp(sheet.made / 1000, sheet.zone).date()
    return letter(
        sheet.bill,
        sheet.verdict,
        sheet.company,
        sheet.sender,
        made,
        photos=len(sheet.photos),
        vietnam=is_vietnam(sheet.zone),
    )


def _headline(sheet: EvidenceSheet) -> str:
    found = headline(sheet.verdict)
    if sheet.withdrawn is None:
        return found
    gone = tr("This bill is withdrawn: {because}.", because=sheet.withdrawn.rstrip("."))
    return f"{gone} {found}"


def _title(bill: Bill) -> str:
    if bill.first is not None and bill.last is not None:
        return tr(
            "Electricity bill {first} to {last}", first=formats.date(bill.first), last=formats.date(bill.last)
        )
    if bill.month is not None and bill.year is not None:
        return tr("Electricity bill {month}", month=formats.month(bill.month, bill.year))
    if bill.last is not None:
        return tr("Electricity bill read on {last}", last=formats.date(bill.last))
    return tr("Electricity bill")


def _facts(sheet: EvidenceSheet) -> list[tuple[str, str]]:
    bill = sheet.bill
    pairs = [
        (tr("Customer"), " · ".join(part for part in (bill.name, bill.customer) if part)),
        (tr("Meter"), " · ".join(part for part in (sheet.meter, bill.serial) if part)),
        (tr("Constant"), f"{formats.constant(sheet.constant)} imp/kWh"),
        (tr("Multiplier"), formats.number(sheet.multiplier)),
        (tr("Power company"), _company(sheet.company)),
        (tr("To be paid"), _money(bill.total, sheet.verdict.currency)),
        (tr("Invoice"), invoice_name(bill.invoice) if bill.invoice is not None else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _company(company: Company | None) -> str:
    return f"{company.name} · {', '.join(company.hotlines)}" if company is not None else ""


def _index(sheet: EvidenceSheet, which: str) -> dict[str, str] | None:
    check = sheet.verdict.check(f"index_{which}")
    if check is None or check.billed is None:
        return None
    read = sheet.verdict.read_old if which == "old" else sheet.verdict.read_new
    return {
        "name": tr("previous reading") if which == "old" else tr("current reading"),
        "billed": formats.number(check.billed),
        "ours": _range(check.ours),
        "result": check.result,
        "word": result_word(check),
        "read": _read(read, sheet.zone),
    }


def _consumption(verdict: Verdict) -> dict[str, str]:
    check = verdict.check("consumption")
    return {
        "billed": "" if verdict.billed_kwh is None else formats.number(verdict.billed_kwh),
        "ours": _range(verdict.own_kwh),
        "result": check.result if check else "cannot_tell",
        "word": result_word(check) if check else "–",
        "detectable": ""
        if verdict.detectable_kwh is None
        else formats.number(verdict.detectable_kwh, most=3, rounding="up"),
    }


def _align(rows: Sequence[dict[str, str]]) -> None:
    """Give the numbers of our own in a column as many places, so that they stand digit below digit."""
    numbers = [_NUMBER.findall(row["ours"]) for row in rows]
    for row, found in zip(rows, numbers, strict=True):
        alike = [other for other in numbers if len(other) == len(found)]
        widths = [max(map(len, column)) for column in zip(*alike, strict=True)]
        wider = [number.rjust(width, _FIGURE) for number, width in zip(found, widths, strict=True)]
        row["ours"] = _NUMBER.sub("{}", row["ours"]).format(*wider)


def _read(read: ReadAt | None, zone: ZoneInfo) -> str:
    """When our register may have shown the billed index."""
    if read is None:
        return ""
    if read.start is None or read.end is None:
        return tr("your register cannot have shown it in the weeks around, as far as they are recorded")
    end = -(-read.end // _MINUTE_MS) * _MINUTE_MS  # the minute that holds all of it
    span = {"start": formats.instant(read.start, zone), "end": formats.instant(end, zone)}
    if read.inside:
        return tr("your register may have shown it from {start} to {end}", **span)
    return tr("not on the reading day; your register may have shown it from {start} to {end}", **span)


def _covered(verdict: Verdict) -> str:
    covered = verdict.covered
    if covered is None or covered.seconds <= 0:
        return ""
    if covered.counted >= covered.seconds:
        return tr("The whole period was counted.")
    return tr(
        "{share} of the period was counted; {time} were not.",
        share=formats.percent(covered.counted / covered.seconds, 2, "down"),
        time=formats.duration(covered.seconds - covered.counted),
    )


def _seal(sheet: EvidenceSheet) -> str:
    seal = sheet.seal
    if sheet.broken_from is not None:
        return tr(
            "Attention: the ledger does not fit its seals from entry {seq} on; it was changed or damaged, "
            "and this sheet proves nothing.",
            seq=sheet.broken_from,
        )
    if seal is None:
        return tr("Nothing is sealed yet.")
    return tr(
        "Ledger {ledger}, entries up to {last}, sealed {time}: {digest}. Anyone with the ledger can check "
        "it: sodien verify --against {digest}",
        ledger=sheet.ledger,
        last=seal.last,
        time=formats.instant(seal.at, sheet.zone),
        digest=seal.digest,
    )


def _range(found: Range | None) -> str:
    if found is None:
        return tr("not known")
    low, high = formats.kwh(found.low, "down"), formats.kwh(found.high, "up")
    return f"{low} … {high}" if found.best is None else f"{formats.kwh(found.best)}  [{low} … {high}]"


def _money(value: Decimal | None, currency: str) -> str:
    return "" if value is None else f"{formats.amount(value)} {formats.currency_word(currency)}"


def _topics() -> Mapping[str, str]:
    return {
        "identity": tr("Is it your bill?"),
        "continuity": tr("Does it continue the bill before?"),
        "arithmetic": tr("Does it add up?"),
        "reading": tr("The readings beside your own register"),
        "consumption": tr("The consumption beside your own register"),
        "tiers": tr("The printed lines"),
        "money": tr("Prices, quotas, tax, total"),
    }
