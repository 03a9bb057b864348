"""Dial against count: what is proven, and that nothing is claimed that is not true."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.metering.register.drift import Drift
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.register import Register
from tests.metering.register.history import HOUR, P_MAX, make

C = Fraction(1000)


def drift(low: str, pulses: int, *, blind: bool = False, constant: Fraction = C) -> Drift:
    """From 100.0 to a reading an hour, or an hour counted and an hour not, later."""
    end = 2 * HOUR if blind else HOUR
    pieces = [Counted(0, HOUR, 0, pulses, constant)]
    links: list[Blind | None] = []
    if blind:
        pieces.append(Counted(end, end, pulses, pulses, constant))
        links.append(None)
    readings = [
        Anchor("a", Fraction(100), Fraction("100.1"), 0, 0),
        Anchor("b", Fraction(low), Fraction(low) + Fraction("0.1"), end, end),
    ]
    return Register(pieces, links, readings, P_MAX, digits=5).drift("a", "b")


@pytest.mark.parametrize(
    ("low", "pulses", "verdict", "proven"),
    [
        ("100.5", 500, "agree", 0),
        ("100.9", 500, "missed", 300),  # more than 0.8 kWh, and 500 pulses are less than 501
        ("100.7", 500, "missed", 100),
        ("100.6", 500, "agree", 0),  # more than 0.5 kWh: 500 pulses may be nearly 501
        ("100.1", 500, "extra", 300),  # less than 0.2 kWh, and 500 pulses are more than 499
        ("100.0", 500, "extra", 400),
        ("99.9", 500, "fell", 500),
    ],
)
def test_what_is_proven(low: str, pulses: int, verdict: str, proven: int) -> None:
    found = drift(low, pulses)
    assert (found.verdict, found.proven) == (verdict, proven)
    assert found.agrees == (verdict == "agree")


def test_an_hour_without_counting_can_explain_what_the_dial_moved() -> None:
    assert drift("100.9", 500, blind=True).verdict == "agree"
    # Even 8.8 kWh unseen are not enough.
    assert drift("109.7", 500, blind=True).verdict == "missed"


@pytest.mark.parametrize(
    ("low", "pulses", "measured"),
    [
        (
            "101.5",
            1,
            (0, Fraction(2, 1) / Fraction("1.4")),
        ),  # of one pulse, next to nothing may be left
        ("101.5", 2, (1 / Fraction("1.6"), 3 / Fraction("1.4"))),
        ("100.0", 1, (0, None)),  # the dial may not have moved at all
        ("101.5", 0, None),
        ("99.0", 5, None),
    ],
)
def test_the_constant_that_dial_and_count_have_in_common(low: str, pulses: int, measured: object) -> None:
    assert drift(low, pulses).measured == measured


def test_without_one_constant_no_pulses_are_named() -> None:
    found = replace(drift("100.9", 500), constant=None)
    assert (found.verdict, found.proven, found.lost) == ("missed", None, None)
    assert drift("99.0", 500).lost is None, "the dial fell: no pulses of none"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(-400, 400))
def test_no_more_is_proven_than_is_true(seed: int, missed: int) -> None:
    """A piece of an honest history loses (or, below 0, gains) some pulses."""
    random, history = Random(seed), make(seed, doubts=False, exact=True)
    index = random.randrange(len(history.pieces))
    missed = min(missed, history.pieces[index].last - history.pieces[index].first)
    for i, piece in enumerate(history.pieces):
        begin = piece.first - missed if i > index else piece.first
        end = piece.last - missed if i >= index else piece.last
        history.pieces[i] = replace(piece, first=begin, last=end)
    times = sorted(random.choice(history.times) for _ in range(2))
    readings = [history.anchor(name, t, decimals=2) for name, t in zip("ab", times, strict=True)]
    register = Register(history.pieces, history.links, readings, P_MAX)
    found = register.drift("a", "b")
    assert found.agrees == (not register.findings)
    if missed >= 0:
        assert found.verdict in ("agree", "missed")
    else:
        assert found.verdict in ("agree", "extra")
    if found.proven is not None:
        assert found.proven <= abs(missed)
        assert (found.proven > 0) == (found.verdict != "agree")
