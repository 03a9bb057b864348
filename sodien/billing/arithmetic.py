"""Does a bill add up by its own numbers? The one rule that the notice's plausibility and the verdict ask.

A number that has to be rounded to be printed may be off by less than one unit of its last printed digit:
up, down and to the nearest are all seen. Tax may be off by one unit for each line of the charge, as it may
be rounded line by line. Sums of printed numbers are exact. Nothing is corrected here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from sodien.billing.bill import Bill, IndexRow, TierRow, energy_rows, not_metered

#: Digits in front of the point that dials have.
USUAL_DIGITS: Final = range(4, 9)

Key = Literal["rows", "tier", "tiers_kwh", "tiers_net", "tax", "total", "total_rate"]


@dataclass(frozen=True, slots=True)
class Sum:
    """A printed number beside what others come to.

    Attributes:
        key: which sum.
        printed: the number on the bill.
        worked_out: what it should be, before any rounding.
        row: of a ``tier``, which line, from 0.
        parts: how many numbers may have been rounded apart.
    """

    key: Key
    printed: Decimal
    worked_out: Fraction
    row: int = 0
    parts: int = 1

    @property
    def off(self) -> Fraction:
        """How far they are apart."""
        return abs(Fraction(self.printed) - self.worked_out)

    @property
    def adds(self) -> bool:
        """Whether rounding can explain the difference."""
        if self.key in ("tax", "total_rate"):
            return self.off <= unit(self.printed) * self.parts
        return rounds_to(self.worked_out, self.printed)


def unit(printed: Decimal) -> Fraction:
    """One in the last printed place after the point; 1 for whole numbers."""
    return Fraction(1, 10 ** max(0, -int(printed.as_tuple().exponent)))


def rounds_to(exact: Fraction, printed: Decimal) -> bool:
    """Whether ``printed`` is ``exact``, rounded in any way to the places it is printed with."""
    off = abs(Fraction(printed) - exact)
    return off == 0 or (off < unit(printed) and (exact / unit(printed)).denominator != 1)


def one_slip(printed: str, meant: str) -> bool:
    """Whether two numbers differ by one figure, or by the order of figures."""
    if len(printed) != len(meant):
        return False
    return sorted(printed) == sorted(meant) or sum(a != b for a, b in zip(printed, meant, strict=True)) == 1


# -- indices ---------------------------------------------------------------------------------------------


def difference(old: Decimal, new: Decimal, digits: int | None) -> Fraction | None:
    """new − old in kWh of the register, over the dial's end if need be; None when that cannot be told."""
    steps = Fraction(new) - Fraction(old)
    if steps >= 0:
        return steps
    return None if digits is None else steps + 10**digits


def smallest_dial(row: IndexRow) -> int:
    """Digits in front of the point of the smallest dial that can show both indices of a row."""
    return max((len(str(int(abs(index)))) for index in (row.old, row.new) if index is not None), default=1)


def turns_over(row: IndexRow) -> bool:
    """Whether a new index below the old one can be a roll-over: less than half the dial would have passed."""
    if row.old is None or row.new is None or row.new >= row.old:
        return False
    size = Decimal(10) ** smallest_dial(row)
    return size + row.new - row.old < size / 2


def row_energy(
    row: IndexRow,
    printed: Decimal | None = None,
    *,
    multiplier: Fraction = Fraction(1),
    digits: int | None = None,
) -> Fraction | None:
    """Billed kWh by the indices of a row, with what a removed meter had; None without both indices.

    What the notice leaves open is taken as the printed kWh have it: the size of the dial, and whether the
    kWh of a row contain the removed meter's, those of sub-meters and those added directly.

    Args:
        row: the register.
        printed: the kWh to explain.
        multiplier: that of the meter, where the row does not say.
        digits: of the dial; None when nobody knows.
    """
    if row.old is None or row.new is None:
        return None
    factor = Fraction(row.multiplier) if row.multiplier is not None else multiplier
    removed = Fraction(row.removed or 0)
    apart = Fraction(row.direct or 0) - Fraction(row.sub or 0)
    smallest = smallest_dial(row)
    sizes = [digits] if digits is not None else [smallest, *(n for n in USUAL_DIGITS if n > smallest)]
    passed = [steps for size in sizes if (steps := difference(row.old, row.new, size)) is not None]
    if printed is not None and printed < 0:
        passed.append(Fraction(row.new) - Fraction(row.old))  # what an estimate had too much is given back
    sums = [steps * factor + removed + apart for steps in passed]
    if printed is None:
        return sums[0]
    if row.kwh is not None:
        parts = {Fraction(0), removed, apart} - {removed + apart}
        sums += [steps * factor + part for part in sorted(parts) for steps in passed]
    wanted = Fraction(printed)
    return next((total for total in sums if rounds_to(total, printed)), None) or min(
        sums[:1] if row.new < row.old else sums, key=lambda total: abs(total - wanted)
    )


# -- registers, lines and money --------------------------------------------------------------------------


def rows_sum(bill: Bill) -> Sum | None:
    """The billed kWh beside the kWh of the registers; None where one of them is not printed."""
    rows = energy_rows(bill)
    printed = [row.kwh for row in rows if row.kwh is not None]
    if bill.kwh is None or not rows or len(printed) < len(rows):
        return None
    bare = sum(map(Fraction, printed), Fraction(0))
    removed = sum((Fraction(row.removed or 0) for row in rows), Fraction(0))
    apart = Fraction(not_metered(bill))
    sums = (bare, bare + removed, bare + apart, bare + removed + apart)
    return Sum("rows", bill.kwh, next((one for one in sums if one == Fraction(bill.kwh)), bare))


def line_amount(row: TierRow) -> Fraction:
    """What a line should cost: kWh × price, before any rounding."""
    return Fraction(row.kwh) * Fraction(row.price)


def net_of(bill: Bill) -> Decimal | None:
    """The money before tax as printed: ``net``, else the sum of the lines, else total − tax."""
    if bill.net is not None:
        return bill.net
    if (lines := _lines(bill)) is not None:
        return lines
    if bill.total is not None and bill.tax is not None:
        return bill.total - bill.tax
    return None


def _lines(bill: Bill) -> Decimal | None:
    amounts = [tier.amount for tier in bill.tiers if tier.amount is not None]
    return sum(amounts, Decimal(0)) if amounts and len(amounts) == len(bill.tiers) else None


def charge_sums(bill: Bill, billed: Fraction | None) -> Iterator[Sum]:
    """The sums over the printed lines of the charge; ``billed`` are the kWh they must come to."""
    for number, tier in enumerate(bill.tiers):
        if tier.amount is not None:
            yield Sum("tier", tier.amount, line_amount(tier), number)
    if bill.tiers and billed is not None:
        yield Sum("tiers_kwh", sum((tier.kwh for tier in bill.tiers), Decimal(0)), billed)
    if bill.net is not None and (lines := _lines(bill)) is not None:
        yield Sum("tiers_net", bill.net, Fraction(lines))


def money_sums(bill: Bill) -> Iterator[Sum]:
    """tax = net × rate; total = net + tax, or net with its tax where the tax is not printed."""
    net, parts = net_of(bill), max(1, len(bill.tiers))
    if net is None:
        return
    if bill.tax is not None and bill.tax_rate is not None:
        rate, taxed = Fraction(bill.tax_rate), [Fraction(net), Fraction(net) - Fraction(bill.discount or 0)]
        sums = [Sum("tax", bill.tax, one * rate, parts=parts) for one in taxed]
        yield next((one for one in sums if one.adds), sums[0])
    if bill.tax is not None and bill.total is not None and bill.net is not None:
        yield Sum("total", bill.total, Fraction(net) + Fraction(bill.tax))
    elif bill.total is not None and bill.tax is None and bill.tax_rate is not None and bill.total != net:
        yield Sum("total_rate", bill.total, Fraction(net) * (1 + Fraction(bill.tax_rate)), parts=parts)
