"""What import, add and correct share: is it a bill that can be, its verdict, and both into the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import click
import msgspec

from sodien.billing.audit.result import Verdict
from sodien.billing.bill import Bill
from sodien.billing.notices.plausibility import plain_faults
from sodien.billing.words.notices import sentence
from sodien.bills.audit import book_of, verdict_on
from sodien.bills.stored import (
    StoredBill,
    bills,
    expected_period,
    merged,
    new_row,
    period_of,
    standing,
    verdict_row,
    with_period,
)
from sodien.cli.bill.show_bill import show_bill, show_verdict, show_whom_to_call, stored_plain
from sodien.errors import SodienError
from sodien.history.current import meter_now
from sodien.history.reading_days import reading_days
from sodien.i18n import tr
from sodien.ledger.store import Ledger, NewRow
from sodien.metering import calendar
from sodien.settings.model import MeterSettings, Settings


@dataclass
class Entering:
    """Bills on their way into the ledger: everything is checked and judged before anything is stored."""

    settings: Settings
    ledger: Ledger
    meter: MeterSettings
    now: int
    by: str | None = None
    rows: list[NewRow] = field(default_factory=list)
    judged: list[tuple[StoredBill, Verdict]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stored = bills(self.ledger, self.meter.id)
        self.days = reading_days(self.ledger, self.meter)
        self.view = meter_now(self.settings, self.ledger, self.meter)
        self.book = book_of(self.meter)

    def bill(
        self, bill: Bill, *, text: str = "", corrects: StoredBill | None = None, because: str | None = None
    ) -> None:
        """Take a bill, or what takes the place of one. Raises SodienError when it cannot be one."""
        today = calendar.date_of(self.now, self.settings.zone)
        expected = expected_period(bill, self.days, today)
        if corrects is None:
            corrects, bill = self._completed(bill, expected)
        self._check(bill, expected, corrects)
        at = self._free(self.now)
        row = new_row(
            self.meter.id,
            bill,
            at,
            text=text,
            expected=expected,
            corrects=corrects.at if corrects is not None else None,
            because=because,
            by=self.by,
        )
        if corrects is not None:
            stored = StoredBill((*corrects.rows, row), None, corrects.verdicts)
            self.stored = [stored if one.at == corrects.at else one for one in self.stored]
        else:
            stored = StoredBill((row,))
            self.stored = [*self.stored, stored]
        self.rows.append(row)
        verdict = verdict_on(stored, self.stored, self.settings, self.meter, self.view, self.book, today)
        self.judged.append((stored, verdict))

    def _free(self, at: int) -> int:
        """A millisecond that no bill of this meter has: it is the bill's identity."""
        used = {row.at for one in self.stored for row in one.rows}
        while at in used:
            at += 1
        return at

    def _completed(self, bill: Bill, expected: Any) -> tuple[StoredBill | None, Bill]:
        """The bill of the same period that this notice adds something to, and both as one."""
        mine = period_of(bill, expected)
        for other in standing(self.stored):
            both = merged(other.bill, bill)
            if both is None or (other.period != mine and not _same(other.bill, bill)):
                continue
            if _same(both, other.bill):
                raise SodienError(
                    tr(
                        "The same bill is there already (entry {entry}); nothing was stored.",
                        entry=other.entry,
                    )
                )
            return other, both
        return None, bill

    def check_customer(self, code: str | None) -> None:
        """Raise SodienError for a customer code that is not this meter's; either may be unknown."""
        own = self.meter.billing.customer
        if own and code and code.upper() != own:
            raise SodienError(
                tr(
                    "The customer code {code} is not that of this meter, {own} (billing.customer); "
                    "nothing was stored.",
                    code=code,
                    own=own,
                )
            )

    def _check(self, bill: Bill, expected: Any, corrects: StoredBill | None) -> None:
        """Raise SodienError for what cannot be a bill of this meter."""
        self.check_customer(bill.customer)
        if not (bill.rows or bill.tiers or any(v is not None for v in (bill.kwh, bill.net, bill.total))):
            raise SodienError(
                tr("There is nothing to check: give the indices (--old, --new), --kwh or --total.")
            )
        others = [
            with_period(one.bill, one.expected)
            for one in standing(self.stored)
            if corrects is None or one.at != corrects.at
        ]
        for fault in plain_faults(with_period(bill, expected), others):
            if fault.key == "new_below_old" and self._replaced(bill, expected):
                continue  # the new index is another meter's
            raise SodienError(tr("{sentence} Nothing was stored.", sentence=sentence(fault)))

    def _replaced(self, bill: Bill, expected: Any) -> bool:
        """Whether the ledger knows of a replaced meter in the bill's period."""
        period = period_of(bill, expected)
        if period is None:
            return False
        start, _ = calendar.day_bounds(period[0], self.settings.zone)
        _, end = calendar.day_bounds(period[1], self.settings.zone)
        return any(life.start is not None and start <= life.start < end for life in self.view.lives)

    def store(self, more: Sequence[NewRow] = ()) -> None:
        """Everything into the ledger at once: bills, what else was read, and the verdicts."""
        verdicts = [verdict_row(self.meter.id, stored, verdict, self.now) for stored, verdict in self.judged]
        self.ledger.append([*self.rows, *more, *verdicts])
        known = {one.at: one for one in bills(self.ledger, self.meter.id)}
        self.judged = [(known.get(stored.at, replace(stored)), verdict) for stored, verdict in self.judged]

    def plain(self) -> dict[str, Any]:
        """What was stored, for JSON."""
        return {"meter": self.meter.id, "bills": [stored_plain(*pair) for pair in self.judged]}

    def show(self) -> None:
        """What was stored, for people."""
        for stored, verdict in self.judged:
            click.echo(tr("{meter}: bill {entry} is stored.", meter=self.meter.id, entry=stored.entry))
            show_bill(stored.bill, stored.period)
            click.echo()
            show_verdict(verdict)
            if verdict.overall == "disagrees":
                show_whom_to_call(self.meter, stored.bill)

    @property
    def code(self) -> int:
        """The exit code: 1 when a bill disagrees."""
        return int(any(verdict.overall == "disagrees" for _, verdict in self.judged))


def _same(one: Bill, other: Bill) -> bool:
    """Whether both say the same, wherever it came from."""
    bare = {"source": "", "name": None}
    return msgspec.structs.replace(one, **bare) == msgspec.structs.replace(other, **bare)
