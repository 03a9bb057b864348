"""An honest bill with one mistake of the utility in it, and how large the mistake is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Literal

from msgspec.structs import replace

from sodien.billing.bill import Bill
from sodien.metering.calendar import day_bounds
from tests.billing.audit.world import DAY, ZONE, Household
from tests.billing.tariff.charged import FORMER_PRICES, PRICES, WIDTHS, charged

#: What has to be wrong for the size of a mistake to count: one index, both, or a number that checks itself.
Touches = Literal["one", "both", "sure"]


@dataclass(frozen=True)
class Mistake:
    """A wrong bill.

    Attributes:
        kind: what went wrong, the key of :data:`KINDS`.
        bill: as the utility printed it.
        kwh: by how much its billed kWh are wrong.
        money: by how much its total is wrong; None where it prints none.
        touches: ``one`` index or the kWh; ``both`` indices at once; ``sure``: it must be found in any case.
        reasons: keys of explanations that name the cause.
    """

    kind: str
    bill: Bill
    kwh: Fraction
    money: Fraction | None
    touches: Touches
    reasons: tuple[str, ...]


def with_indices(home: Household, bill: Bill, old: int, new: int) -> Bill:
    """The same bill with other indices; its kWh follow from them, so that it adds up."""
    meter = home.world.meters[-1]
    size = 10**meter.digits
    kwh = Decimal((new - old) % size * meter.multiplier)
    row = replace(bill.rows[0], old=Decimal(old % size), new=Decimal(new % size), kwh=kwh)
    return replace(bill, rows=(row,), kwh=kwh)


def _numbers(bill: Bill) -> tuple[int, int]:
    row = bill.rows[0]
    assert row.old is not None
    assert row.new is not None
    return int(row.old), int(row.new)


def _made(
    home: Household,
    k: int,
    kind: str,
    bill: Bill,
    touches: Touches,
    *reasons: str,
    prices: Sequence[int] = PRICES,
    quotas: Sequence[int] = WIDTHS,
) -> Mistake | None:
    """The mistake, charged as its kWh say, so that nothing but the mistake is wrong."""
    honest = home.bills[k]
    bare = replace(bill, tiers=(), net=None, tax=None, tax_rate=None, total=None)
    bill = charged(bare, home.prints[k], prices=prices, quotas=quotas)
    if bill == honest:
        return None
    assert bill.kwh is not None
    assert honest.kwh is not None
    kwh = abs(Fraction(bill.kwh) - Fraction(honest.kwh))
    money = None
    if bill.total is not None and honest.total is not None:
        money = abs(Fraction(bill.total) - Fraction(honest.total))
    return Mistake(kind, bill, kwh, money, touches, tuple(filter(None, reasons)))


def _new(home: Household, k: int, kind: str, new: int, *reasons: str) -> Mistake | None:
    """A wrong new index; the kWh follow from it."""
    bill = home.bills[k]
    old, true = _numbers(bill)
    if new == true or new < 0:
        return None
    return _made(home, k, kind, with_indices(home, bill, old, new), "one", *reasons)


def swapped(home: Household, k: int, random: Random) -> Mistake | None:
    text = str(_numbers(home.bills[k])[1]).zfill(home.world.meters[-1].digits)
    i = random.randrange(len(text) - 1)
    return _new(home, k, "swapped", int(text[:i] + text[i + 1] + text[i] + text[i + 2 :]), "index_transposed")


def mistyped(home: Household, k: int, random: Random) -> Mistake | None:
    text = str(_numbers(home.bills[k])[1]).zfill(home.world.meters[-1].digits)
    i = random.randrange(len(text))
    digit = random.choice([c for c in "0123456789" if c != text[i]])
    return _new(home, k, "mistyped", int(text[:i] + digit + text[i + 1 :]), "index_one_digit")


def neighbour(home: Household, k: int, random: Random) -> Mistake | None:
    size = 10 ** home.world.meters[-1].digits
    old = random.randrange(size - 2000)
    bill = with_indices(home, home.bills[k], old, old + random.randrange(5, 900))
    if random.random() < 0.6:
        return _made(home, k, "neighbour", replace(bill, serial="19980412"), "sure", "other_meter")
    return _made(home, k, "neighbour", bill, "both", "other_meter")


def old_serial(home: Household, k: int, random: Random) -> Mistake | None:
    if len(home.world.meters) < 2 or day_bounds(home.days[k], ZONE)[0] < home.world.meters[-1].start:
        return None  # on the day of the replacement either serial may be right
    bill = replace(home.bills[k], serial=home.world.meters[0].serial)
    return _made(home, k, "old_serial", bill, "sure", "old_meter")


def round_estimate(home: Household, k: int, random: Random) -> Mistake | None:
    old, new = _numbers(home.bills[k])
    size = random.choice((10, 50, 100))
    kwh = max(size, round(((new - old) % 100_000) * random.uniform(0.6, 1.5) / size) * size)
    return _new(home, k, "round_estimate", old + kwh, "estimated_round")


def repeated(home: Household, k: int, random: Random) -> Mistake | None:
    if k == 0:
        return None
    before = home.bills[k - 1].kwh
    assert before is not None
    old, _ = _numbers(home.bills[k])
    steps = int(before) // home.world.meters[-1].multiplier
    return _new(home, k, "repeated", old + steps, "estimated_repeat")


def multiplied(home: Household, k: int, random: Random) -> Mistake | None:
    bill = home.bills[k]
    factor = Decimal(random.choice((2, 10, 20, 40)))
    own = Decimal(home.world.meters[-1].multiplier)
    row = bill.rows[0]
    if factor == own or row.kwh is None or not row.kwh:
        return None
    kwh = row.kwh / own * factor
    printed = factor if random.random() < 0.5 else None if own == 1 else own
    wrong = replace(bill, rows=(replace(row, multiplier=printed, kwh=kwh),), kwh=kwh)
    return _made(home, k, "multiplied", wrong, "sure", "multiplier")


def other_day(home: Household, k: int, random: Random) -> Mistake | None:
    days = random.choice((1, 1, 2, 2, 3, 5, 8)) * random.choice((-1, 1))
    t = home.read[k + 1] + days * DAY
    if not home.world.start <= t < home.world.end:
        return None
    return _new(home, k, "other_day", home.world.index(t), "other_day")


def duplicated(home: Household, k: int, random: Random) -> Mistake | None:
    if k == 0:
        return None
    before = home.bills[k - 1]
    if random.random() < 0.5:
        return _made(home, k, "duplicated", replace(before, serial=None), "sure", "duplicate")
    bill = replace(home.bills[k], rows=before.rows, kwh=before.kwh)
    return _made(home, k, "duplicated", bill, "sure", "duplicate")


def wrong_sum(home: Household, k: int, random: Random) -> Mistake | None:
    bill = home.bills[k]
    text = str(int(bill.rows[0].kwh or 0))
    i = random.randrange(len(text))
    digit = random.choice([c for c in "0123456789" if c != text[i]])
    kwh = Decimal(text[:i] + digit + text[i + 1 :])
    wrong = replace(bill, rows=(replace(bill.rows[0], kwh=kwh),), kwh=kwh)
    return _made(home, k, "wrong_sum", wrong, "sure", "kwh_mistyped")


def old_index(home: Household, k: int, random: Random) -> Mistake | None:
    """The old index does not join; found for sure when the bill before is known."""
    old, new = _numbers(home.bills[k])
    off = random.choice((-1, 1)) * random.choice((1, 3, 10, 40, 100))
    if not 0 <= old + off <= new:
        return None
    return _made(
        home,
        k,
        "old_index",
        with_indices(home, home.bills[k], old + off, new),
        "one",
        "not_carried" if k else "",
    )


def over_read(home: Household, k: int, random: Random) -> Mistake | None:
    _, new = _numbers(home.bills[k])
    return _new(home, k, "over_read", new + random.choice((-1, 1)) * random.randrange(1, 60))


def wrong_quota(home: Household, k: int, random: Random) -> Mistake | None:
    """Quotas of fewer days, or of another number of households; shown by what the notice prints of them."""
    if home.book is None or home.prints[k] == "nothing" or home.practice.households is None:
        return None
    share = random.choice((Fraction(1, 2), Fraction(3, 4), Fraction(2), Fraction(20, 31)))
    quotas = [round(width * share + Fraction(1, 100)) for width in WIDTHS]
    reasons = ("quota_households", "quota_days", "quota")
    return _made(home, k, "wrong_quota", home.bills[k], "sure", *reasons, quotas=quotas)


def wrong_table(home: Household, k: int, random: Random) -> Mistake | None:
    if home.book is None or home.prints[k] == "nothing":
        return None
    return _made(home, k, "wrong_table", home.bills[k], "sure", "other_table", prices=FORMER_PRICES)


Maker = Callable[[Household, int, Random], Mistake | None]
KINDS: tuple[Maker, ...] = (
    swapped,
    mistyped,
    neighbour,
    old_serial,
    round_estimate,
    repeated,
    multiplied,
    other_day,
    duplicated,
    wrong_sum,
    old_index,
    over_read,
    wrong_quota,
    wrong_table,
)


#: Those of the reading alone.
READING: tuple[Maker, ...] = (swapped, mistyped, round_estimate, repeated, other_day, over_read)


def make(home: Household, k: int, kind: Maker, random: Random) -> Mistake | None:
    """Bill k with that mistake; None where it cannot be made (or changes nothing)."""
    if len(home.bills[k].rows) > 1 or home.bills[k].rows[0].removed is not None:
        return None
    if home.world.meter(home.read[k + 1]) is not home.world.meters[-1]:
        return None
    return kind(home, k, random)
