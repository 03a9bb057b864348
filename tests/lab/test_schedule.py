import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.schedule import MS, S, chatter, decode, encode, flicker, glitches, levels, steady


def test_steady_is_what_it_says():
    flashes = steady(4, 60, 2)
    assert flashes == [(n * S // 4, 60 * MS) for n in range(8)]
    assert levels(flashes[:1]) == [(0, True), (60 * MS, False)]
    assert levels(flashes[:1], active_high=False) == [(0, False), (60 * MS, True)]


def test_flashes_that_touch_are_refused():
    with pytest.raises(ValueError, match="touches"):
        levels([(0, 10), (10, 5)])
    with pytest.raises(ValueError, match="no width"):
        levels([(0, 0)])


@settings(max_examples=50)
@given(st.integers(0, 2**32))
def test_noise_never_touches_a_flash_and_keeps_every_pulse(seed):
    pulses = steady(3.5, 60, 8)
    draw = random.Random(seed)
    for noisy in (glitches(pulses, draw), chatter(pulses, draw), flicker(pulses, 8 * S)):
        edges = levels(noisy)
        assert [at for at, _ in edges] == sorted({at for at, _ in edges})
        long = [width for _, width in noisy if width >= 5 * MS]
        assert long == [60 * MS] * len(pulses)
        assert len(noisy) > len(pulses)


def test_flicker_is_a_hundred_a_second_in_the_dark():
    assert len(flicker([], S)) == 100


@given(st.lists(st.tuples(st.integers(0, 2**50), st.booleans())))
def test_the_player_gets_the_same_edges(edges):
    assert decode(encode(edges)) == edges
