"""Our side of one bill by its numbers: what an honest one may have, what could be noticed, when it was read.

The household uses 1 kW: the register is 1000 plus the hours since 1 June. The old index was read on 30 June
(1696 to 1720), the new one on 31 July (2440 to 2464). Each number below was worked out by hand.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace as changed
from decimal import Decimal
from fractions import Fraction

import pytest
from msgspec.structs import replace

from sodien.billing.audit.own_record import own_record
from sodien.billing.audit.practice import Practice, windows
from sodien.billing.audit.settling import settled
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill, IndexRow
from sodien.metering.register.replacements import Installed, Meters
from tests.billing.examples import JULY_31, JUNE_30, PRACTICE, at, bill, meters, register

HONEST = bill(JUNE_30 + 9, JULY_31 + 14)
MANY = replace(HONEST, kwh=Decimal(14_980))
UNREAD = meters(anchors=[])
HOUR = changed(PRACTICE, read="hour", hour=dt.time(14), window_minutes=60)
TIMES_20 = Meters([Installed("m", register(), None, Fraction(20))])
TIMES_1_5 = Meters([Installed("m", register(), None, Fraction(3, 2))])
FINE = replace(HONEST.rows[0], old=Decimal("1705.3"), new=Decimal("2454.4"), kwh=Decimal(749))
AUGUST_1 = dt.date(2026, 8, 1)


@pytest.mark.parametrize(
    ("made", "practice", "home", "free", "honest", "one", "both"),
    [
        # 30 days and 32 days of 24 kWh, a step less and a step more; 1705 fits from 9 to 10 o'clock.
        (HONEST, PRACTICE, meters(), (719, 769), (734, 759), 25, 50),
        (HONEST, changed(PRACTICE, truncation="nearest"), meters(), (720, 768), (735, 759), 24, 48),
        (HONEST, changed(PRACTICE, truncation="up"), meters(), (719, 769), (735, 760), 25, 50),
        (HONEST, changed(PRACTICE, truncation="either"), meters(), (719, 769), (734, 759), 25, 50),
        (HONEST, changed(PRACTICE, truncation="any"), meters(), (718, 770), (734, 760), 26, 52),
        # One kWh more on either side of what the indices make.
        (HONEST, changed(PRACTICE, kwh_from="registers"), meters(), (719, 769), (733, 760), 27, 50),
        # The index that fits is taken as right, whichever the other is.
        (bill(JUNE_30 + 9, JULY_31 + 44), PRACTICE, meters(), (719, 769), (734, 759), 25, 50),
        (bill(JUNE_30 + 40, JULY_31 + 14), PRACTICE, meters(), (719, 769), (734, 759), 25, 50),
        # Without a dial reading one index is tied to the other by the energy alone.
        (HONEST, PRACTICE, UNREAD, (719, 769), (719, 769), 50, 50),
        (bill(JUNE_30 + 9, JULY_31 + 44), PRACTICE, UNREAD, (719, 769), (719, 769), 50, 50),
        (bill(JUNE_30 + 14, JULY_31 + 14), HOUR, meters(), (741, 747), (742, 745), 3, 6),
        (bill(JUNE_30 + 14, JULY_31 + 16), HOUR, meters(), (741, 747), (742, 745), 3, 6),
        (MANY, PRACTICE, TIMES_20, (14_380, 15_380), (14_680, 15_180), 500, 1000),
        (
            replace(HONEST, kwh=Decimal(1123)),
            PRACTICE,
            TIMES_1_5,
            (1078, 1154),
            (1100, Fraction(2279, 2)),
            Fraction(79, 2),
            76,
        ),
        (
            replace(HONEST, rows=(FINE,), kwh=Decimal(749)),
            PRACTICE,
            meters(),
            (719, 769),
            (Fraction("733.6"), Fraction("759.8")),
            Fraction("26.2"),
            50,
        ),
        # A gap of 20 days, in which 8.8 kW may have flowed.
        (
            HONEST,
            PRACTICE,
            meters(blind=(at(5, month=7), at(25, month=7))),
            (239, 4513),
            (254, 4503),
            4249,
            4274,
        ),
        # Read on two days in a row: from the last moment of one to the first of the other nothing flows.
        (
            bill(JULY_31, JULY_31 + 24, first=AUGUST_1, last=AUGUST_1),
            PRACTICE,
            meters(),
            (0, 49),
            (23, 48),
            25,
            49,
        ),
    ],
)  # fmt: skip
def test_what_an_honest_bill_may_have(made, practice, home, free, honest, one, both):
    record = own_record(made, None, home, practice)
    assert record.free() == free
    assert record.honest() == honest
    assert (record.detectable(), record.detectable_both()) == (one, both)


def test_readings_that_may_have_been_at_one_time_leave_nothing_between_them():
    """A day early or late each: the new one may have been read before the old one's last moment."""
    slips = changed(PRACTICE, printed_slip_days=1)
    made = bill(JULY_31, JULY_31 + 24, first=AUGUST_1, last=AUGUST_1)
    used = own_record(made, None, UNREAD, slips).consumed()
    assert used is not None
    assert (used.low, used.best) == (0, 24)
    assert 96 <= used.high < Fraction("96.1")  # from 30 July, 0:00, to 3 August, 0:00


@pytest.mark.parametrize(("enough", "result"), [(25, "agrees"), (24, "cannot_tell")])
def test_a_check_agrees_as_long_as_what_it_would_notice_is_enough(enough, result):
    practice = changed(PRACTICE, enough_kwh=Fraction(enough), enough=Fraction(0))
    verdict = judge(HONEST, [], meters(), None, practice)
    assert verdict.detectable_kwh == 25
    found = {check.key: check.result for check in verdict.checks}
    assert (found["index_new"], found["consumption"]) == (result, result)


def test_without_dates_nothing_is_known():
    record = own_record(replace(HONEST, first=None, last=None), None, meters(), PRACTICE)
    assert (record.free(), record.honest(), record.consumed()) == (None, None, None)
    assert (record.detectable(), record.detectable_both()) == (None, None)


def test_a_meter_that_nobody_recorded_hides_everything():
    row = IndexRow(old=Decimal(0), new=Decimal(500), removed=Decimal(249), kwh=Decimal(749))
    record = own_record(replace(HONEST, rows=(row,)), None, meters(), PRACTICE)
    assert (record.unknown_meter, record.detectable(), record.detectable_both()) == (True, None, None)


def test_two_rows_that_join_are_one_meter():
    middle = Decimal(2000)
    first = replace(HONEST.rows[0], new=middle, kwh=middle - (JUNE_30 + 9))
    second = replace(HONEST.rows[0], old=middle, kwh=(JULY_31 + 14) - middle)
    record = own_record(replace(HONEST, rows=(first, second)), None, meters(), PRACTICE)
    assert (record.unknown_meter, record.honest()) == (False, (734, 759))
    for other in (replace(second, old=middle + 1), replace(second, serial="7")):
        apart = own_record(replace(HONEST, rows=(first, other)), None, meters(), PRACTICE)
        assert apart.unknown_meter


# -- the check of one index ------------------------------------------------------------------------------


def checked(made: Bill, key: str = "index_new", practice: Practice = PRACTICE) -> tuple[object, ...]:
    check = judge(made, [], meters(), None, practice).check(key)
    assert check is not None
    values = {name: check.values.get(name) for name in ("low", "high", "by", "detectable", "digits")}
    return check.says, check.result, check.by, check.detectable, {k: v for k, v in values.items() if v}


# From 0:00 to 24:00 of 31 July, less and more by what a pulse and the first dial reading leave open.
LOW, HIGH = "2439.999", "2464.101"


@pytest.mark.parametrize(
    ("new", "says", "result", "by", "more"),
    [
        (JULY_31, "index_agrees", "agrees", None, {"detectable": "25"}),
        (JULY_31 - 1, "index_agrees", "agrees", None, {"detectable": "25"}),
        (JULY_31 - 2, "index_too_low", "disagrees", 1, {"by": "1"}),
        (JULY_31 + 24, "index_agrees", "agrees", None, {"detectable": "25"}),
        (JULY_31 + 25, "index_too_high", "disagrees", 1, {"by": "1"}),
        (JULY_31 + 124, "index_too_high", "disagrees", 100, {"by": "100"}),
    ],
)
def test_an_index_beside_the_register(new, says, result, by, more):
    expected = (says, result, by, 25, {"low": LOW, "high": HIGH} | more)
    assert checked(bill(JUNE_30 + 9, new)) == expected


def test_an_index_of_more_digits_than_the_dial_has():
    says, result, by, _, values = checked(bill(JUNE_30 + 9, 102_440))
    assert (says, result, by, values["digits"]) == ("index_impossible", "disagrees", None, "5")  # type: ignore[index]


@pytest.mark.parametrize(("index", "low"), [(4, "4.999"), (999, "999.999")])
def test_a_register_that_went_round_is_told_as_the_dial_shows_it(index, low):
    from sodien.metering.register.observations import Anchor

    start = Fraction(100_000 + int(Decimal(low) + 1) - 1440 - 1000)
    anchors = [Anchor("a", start + 1000, start + Fraction(10_001, 10), at(1), at(1))]
    made = judge(bill(10, index), [], meters(anchors=anchors), None, PRACTICE).check("index_new")
    assert made is not None
    assert made.ours is not None
    assert (made.values["low"], made.ours.low) == (low, Decimal(low))


# -- bills judged together -------------------------------------------------------------------------------

ESTIMATE = replace(bill(JUNE_30 + 9, JUNE_30 + 609), estimated=True)
SETTLES = bill(JUNE_30 + 609, JULY_31 + 38, first=AUGUST_1, last=AUGUST_1)


def together(made: Bill, *previous: Bill) -> tuple[object, ...]:
    found = settled(made, previous)
    row = found.bill.rows[0] if found.bill.rows else IndexRow()
    return found.count, found.kwh, found.unread, found.unknown, found.again, found.bill.kwh, row.old


def test_which_bills_are_judged_together():
    own = SETTLES.kwh
    assert own is not None
    old = SETTLES.rows[0].old
    assert together(SETTLES, ESTIMATE) == (1, 600, True, False, False, own + 600, JUNE_30 + 9)
    assert together(SETTLES) == (0, 0, False, False, False, own, old)
    assert together(SETTLES, replace(ESTIMATE, estimated=False)) == (0, 0, False, False, False, own, old)
    assert together(replace(SETTLES, estimated=True), ESTIMATE) == (0, 0, True, False, False, own, old)
    silent = replace(ESTIMATE, kwh=None, rows=(IndexRow(new=old),))
    assert together(SETTLES, silent) == (0, 0, True, True, False, own, old)
    two = (replace(ESTIMATE, rows=(replace(ESTIMATE.rows[0], old=Decimal(1000)),)), replace(ESTIMATE))
    apart = (two[0], replace(two[1], rows=(replace(two[1].rows[0], old=Decimal(7)),)))
    assert together(SETTLES, *apart)[:2] == (1, 600)
    joined = replace(ESTIMATE, rows=(IndexRow(old=Decimal(1000), new=Decimal(JUNE_30 + 9)),))
    assert together(SETTLES, joined, ESTIMATE)[:2] == (2, 1200)


def test_a_bill_that_goes_back_to_the_last_reading():
    left = JULY_31 + 38 - (JUNE_30 + 9) - 600
    again = bill(JUNE_30 + 9, JULY_31 + 38, left, first=AUGUST_1, last=AUGUST_1)
    assert together(again, ESTIMATE) == (1, 600, False, False, True, left + 600, JUNE_30 + 9)
    before = replace(again, first=dt.date(2026, 7, 15))
    assert together(before, ESTIMATE)[:5] == (0, 0, False, False, False)
    said = judge(again, [ESTIMATE], meters(), None, PRACTICE)
    assert [
        (c.key, c.says) for c in said.checks if c.topic in ("continuity", "arithmetic", "consumption")
    ] == [
        ("days_join", "days_join"),
        ("index_joins", "index_joins_again"),
        ("kwh", "kwh_less_estimate"),
        ("settles", "settles"),
        ("consumption", "consumption_agrees"),
    ]
    settles = said.check("settles")
    assert settles is not None
    assert settles.values == {"first": "2026-07-01", "kwh": str(left + 600), "estimate": "600"}
    # Who charges everything again, though 600 kWh are charged already, is 600 kWh over, less the day's doubt.
    twice = bill(JUNE_30 + 9, JULY_31 + 38, first=AUGUST_1, last=AUGUST_1)
    over = judge(twice, [ESTIMATE], meters(), None, PRACTICE)
    assert (over.overall, over.direction) == ("disagrees", "over")
    assert over.disagrees_by_kwh is not None
    assert 580 <= over.disagrees_by_kwh <= 600


# -- when it was read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "margin", "start", "end"),
    [
        (None, 0, at(31, "00:00", 7), at(1, "00:00", 8)),
        (None, 60, at(31, "00:00", 7), at(1, "01:00", 8)),
        (dt.time(8, 30), 0, at(31, "08:15", 7), at(31, "08:46", 7)),
        (dt.time(8, 30), 60, at(31, "08:15", 7), at(31, "08:46", 7)),
        # A date without a time is printed as 0:00.
        (dt.time(0, 0), 0, at(31, "00:00", 7), at(1, "00:00", 8)),
        (dt.time(0, 5), 0, at(31, "00:00", 7), at(31, "00:21", 7)),
        # After midnight, or in the first hour of the day.
        (dt.time(0, 5), 60, at(31, "00:00", 7), at(1, "01:00", 8)),
        (dt.time(23, 59), 0, at(31, "23:44", 7), at(1, "00:00", 8)),
        (dt.time(23, 59), 60, at(31, "23:00", 7), at(1, "01:00", 8)),
    ],
)
def test_when_the_new_index_may_have_been_read(printed, margin, start, end):
    practice = changed(PRACTICE, margin_minutes=margin)
    _, new = windows(replace(HONEST, read_at=printed), practice)
    assert new is not None
    assert (new.start, new.end) == (start, end)
    earlier = replace(HONEST, first=dt.date(2026, 6, 1), last=dt.date(2026, 7, 31), read_at=printed)
    after = replace(HONEST, first=AUGUST_1, last=dt.date(2026, 8, 31))
    old, _ = windows(after, practice, earlier)
    assert old is not None
    assert (old.start, old.end) == (start, end)
