"""Checks of the charge against the tariff: prices and quotas in force, tax, totals.

Nothing is guessed about money that is not printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from msgspec.structs import replace

from sodien.billing.arithmetic import net_of
from sodien.billing.audit.charge_variants import Variant, Variants, flooded, price, stale, use_of
from sodien.billing.audit.check_hours import hour_prices, unpriced
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Note, Result, at_least, texts
from sodien.billing.bill import Bill, TierRow
from sodien.billing.tariff.charge import Charge, ChargeLine
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.quota import Consumption


@dataclass(frozen=True, slots=True)
class MoneyCheck:
    """What the tariff says of a bill.

    Attributes:
        checks: line by line.
        notes: assumptions that were used.
        variants: how the billed kWh may be charged; None without a tariff, dates or numbers.
        sure: whether the table is certainly the one in force; then sums may be called wrong.
    """

    checks: tuple[Check, ...]
    notes: tuple[Note, ...] = ()
    variants: Variants | None = None
    sure: bool = False

    @property
    def use(self) -> Consumption | None:
        """What was charged, in the plain way."""
        return self.variants.use if self.variants is not None else None


def _say(key: str, result: Result, says: str, **values: object) -> Check:
    return Check(key=key, topic="money", result=result, says=says, values=texts(**values))


def _silent(says: str, **values: object) -> MoneyCheck:
    return MoneyCheck((_say("charge", "cannot_tell", says, **values),))


def money(bill: Bill, book: Book | None, practice: Practice, billed: Fraction | None) -> MoneyCheck:
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
    if isinstance(plain, str):
        return _silent("charge_no_table", reason=plain)
    known = practice.households is not None or bill.households is not None
    found = Variants(book, use, known)
    rows = [row for row in bill.tiers if row.kwh]
    tiers: list[Check] = []
    if rows and use.registers is not None:
        tiers = hour_prices(rows, plain, use.registers)
    elif rows:
        tiers = _tiers(rows, found)
    # Printed prices that are those of our table show that it was in force, however old our copy is.
    sure = not stale(plain) or (bool(tiers) and tiers[0].says == "prices_agree")
    checks = [*tiers, *_tax(bill, found, sure), *_sums(bill, found, sure)]
    notes = [Note(key=a.key, values=dict(a.values)) for a in plain.assumptions]
    if not known:
        notes.append(Note(key="one_household"))
    return MoneyCheck(tuple(checks), tuple(notes), found, sure)


# -- prices and quotas ---------------------------------------------------------------------------------


def _tiers(rows: list[TierRow], found: Variants) -> list[Check]:
    table, book = found.table, found.book
    if (bad := _prices(rows, table)) is not None:
        return [bad]
    checks = [_say("prices", "agrees", "prices_agree", decisions=_decisions(table))]
    fit = next((variant for variant in found.sure if _fits(rows, variant.lines)), None)
    if fit is None and len(table.parts) == 1:
        fit = next((variant for variant in found.sure if _fills(rows, book, variant)), None)
    if fit is None:
        fit = next((variant for variant in found.doubtful if _fits(rows, variant.lines)), None)
    if fit is None and len(table.parts) == 1:
        fit = next((variant for variant in found.doubtful if _fills(rows, book, variant)), None)
    quotas = _quotas(rows)
    if fit is not None and fit.doubt:
        values: dict[str, object] = {
            "quotas": quotas,
            "households": fit.use.households,
            "price": rows[0].price,
        }
        return [*checks, _say("quotas", "cannot_tell", f"quotas_{fit.doubt}", **values)]
    if fit is not None:
        says = "quotas_by_days" if fit.use.prorate else "quotas_agree"
        return [*checks, _say("quotas", "agrees", says, households=fit.use.households, quotas=quotas)]
    if len(table.parts) > 1:
        printed = sum((Fraction(row.kwh) * Fraction(row.price) for row in rows), Fraction(0))
        off = min(abs(printed - Fraction(variant.charge.net)) for variant in found.sure)
        if off <= split_slack(table):
            return [*checks, _say("quotas", "cannot_tell", "quotas_split", by=off)]
        return [*checks, _say("quotas", "disagrees", "quotas_split_wrong", by=off)]
    rule = [line.quota for line in table.parts[0].lines if line.quota is not None]
    shown = " / ".join(format(quota, "f") for quota in rule) or "-"
    values = {"households": found.use.households, "quotas": quotas, "rule": shown}
    return [*checks, _say("quotas", "disagrees", "quotas_wrong", **values)]


def _decisions(table: Charge) -> str:
    return ", ".join(dict.fromkeys(part.decision for part in table.parts))


def _prices(rows: list[TierRow], table: Charge) -> Check | None:
    """A printed price that is not in force, or not at its place; None when all are."""
    every = [line.price for part in table.parts for line in part.lines]
    for number, row in enumerate(rows, 1):
        right = every
        if len(table.parts) == 1 and 1 < len(rows) <= len(every):
            right = [every[number - 1]]
        if row.price in right:
            continue
        shown = " / ".join(format(p, "f") for p in dict.fromkeys(right))
        values = {"row": number, "price": row.price, "right": shown, "decisions": _decisions(table)}
        if stale(table):
            return _say("prices", "cannot_tell", "prices_stale", **values)
        return _say("prices", "disagrees", "prices_wrong", **values)
    return None


def _quotas(rows: list[TierRow]) -> str:
    """The quotas that the printed rows imply: those below the last are full."""
    return " / ".join(format(row.kwh, "f") for row in rows[:-1]) or "-"


def _fits(rows: list[TierRow], lines: list[ChargeLine]) -> bool:
    return [(row.kwh, row.price) for row in rows] == [(line.kwh, line.price) for line in lines]


def _fills(rows: list[TierRow], book: Book, variant: Variant) -> bool:
    """Whether the rows fill the quotas of that variant, whatever the sum of their kWh."""
    if variant.doubt == "rule":  # it has another book; only an exact fit counts
        return False
    full = price(book, flooded(variant.use))
    if isinstance(full, str):
        return False
    lines = full.parts[0].lines
    if len(rows) > len(lines) or any(r.price != q.price for r, q in zip(rows, lines, strict=False)):
        return False
    last = lines[len(rows) - 1].quota
    below = all(row.kwh == line.quota for row, line in zip(rows[:-1], lines, strict=False))
    return below and (last is None or rows[-1].kwh <= last)


def split_slack(table: Charge) -> Fraction:
    """How much money the unsettled rounding of a price change can move: 2 kWh a line and price step."""
    if len(table.parts) == 1:
        return Fraction(0)
    prices = [line.price for part in table.parts for line in part.lines]
    return Fraction(2 * len(prices)) * Fraction(max(prices) - min(prices))


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
        fits = [abs(Fraction(bill.tax) - Fraction(net) * rate) <= 1 for rate, _ in known]
        percent = Fraction(bill.tax) / Fraction(net) * 100
    else:
        return
    if all(fits):
        yield _say("tax_rate", "agrees", "tax_rate_agrees", percent=percent)
    elif any(fits):
        yield _say("tax_rate", "cannot_tell", "tax_rate_changes", percent=percent, right=shown)
    elif not sure or not all(certain for _, certain in known):
        yield _say("tax_rate", "cannot_tell", "tax_rate_stale", percent=percent, right=shown)
    else:
        yield _say("tax_rate", "disagrees", "tax_rate_wrong", percent=percent, right=shown)


def _sums(bill: Bill, found: Variants, sure: bool) -> Iterator[Check]:
    """net and total of the billed kWh by the tariff, in any lawful variant."""
    for key, printed in (("net", bill.net), ("total", bill.total)):
        if printed is None:
            continue
        near = [(variant, *_nearest(variant, key, printed, bill, found)) for variant in found.sure]
        variant, off, right = min(near, key=lambda one: one[1])
        values = texts(
            kwh=variant.use.kwh, printed=printed, sum=right, by=off, households=variant.use.households
        )
        result: Result = "agrees"
        says = f"{key}_agrees"
        if off > 1:
            other = next((o for o in found.doubtful if _nearest(o, key, printed, bill, found)[0] <= 1), None)
            result = "cannot_tell"
            if other is not None:
                says = f"{key}_{other.doubt}"
                values |= texts(households=other.use.households)
            elif not sure or _tax_explains(bill, found, key, printed):
                says = f"{key}_stale"
            elif off <= split_slack(found.table) * 2:
                says = f"{key}_split"
            else:
                result, says = "disagrees", f"{key}_wrong"
        yield Check(
            key=f"{key}_tariff",
            topic="money",
            result=result,
            says=says,
            values=values,
            billed=printed,
            by=at_least(off) if result == "disagrees" else None,
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
    variant: Variant, key: str, printed: Decimal, bill: Bill, found: Variants
) -> tuple[Fraction, Fraction]:
    """How far ``printed`` is from what this variant gives, and that: the nearest of all that may be meant."""
    worths = _worths(variant.charge, key, bill, found)
    if key == "total" and bill.tax is not None:
        worths.append(Fraction(variant.charge.net) + Fraction(bill.tax))
    return min((abs(Fraction(printed) - worth), worth) for worth in worths)


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
    ends = [found.use.kwh]
    if honest is not None:
        ends = [Decimal(n.numerator) / Decimal(n.denominator) for n in honest]
    # A corrected bill has its own tax; only a printed rate stays.
    worths: list[Fraction] = []
    for variant in found.sure:
        for kwh in ends:
            one = price(found.book, replace(variant.use, kwh=kwh))
            if not isinstance(one, str):
                worths += [*_worths(one, key, bill, found), *_any_tax(one, key, bill, found)]
    off = max(min(worths) - Fraction(printed), Fraction(printed) - max(worths)) if worths else Fraction(0)
    off -= split_slack(found.table) * 2
    if off <= 1:
        return None
    places = found.book.decimals
    return Decimal(floor(off * 10**places)).scaleb(-places)
