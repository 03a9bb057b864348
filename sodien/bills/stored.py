"""Bills as the ledger has them, with what was said of them since and the verdicts on them.

A ``bill`` row is what was understood of a notice, or typed, with the text itself and its SHA-256. A later row
that ``corrects`` it (by its time, with meter and kind its identity) takes its place; an ``amendment`` row may
withdraw it. Nothing is edited. A ``verdict`` row belongs to the first row of its bill.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from sodien.billing.audit.result import Verdict
from sodien.billing.bill import Bill, IndexRow, Invoice, is_same_invoice
from sodien.errors import SodienError
from sodien.history.corrections import amendments, told, withdraws
from sodien.i18n import tr
from sodien.ledger.bodies import AmendmentBody, BillBody, Picture, VerdictBody, as_stored
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering import calendar

if TYPE_CHECKING:
    from sodien.metering.calendar import ReadingDays

Period = tuple[dt.date, dt.date]
_DAY = dt.timedelta(days=1)
_INVOICE = Invoice.__struct_fields__


@dataclass(frozen=True, slots=True)
class StoredBill:
    """One bill as it counts now.

    Attributes:
        rows: what was stored of it, the newest last; the last one counts.
        withdrawal: the row that withdrew it, None while it counts.
        verdicts: the verdicts stored on it, the newest last.
    """

    rows: tuple[NewRow, ...]
    withdrawal: NewRow | None = None
    verdicts: tuple[Row, ...] = ()

    @property
    def entry(self) -> int:
        """Its number: that of its first row; 0 before it is in the ledger."""
        return self.rows[0].seq if isinstance(self.rows[0], Row) else 0

    @property
    def at(self) -> int:
        """When it was stored first, ms UTC: its identity."""
        return self.rows[0].at or 0

    @property
    def last(self) -> BillBody:
        """What its newest row holds: that counts."""
        return self.rows[-1].read(BillBody)

    @property
    def bill(self) -> Bill:
        """What it says."""
        return msgspec.json.decode(self.last.bill, type=Bill)

    @property
    def expected(self) -> Period | None:
        """The billing period as the household expected it when the bill was stored."""
        return self.last.expected

    @property
    def period(self) -> Period | None:
        """The period it is for: as printed, else as expected."""
        return period_of(self.bill, self.expected)

    @property
    def verdict(self) -> Verdict | None:
        """The last verdict stored."""
        if not self.verdicts:
            return None
        return msgspec.json.decode(self.verdicts[-1].read(VerdictBody).verdict, type=Verdict)

    @property
    def withdrawn_because(self) -> str | None:
        """Why it does not count; None while it does."""
        if self.withdrawal is None:
            return None
        return told(self.withdrawal.read(AmendmentBody).because or "")

    @property
    def pictures(self) -> list[Picture]:
        """The pictures kept with it and with what took its place."""
        return [found for row in self.rows if (found := row.read(BillBody).photo) is not None]

    def numbers(self) -> list[int]:
        """The numbers of all its rows."""
        return [row.seq for row in self.rows if isinstance(row, Row)]


def bills(ledger: Ledger, meter: str) -> list[StoredBill]:
    """All bills of a meter by period, withdrawn ones too."""
    rows: dict[int, list[NewRow]] = {}
    for row in sorted(ledger.of_kind("bill", meter), key=lambda row: row.seq):
        corrects = row.read(BillBody).corrects
        rows.setdefault(corrects if corrects is not None else row.at or 0, []).append(row)
    verdicts: dict[int, list[Row]] = {}
    for row in sorted(ledger.of_kind("verdict", meter), key=lambda row: row.seq):
        verdicts.setdefault(row.read(VerdictBody).of, []).append(row)
    amended = amendments(ledger, meter)
    gone = {at: row for (kind, at), row in amended.items() if kind == "bill" and withdraws(row)}
    found = [
        StoredBill(tuple(group), gone.get(at), tuple(verdicts.get(at, ()))) for at, group in rows.items()
    ]
    return sorted(found, key=lambda one: (one.period or (dt.date.max,) * 2, one.at))


def standing(found: Iterable[StoredBill]) -> list[StoredBill]:
    """Those that were not withdrawn."""
    return [one for one in found if one.withdrawal is None]


def find_bill(found: Sequence[StoredBill], entry: int | None) -> StoredBill:
    """The bill with this number, also by that of a correction; without a number the last that stands.

    Raises SodienError.
    """
    if entry is not None:
        for one in found:
            if entry in one.numbers():
                return one
        raise SodienError(tr("There is no bill {entry}; 'sodien bill list' lists them.", entry=entry))
    last = standing(found)[-1:]
    if not last:
        raise SodienError(tr("No bill has been entered yet; see 'sodien bill import --help'."))
    return last[0]


def before(found: Sequence[StoredBill], this: StoredBill) -> list[Bill]:
    """The standing bills before this one, by time."""
    mine = (this.period or (dt.date.max,) * 2, this.at)
    return [
        one.bill
        for one in standing(found)
        if one.at != this.at and (one.period or (dt.date.max,) * 2, one.at) < mine
    ]


def period_of(bill: Bill, expected: Period | None) -> Period | None:
    """First and last day: those printed, the rest as expected; None when nothing is known."""
    first = bill.first or (expected[0] if expected else None)
    last = bill.last or (expected[1] if expected else None)
    return (first, last) if first is not None and last is not None else None


def with_period(bill: Bill, expected: Period | None) -> Bill:
    """The bill with its period filled in, to compare it with others."""
    period = period_of(bill, expected)
    return bill if period is None else msgspec.structs.replace(bill, first=period[0], last=period[1])


def expected_period(bill: Bill, days: ReadingDays, today: dt.date) -> Period | None:
    """The period a bill must be for by the reading calendar, where it does not print both days.

    A day that is printed is kept; a month names the reading day in it; without any, it is the last reading
    day up to ``today``.
    """
    if bill.first is not None and bill.last is not None:
        return None
    if bill.last is not None:
        last = bill.last
    elif bill.first is not None:
        return bill.first, calendar.next_reading_day(bill.first, days)
    elif bill.month is not None and 1 <= bill.month <= 12:
        year = bill.year if bill.year is not None else today.year - (bill.month > today.month)
        last = calendar.reading_day(year, bill.month, days)
    else:
        last = calendar.previous_reading_day(today + _DAY, days)
    return calendar.previous_reading_day(last, days) + _DAY, last


def new_row(
    meter: str,
    bill: Bill,
    at: int,
    *,
    text: str = "",
    expected: Period | None = None,
    corrects: int | None = None,
    because: str | None = None,
    by: str | None = None,
    photo: Picture | None = None,
) -> NewRow:
    """The row of a bill, dated ``at`` (ms UTC); ``corrects`` is the time of the bill whose place it takes."""
    body = BillBody(
        bill=as_stored(bill),
        text=text or None,
        sha256=hashlib.sha256(text.encode()).hexdigest() if text else None,
        expected=expected,
        corrects=corrects,
        because=because or None,
        by=by or None,
        photo=photo,
    )
    return NewRow("bill", meter, at=at, body=body)


def verdict_row(meter: str, stored: StoredBill, verdict: Verdict, at: int) -> NewRow:
    """The row of a verdict, dated ``at`` (ms UTC)."""
    first, last = stored.period or (None, None)
    body = VerdictBody(of=stored.at, verdict=as_stored(verdict), first=first, last=last)
    return NewRow("verdict", meter, at=at, body=body)


def merged(one: Bill, other: Bill) -> Bill | None:
    """Both as one bill, where they say nothing different: an SMS with the indices, one with the money.

    None when they contradict each other.
    """
    values: dict[str, Any] = {}
    for name in Bill.__struct_fields__:
        a, b = getattr(one, name), getattr(other, name)
        if name == "source":
            values[name] = a if a == b else "text"
        elif name == "estimated":
            values[name] = a or b
        elif name == "rows" and len(a) == len(b):
            rows = [_either(x, y) for x, y in zip(a, b, strict=True)]
            if None in rows:
                return None
            values[name] = tuple(rows)
        elif a in (None, ()) or b in (None, ()) or a == b:
            values[name] = b if a in (None, ()) else a
        elif isinstance(a, Invoice) and is_same_invoice(a, b):
            values[name] = Invoice(**{part: getattr(a, part) or getattr(b, part) for part in _INVOICE})
        else:
            return None
    return Bill(**values)


def _either(one: IndexRow, other: IndexRow) -> IndexRow | None:
    """Both as one row; None when they contradict each other."""
    values: dict[str, Any] = {}
    for name in IndexRow.__struct_fields__:
        a, b = getattr(one, name), getattr(other, name)
        if a is not None and b is not None and a != b:
            return None
        values[name] = a if a is not None else b
    return IndexRow(**values)
