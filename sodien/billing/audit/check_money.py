"""Checks of the charge against the tariff: prices and quotas in force, tax, totals.

Nothing is guessed about money that is not printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from msgspec.structs import replace

from sodien.billing.arithmetic import net_of
from sodien.billing.audit.charge_variants import (
    HOUSEHOLDS,
    Variant,
    Variants,
    price,
    stale,
    under,
    use_of,
)
from sodien.billing.audit.check_hours import hour_prices, unpriced
from sodien.billing.audit.check_lines import Lines, check_lines, say, split_slack
from sodien.billing.audit.check_tiers import named
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Note, at_least, texts
from sodien.billing.audit.total_items import explain, explain_net
from sodien.billing.bill import Bill
from sodien.billing.tariff.charge import Charge
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import TariffError
from sodien.billing.tariff.quota import Consumption


@dataclass(frozen=True, slots=True)
class MoneyCheck:
    """What the tariff says of a bill.

    Attributes:
        checks: line by line.
        notes: assumptions that were used.
        variants: how the billed kWh may be charged; None without a tariff, dates or numbers.
        sure: whether the table is certainly the one in force; then sums may be called wrong.
        habits: what the utility does, beside this household's habit so far, if the sums are right.
        exact: which sums are those of the billed kWh, with nothing else in them.
    """

    checks: tuple[Check, ...]
    notes: tuple[Note, ...] = ()
    variants: Variants | None = None
    sure: bool = False
    habits: tuple[Note, ...] = ()
    exact: frozenset[str] = frozenset()

    @property
    def use(self) -> Consumption | None:
        """What was charged, in the plain way."""
        return self.variants.use if self.variants is not None else None


def _silent(says: str, **values: object) -> MoneyCheck:
    return MoneyCheck((say("charge", "cannot_tell", says, **values),))


def money(
    bill: Bill,
    book: Book | None,
    practice: Practice,
    billed: Fraction | None,
    previous: Sequence[Bill] = (),
) -> MoneyCheck:
    """Prices, quotas, tax and total by the tariff; *cannot tell* where a table or a number is missing."""
    if not bill.tiers and bill.net is None and bill.total is None and bill.tax is None:
        return _silent("charge_not_printed")
    if book is None:
        return _silent("charge_no_tariff")
    if billed is None or billed < 0:
        return _silent("charge_no_kwh")
    if (why := unpriced(bill, book)) is not None:
        return _silent(why[0], **why[1])
    use = use_of(bill, book, practice, billed)
    if use is None:
        return _silent("charge_no_dates")
    plain = price(book, use)
    if isinstance(plain, TariffError):
        return _silent(plain.key or "charge_no_table", **plain.values)
    known = practice.households is not None or bill.households is not None
    found = Variants(book, use, known)
    rows = [row for row in bill.tiers if row.kwh]
    lines = Lines([], found)
    if rows and use.registers is not None:
        lines = Lines(hour_prices(rows, plain, use.registers), found)
    elif rows:
        lines = check_lines(rows, found, practice)
    tiers, found = lines.checks, lines.found
    # Printed prices that are those of our table show that it was in force, however old our copy is.
    sure = not stale(plain) or (bool(tiers) and tiers[0].says == "prices_agree")
    sums, habits = _sums(bill, previous, practice, found, sure, lines)
    checks = [*tiers, *_tax(bill, found, sure), *sums]
    notes = [Note(key=a.key, values=dict(a.values)) for a in plain.assumptions]
    if not known:
        notes.append(Note(key="one_household"))
    exact = frozenset(check.key for check in sums if check.says.endswith(("_agrees", "_rounds")))
    if lines.other or lines.gross:
        exact = frozenset()
    return MoneyCheck(tuple(checks), tuple(notes), found, sure, habits, exact)


# -- tax and sums --------------------------------------------------------------------------------------


def _tax(bill: Bill, found: Variants, sure: bool) -> Iterator[Check]:
    """The printed rate, or the one that tax and net imply, against those in force."""
    net, known = net_of(bill), found.taxes
    shown = " / ".join(texts(p=rate * 100)["p"] for rate, _ in known)
    if not known:
        return
    if bill.tax_rate is not None:
        fits = [Fraction(bill.tax_rate) == rate for rate, _ in known]
        percent = Fraction(bill.tax_rate) * 100
    elif bill.tax is not None and net:
        nets = [Fraction(net), Fraction(net) - Fraction(bill.discount or 0)]
        fits = [any(abs(Fraction(bill.tax) - one * rate) <= 1 for one in nets) for rate, _ in known]
        percent = Fraction(bill.tax) / Fraction(net) * 100
    else:
        return
    if all(fits):
        yield say("tax_rate", "agrees", "tax_rate_agrees", percent=percent)
    elif any(fits):
        yield say("tax_rate", "cannot_tell", "tax_rate_changes", percent=percent, right=shown)
    elif not sure or not all(certain for _, certain in known):
        yield say("tax_rate", "cannot_tell", "tax_rate_stale", percent=percent, right=shown)
    else:
        yield say("tax_rate", "disagrees", "tax_rate_wrong", percent=percent, right=shown)


def _sums(
    bill: Bill, previous: Sequence[Bill], practice: Practice, found: Variants, sure: bool, lines: Lines
) -> tuple[list[Check], tuple[Note, ...]]:
    """net and total of the billed kWh by the tariff, in any lawful variant, and the habits they take."""
    checks: list[Check] = []
    habits: list[Note] = []
    other = lines.other
    for key, printed in (("net", bill.net), ("total", bill.total)):
        if printed is None:
            continue
        near = [(variant, *_nearest(variant, key, printed, bill, found, other)) for variant in found.sure]
        variant, off, right = min(near, key=lambda one: one[1])
        values = texts(
            kwh=variant.use.kwh, printed=printed, sum=right, by=off, households=variant.use.households
        )
        made = Check(
            key=f"{key}_tariff",
            topic="money",
            result="agrees",
            says=f"{key}_rounds" if off else f"{key}_agrees",
            values=values,
            billed=printed,
        )
        if other:
            own = {**values, **texts(own=variant.charge.net, other=abs(other))}
            made = replace(made, says=f"{key}_{'other' if other > 0 else 'lower'}", values=own)
        if lines.gross and key == "total" and off > 1:
            made = replace(made, says="total_gross")
        # Prices with the tax in them are rounded each: by half a unit for each kWh.
        if off > (1 + Fraction(variant.use.kwh) / 2 if lines.gross else 1):
            made, habit = _differs(made, key, printed, bill, previous, practice, found, sure, other)
            habits += [habit] if habit is not None else []
        checks.append(made)
    return checks, tuple(habits)


def _differs(
    made: Check,
    key: str,
    printed: Decimal,
    bill: Bill,
    previous: Sequence[Bill],
    practice: Practice,
    found: Variants,
    sure: bool,
    other: Fraction,
) -> tuple[Check, Note | None]:
    """The check of a sum that no lawful variant makes: what else explains it, or that it is wrong."""

    def unsure(why: str, **values: object) -> tuple[Check, None]:
        named = {**made.values, **texts(**values)}
        return replace(made, result="cannot_tell", says=f"{key}_{why}", values=named), None

    off = Fraction(made.values["by"])
    worths = [worth for one in found.sure for worth in _all_worths(one, key, bill, found, other)]
    why = explain(printed, worths, bill, previous, practice) if key == "total" else None
    if why is None and key == "net":
        why = explain_net(printed, worths, bill, practice)
    if why is not None and why.how in ("items", "rounded"):
        return named(made, why, key), why.habit
    fits = (o for o in found.doubtful if _nearest(o, key, printed, bill, found, other)[0] <= 1)
    if (doubt := next(fits, None)) is not None:
        return unsure(doubt.doubt, households=doubt.use.households)
    if not sure or _tax_explains(bill, found, key, printed):
        return unsure("other_off" if other else "stale")
    if off <= split_slack(found.table) * 2:
        return unsure("other_off" if other else "split")
    if why is not None and (why.how not in ("more", "less") or not _known_mistake(bill, found, key, printed)):
        return named(made, why, key), None
    says = f"{key}_other_off" if other else f"{key}_wrong"
    return replace(made, result="disagrees", says=says, by=at_least(off)), None


def _known_mistake(bill: Bill, found: Variants, key: str, printed: Decimal) -> bool:
    """Whether the sum is that of another table, or of other households or days in the quotas."""
    book, use = found.book, found.use
    uses = [replace(use, households=share) for share in HOUSEHOLDS]
    uses += [
        replace(use, last=use.first + dt.timedelta(days=days - 1), prorate=True) for days in range(1, 63)
    ]
    mine = {part.tariff for part in found.table.parts}
    priced = [table for table in book.tables if all(tier.price is not None for tier in table.tiers)]
    others = [under(book, table.id) for table in priced if table.id not in mine]
    charges = [*(price(book, one) for one in uses), *(price(one, use) for one in others)]
    return any(
        abs(Fraction(printed) - worth) <= 1
        for one in charges
        if not isinstance(one, TariffError)
        for worth in _worths(one, key, bill, found)
    )


def _tax_explains(bill: Bill, found: Variants, key: str, printed: Decimal) -> bool:
    """Whether a rate that nobody is sure of, up to the highest there ever was, can explain the total."""
    if key != "total" or bill.tax is not None or bill.tax_rate is not None:
        return False
    if all(certain for _, certain in found.taxes):
        return False
    nets = [Fraction(variant.charge.net) for variant in found.sure]
    return min(nets) - 1 <= printed <= max(nets) * (1 + found.highest_tax) + 1


def _nearest(
    variant: Variant, key: str, printed: Decimal, bill: Bill, found: Variants, other: Fraction
) -> tuple[Fraction, Fraction]:
    """How far ``printed`` is from what this variant gives, and that: the nearest of all that may be meant."""
    worths = _all_worths(variant, key, bill, found, other)
    return min((abs(Fraction(printed) - worth), worth) for worth in worths)


def _all_worths(variant: Variant, key: str, bill: Bill, found: Variants, other: Fraction) -> list[Fraction]:
    """What ``net`` or ``total`` may be with ``other`` money before tax beside this variant's."""
    worths = _worths(variant.charge, key, bill, found)
    if other:
        net = Fraction(variant.charge.net) + other
        rates = [rate for rate, _ in found.taxes] if bill.tax_rate is None else [Fraction(bill.tax_rate)]
        worths = [net] if key == "net" else [net * (1 + rate) for rate in rates]
    if key == "total" and bill.tax is not None:
        worths.append(Fraction(variant.charge.net) + other + Fraction(bill.tax))
    return worths


def _worths(charge: Charge, key: str, bill: Bill, found: Variants) -> list[Fraction]:
    """What ``net`` or ``total`` may be of a charge: of the total, for every tax rate that may be meant."""
    net = Fraction(charge.net)
    if key == "net":
        return [net]
    if bill.tax_rate is not None:
        return [Fraction(charge.total), net * (1 + Fraction(bill.tax_rate))]
    return [Fraction(charge.total), *(net * (1 + rate) for rate, _ in found.taxes)]


def _any_tax(charge: Charge, key: str, bill: Bill, found: Variants) -> list[Fraction]:
    """Totals with no tax and with the highest there ever was, where nobody is sure of the rate."""
    if key == "net" or bill.tax_rate is not None or all(certain for _, certain in found.taxes):
        return []
    return [Fraction(charge.net), Fraction(charge.net) * (1 + found.highest_tax)]


def off_by(bill: Bill, money: MoneyCheck, honest: tuple[Fraction, Fraction] | None) -> Decimal | None:
    """By how much money at least the total (else the net) is wrong; ``honest`` are the kWh it may have.

    ``honest`` None is for the billed kWh. None where no money is printed, where there is no tariff or not
    certainly the right one, or where the money may be right.
    """
    key, printed = ("total", bill.total) if bill.total is not None else ("net", bill.net)
    found = money.variants
    if found is None or not money.sure or printed is None:
        return None
    if honest is not None and f"{key}_tariff" not in money.exact:
        return None  # with the billed kWh it would not be right either: something else is in it
    ends = [found.use.kwh]
    if honest is not None:
        ends = [Decimal(n.numerator) / Decimal(n.denominator) for n in honest]
    # A corrected bill has its own tax; only a printed rate stays.
    worths: list[Fraction] = []
    for variant in found.sure:
        for kwh in ends:
            one = price(found.book, replace(variant.use, kwh=kwh))
            if not isinstance(one, TariffError):
                worths += [*_worths(one, key, bill, found), *_any_tax(one, key, bill, found)]
    off = max(min(worths) - Fraction(printed), Fraction(printed) - max(worths)) if worths else Fraction(0)
    off -= split_slack(found.table) * 2
    if off <= 1:
        return None
    places = found.book.decimals
    return Decimal(floor(off * 10**places)).scaleb(-places)
