"""The story's plan: same seed, same story; everything in order and in time, for any length."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sodien.demo.plan import FIRST_DAY, HOUR_NS, MOST_DAYS, STEP_NS, make

ORDER = ["dial", "plug", "power", "clock", "broker-down", "broker-up", "plug", "power", "clock", "dial"]


def test_the_first_day_is_a_monday_like_the_profile() -> None:
    assert FIRST_DAY.weekday() == 0


@given(days=st.integers(1, MOST_DAYS), seed=st.integers(0, 2**31))
def test_the_story_is_the_same_for_any_length(days: int, seed: int) -> None:
    plan = make(days, seed)
    assert [one.what for one in plan.happenings] == ORDER
    assert plan == make(days, seed)
    assert plan.happenings[0].at > 0
    assert plan.happenings[-1].at < plan.end_ns
    down, up = (
        next(h.at for h in plan.happenings if h.what == what) for what in ("broker-down", "broker-up")
    )
    assert up - down == 6 * HOUR_NS
    # The dial has five digits: it must not go round.
    assert 0 < plan.start_kwh + days * 24 * 4 < 100_000


@given(days=st.integers(1, 3), seed=st.integers(0, 2**31))
def test_steps_reach_the_end_and_miss_nothing(days: int, seed: int) -> None:
    plan = make(days, seed)
    steps = list(plan.steps())
    instants = [at for at, _ in steps]
    assert instants == sorted(set(instants))
    assert instants[-1] == plan.end_ns
    assert max(b - a for a, b in zip([0, *instants], instants, strict=False)) <= STEP_NS
    assert [what for _, happenings in steps for what in happenings] == ORDER
