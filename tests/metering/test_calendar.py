"""Days, hours and reading days against a wall clock read minute by minute."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sodien.metering import calendar
from sodien.metering.calendar import ReadingRule

MINUTE = 60_000
HOUR = 60 * MINUTE
RULES: list[ReadingRule] = [*range(1, 32), "last"]
#: Plain, DST, 45 minutes, DST by half an hour, midnight that is skipped, a day that is skipped, and a change
#: at one minute past midnight, which repeats most of an hour of the day before.
ZONES = [
    "Asia/Ho_Chi_Minh",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "America/St_Johns",
]


def hour_starts(date: dt.date, zone: ZoneInfo) -> list[int]:
    start, end = calendar.day_bounds(date, zone)
    out = []
    while start < end:
        out.append(start)
        start = calendar.next_hour(start, zone)
    return out


#: Days around which something happens, by zone.
ODD_DAYS = [
    ("Asia/Ho_Chi_Minh", "2026-11-23"),
    ("Asia/Ho_Chi_Minh", "1975-06-13"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Asia/Kathmandu", "1986-01-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Sao_Paulo", "2008-10-19"),
    ("America/Sao_Paulo", "2009-02-15"),
    ("Pacific/Apia", "2011-12-30"),
    ("America/St_Johns", "2007-03-11"),
    ("America/St_Johns", "2007-11-04"),
    ("Africa/Monrovia", "1972-01-07"),
]


def utc(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp() * 1000)


def wall(ms: int, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.fromtimestamp(ms // 1000, zone).replace(tzinfo=None, microsecond=ms % 1000 * 1000)


# Reading days


@pytest.mark.parametrize("rule", RULES)
def test_one_reading_day_a_month_and_periods_that_tile_twenty_years(rule: ReadingRule) -> None:
    first, last = dt.date(2008, 1, 1), dt.date(2027, 12, 31)
    days = calendar.reading_days(first, last, rule)
    assert [(day.year, day.month) for day in days] == [
        (y, m) for y in range(2008, 2028) for m in range(1, 13)
    ]
    for day in days:
        ends_month = (day + dt.timedelta(1)).month != day.month
        assert ends_month if rule == "last" else day.day == rule or (ends_month and day.day < int(rule))
    date, previous = first, None
    while date <= last:
        a, b = calendar.billing_period(date, rule)
        assert a <= date <= b
        if previous not in (None, (a, b)):
            assert previous is not None
            assert a == previous[1] + dt.timedelta(1)
            assert date == a
        assert calendar.next_reading_day(date, rule) == b
        assert calendar.previous_reading_day(date, rule) == a - dt.timedelta(1)
        assert calendar.next_reading_day(date, rule, after=True) == (
            calendar.billing_period(b + dt.timedelta(1), rule)[1] if date == b else b
        )
        previous, date = (a, b), date + dt.timedelta(1)


@pytest.mark.parametrize(
    ("date", "rule", "period"),
    [
        ("2026-02-10", "last", ("2026-02-01", "2026-02-28")),
        ("2028-02-10", 30, ("2028-01-31", "2028-02-29")),
        ("2026-03-01", 31, ("2026-03-01", "2026-03-31")),
        ("2026-03-01", 29, ("2026-03-01", "2026-03-29")),
        ("2026-12-16", 15, ("2026-12-16", "2027-01-15")),
        ("2026-01-15", 15, ("2025-12-16", "2026-01-15")),
        ("2026-05-01", 1, ("2026-04-02", "2026-05-01")),
    ],
)
def test_billing_periods_by_example(date: str, rule: ReadingRule, period: tuple[str, str]) -> None:
    a, b = calendar.billing_period(dt.date.fromisoformat(date), rule)
    assert (a.isoformat(), b.isoformat()) == period


@pytest.mark.parametrize("rule", [0, 32, -1, "Last", "15", "", None])
def test_a_reading_day_that_is_none_is_refused(rule: ReadingRule) -> None:
    with pytest.raises(ValueError, match="1 to 31"):
        calendar.reading_day(2026, 2, rule)


@pytest.mark.parametrize("name", ZONES)
def test_billing_periods_tile_time_in_every_zone(name: str) -> None:
    """Snapshots at the end of each reading day meet the start of the next period to the millisecond."""
    zone = ZoneInfo(name)
    for rule in RULES:
        days = calendar.reading_days(dt.date(2004, 1, 1), dt.date(2023, 12, 31), rule)
        for day, following in pairwise(days):
            start, end = calendar.billing_period(following, rule)
            assert calendar.day_bounds(start, zone)[0] == calendar.day_bounds(day, zone)[1]
            assert end == following


# Days


@pytest.mark.parametrize("name", ZONES)
def test_days_tile_twenty_years(name: str) -> None:
    zone = ZoneInfo(name)
    date, lengths = dt.date(2004, 1, 1), set()
    start, end = calendar.day_bounds(date, zone)
    while date.year < 2024:
        midnight = dt.datetime.combine(date, dt.time())
        assert wall(start, zone) >= midnight > wall(start - 1, zone)
        lengths.add((end - start) / HOUR)
        if start < end:
            assert calendar.date_of(start, zone) == calendar.date_of(end - 1, zone) == date
        date += dt.timedelta(1)
        following = end
        start, end = calendar.day_bounds(date, zone)
        assert start == following
    expected = {"Asia/Ho_Chi_Minh": {24}, "Asia/Kathmandu": {24}, "Australia/Lord_Howe": {23.5, 24, 24.5}}
    expected |= {"Pacific/Apia": {0, 23, 24, 25}}
    assert lengths == expected.get(name, {23, 24, 25})


@pytest.mark.parametrize(("name", "date"), ODD_DAYS)
def test_days_and_hours_minute_by_minute(name: str, date: str) -> None:
    """Every minute of five days belongs to the day and the hour that the clock on the wall shows."""
    zone = ZoneInfo(name)
    middle = dt.date.fromisoformat(date)
    begin = calendar.day_bounds(middle - dt.timedelta(2), zone)[0]
    end = calendar.day_bounds(middle + dt.timedelta(2), zone)[1]
    step = MINUTE // 2  # offsets of half minutes exist: Monrovia before 1972 was 44:30 behind UTC
    latest = wall(begin, zone).date()
    boundary = begin
    boundaries = []
    for ms in range(begin, end, step):
        now = wall(ms, zone)
        latest = max(latest, now.date())
        assert calendar.date_of(ms, zone) == latest
        first, last = calendar.day_bounds(latest, zone)
        assert first <= ms < last
        jumped = now - wall(ms - step, zone) != dt.timedelta(milliseconds=step)
        if jumped or (now.minute == now.second == 0):
            boundary = ms
            boundaries.append(ms)
        assert calendar.hour_start(ms, zone) == calendar.hour_start(ms + step - 1, zone) == boundary
    for first, second in pairwise([*boundaries, end]):
        assert calendar.next_hour(first, zone) == calendar.next_hour(second - 1, zone) == second
    days = [middle + dt.timedelta(n) for n in range(-2, 3)]
    assert [ms for day in days for ms in hour_starts(day, zone)] == boundaries


@pytest.mark.parametrize(
    ("name", "date", "hours"),
    [
        ("Asia/Ho_Chi_Minh", "2026-11-23", 24),
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/Sao_Paulo", "2008-10-19", 23),
        ("America/Sao_Paulo", "2009-02-14", 25),
        ("Australia/Lord_Howe", "2026-04-05", 25),  # one of them half an hour long
        ("Australia/Lord_Howe", "2026-10-04", 24),  # one of them half an hour long
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_hours_of_a_day_by_example(name: str, date: str, hours: int) -> None:
    assert len(hour_starts(dt.date.fromisoformat(date), ZoneInfo(name))) == hours


@given(st.sampled_from(ZONES), st.integers(utc("1950-01-01"), utc("2050-01-01")))
def test_every_instant_has_one_day_and_one_hour(name: str, ms: int) -> None:
    zone = ZoneInfo(name)
    first, last = calendar.day_bounds(calendar.date_of(ms, zone), zone)
    start, end = calendar.hour_start(ms, zone), calendar.next_hour(ms, zone)
    assert first <= start <= ms < end <= last
    assert end - start <= HOUR
    assert calendar.next_hour(start, zone) == end
    assert calendar.hour_start(end - 1, zone) == start
    assert calendar.hour_start(end, zone) == end


# Times of day


@pytest.mark.parametrize(
    ("name", "date", "time", "at"),
    [
        ("Asia/Ho_Chi_Minh", "2026-11-30", "00:00", "2026-11-29T17:00"),
        ("Asia/Ho_Chi_Minh", "2026-11-30", "9:05", "2026-11-30T02:05"),
        ("Asia/Kathmandu", "2026-11-30", "23:59", "2026-11-30T18:14"),
        ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59"),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00"),  # skipped: the instant of the jump
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30"),  # twice: the first
        ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30"),
        ("America/Sao_Paulo", "2008-10-19", "00:00", "2008-10-19T03:00"),
        ("America/Sao_Paulo", "2008-10-19", "00:45", "2008-10-19T03:00"),
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T10:00"),
    ],
)
def test_the_instant_of_a_time_of_day(name: str, date: str, time: str, at: str) -> None:
    day, zone = dt.date.fromisoformat(date), ZoneInfo(name)
    assert calendar.instant_at(day, time, zone) == utc(at)
    assert calendar.instant_at(day, dt.datetime.strptime(time, "%H:%M").time(), zone) == utc(at)  # noqa: DTZ007


@example("Europe/Berlin", dt.date(2026, 3, 29), dt.time(2, 0, fold=1))
@example("Europe/Berlin", dt.date(2026, 10, 25), dt.time(2, 30, fold=1))
@given(st.sampled_from(ZONES), st.dates(dt.date(1995, 1, 1), dt.date(2040, 1, 1)), st.times())
def test_a_time_of_day_is_the_first_instant_that_shows_it(name: str, day: dt.date, time: dt.time) -> None:
    zone, time = ZoneInfo(name), time.replace(microsecond=0)
    ms = calendar.instant_at(day, time, zone)
    assert wall(ms - 1, zone) < dt.datetime.combine(day, time) <= wall(ms, zone)


@pytest.mark.parametrize("text", ["", "24:00", "7", "07:60", "7h30", "07:30:00", " 07:30", "٠٧:٣٠"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM"):
        calendar.instant_at(dt.date(2026, 1, 1), text, ZoneInfo("Asia/Ho_Chi_Minh"))


# -- announced reading days ----------------------------------------------------------------------------


def test_an_announced_day_takes_the_place_of_the_nearest_one() -> None:
    days = calendar.with_announced("last", [dt.date(2026, 12, 2), dt.date(2027, 1, 29)])
    assert calendar.reading_days(dt.date(2026, 10, 1), dt.date(2027, 2, 28), days) == [
        dt.date(2026, 10, 31),
        dt.date(2026, 12, 2),
        dt.date(2026, 12, 31),
        dt.date(2027, 1, 29),
        dt.date(2027, 2, 28),
    ]
    assert calendar.billing_period(dt.date(2026, 12, 1), days) == (dt.date(2026, 11, 1), dt.date(2026, 12, 2))
    assert calendar.billing_period(dt.date(2026, 12, 3), days) == (
        dt.date(2026, 12, 3),
        dt.date(2026, 12, 31),
    )


def test_the_last_announcement_of_a_month_counts() -> None:
    days = calendar.with_announced(15, [dt.date(2026, 6, 14), dt.date(2026, 6, 17)])
    assert calendar.reading_day(2026, 6, days) == dt.date(2026, 6, 17)


@given(
    st.one_of(st.integers(1, 31), st.just("last")),
    st.lists(st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31)), max_size=6),
    st.dates(dt.date(2024, 3, 1), dt.date(2028, 10, 31)),
)
def test_periods_tile_the_days_whatever_was_announced(
    rule: int | str, announced: list[dt.date], day: dt.date
) -> None:
    days = calendar.with_announced(rule, announced)
    first, last = calendar.billing_period(day, days)
    assert first <= day <= last
    assert calendar.billing_period(last, days) == (first, last)
    assert calendar.billing_period(last + dt.timedelta(days=1), days)[0] == last + dt.timedelta(days=1)
    assert calendar.previous_reading_day(first, days) == first - dt.timedelta(days=1)
    if not announced:
        assert calendar.billing_period(day, rule) == (first, last)


@pytest.mark.parametrize("zone", ZONES)
def test_what_was_counted_up_to_midnight_belongs_to_the_day_that_ends(zone: str) -> None:
    where, day = ZoneInfo(zone), dt.date(2026, 7, 31)
    begin, end = calendar.day_bounds(day, where)
    found = [calendar.day_up_to(at, where) for at in (begin, begin + 1, end - 1, end, end + 1)]
    assert found == [day - dt.timedelta(days=1), day, day, day, day + dt.timedelta(days=1)]
