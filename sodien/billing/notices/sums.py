"""What does not add up on a bill, as problems of the notice; the rule is :mod:`sodien.billing.arithmetic`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from sodien.billing import arithmetic
from sodien.billing.bill import Bill, energy_rows, printed_kwh
from sodien.billing.notices.model import Problem


def misfits(bill: Bill) -> Iterator[Problem]:
    """What does not add up: indices, registers, printed lines, tax, total. Values are as printed."""
    yield from _rows(bill)
    billed = printed_kwh(bill)
    for one in arithmetic.charge_sums(bill, None if billed is None else Fraction(billed)):
        given_up = one.key == "tiers_net" and one.worked_out - Fraction(one.printed) == (bill.discount or 0)
        if not one.adds and not given_up:
            yield _charge(bill, one)
    for one in arithmetic.money_sums(bill):
        if not one.adds:
            yield _money(bill, one)


def _rows(bill: Bill) -> Iterator[Problem]:
    billed = energy_rows(bill)
    for number, row in enumerate(bill.rows):
        printed = row.kwh
        if printed is None and billed == (row,):
            printed = bill.kwh
        energy = arithmetic.row_energy(row, printed)
        if energy is None or printed is None or arithmetic.rounds_to(energy, printed):
            continue
        over = row.old is not None and row.new is not None and row.new < row.old
        yield Problem(
            "sum_rollover" if over else "sum_index", f"rows[{number}].kwh",
            {"old": _n(row.old), "new": _n(row.new), "multiplier": _n(row.multiplier or Decimal(1)),
             "kwh": _n(printed), "expected": _n(energy), "digits": f"{arithmetic.smallest_dial(row)}"},
        )  # fmt: skip
    total = arithmetic.rows_sum(bill)
    if total is not None and not total.adds:
        yield Problem("sum_rows", "kwh", {"kwh": _n(bill.kwh), "expected": _n(total.worked_out)})


def _charge(bill: Bill, one: arithmetic.Sum) -> Problem:
    if one.key == "tier":
        tier = bill.tiers[one.row]
        values = {"kwh": _n(tier.kwh), "price": _n(tier.price), "amount": _n(tier.amount)}
        return Problem("sum_tier", f"tiers[{one.row}].amount", {**values, "expected": _n(one.worked_out)})
    if one.key == "tiers_kwh":
        return Problem("sum_tier_kwh", "kwh", {"kwh": _n(one.worked_out), "expected": _n(one.printed)})
    return Problem("sum_net", "net", {"net": _n(bill.net), "expected": _n(one.worked_out)})


def _money(bill: Bill, one: arithmetic.Sum) -> Problem:
    net = arithmetic.net_of(bill)
    assert net is not None
    if one.key == "tax":
        rate = _n((bill.tax_rate or Decimal(0)) * 100)
        return Problem(
            "sum_tax", "tax",
            {"net": _n(net), "rate": rate, "tax": _n(bill.tax), "expected": _n(one.worked_out)},
        )  # fmt: skip
    tax = one.worked_out - Fraction(net)
    return Problem(
        "sum_total", "total",
        {"net": _n(net), "tax": _n(tax), "total": _n(bill.total), "expected": _n(one.worked_out)},
    )  # fmt: skip


def _n(value: Decimal | Fraction | None) -> str:
    """A number as a plain decimal, no exponent and no idle zeros; products to six places."""
    if value is None:
        return ""
    if isinstance(value, Fraction):
        value = Decimal(round(value * 10**6)).scaleb(-6)
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
