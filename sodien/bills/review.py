"""Look at stored bills again: judge them from what is known now, and make the evidence sheet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sodien.billing.audit.departures import usual_habits
from sodien.billing.audit.reading_time import usual_hour
from sodien.billing.evidence.sheet import render
from sodien.bills.audit import book_of, practice_of, verdict_on
from sodien.bills.evidence_sheet import sheet_of, template
from sodien.bills.stored import bills, find_bill, standing
from sodien.metering import calendar

if TYPE_CHECKING:
    from sodien.billing.audit.result import Note, Verdict
    from sodien.bills.stored import StoredBill
    from sodien.history.current import MeterLedger


@dataclass(frozen=True, slots=True)
class Review:
    """Verdicts from what is known now.

    Attributes:
        bills: those asked for, each with its verdict.
        hour: the utility's usual hour by the readings of all bills, ± minutes; None where they do not tell.
        habits: what the utility does by two bills at least that take it, and is no setting yet.
    """

    bills: tuple[tuple[StoredBill, Verdict], ...]
    hour: tuple[dt.time, int] | None
    habits: tuple[Note, ...] = ()

    @property
    def disagrees(self) -> bool:
        """Whether a bill disagrees with the household's own register."""
        return any(verdict.overall == "disagrees" for _, verdict in self.bills)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence sheet of a bill, as an HTML page, with the verdict that stands in it."""

    bill: StoredBill
    verdict: Verdict
    html: str


def review_bills(where: MeterLedger, *, now: int, entry: int | None = None, every: bool = False) -> Review:
    """Judge the last bill, the one with this number, or every one. Nothing is stored.

    Raises SodienError when there is none. ``now`` is ms UTC.
    """
    settings, meter = where.settings, where.meter
    stored = bills(where.ledger, meter.id)
    wanted = (standing(stored) if every else []) or [find_bill(stored, entry)]
    history, book = where.history(), book_of(meter)
    today = calendar.date_of(now, settings.zone)
    known = {
        one.at: verdict_on(one, stored, settings, meter, history, book, today)
        for one in stored
        if one in wanted or one.withdrawal is None
    }
    readings = [read for one in standing(stored) if (read := known[one.at].read_new) is not None]
    hour = usual_hour(readings, practice_of(settings, meter, history, None))
    habits = usual_habits(known[one.at] for one in standing(stored))
    return Review(tuple((one, known[one.at]) for one in wanted), hour, habits)


def evidence_of(
    where: MeterLedger, *, now: int, entry: int | None = None, with_letter: bool = True
) -> Evidence:
    """The evidence sheet of the last bill, or of the one with this number, judged from what is known now.

    ``with_letter`` False: nothing of the letter to the utility, which has the sender's name, address and
    telephone in it. Raises SodienError when there is no bill. ``now`` is ms UTC.
    """
    settings, meter, ledger = where.settings, where.meter, where.ledger
    stored = bills(ledger, meter.id)
    bill = find_bill(stored, entry)
    history = where.history()
    today = calendar.date_of(now, settings.zone)
    verdict = verdict_on(bill, stored, settings, meter, history, book_of(meter), today)
    sheet = sheet_of(settings, meter, ledger, history, bill, verdict, now)
    if not with_letter:
        sheet = replace(sheet, sender=None)
    return Evidence(bill, verdict, render(sheet, template()))
