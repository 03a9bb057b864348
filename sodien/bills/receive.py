"""Take what the utility says: a notice or a typed bill into the ledger, each judged at once.

Everything is checked and judged before anything is stored, and all of a notice is stored at once. A bill that
is completed or corrected stays in the ledger as it was; a later row takes its place.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sodien import formats
from sodien.billing.bill import Bill, Invoice, is_same_invoice
from sodien.billing.notices.model import Problem, Schedule, Understood
from sodien.billing.words.notices import invoice_name, sentence
from sodien.bills.intake import Intake, Received
from sodien.bills.stored import StoredBill, bills, find_bill, merged
from sodien.errors import SodienError
from sodien.history.corrections import withdrawal
from sodien.i18n import tr
from sodien.ledger import pictures

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger
    from sodien.settings.model import MeterSettings

#: Problems that leave nothing out: the verdict looks at the numbers anyway.
_NOTHING_LEFT_OUT = ("sum_", "more", "outage", "invoice_adjusted")
#: Problems that are found again, with the other bills beside them, when the bill is taken.
_FOUND_AGAIN = frozenset(
    {
        "impossible_month",
        "impossible_year",
        "first_after_last",
        "too_long",
        "new_below_old",
        "negative",
        "zero",
    }
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a text of the utility holds.

    Attributes:
        bills: each whole; one that another one in the text replaces is not among them.
        schedules: announced reading days.
        text: the text itself.
        adjustments: invoices that hold the difference to another one alone; they are told, never judged.
        superseded: bills that another one in the text replaces.
    """

    bills: tuple[Bill, ...]
    schedules: tuple[Schedule, ...] = ()
    text: str = ""
    adjustments: tuple[Bill, ...] = ()
    superseded: tuple[Bill, ...] = ()

    def is_for(self, meter: MeterSettings) -> bool:
        """Whether it names this meter, by customer code or serial number."""
        billing = meter.billing
        said = (*self.bills, *self.adjustments)
        codes = {bill.customer for bill in said} | {one.customer for one in self.schedules}
        serials = {bill.serial for bill in said}
        return billing.customer in codes - {None} or billing.serial in serials - {None}


# -- what can be done ----------------------------------------------------------------------------------


def notice_of(understood: Understood) -> Notice:
    """What was understood as a notice; bills that say nothing different are one, an SMS and its sequel.

    Raises SodienError when nothing was understood.
    """
    if not understood.documents:
        raise SodienError(" ".join(sentence(problem) for problem in understood.problems[:2]))
    found: list[Bill] = []
    schedules: list[Schedule] = []
    adjustments: list[Bill] = []
    for document in understood.documents:
        content = document.content
        if isinstance(content, Schedule):
            if content.day is not None:
                schedules.append(content)
        elif isinstance(content, Bill) and content.adjusts is not None:
            adjustments.append(content)
        elif isinstance(content, Bill):
            both = merged(found[-1], content) if found else None
            found[-1:] = [both] if both is not None else [*found[-1:], content]
    gone = [one for one in found if any(is_same_invoice(one.invoice, other.replaces) for other in found)]
    return Notice(
        tuple(one for one in found if one not in gone),
        tuple(schedules),
        understood.text,
        tuple(adjustments),
        tuple(gone),
    )


def left_out(understood: Understood) -> list[Problem]:
    """The problems on account of which a field is missing: a person may know it."""
    return [
        problem
        for problem in understood.problems
        if not problem.key.startswith(_NOTHING_LEFT_OUT) and problem.key not in _FOUND_AGAIN
    ]


def contradicted(where: MeterLedger, notice: Notice, *, now: int) -> StoredBill | None:
    """The bill that a notice says it replaces, else the one of the same reading day that it contradicts.

    The utility may have corrected that one. None where there is none, or where the notice only completes it.
    Raises SodienError as :func:`receive_notice` does for a bill that is there already.
    """
    if len(notice.bills) != 1:
        return None
    intake = Intake(where, now, None)
    return intake.contradicted(notice.bills[0])


def takes_its_place(other: StoredBill, bill: Bill) -> str:
    """The question to a person whether ``bill`` takes the place of the one that it contradicts or names."""
    days = " – ".join(map(formats.date, other.period)) if other.period else "–"
    if bill.replaces is not None and is_same_invoice(other.bill.invoice, bill.replaces):
        return tr(
            "This invoice replaces that of bill {entry} ({days}, {which}). Replace the bill?",
            entry=other.entry,
            days=days,
            which=invoice_name(bill.replaces),
        )
    return tr(
        "Bill {entry} ({days}) says something else. Is this the utility's correction, which replaces it?",
        entry=other.entry,
        days=days,
    )


def receive_notice(
    where: MeterLedger,
    notice: Notice,
    *,
    now: int,
    by: str | None = None,
    replaces: int | None = None,
    dry_run: bool = False,
) -> Received:
    """Store and judge what a notice says.

    A bill that only adds to one that is there, such as the money to the indices, completes it.

    Args:
        where: the meter.
        notice: what the utility says.
        now: ms UTC.
        by: who enters it.
        replaces: the number of the bill that the utility corrects by it; that one is withdrawn.
        dry_run: only judge it; the bills have no numbers then.

    Raises:
        SodienError: it is not this meter's, cannot be right, or is there already, or there is no bill to
            replace; then nothing is stored.
    """
    intake = Intake(where, now, by)
    told = [intake.adjustment(one) for one in notice.adjustments]
    if told and not notice.bills and not notice.schedules:
        raise SodienError(tr("{sentence} Nothing was stored.", sentence=" ".join(told)))
    told += [_left_out_for(one) for one in notice.superseded]
    if replaces is not None:
        intake.replace(replaces, notice.bills)
    for bill in notice.bills:
        intake.take(bill, text=notice.text)
    for schedule in notice.schedules:
        intake.take_schedule(schedule, notice.text)
    return dataclasses.replace(intake.store(dry_run=dry_run), told=tuple(told))


def add_bill(
    where: MeterLedger,
    bill: Bill,
    *,
    now: int,
    by: str | None = None,
    replaces: int | None = None,
    photo: Path | None = None,
    dry_run: bool = False,
) -> Received:
    """Store and judge a bill that was typed; ``photo`` is a picture of it, copied beside the ledger.

    Raises SodienError as :func:`receive_notice` does, and where the picture cannot be kept.
    """
    intake = Intake(where, now, by)
    if replaces is not None:
        intake.replace(replaces, (bill,))
    intake.take(bill, photo=pictures.kept(photo, where.ledger, keep=False) if photo is not None else None)
    if photo is not None and not dry_run:
        pictures.kept(photo, where.ledger, keep=True)
    return intake.store(dry_run=dry_run)


def correct_bill(
    where: MeterLedger,
    entry: int,
    bill: Bill,
    *,
    now: int,
    text: str = "",
    because: str | None = None,
    by: str | None = None,
) -> Received:
    """Put ``bill`` in the place of what an entry says, and judge it anew; the old entry stays.

    Args:
        where: the meter.
        entry: the number of the bill, or of a correction of it.
        bill: what it says instead.
        now: ms UTC.
        text: the notice that says so, where there is one.
        because: why it is corrected.
        by: who corrects it.

    Raises:
        SodienError: there is no such bill, it was withdrawn, or what takes its place cannot be right.
    """
    intake = Intake(where, now, by)
    wrong = find_bill(intake.stored, entry)
    if wrong.withdrawal is not None:
        raise SodienError(tr("Bill {entry} was withdrawn; enter it again instead.", entry=entry))
    intake.take(bill, text=text, corrects=wrong, because=because)
    return intake.store()


def withdraw_bill(where: MeterLedger, entry: int, *, because: str, now: int, by: str | None = None) -> int:
    """Say that a bill, or an announced reading day, does not count; the old entry stays.

    Returns the number of the entry that says so. Raises SodienError when there is nothing of that number.
    """
    ledger, meter = where.ledger, where.meter.id
    schedule = next((row for row in ledger.of_kind("schedule", meter) if row.seq == entry), None)
    of = schedule if schedule is not None else find_bill(bills(ledger, meter), entry).rows[0]
    (number,) = ledger.append([withdrawal(of, now, because, by)])
    return number


def _left_out_for(bill: Bill) -> str:
    return tr(
        "Invoice {which} is left out: another one in the text replaces it.",
        which=invoice_name(bill.invoice or Invoice()),
    )
