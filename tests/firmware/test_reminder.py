"""The reminder: once a day and meter, late if need be; and a command that can do no harm."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import pytest

from firmware.reminder import ReminderCommand, words
from sodien import i18n
from sodien.ledger.store import NewRow
from sodien.settings.model import ReminderSettings, parse
from tests.firmware.house import House, settings_of, steady
from tests.firmware.test_period_rows import house_at, wall
from tests.support.rows import body_of


def days(house: House) -> list[tuple[str, str]]:
    return [(body_of(row)["when"], body_of(row)["day"]) for row in house.rows("reminder")]


def test_the_day_before_and_on_the_day(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-29T17:30:00", ", reading_day: last")
    house.start()
    house.play(25 * 3600)
    assert days(house) == [("tomorrow", "2026-11-30"), ("today", "2026-11-30")]
    first, second = house.rows("reminder")
    assert first.at == wall("2026-11-29T18:00:00") // 1_000_000
    assert second.at == wall("2026-11-30T18:00:00") // 1_000_000


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("{day_before: false, at: 22:30}", "2026-11-29T22:00:00", []),
        ("{day_before: false, at: 22:30}", "2026-11-30T22:00:00", [("today", "2026-11-30T22:30:00")]),
        ("{at: 23:59}", "2026-11-29T23:00:00", [("tomorrow", "2026-11-29T23:59:00")]),
        (
            "{at: 00:00}",
            "2026-11-29T23:30:00",
            [("tomorrow", "2026-11-29T00:00:00"), ("today", "2026-11-30T00:00:00")],
        ),
    ],
)
def test_when_and_whether_the_day_before_is_a_setting(
    tmp_path: Path, text: str, start: str, expected: list[tuple[str, str]]
) -> None:
    house = house_at(tmp_path, start, text=f"reminder: {text}\n")
    house.start()
    house.play(2 * 3600)
    found = [(body_of(row)["when"], row.at) for row in house.rows("reminder")]
    assert found == [(when, wall(at) // 1_000_000) for when, at in expected]


def test_kills_and_restarts_do_not_repeat_it(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-30T17:59:00")
    house.start()
    house.play(120)
    assert days(house) == [("today", "2026-11-30")]
    for _ in range(3):
        house.kill()
        house.start()
        house.play(1000)
    assert days(house) == [("today", "2026-11-30")]


def test_a_pi_that_was_off_reminds_later_the_same_day_only(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-29T12:00:00")
    house.start()
    house.play(60)
    house.stop()
    house.play(12 * 3600)  # past midnight: it is too late for the day before
    house.start()
    house.play(60)
    assert days(house) == []
    house.stop()
    house.play(20 * 3600)
    house.start()
    house.play(60)
    assert days(house) == [("today", "2026-11-30")]


def test_an_announced_day_is_the_one_that_counts(tmp_path: Path) -> None:
    house = house_at(tmp_path, "2026-11-27T17:10:00")
    house.start()
    house.play(60)
    at = house.wall_ms(house.clock.now_ns())
    house.ledger.append([NewRow("schedule", "main", at=at, body={"day": "2026-11-28"})])
    house.play(31 * 3600)
    assert days(house) == [("tomorrow", "2026-11-28"), ("today", "2026-11-28")]
    (snapshot,) = house.rows("snapshot")
    assert body_of(snapshot)["day"] == "2026-11-28"


# -- the command ---------------------------------------------------------------------------------------


def until(condition: object, seconds: float = 20.0) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.01)
    return False


def test_the_daemon_runs_it_once_the_entry_is_stored(tmp_path: Path) -> None:
    target = tmp_path / "told"
    text = f"reminder: {{command: [touch, '{target}-{{meter}}-{{when}}']}}\n"
    house = House(settings_of(tmp_path, text), steady(30), wall=wall("2026-11-30T17:58:00"))
    house.start()
    house.play(60)
    assert list(tmp_path.glob("told*")) == []
    house.play(120)
    assert until(lambda: (tmp_path / "told-main-today").exists())
    house.kill()
    (tmp_path / "told-main-today").unlink()
    house.start()
    house.play(120)
    assert list(tmp_path.glob("told*")) == []


def reminder(when: str = "today") -> NewRow:
    return NewRow("reminder", "main", at=1, body={"day": "2026-11-30", "when": when})


def test_words_are_filled_in_and_no_shell_sees_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", "en")
    assert words(["say", "{text}", "{day} {when}", "{x}"], "main", "2026-11-30", "today") == [
        "say",
        "main: read the dial today (2026-11-30); the utility reads it today, too.",
        "2026-11-30 today",
        "{x}",
    ]
    file = tmp_path / "a; touch b"
    thread = ReminderCommand(ReminderSettings(command=("touch", str(file)))).run([reminder()])
    assert thread is not None
    thread.join(20)
    assert [path.name for path in tmp_path.iterdir()] == ["a; touch b"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["/nowhere/at-all"], "could not be run"),
        ([sys.executable, "-c", "import sys; sys.exit('no network')"], "no network"),
        ([sys.executable, "-c", "import time; time.sleep(60)"], "took longer than 1 s"),
        (["a\0b"], "could not be run"),
    ],
)
def test_its_failure_is_logged_and_that_is_all(
    command: list[str], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        thread = ReminderCommand(ReminderSettings(command=tuple(command), timeout_s=1)).run([reminder()])
        assert thread is not None
        thread.join(20)
    assert not thread.is_alive()
    assert said in caplog.text


def test_without_a_command_nothing_is_run() -> None:
    assert ReminderCommand(ReminderSettings()).run([reminder()]) is None
    assert ReminderCommand(ReminderSettings(command=("true",))).run([]) is None


def test_the_settings(tmp_path: Path) -> None:
    text = "device: d\nmeters: [{id: main, pin: 17, constant: 1600}]\n"
    text += "reminder: {at: 06:15, command: [say, hello]}\n"
    assert parse(text, tmp_path / "s.yaml").reminder.command == ("say", "hello")
    one = parse(text.replace("[say, hello]", "say"), tmp_path / "s.yaml")
    assert (one.reminder.command, f"{one.reminder.at:%H:%M}") == (("say",), "06:15")
