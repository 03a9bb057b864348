"""Whole households, through the daemon and the command line, with settings that do not fit the meters."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.stations import Household


@pytest.mark.thorough
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32))
@example(5001)  # flashes too short for the settings, on a meter of 6,400 imp/kWh
@example(5019)  # a twin whose flashes are refused
def test_the_truth_is_inside_for_twins_multipliers_and_any_filter_settings(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        household = Household(Path(folder), Random(seed))
        found = household.found(6)
    assert [one.what for one in found if not one.holds] == []
