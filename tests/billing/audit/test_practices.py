"""However an honest utility reads, rounds and prints, it is never accused; and its mistakes are found."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.billing.audit.verdict import judge
from tests.billing.audit import mistakes
from tests.billing.audit.practices import UTILITIES, Utility
from tests.billing.audit.rare_practices import RARE

SEEDS = st.integers(0, 2**32)


@pytest.mark.parametrize("utility", [*UTILITIES, *RARE], ids=lambda one: one.name)
@settings(max_examples=6, deadline=None)
@given(SEEDS)
def test_no_honest_utility_is_accused(utility: Utility, seed: int) -> None:
    home = utility.household(seed)
    for k, bill in enumerate(home.bills):
        verdict = judge(bill, home.bills[:k], home.meters, home.book, home.practice)
        assert [(one.key, one.says) for one in verdict.checks if one.result == "disagrees"] == []
        assert verdict.overall != "disagrees"
        assert verdict.disagrees_by_kwh is None
        assert not verdict.reasons


#: Households that were accused once: utility, seed, and why.
ACCUSED = [
    ("average_price", 101_000_036),  # the average price was that of a tier
    ("average_price", 102_000_025),
    ("average_price", 103_000_070),
]


@pytest.mark.parametrize(("name", "seed"), ACCUSED)
def test_who_was_accused_once_is_accused_no_more(name: str, seed: int) -> None:
    home = next(one for one in UTILITIES if one.name == name).household(seed)
    for k, bill in enumerate(home.bills):
        assert judge(bill, home.bills[:k], home.meters, home.book, home.practice).overall != "disagrees"


@settings(max_examples=60, deadline=None)
@given(
    SEEDS,
    st.sampled_from([one for one in (*UTILITIES, *RARE) if one.energy]),
    st.sampled_from(mistakes.READING),
)
def test_a_wrong_reading_above_what_is_detectable_is_found(
    seed: int, utility: Utility, kind: mistakes.Maker
) -> None:
    home, random = utility.household(seed, months=2), Random(seed)
    wrong = mistakes.make(home, 1, kind, random)
    if wrong is None:
        return
    bill = utility.printed(home, 1, wrong.bill, random)
    assert bill.kwh is not None
    assert home.bills[1].kwh is not None
    off = abs(Fraction(bill.kwh) - Fraction(home.bills[1].kwh))
    verdict = judge(bill, [], home.meters, home.book, home.practice)
    limit = verdict.detectable_both_kwh if wrong.touches == "both" else verdict.detectable_kwh
    if limit is not None and off > limit:
        assert verdict.overall == "disagrees"
    if verdict.disagrees_by_kwh is not None:
        assert verdict.disagrees_by_kwh <= off
