"""Refused flashes that may be pulses: none is lost without a word, and noise widens nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, zip_longest

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from sodien.metering.counting.limits import NoiseLimits, PulseLimits
from sodien.metering.counting.pulse_filter import PulseFilter
from sodien.metering.counting.refused import Doubted, RefusedFlashes
from tests.metering.counting.test_pulse_filter import LAMPS, MS, Flash, edges_of
from tests.metering.counting.test_pulse_rhythm import wave

NOISE = NoiseLimits(MS // 5, 2 * MS, 22 * MS)
#: In nanoseconds, so that random times often fall exactly on a limit.
TINY_NOISE = NoiseLimits(least_ns=2, break_ns=3, flicker_to_ns=11)


class Line:
    """A filter with its refused flashes, and the pulses it is sure of."""

    def __init__(self, limits: PulseLimits, noise: NoiseLimits = NOISE) -> None:
        self.refused = RefusedFlashes(limits.min_active_ns, noise)
        self.filter = PulseFilter(limits, self.refused)
        self.accepted = 0

    def feed(self, flashes: Sequence[Flash], steps: st.DataObject | None = None) -> Line:
        """All edges, and now and then the word that no older one will come."""
        edges = edges_of(flashes)
        for (t, active), following in zip_longest(edges, edges[1:]):
            self.accepted += self.filter.edge(t, active) is not None
            if steps is not None and following is not None and steps.draw(st.booleans()):
                self.accepted += self.filter.advance(steps.draw(st.integers(t, following[0]))) is not None
        return self

    def settle(self) -> Line:
        last = 0
        while (due := self.filter.due) is not None:
            assert due > last
            last = due
            self.accepted += self.filter.advance(due) is not None
        assert self.filter.pending is None
        return self


@st.composite
def clean_trains(draw: st.DrawFn) -> list[Flash]:
    """All flashes are pulses: alike, dark for as long as lit half, and slower than the mains flickers."""
    narrow = draw(st.integers(2, 12))
    t, out = draw(st.integers(0, 50)), []
    for _ in range(draw(st.integers(0, 60))):
        width = draw(st.integers(narrow, 4 * narrow - 1))
        out.append((t, t + width))
        dark = draw(st.integers(max(3, -(-width // 2)), 40))
        t += max(width + dark, 12)
    return out


@st.composite
def any_limits(draw: st.DrawFn, train: Sequence[Flash]) -> PulseLimits:
    """As somebody may set them: often a step beside what the train is, and often far off."""
    widths = [end - start for start, end in train] or [5]
    periods = [b[0] - a[0] for a, b in pairwise(train)] or [20]
    darks = [b[0] - a[1] for a, b in pairwise(train)] or [20]

    def near(values: list[int], low: int, high: int) -> int:
        value = draw(st.sampled_from(values)) + draw(st.integers(-1, 1)) if draw(st.booleans()) else None
        value = value if value is not None else draw(st.integers(low, max(low, high)))
        return min(max(value, low), max(low, high))

    active = near(widths, 1, 60)
    spacing = max(active, near(periods, 1, 120))
    dark = near(darks, 0, spacing - 1)
    flicker = (6, 11) if spacing > 11 and draw(st.booleans()) else (0, 0)
    return PulseLimits(active, spacing, dark, *flicker)


@pytest.mark.thorough
@budget(max_examples=600)
@given(clean_trains(), st.data())
def test_for_any_limits_no_pulse_of_a_clean_train_is_lost_without_a_word(
    train: list[Flash], data: st.DataObject
) -> None:
    line = Line(data.draw(any_limits(train)), TINY_NOISE).feed(train, data).settle()
    assert line.accepted <= len(train) <= line.accepted + line.filter.undecided + line.refused.doubt


@budget(max_examples=200)
@given(clean_trains(), st.data())
def test_limits_that_fit_leave_nothing_in_doubt(train: list[Flash], data: st.DataObject) -> None:
    width = min((end - start for start, end in train), default=2)
    limits = PulseLimits(data.draw(st.integers(1, min(width, 12))), 12, 2, 6, 11)
    line = Line(limits, TINY_NOISE).feed(train, data).settle()
    assert (line.accepted, line.refused.doubt) == (len(train), 0)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (PulseLimits(5 * MS, 20 * MS, 5 * MS), "short"),
        (PulseLimits(MS, 20 * MS, 19 * MS), None),
        (PulseLimits(MS, 300 * MS, 250 * MS, 7_500_000, 22 * MS), "dark"),
        (PulseLimits(MS, 300 * MS, 10 * MS, 7_500_000, 22 * MS), "spacing"),
    ],
)
def test_flashes_of_two_milliseconds(limits: PulseLimits, reason: str | None) -> None:
    """10,000 imp/kWh with the settings of another meter: all that is refused is in doubt, and told."""
    train = [(n * 50 * MS, n * 50 * MS + 2 * MS) for n in range(1000)]
    line = Line(limits, NoiseLimits(MS // 5, 2 * MS, limits.flicker_to_ns)).feed(train).settle()
    assert line.accepted + line.refused.doubt == 1000
    found = line.refused.doubted()
    assert (found.reason if found else None) == reason
    if reason == "short":
        assert found == Doubted("short", 1000, 1000, 2 * MS)


# Noise


def pulses(count: int, width_ms: int = 80) -> list[Flash]:
    return [(n * 300 * MS, (n * 300 + width_ms) * MS) for n in range(1, count + 1)]


def merged(light: Sequence[Flash]) -> list[Flash]:
    """Where several lights shine, the line is active."""
    out: list[Flash] = []
    for start, end in sorted(light):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


@pytest.mark.parametrize("period_us", [10_000, 8_333, 9_900, 20_000, 16_667])
@given(share=st.integers(1, 99), jitter=st.lists(st.integers(-400, 400), min_size=1, max_size=7))
@budget(max_examples=15)
def test_mains_flicker_is_noise(period_us: int, share: int, jitter: list[int]) -> None:
    line = Line(LAMPS).feed(merged(wave(period_us, period_us * share // 100, 0, 3000, jitter))).settle()
    assert line.refused.doubt == 0


@pytest.mark.parametrize("on_us", [2_000, 4_900, 5_100, 7_000, 9_000])
def test_mains_flicker_beside_pulses_is_noise(on_us: int) -> None:
    line = Line(LAMPS).feed(merged(wave(10_000, on_us, 0, 6000) + pulses(19))).settle()
    assert (line.accepted, line.refused.doubt) == (19, 0)


@given(st.lists(st.tuples(st.integers(30, 3000), st.integers(1, 9)), min_size=1, max_size=30))
def test_a_lamp_with_dropouts_is_noise(pieces: list[tuple[int, int]]) -> None:
    t, flashes = 0, []
    for lit, dark in pieces:
        flashes.append((t * MS, (t + lit) * MS))
        t += lit + dark
    assert Line(LAMPS).feed(flashes).settle().refused.doubt == 0


@given(st.integers(0, 2**32), st.integers(1, 200))
@budget(max_examples=30)
def test_chatter_at_the_edges_of_pulses_is_noise(seed: int, count: int) -> None:
    """A phototransistor at its threshold: each edge comes several times within a millisecond or two."""
    chance = random.Random(seed)
    flashes: list[Flash] = []
    for start, end in pulses(count):
        for edge in (start - 6 * MS, end):
            t = edge
            for _ in range(chance.randint(0, 4)):
                on, off = chance.randint(50_000, 800_000), chance.randint(50_000, 500_000)
                flashes.append((t + off, t + off + on))
                t += off + on
        begin = max([start, *(b + 100_000 for a, b in flashes if a < start)])
        flashes.append((begin, end))
    line = Line(LAMPS).feed(merged(flashes)).settle()
    assert (line.accepted, line.refused.doubt) == (count, 0) or line.refused.doubt <= count // 20


def test_a_stray_flash_now_and_then_is_noise_and_many_are_not() -> None:
    train = pulses(400)
    few = [(a + 200 * MS, a + 201 * MS) for a, _ in train[40::40]]
    line = Line(LAMPS).feed(merged(train + few)).settle()
    assert (line.accepted, line.refused.doubt, line.refused.doubted()) == (400, 0, None)
    many = [(a + 200 * MS, a + 201 * MS) for a, _ in train[40::2]]
    line = Line(LAMPS).feed(merged(train + many)).settle()
    assert line.accepted == 400
    assert line.refused.doubt > len(many) - 400 // 20 - 1
    assert line.refused.doubted() is not None


def test_spikes_shorter_than_any_pulse_are_noise() -> None:
    line = Line(LAMPS).feed([(n * 100 * MS, n * 100 * MS + 199_999) for n in range(1000)]).settle()
    assert (line.accepted, line.refused.doubt) == (0, 0)


def test_a_new_setting_is_asked_for_while_it_is_needed() -> None:
    line = Line(LAMPS).feed([(n * 300 * MS, n * 300 * MS + 2 * MS) for n in range(30)])
    assert line.refused.doubted() is not None
    line.feed([(a + 30 * 300 * MS, b + 30 * 300 * MS) for a, b in pulses(10_000)])
    assert line.refused.doubted() is None
    assert line.refused.doubt == 30
    assert Fraction(line.refused.doubt, 10_030) < Fraction(1, 100)
