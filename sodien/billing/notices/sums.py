"""Does a bill add up by its own numbers? Nothing else is needed, and nothing is corrected."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sodien.billing.bill import Bill, IndexRow
from sodien.billing.notices.model import Problem

#: Registers of active energy that are billed; VC is reactive, SG repeats the sum.
BILLED = frozenset({"KT", "BT", "CD", "TD"})
#: The most digits a dial shows in front of the point.
MOST_DIAL_DIGITS = 7


def row_energy(row: IndexRow) -> Decimal | None:
    """Billed kWh by the indices of a row, with what a removed meter had; None when it is not given.

    A new index below the old one is taken as the roll-over of the smallest dial that can show both. Without a
    printed multiplier the dial counts as it is.
    """
    if row.old is None or row.new is None:
        return None
    return _energy(row, _dial_digits(row))


def turns_over(row: IndexRow) -> bool:
    """Whether a new index below the old one can be a roll-over: less than half the dial would have passed."""
    if row.old is None or row.new is None or row.new >= row.old:
        return False
    size = Decimal(10) ** _dial_digits(row)
    return size + row.new - row.old < size / 2


def _dial_digits(row: IndexRow) -> int:
    return max((len(str(int(abs(index)))) for index in (row.old, row.new) if index is not None), default=1)


def _energy(row: IndexRow, digits: int) -> Decimal:
    assert row.old is not None
    assert row.new is not None
    passed = row.new - row.old
    if passed < 0:
        passed += Decimal(10) ** digits
    factor = row.multiplier if row.multiplier is not None else Decimal(1)
    return passed * factor + (row.removed or 0)


def _fits(row: IndexRow, kwh: Decimal) -> bool:
    """Whether a row's indices give these kWh, on a dial of any usual size; bills print whole kWh."""
    sizes = range(_dial_digits(row), MOST_DIAL_DIGITS + 1) if row.old is not None else ()
    return any(abs(_energy(row, digits) - kwh) < 1 for digits in sizes)


def misfits(bill: Bill) -> Iterator[Problem]:
    """What does not add up: indices, registers, printed lines, tax, total. Values are as printed."""
    yield from _rows(bill)
    yield from _tiers(bill)
    yield from _money(bill)


def _rows(bill: Bill) -> Iterator[Problem]:
    billed = [row for row in bill.rows if row.register in BILLED]
    for number, row in enumerate(bill.rows):
        energy = row_energy(row)
        printed = row.kwh
        if printed is None and billed == [row]:
            printed = bill.kwh
        if energy is None or printed is None:
            continue
        plain = _fits(row, printed)
        if not plain and row.removed is not None:
            plain = _fits(row, printed + row.removed)
        if not plain:
            over = row.old is not None and row.new is not None and row.new < row.old
            yield Problem(
                "sum_rollover" if over else "sum_index", f"rows[{number}].kwh",
                {"old": _n(row.old), "new": _n(row.new), "multiplier": _n(row.multiplier or Decimal(1)),
                 "kwh": _n(printed), "expected": _n(energy), "digits": f"{_dial_digits(row)}"},
            )  # fmt: skip
    parts = [row.kwh + (row.removed or 0) for row in billed if row.kwh is not None]
    bare = [row.kwh for row in billed if row.kwh is not None]
    if bill.kwh is not None and len(parts) == len(billed) > 0 and bill.kwh not in (sum(parts), sum(bare)):
        yield Problem("sum_rows", "kwh", {"kwh": _n(bill.kwh), "expected": _n(Decimal(sum(bare)))})


def _tiers(bill: Bill) -> Iterator[Problem]:
    for number, tier in enumerate(bill.tiers):
        if tier.amount is not None and abs(tier.kwh * tier.price - tier.amount) >= 1:
            yield Problem(
                "sum_tier", f"tiers[{number}].amount",
                {"kwh": _n(tier.kwh), "price": _n(tier.price), "amount": _n(tier.amount),
                 "expected": _n(tier.kwh * tier.price)},
            )  # fmt: skip
    if not bill.tiers:
        return
    kwh = sum((tier.kwh for tier in bill.tiers), Decimal(0))
    if bill.kwh is not None and kwh != bill.kwh:
        yield Problem("sum_tier_kwh", "kwh", {"kwh": _n(bill.kwh), "expected": _n(kwh)})
    amounts = [tier.amount for tier in bill.tiers if tier.amount is not None]
    net = sum(amounts, Decimal(0))
    if bill.net is not None and len(amounts) == len(bill.tiers) and net != bill.net:
        yield Problem("sum_net", "net", {"net": _n(bill.net), "expected": _n(net)})


def _money(bill: Bill) -> Iterator[Problem]:
    if bill.net is None or bill.tax is None:
        return
    # Less than one đồng apart: up, down and to the nearest are all seen.
    if bill.tax_rate is not None and abs(bill.net * bill.tax_rate - bill.tax) >= 1:
        yield Problem(
            "sum_tax", "tax",
            {"net": _n(bill.net), "rate": _n(bill.tax_rate * 100), "tax": _n(bill.tax),
             "expected": _n(bill.net * bill.tax_rate)},
        )  # fmt: skip
    if bill.total is not None and bill.net + bill.tax != bill.total:
        yield Problem(
            "sum_total", "total",
            {"net": _n(bill.net), "tax": _n(bill.tax), "total": _n(bill.total),
             "expected": _n(bill.net + bill.tax)},
        )  # fmt: skip


def _n(value: Decimal | None) -> str:
    """A number as a plain decimal, no exponent and no idle zeros."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
