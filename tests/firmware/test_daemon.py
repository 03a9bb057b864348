"""The loop around the counting: what it survives, and when it gives up."""

from __future__ import annotations

import logging

import pytest

from firmware import daemon


class Broken:
    """A station whose turns fail as told."""

    def __init__(self, failures: list[str | None]) -> None:
        self.failures = failures
        self.turns = 0

    def turn(self) -> None:
        told = self.failures[min(self.turns, len(self.failures) - 1)]
        self.turns += 1
        if told is not None:
            raise RuntimeError(told)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "_AFTER_FAILURE_S", 0)


def run(station: Broken, most: int) -> bool:
    failures: list[str] = []
    return all(daemon._turn(station, failures) for _ in range(most))  # type: ignore[arg-type]


def test_a_failing_turn_is_told_once_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    station = Broken(["a", "a", "b", "a", None])
    assert run(station, 200)
    assert station.turns == 200
    told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(told) == 2, "each kind once"
    assert all(record.exc_info for record in told)


def test_failures_apart_are_forgiven() -> None:
    assert run(Broken([None, "a"] * 100), 200)


def test_turns_that_only_fail_end_the_process(caplog: pytest.LogCaptureFixture) -> None:
    station = Broken(["a"])
    assert not run(station, 200)
    assert station.turns == daemon.MOST_FAILURES
    assert "started anew" in caplog.text
