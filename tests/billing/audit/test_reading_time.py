"""When an index was read, and the hour at which a utility usually reads."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.billing.audit.practice import Practice
from sodien.billing.audit.reading_time import usual_hour
from sodien.billing.audit.result import ReadAt
from sodien.billing.audit.verdict import judge
from tests.billing.audit.world import make
from tests.billing.examples import ZONE, at, bill, meters

PRACTICE = Practice(ZONE, digits=5)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_the_true_instant_is_always_inside(seed):
    home = make(seed)
    for k, honest in enumerate(home.bills):
        verdict = judge(honest, [], home.meters, None, home.practice)
        if len(honest.rows) > 1 or honest.rows[0].removed is not None:
            continue
        for when, true in ((verdict.read_old, home.read[k]), (verdict.read_new, home.read[k + 1])):
            if when is not None:
                assert when.inside
                assert when.start is not None
                assert when.end is not None
                assert when.start <= true <= when.end


@pytest.mark.parametrize(("hours", "day"), [(-30, (30, 7)), (40, (2, 8))])
def test_another_day_is_named(hours, day):
    """31 July 12:00 ± some hours, at 1 kW."""
    index = 1000 + 60 * 24 + 12 + hours
    verdict = judge(bill(1000 + 29 * 24 + 9, index), [], meters(), None, PRACTICE)
    found = verdict.read_new
    assert found is not None
    assert not found.inside
    assert found.start is not None
    assert found.end is not None
    assert at(day[0], month=day[1]) <= found.start < found.end <= at(day[0], "23:59", day[1])
    check = verdict.check("read_new")
    assert check is not None
    assert check.values["day"] == "2026-07-31"
    assert [reason.key for reason in verdict.reasons if reason.key == "other_day"]


def test_an_index_that_the_register_never_showed():
    verdict = judge(bill(1000 + 29 * 24 + 9, 60_000), [], meters(), None, PRACTICE)
    assert verdict.read_new == ReadAt(index=Decimal(60_000), inside=False)
    assert verdict.check("read_new") is None


def readings(*minutes: int, width: int = 60) -> list[ReadAt]:
    """Readings on days of July, each known from that minute of the day on for ``width`` minutes."""
    return [
        ReadAt(
            index=Decimal(1),
            inside=True,
            start=at(day, month=7) + minute * 60_000,
            end=at(day, month=7) + (minute + width) * 60_000,
        )
        for day, minute in enumerate(minutes, 1)
    ]


def test_the_usual_hour_is_suggested_from_three_bills_that_agree():
    found = usual_hour(readings(480, 500, 465), PRACTICE)
    assert found is not None
    time, spread = found
    low = time.hour * 60 + time.minute - spread
    assert low <= 465
    assert low + 2 * spread >= 560
    assert spread <= 90


@pytest.mark.parametrize(
    "known",
    [
        readings(480, 500),
        readings(480, 500, 1200),
        readings(480, 500, 465, width=700),
        [ReadAt(index=Decimal(1), inside=False, start=at(1), end=at(1)) for _ in range(5)],
    ],
)
def test_no_hour_without_agreement(known):
    assert usual_hour(known, PRACTICE) is None


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_suggested_hour_holds_every_reading_it_came_from(seed):
    random = Random(seed)
    middle = random.randrange(24 * 60)
    minutes = [min(1439, max(0, middle + random.randint(-60, 60))) for _ in range(random.randint(3, 6))]
    known = readings(*minutes, width=random.randint(1, 40))
    found = usual_hour(known, PRACTICE)
    if found is None:
        return
    hour, spread = found
    for reading, minute in zip(known, minutes, strict=True):
        assert reading.start is not None
        assert abs(minute - hour.hour * 60 - hour.minute) <= spread
    assert isinstance(hour, dt.time)
