"""What is said of a week is true of every week that its bounds allow; nothing where too little is known."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.i18n import speaking
from sodien.metering.bounds import Interval
from sodien.metering.week import LEAST_HOURS, DayUse, HourUse, week_of
from sodien.words.week import sentences

HOUR = 3_600_000
MONDAY = dt.date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def around(chance: Random, true: Fraction, most: int) -> Interval:
    return Interval(
        max(Fraction(0), true - Fraction(chance.randint(0, most), 100)),
        true + Fraction(chance.randint(0, most), 100),
    )


@given(
    st.randoms(use_true_random=False), st.integers(0, 60), st.integers(LEAST_HOURS, 168), st.integers(0, 28)
)
def test_what_is_said_is_true(chance: Random, doubt: int, counted: int, before: int) -> None:
    true = [Fraction(chance.randint(0, 400), 100) for _ in range(168)]
    chosen = sorted(chance.sample(range(168), counted))
    hours = [HourUse(n * HOUR, around(chance, true[n], doubt)) for n in chosen]
    daily = [sum(true[24 * n : 24 * n + 24]) for n in range(7)]
    days = [DayUse(MONDAY + dt.timedelta(days=n), around(chance, kwh, doubt)) for n, kwh in enumerate(daily)]
    past = [Fraction(chance.randint(1000, 8000), 100) for _ in range(before)]
    found = week_of(
        hours,
        days,
        [DayUse(MONDAY - dt.timedelta(days=n + 1), around(chance, kwh, doubt)) for n, kwh in enumerate(past)],
    )
    assert found is not None
    of_hours = [true[n] for n in chosen]
    assert min(of_hours) in found.quietest
    assert max(of_hours) in found.busiest
    if found.busiest_at is not None:
        assert true[found.busiest_at // HOUR] == max(of_hours)
    assert sum(daily) in found.kwh
    assert (found.usual is None) == (before < 14)
    for one in found.unusual:
        kwh = daily[(one.day - MONDAY).days]
        assert kwh > max(past) or kwh < min(past)


@pytest.mark.parametrize(("hours", "days"), [(LEAST_HOURS - 1, 7), (168, 6), (0, 0)])
def test_too_little_says_nothing(hours: int, days: int) -> None:
    one = Interval(Fraction(1), Fraction(1))
    assert week_of([HourUse(0, one)] * hours, [DayUse(MONDAY, one)] * days, []) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            [
                "At most 82 W are always on, for the quietest hour drew 78 … 82 W; of the week's 59.5 … 60.2 "
                "kWh that is at most 13.8.",
                "The busiest hour began 2026-11-27 19:00 and drew 2.31 … 2.33 kW on average.",
                "Unlike the four weeks before (7.4 … 8.7 kWh a day): 2026-11-25 (12.0 … 12.1 kWh).",
            ],
        ),
        (
            "vi",
            [
                "Nhiều nhất 82 W luôn chạy, vì giờ ít nhất là 78 … 82 W; trong 59,5 … 60,2 kWh của cả tuần, "
                "phần đó nhiều nhất là 13,8.",
                "Giờ dùng nhiều nhất bắt đầu lúc 27/11/2026 19:00, trung bình 2,31 … 2,33 kW.",
                "Khác với bốn tuần trước (7,4 … 8,7 kWh mỗi ngày): 25/11/2026 (12,0 … 12,1 kWh).",
            ],
        ),
    ],
)
def test_in_words(language: str, said: list[str]) -> None:
    def kwh(low: str, high: str) -> Interval:
        return Interval(Fraction(low), Fraction(high))

    start = int(dt.datetime(2026, 11, 23, tzinfo=ZONE).timestamp() * 1000)
    hours = [HourUse(start + n * HOUR, kwh("0.3", "0.301")) for n in range(168)]
    hours[50] = HourUse(hours[50].at, kwh("0.078", "0.082"))
    hours[4 * 24 + 19] = HourUse(hours[4 * 24 + 19].at, kwh("2.31", "2.33"))
    days = [DayUse(MONDAY + dt.timedelta(days=n), kwh("7.92", "8.01")) for n in range(7)]
    days[2] = DayUse(days[2].day, kwh("12", "12.1"))
    before = [DayUse(MONDAY - dt.timedelta(days=n + 1), kwh(f"7.{40 + n}", f"8.{40 + n}")) for n in range(28)]
    found = week_of(hours, days, before)
    assert found is not None
    with speaking(language):
        assert sentences(found, ZONE) == said
