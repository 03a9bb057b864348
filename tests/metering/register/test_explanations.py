"""Explanations of readings that do not fit, with their numbers and in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.metering.bounds import Interval
from sodien.metering.register.explanations import USUAL_CONSTANTS, Explanation, explain_conflict, from_count
from sodien.metering.register.misreadings import misreadings
from sodien.metering.register.observations import Anchor, Counted
from sodien.metering.register.register import Register
from tests.metering.register.history import HOUR, P_MAX

DAY = 24 * HOUR
RATE = Fraction(10)  # kWh a day
START = Fraction(12345)


def household(
    constant: int = 1000,
    *,
    counted: Fraction = Fraction(1),
    wrong: dict[int, str] | None = None,
) -> Register:
    """Ten kWh a day, read every day at one in the morning; ``counted`` of all pulses are counted."""
    days = 6
    pulses = floor(RATE * days * constant * counted)
    readings = []
    for day in range(days):
        true = START + RATE * (24 * day + 1) / 24
        low = Fraction((wrong or {}).get(day, str(floor(true * 10) / 10)))
        readings.append(Anchor(f"day {day}", low, low + Fraction(1, 10), day * DAY + HOUR, day * DAY + HOUR))

    def count(t: int) -> tuple[int, int]:
        n = pulses * t // (days * DAY)
        return n, n

    return Register(
        [Counted(0, days * DAY, 0, pulses, Fraction(constant))], [], readings, P_MAX, count, digits=5
    )


def explanations(register: Register, serials: Sequence[str] = ()) -> list[Explanation]:
    (finding,) = register.findings
    return explain_conflict(register, finding, digits=5, serials=serials)


def test_an_honest_household_has_nothing_to_explain():
    assert not household().findings


def test_worked_example_4_names_600_then_500():
    readings = [Anchor("a", Fraction(100), Fraction("100.1"), 0, 0)]
    readings.append(Anchor("b", Fraction("100.9"), Fraction(101), HOUR, HOUR))
    register = Register([Counted(0, HOUR, 0, 500, Fraction(1000))], [], readings, P_MAX, digits=5)
    found = explanations(register)
    assert [e.parameters["constant"] for e in found[:2]] == [600, 500]
    assert [e.key for e in found].count("constant") == 2
    assert (found[0].parameters["low"], found[0].parameters["high"]) == (499, Fraction("626.25"))
    missed = next(e for e in found if e.key == "missed")
    assert (missed.parameters["low"], missed.parameters["high"]) == (Fraction("373.75"), 501)


@pytest.mark.parametrize(
    ("true", "typed"), [(1000, 1600), (1600, 1000), (3200, 1600), (450, 900), (1600, 2000)]
)
def test_a_wrong_constant_is_named_first(true, typed):
    found = explanations(household(typed, counted=Fraction(true, typed)))
    assert found[0].key == "constant"
    assert found[0].parameters["constant"] == true
    assert [e.key for e in found].count("constant") == 1
    low, high = found[0].parameters["low"], found[0].parameters["high"]
    assert low < true < high


def test_missed_pulses_everywhere_come_as_a_rate_with_bounds():
    found = explanations(household(counted=Fraction(98, 100)))
    assert found[0].key == "missed"
    assert 17 < found[0].parameters["low"] < 20 < found[0].parameters["high"] < 23
    assert (found[0].parameters["first"], found[0].parameters["second"]) == ("day 0", "day 5")


def test_double_counting_is_told_from_other_extra_pulses():
    assert "double" in [e.key for e in explanations(household(counted=Fraction(2)))]
    found = explanations(household(counted=Fraction(6, 5)))
    assert "double" not in [e.key for e in found]
    extra = next(e for e in found if e.key == "extra")
    assert 190 < extra.parameters["low"] < 200


def test_pulses_lost_once_are_found_between_the_two_readings_around_them():
    late = {
        day: str(floor((START + RATE * (24 * day + 1) / 24) * 10) / Fraction(10) + 5) for day in (3, 4, 5)
    }
    register = household(wrong=late)
    (finding,) = register.findings
    assert not finding.rejected
    assert finding.stretches == (("day 2", "day 3"),)
    found = explanations(register)
    assert [(e.key, e.parameters["first"], e.parameters["second"]) for e in found] == [
        ("missed", "day 2", "day 3")
    ]


@pytest.mark.parametrize(
    ("typed", "key", "meant"),
    [
        ("12735.4", "transposed", "12375.4"),
        ("12475.4", "one_digit", "12375.4"),
        ("01237.5", "decimal_point", "12375.0"),
        ("88123.4", "serial", ""),
    ],
)
def test_a_slip_of_the_pen_is_recognised(typed, key, meant):
    register = household(wrong={3: typed})
    assert register.rejected == {"day 3"}
    found = explanations(register, ["VN 881234"])
    assert found[0].key == key
    assert found[0].parameters["anchor"] == "day 3"
    assert found[0].parameters["meant"] == meant


def test_a_reading_half_a_day_off_in_time():
    found = explanations(household(wrong={3: "12380.4"}))
    assert found[0].key == "clock"
    low, high = found[0].parameters["low"], found[0].parameters["high"]
    assert low <= 12 * 60 <= high
    assert high - low < 60


def test_a_register_that_starts_low_again_is_another_meter():
    found = explanations(household(wrong={3: "0.0", 4: "10.0", 5: "20.0"}))
    assert found[0].key == "replaced"
    assert (found[0].parameters["first"], found[0].parameters["second"]) == ("day 2", "day 3")


def test_other_findings_need_no_explanation():
    register = household(wrong={3: "12735.4"})
    assert explain_conflict(register, replace(register.findings[0], kind="rollover")) == []


def test_the_order_is_by_likelihood():
    for register in (household(1600, counted=Fraction(5, 8)), household(wrong={5: "12400.4"})):
        found = [e.likelihood for e in explanations(register)]
        assert found == sorted(found, reverse=True)
        assert all(0 < likelihood <= 1 for likelihood in found)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(USUAL_CONSTANTS), st.integers(20, 5000), st.integers(0, 999), st.integers(0, 99))
def test_the_true_constant_and_the_true_rate_are_inside_their_limits(constant, pulses, phase, start):
    """Whatever the phase of the pulse and of the dial: what the drift says holds the truth."""
    true = Fraction(constant)
    energy = (pulses - 1 + Fraction(phase, 1000)) / true + 1 / true
    before = Fraction(start, 100)
    shown = [Fraction(floor(x * 10), 10) for x in (before, before + energy)]
    readings = [
        Anchor(n, x, x + Fraction(1, 10), t, t) for n, x, t in zip("ab", shown, (0, 9999 * HOUR), strict=True)
    ]
    register = Register([Counted(0, 9999 * HOUR, 0, pulses, Fraction(1000))], [], readings, P_MAX)
    drift = register.drift("a", "b")
    assert drift.dial.low <= energy <= drift.dial.high
    assert drift.measured is not None
    low, high = drift.measured
    assert low <= true
    assert high is None or true <= high
    assert drift.lost is not None
    fewest, most = drift.lost
    lost = 1 - true / 1000  # as if the meter flashed 1000 times a kWh
    assert fewest is None or fewest <= lost + Fraction(2, pulses)
    assert most >= lost - Fraction(2, pulses)
    assert drift.agrees == (not register.findings)
    named = [e.parameters["constant"] for e in from_count(drift, [drift]) if e.key == "constant"]
    if not drift.agrees and high is not None:
        assert true in named


def test_misreadings_yield_only_what_fits():
    expected = Interval(Fraction("12375.2"), Fraction("12375.6"))
    for misreading in misreadings(Fraction("12735.4"), Fraction(1, 10), expected, 5):
        assert Fraction(misreading.meant) in expected
    assert list(misreadings(Fraction(1, 3), Fraction(1, 3), expected, 5)) == []


def slips(digits: str) -> list[tuple[str, str]]:
    """Every single slip of the pen that these digits can suffer, as (kind, what is typed)."""
    found = [
        ("transposed", digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :])
        for i in range(len(digits) - 1)
        if digits[i] != digits[i + 1]
    ]
    found += [
        ("one_digit", digits[:i] + other + digits[i + 1 :])
        for i, digit in enumerate(digits)
        for other in "0123456789"
        if other != digit
    ]
    return found


@given(st.integers(1, 999_999))
def test_every_slip_of_the_pen_is_found_with_what_was_meant(tenths):
    """Of a dial with five digits and one decimal."""
    digits, step = f"{tenths:06}", Fraction(1, 10)
    meant = f"{digits[:-1]}.{digits[-1]}"
    expected = Interval(tenths * step, tenths * step + step / 2)
    for key, typed in slips(digits):
        found = [(one.key, one.meant) for one in misreadings(int(typed) * step, step, expected, 5)]
        assert (key, meant) in found
    assert meant not in [one.meant for one in misreadings(tenths * step, step, expected, 5)]


@pytest.mark.parametrize(
    ("typed", "true", "found"),
    [
        ("1237.5", "12375.0", ["12375.0"]),
        ("123.7", "12370.0", ["12370.0"]),
        ("12375.0", "1237.5", ["01237.5"]),
        ("12370.0", "123.7", ["00123.7"]),
        ("0.5", "5.0", ["00005.0"]),
        ("0.0", "0.5", []),
        ("10000.0", "100000.0", []),  # that the dial cannot show
    ],
)
def test_a_decimal_point_that_slipped_by_one_or_two_places(typed, true, found):
    expected = Interval(Fraction(true), Fraction(true) + Fraction(1, 20))
    kinds = misreadings(Fraction(typed), Fraction(1, 10), expected, 5)
    assert [one.meant for one in kinds if one.key == "decimal_point"] == found


@pytest.mark.parametrize(
    ("typed", "serials", "found"),
    [
        ("88123.4", ["VN 881234"], True),
        ("00012.3", ["1234567"], False),  # three digits are in many numbers
        ("00123.4", ["A1234-567"], True),
        ("00123.4", ["5671234"], True),
        ("00123.4", ["5612347"], False),
    ],
)
def test_a_number_of_the_meter_typed_in_place_of_the_reading(typed, serials, found):
    nowhere = Interval(Fraction(50_000), Fraction(50_001))
    kinds = [one.key for one in misreadings(Fraction(typed), Fraction(1, 10), nowhere, 5, serials)]
    assert ("serial" in kinds) == found
