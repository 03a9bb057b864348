"""The register's bounds: worked examples that anyone can follow by hand, and what bad evidence says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sodien.metering import dial
from sodien.metering.bounds import Bounded
from sodien.metering.register.observations import Anchor, Blind, Counted, CountError
from sodien.metering.register.register import Register
from sodien.metering.register.replacements import Installed, Meters
from tests.metering.register.history import HOUR, P_MAX

C = Fraction(1000)


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * HOUR + int(minutes) * HOUR // 60


def read(text: str, clock: str, until: str | None = None) -> Anchor:
    reading = dial.parse(text, 5, 1)
    return Anchor(f"{text} at {clock}", reading.low, reading.high, at(clock), at(until or clock))


def counted(start: str, end: str, first: int, pulses: int, constant: Fraction = C) -> Counted:
    return Counted(at(start), at(end), first, first + pulses, constant)


def bounds(found: Bounded | None) -> tuple[Fraction, Fraction]:
    assert found is not None
    assert found.low <= found.best <= found.high
    return found.low, found.high


def exactly(low: str, high: str) -> tuple[Fraction, Fraction]:
    return Fraction(low), Fraction(high)


MORNING = counted("8:00", "9:00", 0, 500)
LATER = counted("10:00", "11:00", 500, 100)


def test_example_1_counting_on_from_a_reading():
    register = Register([MORNING], [], [read("100.0", "8:00")], P_MAX)
    assert bounds(register.at(at("9:00"))) == exactly("100.499", "100.601")
    assert bounds(register.at(at("8:00"))) == exactly("100.0", "100.1")


def test_example_2_an_hour_without_counting():
    register = Register([MORNING, LATER], [None], [read("100.0", "8:00")], P_MAX)
    assert bounds(register.at(at("10:00"))) == exactly("100.499", "109.401")
    assert bounds(register.at(at("11:00"))) == exactly("100.598", "109.502")


def test_example_3_the_next_reading_collapses_the_gap_behind_it():
    register = Register([MORNING, LATER], [None], [read("100.0", "8:00"), read("101.3", "11:00")], P_MAX)
    assert bounds(register.at(at("11:00"))) == exactly("101.3", "101.4")
    assert bounds(register.at(at("10:00"))) == exactly("101.199", "101.301")
    assert bounds(register.at(at("9:00"))) == exactly("100.499", "100.601")
    assert bounds(register.energy(at("9:00"), at("10:00"))) == exactly("0.598", "0.802")
    assert not register.findings


def test_example_4_readings_that_cannot_both_be_true():
    register = Register([MORNING], [], [read("100.0", "8:00"), read("100.9", "9:00")], P_MAX)
    (finding,) = register.findings
    assert finding.kind == "conflict"
    assert finding.anchors == ("100.0 at 8:00", "100.9 at 9:00")
    assert finding.excess == Fraction("0.299")
    assert not register.rejected  # one against one: nothing is dropped
    drift = register.drift(*finding.anchors)
    assert (drift.dial.low, drift.dial.high) == exactly("0.8", "1.0")
    assert drift.pulses == (500, 500)
    assert drift.measured == exactly("499", "626.25")
    assert not drift.agrees
    # Either reading may be the true one, and the bounds hold both.
    assert bounds(register.at(at("9:00"))) == exactly("100.499", "101.0")
    assert bounds(register.at(at("8:00"))) == exactly("100.0", "100.501")


def test_example_5_the_dial_goes_round():
    day = counted("0:00", "12:00", 0, 400)
    register = Register([day], [], [read("99999.8", "0:00")], P_MAX, digits=5)
    found = register.at(at("12:00"))
    assert bounds(found) == exactly("100000.199", "100000.301")
    assert found is not None
    assert dial.show(found.best, 5, 1) == "00000.2"
    alone = Register([], [], [read("99999.8", "0:00"), read("00000.2", "12:00")], P_MAX, digits=5)
    assert bounds(alone.energy(at("0:00"), at("12:00"))) == exactly("0.3", "0.5")
    assert not alone.findings


def test_example_6_a_meter_is_replaced():
    old = Register(
        [counted("8:00", "8:30", 0, 250)], [], [read("100.0", "8:00"), read("100.2", "8:30")], P_MAX
    )
    new_piece = counted("8:30", "9:00", 250, 800, Fraction(1600))
    new = Register([new_piece], [], [read("0.0", "8:30")], P_MAX)
    meters = Meters([Installed("old", old), Installed("new", new, at("8:30"))])
    assert bounds(old.at(at("8:30"))) == exactly("100.249", "100.3")
    assert bounds(meters.at(at("9:00"))) == exactly("0.499375", "0.600625")
    consumed = meters.consumed(at("8:00"), at("9:00"))
    assert bounds(consumed.kwh) == exactly("0.748375", "0.751625")
    assert consumed.billed == consumed.kwh
    assert meters.meter(at("8:29")).serial == "old"
    assert meters.meter(at("8:30")).serial == "new"


def test_the_multiplier_is_applied_to_what_is_billed_and_to_each_meter_apart():
    a = Register([MORNING], [], [], P_MAX)
    b = Register([LATER], [], [], P_MAX)
    meters = Meters([Installed("a", a, None, Fraction(20)), Installed("b", b, at("10:00"), Fraction(40))])
    consumed = meters.consumed(at("8:00"), at("11:00"))
    assert consumed.kwh.low == Fraction("0.499") + Fraction("0.099")
    assert consumed.billed.low == 20 * Fraction("0.499") + 40 * Fraction("0.099")
    # The hour between a's last count and b's first belongs to a, unseen.
    assert consumed.billed.high == 20 * (Fraction("0.501") + P_MAX) + 40 * Fraction("0.101")


def test_meters_must_be_in_order():
    register = Register([], [], [], P_MAX)
    with pytest.raises(ValueError, match="no meter"):
        Meters([])
    with pytest.raises(ValueError, match="b must be installed later than a"):
        Meters([Installed("a", register, 5), Installed("b", register, 5)])
    with pytest.raises(ValueError, match="ends before it starts"):
        Meters([Installed("a", register)]).consumed(5, 4)
    with pytest.raises(ValueError, match="above 0"):
        Installed("a", register, None, Fraction(0))


def test_without_a_reading_there_is_no_register_but_there_is_energy():
    register = Register([MORNING, LATER], [None], [], P_MAX)
    assert register.at(at("9:00")) is None
    assert bounds(register.energy(at("8:00"), at("9:00"))) == exactly("0.499", "0.501")
    found = register.energy(at("8:00"), at("11:00"))
    assert bounds(found) == exactly("0.598", "9.402")
    assert found.best == Fraction("0.9")  # 0.3 kW in the gap: the mean of the two hours around it


def test_a_reading_does_not_widen_what_was_counted():
    register = Register([MORNING], [], [read("100", "8:00"), read("100", "9:00")], P_MAX)
    assert bounds(register.energy(at("8:00"), at("9:00"))) == exactly("0.499", "0.501")


def test_a_gap_is_no_wider_than_what_is_stated_about_it():
    link = Blind(Fraction("0.2"), Fraction("0.5"), "power")
    register = Register([MORNING, LATER], [link], [read("100.0", "8:00")], P_MAX)
    assert bounds(register.at(at("10:00"))) == exactly("100.699", "101.101")
    assert bounds(register.at(at("9:01"))) == (Fraction("100.499"), Fraction("100.601") + P_MAX / 60)
    # At 9:59 at least 0.2 less a minute at full power has flowed.
    assert bounds(register.at(at("9:59"))) == (Fraction("100.699") - P_MAX / 60, Fraction("101.101"))
    # A statement beyond what the breaker carries shows that the breaker is set wrong; the statement holds.
    much = Register([MORNING, LATER], [Blind(Fraction(10), Fraction(11))], [read("100.0", "8:00")], P_MAX)
    assert bounds(much.at(at("10:00"))) == exactly("110.499", "111.601")


def test_before_the_first_and_after_the_last_count_only_the_supply_limits():
    register = Register([MORNING], [], [read("100.0", "8:00")], P_MAX)
    assert bounds(register.at(at("7:00"))) == (Fraction(100) - P_MAX, Fraction("100.1"))
    assert bounds(register.at(at("10:00"))) == (Fraction("100.499"), Fraction("100.601") + P_MAX)


def test_a_window_is_widened_by_what_was_counted_in_it():
    ticks = {at("8:00"): 0, at("8:10"): 100, at("8:15"): 120, at("8:20"): 150}
    register = Register([MORNING], [], [read("100.0", "8:10", "8:20")], P_MAX, lambda t: (ticks[t], ticks[t]))
    assert bounds(register.at(at("9:00"))) == exactly("100.349", "100.501")


def test_within_a_tick_only_the_pulses_not_yet_reached_widen():
    register = Register([MORNING], [], [read("100.0", "8:00")], P_MAX, lambda _: (240, 260))
    assert bounds(register.at(at("8:30"))) == exactly("100.239", "100.361")
    # Who cannot look counts up gets what the piece's ends say.
    blunt = Register([MORNING], [], [read("100.0", "8:00")], P_MAX)
    assert bounds(blunt.at(at("8:30"))) == exactly("100.0", "100.601")


def test_doubts_widen_only_what_contains_them():
    doubt = CountError(at("8:20"), at("8:40"), extra=2, missing=3)
    piece = Counted(at("8:00"), at("9:00"), 0, 500, C, doubts=(doubt,))

    def count(t: int) -> tuple[int, int]:
        n = (t - at("8:00")) // at("0:06") * 50  # fifty pulses together every six minutes
        return n, n

    register = Register([piece], [], [], P_MAX, count)
    assert bounds(register.energy(at("8:00"), at("8:12"))) == exactly("0.099", "0.101")
    assert bounds(register.energy(at("8:48"), at("9:00"))) == exactly("0.099", "0.101")
    assert bounds(register.energy(at("8:12"), at("8:48"))) == exactly("0.297", "0.304")
    anywhere = Register([Counted(at("8:00"), at("9:00"), 0, 500, C, 2, 3)], [], [], P_MAX)
    assert bounds(anywhere.energy(at("8:00"), at("9:00"))) == exactly("0.497", "0.504")


def test_one_bad_reading_between_good_ones_is_rejected_and_does_not_narrow():
    good = [read("100.0", "8:00"), read("100.5", "9:00"), read("100.6", "11:00")]
    bad = read("102.5", "9:00")
    register = Register([MORNING, LATER], [None], [*good, bad], P_MAX)
    assert register.rejected == {bad.id}
    for clock in ("8:00", "9:00", "9:30", "10:00", "11:00"):
        expected = Register([MORNING, LATER], [None], good, P_MAX).at(at(clock))
        assert bounds(register.at(at(clock))) == bounds(expected)


def test_a_newest_reading_that_does_not_fit_stays_open_and_leaves_the_past_alone():
    day = [counted("8:00", "9:00", 0, 500), counted("9:00", "10:00", 500, 500)]
    good = [read("100.0", "8:00"), read("100.5", "9:00")]
    # 2 kWh too high: a slip of the pen, or pulses missed since nine. Nothing can tell yet.
    register = Register(day, [None], [*good, read("103.0", "10:00")], P_MAX)
    (finding,) = register.findings
    assert finding.suspects == ("103.0 at 10:00",)
    assert finding.stretches == (("100.5 at 9:00", "103.0 at 10:00"),)
    assert not register.rejected
    assert bounds(register.at(at("9:00"))) == exactly("100.5", "100.6")
    assert bounds(register.at(at("10:00"))) == exactly("100.999", "103.1")
    # If pulses were missed, any hour since nine may have held them, up to what the supply carries.
    assert bounds(register.energy(at("9:00"), at("10:00"))) == exactly("0.399", "2.6")
    assert bounds(register.energy(at("8:00"), at("9:00"))) == exactly("0.499", "0.501")


def test_a_wrong_constant_leaves_the_readings_and_what_lies_between_them():
    days = [Counted(d * HOUR, (d + 1) * HOUR, d * 1000, (d + 1) * 1000, Fraction(1600)) for d in range(20)]
    readings = [
        Anchor(f"day {d}", Fraction(d), d + Fraction(1, 10), d * HOUR, d * HOUR) for d in range(0, 21, 2)
    ]
    register = Register(days, [None] * 19, readings, P_MAX)
    (finding,) = register.findings
    assert finding.entangled
    assert not finding.rejected
    for d in range(21):
        low, high = bounds(register.at(d * HOUR))
        assert low <= d <= high
        assert high - low < Fraction("1.7")


QUARTERS = [counted("8:00", "8:30", 0, 0), counted("8:30", "9:00", 0, 100), counted("9:00", "10:00", 100, 0)]


def test_a_count_is_only_blamed_where_nothing_counted_would_settle_it():
    falls = Register([MORNING], [], [read("100.1", "8:00"), read("100.1", "9:00")], P_MAX)
    (finding,) = falls.findings
    assert finding.stretches == (("100.1 at 8:00", "100.1 at 9:00"),)
    # 100.1 was reached at eight; whatever flowed, the register was not below it at nine.
    fallen = Register([MORNING], [], [read("100.1", "8:00"), read("100.0", "9:00")], P_MAX)
    (finding,) = fallen.findings
    assert (finding.suspects, finding.stretches) == (("100.1 at 8:00", "100.0 at 9:00"), ())


def test_no_count_is_blamed_between_two_readings_that_a_third_ones_window_spans():
    known = [read("100.0", "8:00", "10:00"), read("100.0", "8:30"), read("100.9", "9:00")]
    (finding,) = Register(QUARTERS, [None, None], known, P_MAX).findings
    assert finding.rejected == ("100.9 at 9:00",)
    assert finding.stretches == ()


def test_readings_whose_windows_overlap_are_explained_together():
    """15 kWh in an hour and a half is too much; the coarse reading fits both, within the window of one."""
    coarse = Anchor("coarse", Fraction(105), Fraction(115), at("9:00"), at("9:00"))
    known = [read("100.0", "8:00"), read("115.0", "8:30", "9:30"), coarse]
    register = Register([], [], known, P_MAX)
    assert [finding.anchors for finding in register.findings] == [(known[0].id, known[1].id)]
    assert [(block.first, block.last) for block in register._blocks] == [(0, 2)]


def test_a_small_dial_goes_round_from_reading_to_reading():
    hours = [Counted(h * HOUR, (h + 1) * HOUR, h * 8000, (h + 1) * 8000, C) for h in range(4)]
    shown = ["0.0", "8.0", "6.0", "4.0", "2.0"]
    readings = [
        Anchor(f"{h}", Fraction(one), Fraction(one) + Fraction(1, 10), h * HOUR, h * HOUR)
        for h, one in enumerate(shown)
    ]
    register = Register(hours, [None] * 3, readings, P_MAX, digits=1)
    assert not register.findings
    for h in range(5):
        low, high = bounds(register.at(h * HOUR))
        assert 8 * h <= low < high <= 8 * h + Fraction(1, 10)


@pytest.mark.parametrize(("shown", "true"), [("1.0", 21), ("8.5", Fraction("18.5"))])
def test_what_was_counted_up_to_a_coarse_reading_decides_the_rounds_after_it(shown, true):
    """5 and 8 kWh counted are 13; the hour after them is blind. The coarse reading alone fits 10 to 20."""
    pieces = [counted("0:00", "1:00", 0, 8000), counted("2:00", "3:00", 8000, 0)]
    coarse = Anchor("coarse", Fraction(0), Fraction(10), HOUR, HOUR)
    known = [read("5.0", "0:00"), coarse, read(shown, "2:00")]
    register = Register(pieces, [None], known, P_MAX, digits=1)
    assert not register.findings
    assert bounds(register.at(2 * HOUR)) == (true, true + Fraction(1, 10))


@pytest.mark.parametrize(("shown", "excess"), [("6.5", "0.4"), ("4.0", "0.9"), ("9.9", "3.8")])
def test_a_reading_that_fits_with_no_rounds_is_taken_in_the_nearest(shown, excess):
    """After 5.0 at most 1 kWh has flowed."""
    moments = [counted("0:00", "0:00", 0, 0), counted("1:00", "1:00", 0, 0)]
    known = [read("5.0", "0:00"), read(shown, "1:00")]
    (finding,) = Register(moments, [Blind(Fraction(0), Fraction(1))], known, P_MAX, digits=1).findings
    assert finding.excess == Fraction(excess)


def test_rounds_across_a_reading_that_fits_none_are_those_of_the_others():
    """The dial has one digit; nothing could flow from 0 to 1 o'clock, nor from 2 on but one round."""
    off = [Blind(Fraction(0), Fraction(0)), Blind(Fraction(10), Fraction(10))]
    moments = [Counted(h * HOUR, h * HOUR, 0, 0, C) for h in (0, 1, 3)]
    wrong = Anchor("wrong", Fraction(7), Fraction("7.1"), HOUR, HOUR)
    good = [Anchor(f"{h}", Fraction(5), Fraction("5.1"), h * HOUR, h * HOUR) for h in (0, 3)]
    register = Register(moments, off, [*good, wrong], P_MAX, digits=1)
    assert register.rejected == {"wrong"}
    assert bounds(register.at(3 * HOUR)) == exactly("15", "15.1")


def test_rounds_that_could_hide_in_a_long_silence_are_reported():
    year = 8766 * HOUR
    readings = [
        Anchor("a", Fraction(5), Fraction(6), 0, 0),
        Anchor("b", Fraction(7), Fraction(8), year, year),
    ]
    register = Register([], [], readings, P_MAX, digits=4)
    (finding,) = register.findings
    assert (finding.kind, finding.anchors, finding.excess) == ("rollover", ("a", "b"), 7)
    assert bounds(register.at(year)) == (7, 8)
    # The energy in between may be seven rounds more; only the supply limits it.
    assert bounds(register.energy(0, year)) == (1, P_MAX * 8766)
    lower = Anchor("b", Fraction(3), Fraction(4), year, year)  # at least one round
    (finding,) = Register([], [], [readings[0], lower], P_MAX, digits=4).findings
    assert (finding.kind, finding.anchors, finding.excess) == ("rollover", ("a", "b"), 6)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Counted(5, 4, 0, 0, C), "ends before it starts"),
        (lambda: Counted(0, 1, 5, 4, C), "falls from 5 to 4"),
        (lambda: Counted(0, 1, 0, 0, Fraction(0)), "constant"),
        (lambda: Counted(0, 1, 0, 0, C, extra=-1), "negative"),
        (lambda: Counted(0, 1, 0, 0, C, doubts=(CountError(0, 2),)), "outside its piece"),
        (lambda: CountError(2, 1), "end before it starts"),
        (lambda: Blind(Fraction(2), Fraction(1)), "runs upwards"),
        (lambda: Anchor("x", Fraction(1), Fraction(1), 0, 0), "low must be below"),
        (lambda: Anchor("x", Fraction(1), Fraction(2), 1, 0), "window ends"),
        (lambda: Register([MORNING, LATER], [], [], P_MAX), "need 1 links, not 0"),
        (lambda: Register([LATER, MORNING], [None], [], P_MAX), "starts before the one before it"),
        (lambda: Register([], [], [read("1.0", "1:00")] * 2, P_MAX), "same id"),
        (lambda: Register([], [], [], Fraction(-1)), "largest power"),
        (lambda: Register([MORNING], [], [], P_MAX).energy(5, 4), "ends before it starts"),
        (
            lambda: Register([MORNING], [], [], P_MAX, lambda _: (600, 700)).energy(0, at("8:30")),
            "cannot be 600",
        ),
        (
            lambda: Register([MORNING, counted("9:00", "9:30", 0, 0)], [Blind(Fraction(1))], [], P_MAX),
            "no time passed",
        ),
    ],
)
def test_evidence_that_contradicts_itself_is_refused_in_one_sentence(build, message):
    with pytest.raises(ValueError, match=message) as error:
        build()
    assert "\n" not in str(error.value)


def test_an_unknown_reading_is_named():
    register = Register([MORNING], [], [], P_MAX)
    with pytest.raises(KeyError, match="nothing"):
        register.drift("nothing", "at all")
