"""Checks of the charge against the tariff: prices and quotas in force, tax, totals.

What no source settles is tried in every way it may lawfully be: quotas in full or by the days used, the tax
rate of the first or the last day. A bill that fits one of them is not called wrong. Nothing is guessed about
money that is not printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from sodien.billing import charge as charges
from sodien.billing.bill import Bill, TierRow
from sodien.billing.charge import Charge, Line, Use
from sodien.billing.check_tiers import net_of
from sodien.billing.finding import Check, Note, Result, down, texts
from sodien.billing.practice import Practice
from sodien.errors import SodienError

if TYPE_CHECKING:
    from sodien.billing.tariff import Book

#: A consumption that fills every tier of every table.
_FLOOD: Final = Decimal(1_000_000)
#: Assumptions of a charge which say that its table may no longer be the one in force.
STALE: Final = frozenset({"stale", "table_stale", "unconfirmed"})
#: Households that share a meter, when nobody says how many there are: quarters up to one, then whole ones.
SHARES: Final = (*(Fraction(k, 4) for k in range(1, 4)), *(Fraction(k) for k in range(2, 21)))
SHARES_AND_ONE: Final = (Fraction(1), *SHARES)


@dataclass(frozen=True, slots=True)
class Way:
    """One lawful way to work the charge out."""

    charge: Charge
    prorate: bool
    households: Fraction
    sure: bool = True

    @property
    def lines(self) -> list[Line]:
        """The lines with energy on them."""
        return [line for part in self.charge.parts for line in part.lines if line.kwh]


@dataclass(frozen=True, slots=True)
class Money:
    """What the tariff says of a bill.

    Attributes:
        checks: line by line.
        notes: assumptions that were used.
        ways: the charges of the billed kWh, one for each lawful way; empty without a tariff or numbers.
        use: what was charged, without way.
    """

    checks: tuple[Check, ...]
    notes: tuple[Note, ...] = ()
    ways: tuple[Way, ...] = ()
    use: Use | None = None


def price(book: Book, use: Use) -> Charge | str:
    """What ``use`` costs, or the sentence that says why the tariff cannot tell."""
    try:
        return charges.charge(book, use)
    except SodienError as error:
        return str(error)


def _say(key: str, result: Result, says: str, **values: object) -> Check:
    return Check(key=key, topic="money", result=result, says=says, values=texts(**values))


def money(bill: Bill, book: Book | None, practice: Practice, billed: Fraction | None) -> Money:
    """Prices, quotas, tax and total by the tariff; *cannot tell* where a table or a number is missing."""
    prints = bill.tiers or bill.net is not None or bill.total is not None or bill.tax is not None
    if not prints:
        return Money((_say("charge", "cannot_tell", "charge_not_printed"),))
    if book is None:
        return Money((_say("charge", "cannot_tell", "charge_no_tariff"),))
    period = _period(bill, practice)
    if period is None:
        return Money((_say("charge", "cannot_tell", "charge_no_dates"),))
    if billed is None:
        return Money((_say("charge", "cannot_tell", "charge_no_kwh"),))
    households, known = _households(bill, practice)
    use = Use(
        kwh=Decimal(billed.numerator) / Decimal(billed.denominator),
        first=period[0],
        last=period[1],
        households=households,
        tax_rates=_printed_rates(bill, book),
    )
    first = price(book, use)
    if isinstance(first, str):
        return Money((_say("charge", "cannot_tell", "charge_no_table", reason=first),))
    ways = tuple(_ways(book, use, first, known))
    stale = any(note.key in STALE for note in first.assumptions)
    checks = [
        *_tiers(bill, book, use, ways, stale),
        *_tax(bill, book, use, stale),
        *_sums(bill, book, use, ways, stale),
    ]
    notes = [Note(key=a.key, values=dict(a.values)) for a in first.assumptions]
    if not known:
        notes.append(Note(key="one_household"))
    return Money(tuple(checks), tuple(notes), ways, use)


def _period(bill: Bill, practice: Practice) -> tuple[dt.date, dt.date] | None:
    if bill.first is not None and bill.last is not None:
        return (bill.first, bill.last) if bill.first <= bill.last else None
    return practice.period


def _households(bill: Bill, practice: Practice) -> tuple[Fraction, bool]:
    if practice.households is not None:
        return practice.households, True
    if bill.households is not None:
        return Fraction(bill.households), True
    return Fraction(1), False


def _printed_rates(bill: Bill, book: Book) -> dict[str, Decimal] | None:
    """The printed tax rate under the tariff's name of the tax, where there is one tax only."""
    taxes = list(getattr(book, "taxes", ()))
    if bill.tax_rate is None or len(taxes) != 1:
        return None
    return {taxes[0].name: bill.tax_rate}


def _ways(book: Book, use: Use, plain: Charge, known: bool) -> Iterator[Way]:
    """The charge in full and by days, then (if nobody said how many) with other numbers of households."""
    yield Way(plain, False, use.households)
    by_days = price(book, replace(use, prorate=True))
    if not isinstance(by_days, str) and by_days.parts != plain.parts:
        yield Way(by_days, True, use.households)
    if not known:
        for share in SHARES:
            other = price(book, replace(use, households=share))
            if not isinstance(other, str):
                yield Way(other, False, share, sure=False)


# -- tiers ---------------------------------------------------------------------------------------------


def _same(rows: list[TierRow], lines: list[Line]) -> bool:
    return [(row.kwh, row.price) for row in rows] == [(line.kwh, line.price) for line in lines]


def _tiers(bill: Bill, book: Book, use: Use, ways: tuple[Way, ...], stale: bool) -> list[Check]:
    rows = [row for row in bill.tiers if row.kwh]
    if not rows:
        return []
    table = price(book, replace(use, kwh=_FLOOD))
    if isinstance(table, str):
        return []
    if (bad := _prices(rows, table, stale)) is not None:
        return [bad]
    decisions = ", ".join(dict.fromkeys(part.decision for part in table.parts))
    found = [_say("prices", "agrees", "prices_agree", decisions=decisions)]
    fit = next((way for way in ways if _same(rows, way.lines)), None)
    if fit is None and len(table.parts) == 1:
        fit = next((way for way in ways if _fits_quotas(rows, way.lines, book, use, way)), None)
    if fit is not None:
        if not fit.sure:
            return [*found, _say("quotas", "cannot_tell", "quotas_households", households=fit.households)]
        says = "quotas_by_days" if fit.prorate else "quotas_agree"
        return [*found, _say("quotas", "agrees", says, households=fit.households, quotas=_quotas(rows))]
    if len(table.parts) > 1:
        off = abs(sum((row.kwh * row.price for row in rows), Decimal(0)) - ways[0].charge.net)
        if Fraction(off) <= split_slack(table):
            return [*found, _say("quotas", "cannot_tell", "quotas_split", by=off)]
        return [*found, _say("quotas", "disagrees", "quotas_split_wrong", by=off)]
    rule = [line.quota for part in table.parts for line in part.lines if line.quota is not None]
    if len(rows) == 1 and rows[0].price != table.parts[0].lines[0].price:
        return [*found, _say("quotas", "cannot_tell", "quotas_flat", price=rows[0].price)]
    shown = " / ".join(format(quota, "f") for quota in rule)
    values = {"households": use.households, "quotas": _quotas(rows), "rule": shown}
    return [*found, _say("quotas", "disagrees", "quotas_wrong", **values)]


def _quotas(rows: list[TierRow]) -> str:
    """The quotas that the printed rows imply: those below the last are full."""
    return " / ".join(format(row.kwh, "f") for row in rows[:-1]) or "-"


def _fits_quotas(rows: list[TierRow], lines: list[Line], book: Book, use: Use, way: Way) -> bool:
    """Whether the rows fill the quotas of that way, whatever the sum of their kWh."""
    full = price(book, replace(use, kwh=_FLOOD, prorate=way.prorate, households=way.households))
    if isinstance(full, str) or not lines:
        return False
    quotas = full.parts[0].lines
    if len(rows) > len(quotas) or any(r.price != q.price for r, q in zip(rows, quotas, strict=False)):
        return False
    last = quotas[len(rows) - 1].quota
    below = all(row.kwh == q.quota for row, q in zip(rows[:-1], quotas, strict=False))
    return below and (last is None or rows[-1].kwh <= last)


def split_slack(table: Charge) -> Fraction:
    """How much money the unsettled rounding of a price change can move: 2 kWh a line and price step."""
    prices = [line.price for part in table.parts for line in part.lines]
    return Fraction(2 * len(prices)) * Fraction(max(prices) - min(prices))


def _prices(rows: list[TierRow], table: Charge, stale: bool) -> Check | None:
    """A printed price that is not in force, or not at its place; None when all are."""
    for number, row in enumerate(rows, 1):
        valid = [line.price for part in table.parts for line in part.lines]
        if len(table.parts) == 1 and len(rows) > 1 and number <= len(valid):
            valid = [valid[number - 1]]
        if row.price in valid:
            continue
        result: Result = "cannot_tell" if stale else "disagrees"
        says = "prices_stale" if stale else "prices_wrong"
        decisions = ", ".join(dict.fromkeys(part.decision for part in table.parts))
        right = " / ".join(format(p, "f") for p in dict.fromkeys(valid))
        values = {"row": number, "price": row.price, "right": right, "decisions": decisions}
        return _say("prices", result, says, **values)
    return None


# -- tax and sums --------------------------------------------------------------------------------------


def rates(book: Book, use: Use) -> list[Fraction]:
    """The rates of all taxes together on the first and the last day of the period, by the table."""
    found = []
    for day in dict.fromkeys((use.last, use.first)):
        one = price(book, replace(use, kwh=_FLOOD, first=day, last=day, tax_rates=None))
        if not isinstance(one, str) and one.net:
            taxes = sum((tax.amount for tax in one.taxes), Decimal(0))
            found.append(Fraction(round(taxes / one.net, 6)))
    return list(dict.fromkeys(found))


def _tax(bill: Bill, book: Book, use: Use, stale: bool) -> list[Check]:
    """The printed rate, or the one that tax and net imply, against those in force."""
    net = net_of(bill)
    known = rates(book, use)
    if not known:
        return []
    shown = " / ".join(texts(p=rate * 100)["p"] for rate in known)
    if bill.tax_rate is not None:
        fits = Fraction(bill.tax_rate) in known
        percent = Fraction(bill.tax_rate) * 100
    elif bill.tax is not None and net:
        fits = any(abs(Fraction(bill.tax) - Fraction(net) * rate) <= 1 for rate in known)
        percent = Fraction(bill.tax) / Fraction(net) * 100
    else:
        return []
    if not fits:
        says = "tax_rate_stale" if stale else "tax_rate_wrong"
        return [_say("tax_rate", "cannot_tell" if stale else "disagrees", says, percent=percent, right=shown)]
    if len(known) > 1:
        return [_say("tax_rate", "cannot_tell", "tax_rate_changes", percent=percent, right=shown)]
    return [_say("tax_rate", "agrees", "tax_rate_agrees", percent=percent)]


def _sums(bill: Bill, book: Book, use: Use, ways: tuple[Way, ...], stale: bool) -> list[Check]:
    """net and total of the billed kWh by the tariff, in any lawful way."""
    found = []
    slack = Fraction(1)
    split = len(ways[0].charge.parts) > 1
    if split and not isinstance(table := price(book, replace(use, kwh=_FLOOD)), str):
        slack += split_slack(table) * 2
    for key, printed in (("net", bill.net), ("total", bill.total)):
        if printed is None:
            continue
        sums = [(way, worth) for way in ways for worth in (_worths(way, key, bill, book, use))]
        near = min(sums, key=lambda pair: (abs(Fraction(printed) - pair[1]), not pair[0].sure))
        sure = [pair for pair in sums if pair[0].sure]
        best = min(sure, key=lambda pair: abs(Fraction(printed) - pair[1]))
        off = abs(Fraction(printed) - best[1])
        values = texts(kwh=use.kwh, printed=printed, sum=best[1], by=off)
        result: Result = "agrees"
        says = f"{key}_agrees"
        if off > 1:
            unsure = abs(Fraction(printed) - near[1]) <= 1
            if stale or unsure or off <= slack:
                result = "cannot_tell"
                says = f"{key}_stale" if stale else f"{key}_households" if unsure else f"{key}_split"
                values |= texts(households=near[0].households)
            else:
                result, says = "disagrees", f"{key}_wrong"
        found.append(
            Check(
                key=f"{key}_tariff",
                topic="money",
                result=result,
                says=says,
                values=values,
                billed=printed,
                by=down(off) if result == "disagrees" else None,
            )
        )
    return found


def _worths(way: Way, key: str, bill: Bill, book: Book, use: Use) -> list[Fraction]:
    """What ``net`` or ``total`` may be: of the total, for every tax rate that may be meant."""
    if key == "net":
        return [Fraction(way.charge.net)]
    if bill.tax_rate is not None or bill.tax is not None:
        if bill.tax is not None:
            return [Fraction(way.charge.net) + Fraction(bill.tax)]
        return [Fraction(way.charge.total), Fraction(way.charge.net) * (1 + Fraction(bill.tax_rate or 0))]
    return [Fraction(way.charge.total), *(Fraction(way.charge.net) * (1 + rate) for rate in rates(book, use))]


def off_by(
    bill: Bill, book: Book | None, found: Money, honest: tuple[Fraction, Fraction] | None
) -> Decimal | None:
    """By how much money at least the total (or else the net) is wrong, ``honest`` being the kWh it may have.

    None where no money is printed, there is no tariff, or it may be right.
    """
    if book is None or found.use is None or not found.ways:
        return None
    key, printed = ("total", bill.total) if bill.total is not None else ("net", bill.net)
    if printed is None:
        return None
    ends = [found.use.kwh]
    if honest is not None:
        ends = [Decimal(n.numerator) / Decimal(n.denominator) for n in honest]
    worths = []
    for way in found.ways:
        if not way.sure:
            continue
        for kwh in ends:
            one = price(book, replace(found.use, kwh=kwh, prorate=way.prorate, households=way.households))
            if not isinstance(one, str):
                worths += _worths_free(Way(one, way.prorate, way.households), key, bill, book, found.use)
    if not worths:
        return None
    low, high = min(worths), max(worths)
    off = max(low - Fraction(printed), Fraction(printed) - high, Fraction(0))
    return down(off) if off > 1 else None


def _worths_free(way: Way, key: str, bill: Bill, book: Book, use: Use) -> list[Fraction]:
    """As :func:`_worths`, but the tax follows the corrected net instead of being taken as printed."""
    if key == "net":
        return [Fraction(way.charge.net)]
    known = [Fraction(bill.tax_rate)] if bill.tax_rate is not None else rates(book, use)
    return [Fraction(way.charge.total), *(Fraction(way.charge.net) * (1 + rate) for rate in known)]
