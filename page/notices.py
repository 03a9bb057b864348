"""What the utility sent, entered as a text, as a file, or as numbers: shown and judged before it is kept.

The reader of notices is large and seldom asked for, so it is loaded with the first notice.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from page import enter
from page.bills import BillScreen, screen_of
from page.household import Snapshot
from sodien import formats
from sodien.billing.bill import Bill, IndexRow
from sodien.bills.receive import (
    Notice,
    add_bill,
    contradicted,
    left_out,
    notice_of,
    receive_notice,
    takes_its_place,
    withdraw_bill,
)
from sodien.errors import FieldError, SodienError
from sodien.history.corrections import UNDONE
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.billing.notices.model import Understood
    from sodien.bills.intake import Received

#: Bytes of a notice's file: what the reader of notices takes.
MOST_FILE_B = 2_000_000
#: The fields of the forms of a notice, and of a bill that is typed.
SENT = ("text", "file", "replaces")
TYPED = ("first", "last", "old", "new", "kwh", "total", "photo", "replaces")


@dataclass(frozen=True, slots=True)
class NoticeMeaning:
    """What was understood, and what the verdict would be.

    Attributes:
        bills: each with its verdict.
        reading_days: those that are announced.
        problems: what was not understood; ``told`` what else the notice is.
        question: whether it takes the place of a bill that says otherwise; None where there is none.
        sent: the fields to be sent again.
    """

    bills: list[BillScreen]
    reading_days: list[str]
    problems: list[str]
    told: list[str]
    question: str | None
    sent: dict[str, str]


def of_notice(seen: Snapshot, sent: Mapping[str, str]) -> NoticeMeaning:
    """What a notice would mean. Raises SodienError; nothing is stored."""
    from sodien.billing.words.notices import sentence

    found, notice = _understood(seen, sent)
    other = contradicted(seen.where, notice, now=seen.now)
    question = takes_its_place(other, notice.bills[0]) if other is not None else None
    replaces = other.entry if other is not None else None
    received = receive_notice(seen.where, notice, now=seen.now, replaces=replaces, dry_run=True)
    problems = [sentence(problem) for problem in left_out(found)]
    return _meaning(seen, received, dict(sent), question, replaces, problems)


def keep_notice(seen: Snapshot, sent: Mapping[str, str]) -> Received:
    """Store and judge it. Raises SodienError; then nothing is stored."""
    _, notice = _understood(seen, sent)
    received = receive_notice(seen.where, notice, now=seen.now, replaces=_entry(sent))
    enter.used(seen, sent["file"])
    return received


def of_typed(seen: Snapshot, values: Mapping[str, str]) -> NoticeMeaning:
    """What a bill that was typed would mean. Raises FieldError or SodienError; nothing is stored."""
    bill, photo = typed_bill(values), enter.waiting(seen, values["photo"])
    other = contradicted(seen.where, Notice((bill,)), now=seen.now)
    question = takes_its_place(other, bill) if other is not None else None
    replaces = other.entry if other is not None else None
    received = add_bill(seen.where, bill, now=seen.now, replaces=replaces, photo=photo, dry_run=True)
    return _meaning(seen, received, dict(values), question, replaces, [])


def keep_typed(seen: Snapshot, values: Mapping[str, str]) -> Received:
    """Store and judge it, with its picture. Raises FieldError or SodienError; then nothing is stored."""
    bill, photo = typed_bill(values), enter.waiting(seen, values["photo"])
    received = add_bill(seen.where, bill, now=seen.now, replaces=_entry(values), photo=photo)
    enter.used(seen, values["photo"])
    return received


def take_back(seen: Snapshot, entry: int) -> None:
    """Withdraw a bill. Raises SodienError when there is none."""
    withdraw_bill(seen.where, entry, because=UNDONE, now=seen.now)


def _meaning(
    seen: Snapshot,
    received: Received,
    sent: dict[str, str],
    question: str | None,
    replaces: int | None,
    problems: list[str],
) -> NoticeMeaning:
    return NoticeMeaning(
        bills=[screen_of(seen, one, verdict) for one, verdict in received.bills],
        reading_days=[formats.date(day) for day in received.reading_days],
        problems=problems,
        told=list(received.told),
        question=question,
        sent=sent | {"replaces": str(replaces or "")},
    )


def _entry(sent: Mapping[str, str]) -> int | None:
    """The bill whose place a person says that this one takes."""
    text = sent["replaces"]
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else None


def _understood(seen: Snapshot, sent: Mapping[str, str]) -> tuple[Understood, Notice]:
    """What a notice says. Raises SodienError where it says nothing that is understood."""
    from sodien.billing.words.notices import sentence
    from sodien.bills.notice_file import read_file
    from sodien.bills.notice_templates import templates_for

    file = enter.waiting(seen, sent["file"])
    source = file.read_bytes() if file is not None else sent["text"].encode()
    if not source.strip():
        raise SodienError(tr("Paste the notice's text, or choose its file."))
    found = read_file(source, templates=templates_for(seen.settings).usable)
    notice = notice_of(found)
    if not (notice.bills or notice.schedules or notice.adjustments):
        raise SodienError(
            " ".join(sentence(one) for one in found.problems[:2]) or tr("There is no bill in this text.")
        )
    return found, notice


def typed_bill(values: Mapping[str, str]) -> Bill:
    """A bill from a form; days that are left empty are those by the reading day. Raises FieldError."""
    found: dict[str, Any] = {}
    for name in ("old", "new", "kwh", "total"):
        text = values.get(name, "").strip()
        if text:
            found[name] = _amount(name, text)
    days: dict[str, dt.date] = {}
    for name in ("first", "last"):
        text = values.get(name, "").strip()
        if text:
            try:
                days[name] = formats.parse_date(text)
            except ValueError:
                raise FieldError(
                    name, tr("Write the day as {day}.", day=formats.date(dt.date(2026, 11, 30)))
                ) from None
    row = IndexRow(old=found.get("old"), new=found.get("new"))
    rows = (row,) if row != IndexRow() else ()
    return Bill(
        rows=rows,
        kwh=found.get("kwh"),
        total=found.get("total"),
        first=days.get("first"),
        last=days.get("last"),
    )


def _amount(name: str, text: str) -> Decimal:
    """A number as Vietnamese or English people type it: groups of three are thousands."""
    bare = re.sub(r"[\s_]|đ$|VND$|kWh$", "", text)
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", bare):
        bare = re.sub(r"[.,]", "", bare)
    bare = bare.replace(",", ".")
    if not re.fullmatch(r"\d{1,12}(\.\d{1,4})?", bare):
        raise FieldError(name, tr("Write the number alone, such as 12345."))
    return Decimal(bare)
