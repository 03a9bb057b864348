"""The heart: an honest bill never disagrees, whenever it was read and whatever was not counted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.billing.audit.verdict import judge
from sodien.metering.register.replacements import Meters
from tests.billing.audit.mistakes import KINDS
from tests.billing.audit.mistakes import make as make_mistake
from tests.billing.audit.world import make, thinned

SEEDS = st.integers(0, 2**32)
BUDGET = settings(max_examples=100, deadline=None)


def told(verdict) -> list[tuple[str, str, dict[str, str]]]:
    return [(c.key, c.says, dict(c.values)) for c in verdict.checks if c.result == "disagrees"]


@BUDGET
@given(SEEDS)
def test_an_honest_bill_never_disagrees(seed):
    home = make(seed)
    for k, bill in enumerate(home.bills):
        verdict = judge(bill, home.bills[:k], home.meters, home.book, home.practice)
        assert not told(verdict)
        assert verdict.overall != "disagrees"
        assert verdict.disagrees_by_kwh is None
        assert verdict.disagrees_by_money is None
        assert not verdict.reasons
        own = verdict.own_kwh
        truth = Fraction(home.world.energy(home.read[k + 1]) - home.world.energy(home.read[k]), 3_600_000_000)
        assert own is not None
        assert own.low <= truth * home.world.meters[-1].multiplier <= own.high


@BUDGET
@given(SEEDS)
def test_an_honest_notice_that_says_less_never_disagrees(seed):
    home = make(seed, months=2)
    bill, practice, previous = thinned(home, 1)
    verdict = judge(bill, previous, home.meters, home.book, practice)
    assert not told(verdict)
    assert verdict.overall != "disagrees"


@BUDGET
@given(SEEDS)
def test_a_dial_of_unknown_digits_may_go_round(seed):
    home = make(seed, months=2)
    home.meters = Meters([replace(meter, digits=None) for meter in home.meters.installed])
    bill, practice, previous = thinned(home, 1)
    assert not told(judge(bill, previous, home.meters, home.book, practice))


@settings(max_examples=150, deadline=None)
@given(SEEDS, st.sampled_from(KINDS), st.booleans())
def test_a_mistake_above_what_is_detectable_is_always_found(seed, kind, alone):
    home, random = make(seed, months=2), Random(seed)
    wrong = make_mistake(home, 1, kind, random)
    if wrong is None:
        return
    previous = [] if alone and wrong.kind != "duplicated" else home.bills[:1]
    verdict = judge(wrong.bill, previous, home.meters, home.book, home.practice)
    limit = verdict.detectable_both_kwh if wrong.touches == "both" else verdict.detectable_kwh
    if wrong.touches == "sure" or (limit is not None and wrong.kwh > limit):
        assert verdict.overall == "disagrees"
    if verdict.disagrees_by_kwh is not None:
        # "At least" is never too much.
        assert verdict.disagrees_by_kwh <= wrong.kwh
    if verdict.disagrees_by_money is not None:
        assert wrong.money is not None
        assert verdict.disagrees_by_money <= wrong.money + 1
    if verdict.overall == "disagrees":
        assert verdict.reasons
