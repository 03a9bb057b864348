"""Claims judged: a household of 1 kW exactly, and simulated ones with honest and with faulty portals."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest

from sodien.billing.audit.practice import Permitted, Practice
from sodien.billing.bill import Bill, IndexRow
from sodien.billing.claims.claim import Claim
from sodien.billing.claims.judging import judge_claim
from sodien.billing.claims.on_bill import bill_by_claims
from sodien.billing.claims.series import Account, account
from sodien.metering.calendar import day_bounds
from sodien.metering.register.observations import Anchor, Counted
from sodien.metering.register.register import Register
from sodien.metering.register.replacements import Installed, Meters
from tests.billing.audit.world import DAY, ZONE
from tests.billing.claims import portals, trials

FIRST = dt.date(2026, 6, 1)
START = day_bounds(FIRST, ZONE)[0]
#: Nothing but the day itself, decimals cut.
STRICT = Practice(zone=ZONE, digits=5)
USUAL = Practice(zone=ZONE, digits=5, permitted=Permitted(printed_slip_days=1))


def meters(*, anchored: bool = True, days: int = 60) -> Meters:
    """24 kWh a day, every pulse counted; the dial showed 1000.0 on 1 June 2026 at 00:00."""
    end = START + days * DAY
    piece = Counted(START, end, 0, days * 24_000, Fraction(1000))
    anchors = [Anchor("a", Fraction(1000), Fraction(10001, 10), START, START)] if anchored else []

    def count(t: int) -> tuple[int, int]:
        pulses = (t - START) * 24_000 // DAY
        return pulses, pulses

    return Meters([Installed("1", Register([piece], [], anchors, Fraction(9), count, digits=5))])


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def told(*indices: str | float | int, since: int = 5) -> list[Claim]:
    """Claims of one day after another."""
    return [Claim(Decimal(str(one)), day=day(since + n)) for n, one in enumerate(indices)]


def of(claims: list[Claim], practice: Practice = STRICT, *, anchored: bool = True) -> Account:
    return account(claims, meters(anchored=anchored), practice)


@pytest.mark.parametrize(
    ("index", "result", "off"),
    [
        ("1120", "agrees", 0),  # what 6 June began with
        ("1144.05", "agrees", 0),  # and ended with
        ("1119.5", "disagrees", Fraction(-2, 5)),
        ("1150", "disagrees", 6),
        ("99999", "disagrees", -1120),  # of the round of the dial before
    ],
)
def test_a_claim_of_a_day_may_be_of_any_instant_of_it(index: str, result: str, off: Fraction) -> None:
    found = judge_claim(Claim(Decimal(index), day=day(5)), meters(), STRICT)
    assert (found.result, found.detectable is not None) == (result, True)
    assert abs(found.off - off) <= 1


def test_of_an_instant_a_quarter_of_an_hour_is_left() -> None:
    at = START + 5 * DAY
    found = judge_claim(Claim(Decimal("1120.1"), at=at), meters(), STRICT)
    assert found.result == "agrees"
    assert found.ours is not None
    assert found.ours.width < 1
    assert judge_claim(Claim(Decimal("1121"), at=at), meters(), STRICT).result == "disagrees"


def test_what_became_known_at_noon_was_read_before() -> None:
    one = Claim(Decimal("1140"), day=day(5))
    early = Claim(Decimal("1140"), day=day(5), told=START + 5 * DAY + DAY // 2)
    assert judge_claim(one, meters(), STRICT).result == "agrees"
    assert judge_claim(early, meters(), STRICT).result == "disagrees"


def test_a_permitted_habit_explains_it_and_is_named() -> None:
    found = judge_claim(Claim(Decimal("1100"), day=day(5)), meters(), USUAL)
    assert (found.result, [note.key for note in found.habits]) == ("agrees", ["habit_printed_slip_days"])


def test_nobody_can_tell_without_a_dial_reading_but_a_difference_is_judged() -> None:
    found = of(told(5000, 5024, 5048, 5072), anchored=False)
    assert {one.why for one in found.judged} == {"no_reading"}
    assert not found.disagrees
    found = of(told(5000, 5024, 5148, 5172), anchored=False)
    assert [fault.kind for fault in found.faults] == ["jump"]
    assert found.disagrees


def test_stuck() -> None:
    found = of(told(1130, 1154, 1154, 1154, 1154, 1250))
    (fault,) = [one for one in found.faults if one.kind == "stuck"]
    assert (fault.certain, fault.count, fault.first.day, fault.last.day) == (True, 4, day(6), day(9))
    assert fault.kwh == pytest.approx(48, abs=0.1)


def test_late_is_what_fits_an_earlier_day_and_no_shift() -> None:
    # Where every day is alike, nobody can tell a late number from a shifted one.
    both = of(told(*(1000 + 24 * n + 12 for n in range(2, 9))))
    assert [(one.kind, one.certain, one.days) for one in both.faults] == [("late_or_shifted", False, 3)]


def test_shifted_where_it_came_at_once() -> None:
    found = of(told(1130, 1154, 1678, 1702, 1726, 1750))
    (fault,) = found.faults
    assert (fault.kind, fault.certain, fault.count) == ("shifted", True, 4)
    assert fault.off is not None
    assert Fraction(500) in fault.off


def test_drift_and_its_bounds() -> None:
    honest = of(told(*(1000 + 24 * n + 12 for n in range(5, 55)))).drift
    assert honest is not None
    assert honest.low < 0 < honest.high
    assert abs(honest.best) < 1
    fast = of(told(*(1132 + round(24 * n * 1.1) for n in range(50)))).drift
    assert fast is not None
    assert fast.differs
    assert fast.low < 100 < fast.high


def test_over_the_end_of_the_dial() -> None:
    high = Meters(
        [
            Installed(
                "1",
                Register(
                    [Counted(START, START + 60 * DAY, 0, 60 * 24_000, Fraction(1000))],
                    [],
                    [Anchor("a", Fraction(99_800), Fraction(99_801), START, START)],
                    Fraction(9),
                    lambda t: ((t - START) * 24_000 // DAY,) * 2,
                    digits=5,
                ),
            )
        ]
    )
    claims = told(*((99_800 + 24 * n + 12) % 100_000 for n in range(5, 20)))
    found = account(claims, high, STRICT)
    assert not found.disagrees
    assert not found.faults
    assert found.drift is not None
    assert abs(found.drift.best) < 5


@pytest.mark.parametrize(
    ("old", "new", "kwh", "results", "off"),
    [
        (1228, 1708, 480, ["agrees", "agrees", "agrees"], 0),
        (1228, 1808, 580, ["agrees", "disagrees", "disagrees"], 75),
        (1128, 1708, 580, ["disagrees", "agrees", "disagrees"], 0),
        (1228, 1708, 640, ["agrees", "agrees", "disagrees"], 0),
    ],
)
def test_a_bill_beside_the_utilitys_own_numbers(
    old: int, new: int, kwh: int, results: list[str], off: int
) -> None:
    claims = told(*(1012 + 24 * n for n in range(60)), since=0)
    bill = Bill(
        first=day(10), last=day(29), rows=(IndexRow(old=Decimal(old), new=Decimal(new)),), kwh=Decimal(kwh)
    )
    found = bill_by_claims(bill, None, claims, meters(anchored=False), STRICT)
    assert [one.result for one in found] == results
    if off:
        assert found[1].off == off
    assert [one.result for one in bill_by_claims(bill, None, claims[:5], meters(), STRICT)] == [
        "cannot_tell" for _ in results
    ]


def test_no_honest_month_is_called_wrong() -> None:
    count: Counter[str] = Counter()
    trials.WRONG.clear()
    for seed in range(40):
        trials.honest_month(portals.home(seed), count, str(seed))
    assert not trials.WRONG
    assert count["number agrees"] > 200
    assert count["bill agrees"] > 20


@pytest.mark.parametrize("kind", portals.FAULTS)
def test_every_fault_above_its_size_is_found(kind: str) -> None:
    count: Counter[str] = Counter()
    trials.WRONG.clear()
    for seed in range(16):
        home = portals.home(seed, anchored=True, uneven=kind == "estimated")
        trials.faulty_month(home, kind, count, str(seed))
    assert not trials.WRONG
    assert count["found"] == count["above"] > 2
