"""One line for all boots: what wall time means on it, and a register that is asked by wall time."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.metering.axis.line import BootLine
from sodien.metering.axis.placed import PlacedRegister
from sodien.metering.axis.placement import BootFacts, Place
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.register import Register

MS = 1_000_000
MINUTE = 60_000


@st.composite
def lines(draw: st.DrawFn) -> tuple[BootLine, list[BootFacts], list[Place | None], list[int | None]]:
    """Placed boots in their order, and where each truly lies."""
    facts: list[BootFacts] = []
    places: list[Place | None] = []
    true: list[int | None] = []
    now = 1_700_000_000_000
    for _ in range(draw(st.integers(1, 6))):
        begin, length = draw(st.integers(0, 5000)), draw(st.integers(0, 9 * MINUTE))
        facts.append(BootFacts(begin * MS, (begin + length) * MS))
        if draw(st.integers(0, 5)) == 0:
            places.append(None)
            true.append(None)
            continue
        width = draw(st.sampled_from([0, 0, 1, 999, 4 * MINUTE]))
        now += draw(st.integers(1, 5 * MINUTE))  # a machine needs some time to begin again
        places.append(Place((now - begin) * MS, (now + width - begin) * MS))
        at = draw(st.integers(now, now + width))
        true.append((at - begin) * MS)
        now = at + length  # the next one's earliest place may be before this one's latest
    return BootLine(facts, places), facts, places, true


@settings(max_examples=400, deadline=None)
@given(lines(), st.data())
def test_the_line_holds_every_wall_time_that_is_possible(
    world: tuple[BootLine, list[BootFacts], list[Place | None], list[int | None]], data: st.DataObject
) -> None:
    line, facts, places, true = world
    known = [index for index, one in enumerate(places) if one is not None]
    assert [line.has(index) for index in range(len(facts))] == [one is not None for one in places]
    if not known:
        assert line.sharp
        assert line.early(7) == line.late(7) == line.wall(7) == 7
        return
    moments = []
    for _ in range(2):
        index = data.draw(st.sampled_from(known))
        mono = data.draw(st.integers(facts[index].begin // MS, facts[index].end // MS)) * MS
        offset = true[index]
        assert offset is not None
        moments.append(((mono + offset) // MS, index, mono))
    (first, a, one), (second, b, other) = sorted(moments)
    for wall, index, mono in moments:
        place = places[index]
        assert place is not None
        assert line.down(index, mono) == line.up(index, mono), "whole ms need no rounding"
        assert line.early(wall) <= line.down(index, mono) <= line.late(wall)
        told = line.wall(line.down(index, mono))
        assert (mono + place.low) // MS <= told <= -((-mono - place.high) // MS)
    assert second - first <= line.up(b, other) - line.down(a, one), "distances are the greatest possible"
    if a == b:
        assert second - first == line.up(b, other) - line.down(a, one), "inside a boot they are exact"
    start, end = line.around(a, one, second - first)
    assert start <= line.down(b, other) <= end
    start, end = line.around(b, other, second - first)
    assert start <= line.down(a, one) <= end
    assert line.around(a, one, 0) == (line.down(a, one), line.up(a, one))
    assert line.sharp == all(place.low == place.high for place in places if place is not None)


def two_boots() -> BootLine:
    """Ten minutes from 0, and ten more that begin some time from minute 14 to minute 20."""
    ten = BootFacts(0, 10 * MINUTE * MS)
    return BootLine([ten, ten], [Place(0, 0), Place(14 * MINUTE * MS, 20 * MINUTE * MS)])


def test_the_line_of_two_boots_by_hand() -> None:
    line = two_boots()
    assert not line.sharp
    assert line.down(1, 0) == 20 * MINUTE, "the stretch between them has its greatest length"
    assert line.down(1, 1) == 20 * MINUTE
    assert line.up(1, 1) == 20 * MINUTE + 1
    assert [line.early(at * MINUTE) for at in (5, 12, 19, 25, 31)] == [
        at * MINUTE for at in (5, 12, 19, 25, 37)
    ]
    assert [line.late(at * MINUTE) for at in (5, 12, 14, 19, 31)] == [
        at * MINUTE for at in (5, 12, 20, 25, 37)
    ]
    assert line.wall(5 * MINUTE) == 5 * MINUTE
    assert line.wall(20 * MINUTE) == 17 * MINUTE, "the middle of what is possible"
    assert line.wall(19 * MINUTE) == 17 * MINUTE, "nothing before a boot is told to be after it"
    assert line.around(1, 0, 2 * MINUTE) == (12 * MINUTE, 22 * MINUTE)
    assert line.around(0, 10 * MINUTE * MS, 5 * MINUTE) == (5 * MINUTE, 21 * MINUTE)
    assert line.around(1, 10 * MINUTE * MS, 5 * MINUTE) == (25 * MINUTE, 41 * MINUTE)


def test_no_boot_is_told_to_be_after_the_next_one() -> None:
    ten = BootFacts(0, 10 * MINUTE * MS)
    places = [
        Place(0, 0),
        Place(14 * MINUTE * MS, 20 * MINUTE * MS),
        Place(40 * MINUTE * MS, 44 * MINUTE * MS),
    ]
    line = BootLine([ten] * 3, places)
    assert line.wall(line.down(1, 0)) == 17 * MINUTE
    assert line.wall(line.down(2, 0)) == 42 * MINUTE
    assert line.wall(line.down(2, 0) - 1) == 42 * MINUTE


def test_before_a_first_boot_that_may_lie_later() -> None:
    ten = BootFacts(0, 10 * MINUTE * MS)
    line = BootLine([ten], [Place(5 * MINUTE * MS, 9 * MINUTE * MS)])
    assert line.down(0, 0) == 5 * MINUTE
    assert line.early(5 * MINUTE) == 1 * MINUTE
    assert line.late(4 * MINUTE) == 0
    assert line.late(5 * MINUTE) == 5 * MINUTE
    assert line.wall(5 * MINUTE) == 7 * MINUTE


def register(*, reading: bool = True) -> PlacedRegister:
    """1 kWh in each of the two boots' ten minutes, and the dial at 100 at the beginning."""
    line, constant = two_boots(), Fraction(1000)
    pieces = [
        Counted(line.down(0, 0), line.down(0, 10 * MINUTE * MS), 0, 1000, constant),
        Counted(line.down(1, 0), line.down(1, 10 * MINUTE * MS), 1000, 2000, constant),
    ]
    links: list[Blind | None] = [Blind()]
    anchors = [Anchor("dial", Fraction(100), Fraction(1001, 10), 0, 0)] if reading else []
    return PlacedRegister(line, pieces, links, anchors, Fraction(11))


def test_the_register_is_asked_by_wall_time_wherever_that_may_be() -> None:
    found = register()
    early, late, middle = (found.on_line(at * MINUTE) for at in (23, 29, 26))
    assert early is not None
    assert late is not None
    assert middle is not None
    at = found.at(23 * MINUTE)
    assert at is not None
    assert (at.low, at.best, at.high) == (early.low, middle.best, late.high)
    assert register(reading=False).at(23 * MINUTE) is None
    assert found.span == (0, 27 * MINUTE)


def test_energy_by_wall_time_is_bounded_by_both_ends_and_by_what_the_wires_carry() -> None:
    found = register()
    with pytest.raises(ValueError, match=f"from {25 * MINUTE} ends before it starts, at {24 * MINUTE}"):
        found.energy(25 * MINUTE, 24 * MINUTE)
    with pytest.raises(ValueError, match="ends before it starts"):
        found.energy(5 * MINUTE, 4 * MINUTE)
    minute = found.energy(23 * MINUTE, 24 * MINUTE)
    assert minute.low == 0
    assert minute.high == Fraction(11, 60)
    assert minute.best == Register.energy(found, 26 * MINUTE, 27 * MINUTE).best
    longer = found.energy(22 * MINUTE, 29 * MINUTE)
    assert longer.best == Register.energy(found, 25 * MINUTE, 32 * MINUTE).best > 0
    whole = found.energy(0, 40 * MINUTE)
    assert whole.low <= 2 <= whole.high
    assert whole.low >= Fraction(19, 10), "all that was counted is in it"
