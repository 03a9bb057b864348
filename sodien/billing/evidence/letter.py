"""The letter to the utility: what the household writes, signs and hands in with the evidence sheet.

It speaks as the sender, says only what the verdict proves, and holds no advice to the household. What is not
known of the sender is a dotted line, to be filled in by hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sodien import formats
from sodien.billing.audit.result import Check, Verdict
from sodien.billing.bill import Bill
from sodien.billing.companies import Company
from sodien.billing.words.sender import SENDER_WORDS
from sodien.billing.words.sentences import say
from sodien.billing.words.values import shown
from sodien.billing.words.verdict import check_sentence
from sodien.i18n import tr

#: To be filled in by hand.
BLANK: Final = "…" * 14


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, and to which branch: all as the settings or the bill have it, None where nobody said so.

    Attributes:
        name, address, phone: of the holder of the contract.
        customer, serial: the household's customer code, and its meter's number.
        office: the local branch of the power company.
    """

    name: str | None = None
    address: str | None = None
    phone: str | None = None
    customer: str | None = None
    serial: str | None = None
    office: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, part by part, worded.

    Attributes:
        head: the state's name and motto, as letters to offices in Viet Nam begin; empty elsewhere.
        title, subject: what kind of letter, and about which bill.
        to: the company and its branch.
        sender: (label, value) of the sender; "" is to be filled in by hand.
        opening, points, outcome: what was compared, what is wrong, and by how much in all ("" if not known).
        requests, attached: numbered.
        date, closing, signer: the end; ``signer`` "" leaves the name to the pen.
    """

    head: tuple[str, ...]
    title: str
    subject: str
    to: tuple[str, ...]
    sender: tuple[tuple[str, str], ...]
    opening: str
    points: tuple[str, ...]
    outcome: str
    requests: tuple[str, ...]
    attached: tuple[str, ...]
    date: str
    signer: str

    @property
    def blanks(self) -> list[str]:
        """The labels of what is left to be filled in by hand."""
        return [label for label, value in self.sender if not value]

    @property
    def lines(self) -> list[str]:
        """The letter as plain text, a line or paragraph each; "" is an empty line."""
        return [
            *self.head,
            *([""] if self.head else []),
            self.title,
            self.subject,
            "",
            tr("To:"),
            *(f"- {one}" for one in self.to),
            "",
            *(f"{label}: {value or BLANK}" for label, value in self.sender),
            "",
            self.opening,
            *(f"- {one}" for one in self.points),
            *([self.outcome] if self.outcome else []),
            "",
            tr("I ask you to:"),
            *numbered(self.requests),
            "",
            tr("Attached:"),
            *numbered(self.attached),
            "",
            tr("Thank you."),
            "",
            self.date,
            tr("Signature"),
            tr("(signature and full name)"),
            "",
            self.signer,
        ]


def is_vietnam(zone: ZoneInfo) -> bool:
    """Whether a meter in this time zone is in Viet Nam."""
    return zone.key in ("Asia/Ho_Chi_Minh", "Asia/Saigon")


def numbered(lines: Sequence[str]) -> list[str]:
    """``1. …``, ``2. …``."""
    return [f"{number}. {line}" for number, line in enumerate(lines, 1)]


def letter(
    bill: Bill,
    verdict: Verdict,
    company: Company | None,
    sender: Sender,
    made: dt.date,
    *,
    photos: int = 0,
    vietnam: bool = True,
) -> Letter | None:
    """The letter about a bill; None where it does not disagree, as there is nothing to ask for.

    Args:
        bill: what it is about.
        verdict: on it.
        company: to whom; None leaves a dotted line.
        sender: who writes.
        made: its date.
        photos: how many pictures the sheet holds.
        vietnam: whether it goes to an office in Viet Nam, and begins as letters there do.
    """
    if verdict.overall != "disagrees":
        return None
    charge_alone = any(note.key == "ask_for_bill" for note in verdict.advice)
    return Letter(
        head=(tr("SOCIALIST REPUBLIC OF VIET NAM"), tr("Independence – Freedom – Happiness"))
        if vietnam
        else (),
        title=tr("REQUEST"),
        subject=_subject(bill, charge_alone),
        to=(
            company.name if company is not None else tr("The power company {blank}", blank=BLANK),
            sender.office or tr("The local branch {blank}", blank=BLANK),
        ),
        sender=(
            (tr("My name is"), sender.name or ""),
            (tr("Address"), sender.address or ""),
            (tr("Telephone"), sender.phone or ""),
            (tr("Customer code"), sender.customer or ""),
            (tr("Serial number of the meter"), sender.serial or ""),
        ),
        opening=_opening(charge_alone),
        points=tuple(_point(check) for check in verdict.checks if check.result == "disagrees"),
        outcome=_outcome(verdict),
        requests=_requests(charge_alone),
        attached=(
            tr("The evidence sheet: my record with its lowest and highest values, and what was not counted")
            + (tr(" (pictures: {count})", count=photos) if photos else ""),
            tr("A copy of the notice or bill"),
        ),
        date=tr(
            "{blank}, {year}-{month}-{day}",
            blank="…" * 8,
            year=made.year,
            month=f"{made:%m}",
            day=f"{made:%d}",
        ),
        signer=sender.name or "",
    )


def _subject(bill: Bill, charge_alone: bool) -> str:
    what = (
        tr("to have the electricity bill worked out again")
        if charge_alone
        else tr("to have the meter reading and the electricity bill checked")
    )
    if bill.first is not None and bill.last is not None:
        first, last = formats.date(bill.first), formats.date(bill.last)
        return tr("{what}, period from {first} to {last}", what=what, first=first, last=last)
    if bill.month is not None and bill.year is not None:
        return tr("{what}, {month}", what=what, month=formats.month(bill.month, bill.year))
    if bill.last is not None:
        return tr("{what}, reading of {last}", what=what, last=formats.date(bill.last))
    return what


def _opening(charge_alone: bool) -> str:
    if charge_alone:
        return tr(
            "I have worked the bill out again, from its own numbers and by the tariff, and found what does "
            "not agree:"
        )
    return tr(
        "I have compared the bill with my own record, which counts the meter's pulses and holds readings of "
        "its dial, and found what does not agree:"
    )


def _point(check: Check) -> str:
    """One check that disagrees, as the sender says it."""
    key = f"sender_{check.says}"
    return say(key, shown(check.values)) if key in SENDER_WORDS else check_sentence(check)


def _outcome(verdict: Verdict) -> str:
    """By how much the bill is wrong at least; "" where that is not known."""
    kwh, money = verdict.disagrees_by_kwh, verdict.disagrees_by_money
    said = formats.number(kwh, most=3, rounding="down") if kwh is not None else ""
    paid = formats.money_in_words(money, verdict.currency, "down") if money is not None else ""
    if kwh is None:
        return tr("So the bill is wrong by at least {money}.", money=paid) if paid else ""
    over = verdict.direction == "over"
    if not paid:
        return (
            tr("So the bill has at least {kwh} kWh too many.", kwh=said)
            if over
            else tr("So the bill has at least {kwh} kWh too few.", kwh=said)
        )
    return (
        tr("So the bill has at least {kwh} kWh too many, at least {money}.", kwh=said, money=paid)
        if over
        else tr("So the bill has at least {kwh} kWh too few, at least {money}.", kwh=said, money=paid)
    )


def _requests(charge_alone: bool) -> tuple[str, ...]:
    first = (
        tr("work the bill out again by the tariff in force")
        if charge_alone
        else tr("check the reading at the meter, with me present")
    )
    return (
        first,
        tr("correct the bill if it is wrong, and settle the difference"),
        tr("answer me in writing"),
    )
