"""Where boots lie in time: examples of each rule, and properties over random boots."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.metering.axis.line import BootLine
from sodien.metering.axis.placement import (
    STOOD_NS,
    BootFacts,
    Clash,
    OffsetRecord,
    Place,
    place,
    through_sleep,
)

SECOND = 1_000_000_000
HOUR = STOOD_NS


def boot(length: int, *records: tuple[int, int], trusted: bool = False) -> BootFacts:
    """A boot of so many seconds; records as (second, offset in seconds)."""
    found = tuple(OffsetRecord(at * SECOND, offset * SECOND, trusted) for at, offset in records)
    return BootFacts(0, length * SECOND, found)


def points(*offsets: int | None) -> list[Place | None]:
    return [None if one is None else Place(one * SECOND, one * SECOND) for one in offsets]


def test_the_last_record_counts_for_the_whole_boot() -> None:
    assert place([boot(20_000, (5, 1000), (9000, 1300))]) == (points(1300), [])


def test_a_step_that_has_not_stood_leaves_everything_since_the_last_that_stood() -> None:
    steps = boot(7000, (5, 1000), (4000, 1300), (4100, 900))
    assert place([steps])[0] == [Place(900 * SECOND, 1300 * SECOND)]
    assert place([boot(13_000, (5, 1000), (4000, 1300), (4100, 900))])[0] == points(900)


def test_a_clock_that_nobody_checked_never_stands() -> None:
    steps = boot(90_000, (5, 1000), (4000, 1300), trusted=True)
    assert place([steps])[0] == [Place(1000 * SECOND, 1300 * SECOND)]


def test_small_steps_are_the_clocks_own_errors() -> None:
    drifting = BootFacts(
        0,
        9000 * SECOND,
        tuple(OffsetRecord(at * SECOND, 7 * SECOND + at * 50_000) for at in range(0, 9000, 900)),
    )
    assert place([drifting])[0] == [Place(*2 * (drifting.records[-1].offset,))]


def test_of_two_that_contradict_each_other_the_one_that_stood_counts() -> None:
    long, short = boot(4000, (0, 5000)), boot(600, (0, 5000))
    assert place([long, short])[0] == points(5000, None)
    assert place([short, boot(4000, (0, 5000))])[0] == points(None, 5000)
    assert place([boot(4000, (0, 0)), boot(5000, (0, 0))])[0] == points(None, 0)
    both, clashes = place([short, boot(600, (0, 5000))])
    assert both == points(None, None)
    assert clashes == [Clash(0, 1, (0, 1), 600 * SECOND)]
    trusting = [boot(600, (0, 5000), trusted=True), boot(600, (0, 5000), trusted=True)]
    assert place(trusting)[0] == points(5000, None)
    day = 86_400
    ahead = [boot(600, (0, at), trusted=True) for at in (0, 40 * day, 2000)]
    assert place(ahead)[0] == points(0, None, 2000)
    twice = [boot(600, (0, at), trusted=True) for at in (0, 40 * day, 41 * day, 90 * day, 9000, 9900)]
    assert place(twice)[0] == points(0, None, None, None, 9000, 9900)
    away = [boot(90_000, (0, at), trusted=True) for at in (0, 40 * day, 42 * day, 42 * day + 80_000)]
    assert place(away)[0] == points(0, 40 * day, 42 * day, None), (
        "it was off for weeks, and then its clock was late"
    )
    beside = [boot(600, (0, at), trusted=True) for at in (0, day // 2, 2000)]
    assert place(beside)[0] == points(0, day // 2, None)


def test_a_boot_without_a_clock_takes_its_room_between_others() -> None:
    dark = boot(900)
    assert place([boot(600, (0, 0)), dark, boot(600, (0, 1500))])[0] == points(0, None, 1500)
    assert place([boot(600, (0, 0)), dark, boot(4000, (0, 1499))])[0] == points(None, None, 1499)


def test_who_lost_against_a_loser_has_another_chance() -> None:
    """The third one beats the second and is beaten by the first: nothing speaks against the second."""
    first, second, third = boot(4000, (0, 0)), boot(60, (0, 5000), trusted=True), boot(60, (0, 100))
    found, clashes = place([first, second, third])
    assert found == points(0, 5000, None)
    assert [one.lost for one in clashes] == [(2,)]


def test_order_narrows_what_the_clocks_leave_open() -> None:
    before = boot(4000, (0, 0))
    after = boot(600, (0, 3900), (10, 9000))
    assert place([before, after])[0] == [Place(0, 0), Place(4000 * SECOND, 9000 * SECOND)]


def test_the_boot_that_the_documents_work_out_by_hand() -> None:
    minute = 60_000
    before = boot(7200, (0, 0))
    steps = boot(1800, (0, 8400), (300, 9120))
    facts = [before, steps]
    line = BootLine(facts, place(facts)[0])
    assert line.early(160 * minute) - line.up(1, 0) == 8 * minute
    assert line.late(160 * minute) - line.up(1, 0) == 20 * minute
    assert line.up(1, 0) - line.down(0, before.end) == 32 * minute
    stood = [before, boot(4000, (0, 8400), (300, 9120))]
    assert BootLine(stood, place(stood)[0]).wall(line.up(1, 0)) == 152 * minute


def test_boots_that_only_a_sleep_parts_have_one_clock() -> None:
    """It sleeps for 100.4 s, of which 100 are told."""
    slept = [("a", 0), ("a", 100)]
    exact = BootFacts(600 * SECOND, 9000 * SECOND, (OffsetRecord(610 * SECOND, 1_100_400_000_000),))
    assert place(through_sleep([boot(600, (5, 1000)), exact], slept))[0] == [
        Place(1000 * SECOND, 1000 * SECOND),
        Place(1_100_400_000_000, 1_100_400_000_000),
    ]
    put_right = exact._replace(records=(OffsetRecord(610 * SECOND, 1303 * SECOND),))
    found, _ = place(through_sleep([boot(600, (5, 1000)), put_right], slept))
    assert found == [Place(1202 * SECOND, 1204 * SECOND), Place(1303 * SECOND, 1303 * SECOND)]
    found, _ = place(through_sleep([boot(600), put_right, boot(60, (5, 9000))], [*slept, ("b", 0)]))
    assert found == [Place(1202 * SECOND, 1204 * SECOND), Place(1303 * SECOND, 1303 * SECOND), *points(None)]


def test_boots_with_one_clock_are_wrong_together() -> None:
    """It was late before it slept; that it may have been right after would be no wonder."""
    late = BootFacts(600 * SECOND, 9000 * SECOND, (OffsetRecord(600 * SECOND, 600 * SECOND, True),))
    facts = [boot(4000, (0, 0), trusted=True), boot(600, (0, 500), trusted=True), late]
    late_again = late._replace(records=(OffsetRecord(600 * SECOND, 9600 * SECOND, True),))
    slept = [("a", 0), ("b", 0), ("b", 9100)]
    assert place(through_sleep([*facts[:2], late_again], slept))[0] == points(0, None, None)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[BootFacts], list[int | None]]:
    """Boots as they ran, and the true offset of each; clocks are right, unknown, or put right in the end."""
    facts, true, now = [], [], 1_000_000 * SECOND
    for _ in range(draw(st.integers(1, 8))):
        now += draw(st.sampled_from([0, 1, 60, 9000])) * SECOND
        begin = draw(st.sampled_from([0, 20, 500_000])) * SECOND
        length = draw(st.sampled_from([0, 30, 4000, 50_000])) * SECOND
        offset = now - begin
        records = []
        for _ in range(draw(st.integers(0, 2))):
            wrong = draw(st.integers(-9000, 9000)) * SECOND
            records.append(OffsetRecord(begin + length // 4, offset + wrong))
        if records or draw(st.booleans()):
            noise = draw(st.integers(-100, 100)) * 1_000_000
            records.append(OffsetRecord(begin + length // 4, offset + noise))
        facts.append(BootFacts(begin, begin + length, tuple(records)))
        true.append(offset if records else None)
        now += length
    return facts, true


@settings(max_examples=400, deadline=None)
@given(worlds(), st.data())
def test_true_clocks_are_inside_and_every_instant_is_found_on_the_line(
    world: tuple[list[BootFacts], list[int | None]], data: st.DataObject
) -> None:
    facts, true = world
    places, clashes = place(facts)
    noise = 2_000_000_000  # the clocks' own errors, at each of a few boots
    for found, offset in zip(places, true, strict=True):
        assert (found is None) == (offset is None)
        if found is not None and offset is not None:
            assert found.low - noise <= offset <= found.high + noise
    assert not clashes
    line = BootLine(facts, places)
    known = [(index, one) for index, one in enumerate(places) if one is not None]
    if not known:
        return
    for before, after in zip(line.stretches, line.stretches[1:], strict=False):
        assert line.down(before.boot, facts[before.boot].end) <= line.up(after.boot, facts[after.boot].begin)
    index, at = data.draw(st.sampled_from(known))
    offset = data.draw(st.integers(at.low, at.high))
    mono = data.draw(st.integers(facts[index].begin, facts[index].end))
    wall = (mono + offset) // 1_000_000
    assert line.early(wall) - 1 <= line.down(index, mono) <= line.late(wall) + 1
    if line.sharp:
        assert line.early(wall) == line.late(wall) == line.wall(wall) == wall
