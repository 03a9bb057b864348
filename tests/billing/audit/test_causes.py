"""What would explain a wrong bill: the cause that was put in comes first or second."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from msgspec.structs import replace

from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill
from sodien.metering.register.observations import Anchor
from tests.billing.audit import mistakes
from tests.billing.audit.world import make
from tests.billing.examples import JULY_31, JUNE_30, PRACTICE, at, bill, meters

OLD, NEW = JUNE_30 + 9, JULY_31 + 14  # 1705 and 2454
HONEST = bill(OLD, NEW)
JUNE = bill(1010, OLD, 695, first=HONEST.first.replace(month=6), last=HONEST.last.replace(month=6, day=30))


def keys(wrong: Bill, *previous: Bill) -> list[str]:
    verdict = judge(wrong, previous, meters(), None, PRACTICE)
    assert verdict.overall == "disagrees"
    likelihoods = [reason.likelihood for reason in verdict.reasons]
    assert likelihoods == sorted(likelihoods, reverse=True)
    return [reason.key for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("wrong", "previous", "key"),
    [
        (bill(OLD, 4254), (), "index_transposed"),
        (bill(OLD, 3454), (), "index_one_digit"),
        (bill(OLD, 24_540), (), "index_decimal_point"),
        (bill(OLD, 24_562), (), "index_serial"),
        (bill(OLD, OLD + 695), (JUNE,), "estimated_repeat"),
        (bill(OLD, OLD + 900), (), "estimated_round"),
        (bill(OLD, NEW + 48), (), "other_day"),
        (replace(HONEST, serial="19980412"), (), "other_meter"),
        (replace(HONEST, customer="PB05019999999"), (), "other_customer"),
        (bill(OLD, NEW, (NEW - OLD) * 20), (), "multiplier"),
        (bill(OLD, NEW, 794), (), "kwh_mistyped"),
        (bill(40_000, 40_700), (), "other_meter"),
    ],
)
def test_the_cause_is_named_first_or_second(wrong, previous, key):
    assert key in keys(wrong, *previous)[:2]


@pytest.mark.parametrize(("kwh", "likelihood"), [(900, 0.86), (850, 0.78), (860, 0.6), (861, None)])
def test_the_rounder_a_number_the_likelier_it_was_estimated(kwh, likelihood):
    verdict = judge(bill(OLD, OLD + kwh), [], meters(), None, PRACTICE)
    found = {reason.key: reason for reason in verdict.reasons}
    assert (found["estimated_round"].likelihood if likelihood else found.get("estimated_round")) == likelihood
    assert not likelihood or found["estimated_round"].values["number"] == str(kwh)


def test_an_own_reading_that_is_off_moves_both_indices_alike():
    typed = Anchor("a", Fraction(1300), Fraction(13001, 10), at(1), at(1))  # it was 1000
    verdict = judge(HONEST, [], meters(anchors=[typed]), None, PRACTICE)
    assert verdict.overall == "disagrees"  # the household's own slip: nothing on the bill can show it
    own = [reason for reason in verdict.reasons if reason.key == "own_reading"]
    assert own
    assert 270 <= Decimal(own[0].values["by"]) <= 300
    assert own[0] in verdict.reasons[:3]


def test_most_causes_are_named_first_or_second():
    named = found = 0
    for seed in range(150):
        home, random = make(seed, months=2), Random(seed)
        wrong = mistakes.make(home, 1, mistakes.KINDS[seed % len(mistakes.KINDS)], random)
        if wrong is None or not wrong.reasons:
            continue
        verdict = judge(wrong.bill, home.bills[:1], home.meters, home.book, home.practice)
        if verdict.overall == "disagrees":
            found += 1
            named += bool({reason.key for reason in verdict.reasons[:2]} & set(wrong.reasons))
    assert found > 60
    assert named / found > 0.85
