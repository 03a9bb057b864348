"""The drawings: what stands where, from plain numbers."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from page.drawings import MOST_LINKS, Bar, Step, bars, digits, nice, staircase


def bar(name: str = "1", low: float = 1, best: float = 2, high: float = 3, counted: float = 1) -> Bar:
    return Bar(name, low, best, high, counted, f"{name}: 2 kWh", "/days?a=1&b=2")


def test_digits_are_certain_up_to_the_first_that_differs():
    found = digits("02498.2", "02498.3", "02501.3")
    assert [(one.text, one.sure) for one in found[:4]] == [
        ("0", True),
        ("2", True),
        ("4", False),
        ("9", False),
    ]
    assert [one.fraction for one in found] == [False] * 5 + [True]


def test_what_was_not_counted_is_hatched_and_has_a_whisker():
    whole, part = bars([bar()], describe="x"), bars([bar(counted=0.5)], describe="x")
    assert 'class="hatch"' not in whole
    assert 'class="hatch"' in part
    assert 'class="bar part"' in part
    assert 'class="whisker"' in part


def test_many_bars_are_one_path_without_links():
    few, many = [bar()] * MOST_LINKS, [bar()] * (MOST_LINKS + 1)
    assert bars(few, describe="x").count("<a ") == MOST_LINKS
    assert "<a " not in bars(many, describe="x")
    assert len(bars([bar()] * 3650, describe="x")) < 120_000


def test_names_are_escaped_and_the_xml_is_whole():
    nasty = '"><script>alert(1)</script>&'
    drawn = [
        bars([Bar(nasty, 0, 1, 2, 0.5, nasty, nasty)], describe=nasty),
        staircase([Step(50, 1, nasty, nasty), Step(None, 2, "", "")], 1, 2, 60, describe=nasty, here=nasty),
    ]
    for one in drawn:
        assert "<script" not in one
        assert "style=" not in one
        ElementTree.fromstring(str(one))


@given(st.lists(st.tuples(*[st.floats(0, 1e6)] * 3, st.floats(0, 1)), max_size=40))
def test_nothing_is_drawn_outside(found):
    drawn = [Bar("1", *sorted(values[:3]), values[3], "t") for values in found]
    text = str(bars(drawn, describe="x"))
    for y, height in re.findall(r'<rect [^>]*y="([-\d.]+)"[^>]*height="([-\d.]+)"', text):
        assert float(y) >= 0
        assert float(y) + float(height) <= 230.1


@given(st.floats(1e-6, 1e9))
def test_an_axis_ends_a_little_above(value):
    assert value * 0.99 <= nice(value) <= 2.6 * value
    assert nice(5e-324) == nice(0.0) == 1.0


def test_the_stairs_are_filled_up_to_what_was_used():
    steps = [Step(50, 1984, "50", "1.984"), Step(100, 2050, "100", "2.050"), Step(None, 2380, "", "2.380")]
    text = staircase(steps, 69, 70, 71, describe="x", here="70 kWh")
    assert text.count('class="tier"') == 3
    assert text.count('class="tier used"') == 2
