"""Measuring an appliance, testing the meter, and what if, on the page of a house whose daemon counts."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from page.app import create_app
from sodien.device import state as daemon_state
from sodien.history.events import meter_tests
from sodien.household.measured import measured
from sodien.ledger.store import Ledger
from sodien.metering.bounds import Interval
from tests.firmware.house import SECOND, House, settings_of
from tests.page.conftest import Visitor

CONSTANT = 1600


class Home:
    """A house that counts, and a telephone that looks at its page."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = settings_of(folder)
        self.watts = [100.0]
        self.house = House(settings, self._flashes())
        self.house.start()
        monkeypatch.setattr(daemon_state, "read", lambda _: self._state())
        app = create_app(settings, None, lambda: self.house.clock.wall_ns() // 1_000_000, self.house.clock)
        self.page = Visitor(app.test_client(), app)
        self.page.client.get("/?lang=en")

    def _flashes(self) -> Iterator[int]:
        at, phase = 0, 0.3
        while True:
            at += SECOND // 20
            phase += self.watts[0] * CONSTANT / 3_600_000 / 20
            if phase >= 1:
                phase -= 1
                yield at

    def _state(self) -> daemon_state.State | None:
        station = self.house.station
        return station.state(os.getpid()) if station is not None else None

    def see(self, path: str) -> str:
        return re.sub(r"\s+", " ", html.unescape(self.page.get(path)))

    def send(self, path: str, status: int = 303, **fields: str) -> str:
        answer = self.page.post(path, token=self.page.token(path), **fields)
        assert answer.status_code == status, answer.text
        return re.sub(r"\s+", " ", html.unescape(answer.text))

    def pass_(self, seconds: int, every: int = 10) -> str:
        """Let time pass; the telephone looks at the test every few seconds."""
        for _ in range(0, seconds, every):
            self.house.play(every)
            shown = self.see("/meter-test")
        return shown


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    found = Home(tmp_path, monkeypatch)
    yield found
    found.page.app.extensions["sodien"].close()


def test_an_appliance_is_measured(home: Home) -> None:
    home.house.play(120)
    assert "has to be counted for ten minutes" in home.send("/appliances", 422, what="start", name="quạt <b>")
    home.house.play(1200)
    assert "1 to 40 characters" in home.send("/appliances", 422, what="start", name=" ")
    home.send("/appliances", what="start", name="quạt <b>")
    home.watts[0] = 1600
    home.house.play(40)
    assert "used so far</dt><dd>–" in home.see("/appliances")
    home.house.play(1200)
    shown = home.see("/appliances")
    assert "'quạt <b>' is being measured since" in shown
    assert "used so far</dt><dd>0." in shown
    assert "<b>" not in home.page.get("/appliances")
    home.send("/appliances", what="stop")
    shown = home.see("/appliances?hours=2")
    assert "is being measured" not in shown
    assert "30 days of 2 h" in shown
    assert "VND" in shown
    ledger = Ledger.open(home.house.settings.ledger.path)
    (found,) = measured(ledger, "main")
    ledger.close()
    assert found.kw.low * 1000 <= 1500 <= found.kw.high * 1000
    assert Interval(found.kw.low, found.kw.high).width < 1
    assert "Nothing is being measured" in home.send("/appliances", 422, what="drop")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("way=less&amount=x&of=kwh", "Type a number above 0, at most 100000: 'x' is none."),
        ("way=less&amount=2&of=of+fan", "Nothing has been measured yet"),
        ("way=less&amount=2&of=kwh", "Too little of this billing period was counted"),
        ("hours=25", "Type a number above 0, at most 24"),
    ],
)
def test_what_if_says_what_it_lacks(home: Home, asked: str, says: str) -> None:
    home.house.play(700)
    assert says in home.see(f"/appliances?{asked}")


def test_the_meter_is_tested(home: Home) -> None:
    home.watts[0] = 300  # one flash in seven seconds
    home.house.play(130)
    assert "'x' is none" in home.send("/meter-test", 422, what="begin", **fields(plug="x"))
    assert "even a whole day leaves" in home.send("/meter-test", 422, what="begin", **fields(tell="1"))
    home.send("/meter-test", what="begin", **fields())
    assert "must run for" in home.see("/meter-test")
    assert "look at what it waits for" in home.send("/meter-test", 422, what="end", shown="3")
    home.send("/meter-test", what="off")
    shown = home.see("/meter-test")
    assert "Counting what is still on: 3 min left" in shown
    shown = home.pass_(300)
    assert "Switch the load on and wait half a minute" in shown
    home.watts[0] = 2300
    home.pass_(40)
    assert "'' is none" in home.send("/meter-test", 422, what="on", shown="")
    home.send("/meter-test", what="on", shown="12,34")
    assert "The load is running" in home.see("/meter-test")
    home.house.play(1200)  # the telephone sleeps
    shown = home.see("/meter-test")
    assert "has run long enough" in shown
    assert re.search(r"10 min of 10 min: 2\d\d\d W, ±1\.\d\d%", shown)
    assert "no more than before" in home.send("/meter-test", 422, what="end", shown="12.3")
    home.send("/meter-test", what="end", shown=f"{12.34 + 2.0 * 1200 / 3600:.2f}")
    home.watts[0] = 300  # one flash in seven seconds
    home.house.play(20)
    home.send("/meter-test", what="off")
    shown = home.pass_(300)
    assert "Meter error: " in shown
    assert "together, k = 2" in shown
    at = home.house.clock.wall_ns() // 1_000_000
    home.send("/meter-test", what="keep")
    shown = home.see("/meter-test")
    assert "Begin a test" in shown
    assert "What tests found" in shown
    ledger = Ledger.open(home.house.settings.ledger.path)
    ((row, result),) = meter_tests(ledger, "main")
    ledger.close()
    assert row.at is not None
    assert abs(row.at - at) < 10_000
    assert abs(result.error) < 2


def fields(**other: str) -> dict[str, str]:
    values = {"limit": "2", "tell": "3", "plug": "1", "step": "0.01", "load": "2000", "rated": "220"}
    return values | other


def test_a_test_ends_where_counting_does(home: Home) -> None:
    home.house.play(130)
    home.send("/meter-test", what="begin", **fields(plate="2000", tell="10"))
    home.send("/meter-test", what="off")
    home.house.kill()
    assert "Nothing is being counted" in home.see("/meter-test")
    assert "Begin a test" in home.see("/meter-test")
    assert "Nothing is being counted" in home.send("/meter-test", 422, what="begin", **fields())


def test_who_may_only_read_measures_nothing(visit: Callable[..., Visitor]) -> None:
    page = visit("read_without_passphrase: true", words="bốn từ dễ nhớ")
    page.client.get("/?lang=en")
    for path in ("/appliances", "/meter-test"):
        assert "Enter the passphrase first" in page.get(path)
        answer = page.post(path, token=page.token(path), what="start", name="fan")
        assert answer.status_code == 302
        assert page.post(path, token="0" * 64, what="start").status_code == 403
