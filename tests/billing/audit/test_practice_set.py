"""A bill over the set of practices: what explains it is named, the smallest departure, and only that."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from sodien.billing.audit.departures import adopt, departures, loosest
from sodien.billing.audit.practice import Permitted
from sodien.billing.audit.result import Verdict
from sodien.billing.audit.verdict import judge
from sodien.billing.words.verdict import headline
from tests.billing.examples import JULY_31, JUNE_30, PRACTICE, bill, meters

ALL = Permitted(
    printed_slip_days=1,
    first_days=("same",),
    truncations=("nearest", "up"),
    kwh_from=("registers",),
    margin_minutes=60,
)
OPEN = replace(PRACTICE, permitted=ALL)
HONEST = bill(JUNE_30 + 9, JULY_31 + 14)


def habits(verdict: Verdict) -> list[str]:
    return [note.key for note in verdict.habits]


def test_what_fits_the_habit_needs_no_other():
    verdict = judge(HONEST, [], meters(), None, OPEN)
    assert (verdict.overall, habits(verdict)) == ("consistent", [])
    # The size is stated for the whole set: four days in which the old index may have been read, and rounding.
    assert verdict.detectable_kwh is not None
    assert 96 <= verdict.detectable_kwh <= 103


@pytest.mark.parametrize(
    ("made", "habit"),
    [
        (bill(JUNE_30 + 9, JULY_31 + 24 + 14), ["habit_printed_slip_days"]),
        (bill(JUNE_30 - 10, JULY_31 + 14), ["habit_printed_slip_days"]),
        (bill(JUNE_30 + 24 + 14, JULY_31 + 14), ["habit_first_day_same"]),
        (bill(JUNE_30 + 25, JULY_31 + 14), ["habit_truncation_up"]),
        (bill(JUNE_30 + 9, JULY_31 + 14, 31 * 24 + 6), ["habit_kwh_from_registers"]),
        (
            bill(JUNE_30 + 9, JULY_31 + 24 + 14, 32 * 24 + 6),
            ["habit_kwh_from_registers", "habit_printed_slip_days"],
        ),
    ],
)  # fmt: skip
def test_the_least_departure_that_explains_is_named(made, habit):
    plain = judge(made, [], meters(), None, PRACTICE)
    assert plain.overall == "disagrees"
    verdict = judge(made, [], meters(), None, OPEN)
    assert verdict.overall == "consistent"
    assert sorted(habits(verdict)) == sorted(habit)
    assert not verdict.reasons
    assert verdict.disagrees_by_kwh is None
    assert all(check.result != "disagrees" for check in verdict.checks)
    assert "if the utility" in headline(verdict)


def test_what_only_one_practice_explains_is_a_mistake_under_all_others():
    verdict = judge(bill(JUNE_30 + 9, JULY_31 + 14, 31 * 24 + 6), [], meters(), None, OPEN)
    assert verdict.otherwise_kwh == 1
    assert "only if the utility works out the consumption before" in headline(verdict)
    late = judge(bill(JUNE_30 + 9, JULY_31 + 24 + 14), [], meters(), None, OPEN)
    assert late.otherwise_kwh is not None
    assert 10 <= late.otherwise_kwh <= 14


def test_what_no_practice_explains_disagrees_by_what_is_certain_under_each():
    made = bill(JUNE_30 + 9, JULY_31 + 24 + 24 + 30)
    plain, verdict = (judge(made, [], meters(), None, practice) for practice in (PRACTICE, OPEN))
    assert verdict.overall == "disagrees"
    assert not verdict.habits
    assert plain.disagrees_by_kwh == 54
    assert verdict.disagrees_by_kwh is not None
    assert 26 <= verdict.disagrees_by_kwh <= 30


def test_a_mistake_that_no_habit_touches_is_told_under_the_habit_itself():
    serial = msgspec.structs.replace(HONEST, serial="19980412")
    verdict = judge(serial, [], meters(), None, OPEN)
    plain = judge(serial, [], meters(), None, PRACTICE)
    assert verdict.overall == "disagrees"
    assert [check.says for check in verdict.checks] == [check.says for check in plain.checks]
    assert [note.key for note in verdict.assumptions] == [note.key for note in plain.assumptions]


def test_the_bill_before_shows_what_its_first_day_is():
    june = bill(1010, JUNE_30 + 9, first=dt.date(2026, 6, 1), last=dt.date(2026, 6, 30))
    assert "first_day" in {one.field for one in departures(OPEN, HONEST, [])}
    assert "first_day" not in {one.field for one in departures(OPEN, HONEST, [june])}
    same = bill(JUNE_30 + 9, JULY_31 + 14, first=dt.date(2026, 6, 30))
    verdict = judge(same, [june], meters(), None, OPEN)
    assert (verdict.overall, habits(verdict)) == ("consistent", ["habit_first_day_same"])
    joined = verdict.check("days_join")
    assert joined is not None
    assert joined.says == "days_join_same"
    assert judge(same, [june], meters(), None, PRACTICE).overall == "disagrees"


def test_a_habit_that_the_settings_have_is_no_departure():
    up = replace(OPEN, truncation="up", printed_slip_days=1)
    assert {one.field for one in departures(up, HONEST, [])} == {
        "truncation",
        "kwh_from",
        "margin_minutes",
        "first_day",
    }
    made = bill(JUNE_30 + 25, JULY_31 + 14)
    verdict = judge(made, [], meters(), None, up)
    assert (verdict.overall, habits(verdict)) == ("consistent", [])


def test_the_loosest_practice_allows_for_each():
    every = departures(OPEN, HONEST, [])
    wide = loosest(OPEN, every)
    assert (wide.truncation, wide.first_day, wide.kwh_from) == ("any", "either", "registers")
    assert (wide.margin_minutes, wide.printed_slip_days) == (60, 1)
    assert adopt(OPEN, every[:1]).truncation == "nearest"
    assert loosest(OPEN, ()) == OPEN


def test_a_remote_reading_after_midnight():
    remote = replace(PRACTICE, read="end_of_day")
    made = bill(JUNE_30 + 24, JULY_31 + 25)  # read at 01:00 on 1 August
    assert judge(made, [], meters(), None, remote).overall == "disagrees"
    allowed = replace(remote, permitted=Permitted(margin_minutes=90))
    verdict = judge(made, [], meters(), None, allowed)
    assert (verdict.overall, habits(verdict)) == ("consistent", ["habit_margin_minutes"])
    assert verdict.habits[0].values == {"value": "90", "setting": "billing.margin_minutes"}


@pytest.mark.parametrize(
    ("truncation", "fits"),
    [
        ("floor", (2464, 2464)),
        ("nearest", (2464, 2464)),
        ("up", (2464, 2465)),
        ("either", (2464, 2464)),
        ("any", (2464, 2465)),
    ],
)
def test_an_index_at_the_end_of_the_day(truncation, fits):
    """The register is at 2464.0 to 2464.1 at midnight: an index just above is rounded up at most."""
    practice = replace(PRACTICE, truncation=truncation)
    for index in range(2462, 2468):
        wrong = judge(bill(JUNE_30 + 9, index), [], meters(), None, practice).check("index_new")
        assert wrong is not None
        assert (wrong.result == "disagrees") == (index > fits[1])


def test_decimals_of_an_index_do_not_narrow_whole_kwh():
    """Indices with a decimal and a multiplier of 20: the product is rounded to a whole kWh for the bill."""
    row = msgspec.structs.replace(HONEST.rows[0], old=Decimal("1705.3"), new=Decimal("2454.4"))
    made = msgspec.structs.replace(HONEST, rows=(row,), kwh=Decimal(749))
    verdict = judge(made, [], meters(), None, replace(OPEN, households=Fraction(1)))
    assert verdict.overall != "disagrees"
