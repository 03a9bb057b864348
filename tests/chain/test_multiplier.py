"""One household with a multiplier of 40 whose dial goes round, through everything that says a number.

A register is what the dial shows; energy and power are real, forty times what the dial goes on.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from collector.line_protocol import of_entry
from firmware.home_states import rounded
from firmware.homeassistant import announcements
from firmware.live import constants_of
from page.app import create_app
from sodien.bills.evidence_sheet import gap_rows
from sodien.device import state as daemon_state
from sodien.history.meter import history_of
from sodien.history.wire_entries import WireEntries
from sodien.ledger.bodies import EventBody
from sodien.ledger.noted import MeterNoted
from sodien.ledger.store import Ledger, NewRow
from sodien.metering.counting.counter import counted_kwh
from sodien.protocol.messages import Live, encode
from sodien.protocol.times import format_time
from sodien.settings import model
from tests.cli.conftest import Sodien
from tests.cli.conftest import _english as _english
from tests.cli.conftest import sodien as sodien
from tests.firmware.house import House, steady

FACTOR = 40
START = Fraction(99_999)  # what the dial showed before the first flash
DIAL_W = 1000
SETTINGS = """\
device: nha-toi
clock: trust
ledger: {path: ledger.db, at_risk_wh: 5}
gpio: {factory: simulated}
meters:
  - {id: main, pin: 17, constant: 1600, multiplier: 40, digits: 5, decimals: 1, breaker_amps: 6}
"""


@dataclass
class World:
    """The household at 09:30, and what was true: kWh that the dial went on, since 07:00 and in the gap."""

    file: Path
    settings: model.Settings
    ledger: Ledger
    live: Live
    at: int
    dial: Fraction
    gap: Fraction
    sodien: Sodien

    def run(self, *words: object) -> Any:
        result = self.sodien(*words, "-c", self.file)
        assert result.code in (0, 1), result.err
        return result.json if "--json" in words else result.out

    def fields(self, kind: str) -> list[dict[str, float]]:
        """The numbers of a kind's points, by time, as the database gets them."""
        found = []
        for entry in WireEntries(self.settings, self.ledger)(self.ledger.of_kind(kind, "main")):
            pairs = of_entry("nha-toi", entry).rsplit(" ", 1)[0].split(" ", 1)[1].split(",")
            numbers = (pair.partition("=") for pair in pairs if '"' not in pair)
            found.append({name: float(value.rstrip("i")) for name, _, value in numbers})
        return found

    def entity(self, name: str) -> float:
        """What Home Assistant makes of the live state."""
        found = announcements("homeassistant", "nha-toi", self.settings.meters, "1", currency="VND")
        component = found["homeassistant/device/nha-toi/main/config"]["cmps"][name]
        state = json.loads(encode(rounded(self.live, "main")))
        return float(
            Environment(autoescape=False).from_string(component["value_template"]).render(value_json=state)
        )

    def status(self) -> Any:
        return self.run("status", "--json")["meters"][0]

    def page(self, path: str) -> str:
        answer = create_app(self.settings, self.file, lambda: self.at).test_client().get(path)
        assert answer.status_code == 200
        return answer.text


@dataclass
class Played:
    """What the household left: a folder, the daemon's state, and what was true."""

    folder: Path
    state: daemon_state.State
    at: int
    dial: Fraction
    gap: Fraction


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("played")
    file = folder / "sodien.yaml"
    file.write_text(SETTINGS)
    settings = model.load(file)
    house = House(settings, steady(DIAL_W))
    house.start()
    house.play(60)
    house.read_dial(START)
    house.play_until(100 * 60 * 10**9)
    house.kill()
    lost_from = house.clock.now_ns()
    house.play(600)
    lost_to = house.clock.now_ns()
    station = house.start()
    house.play_until(150 * 60 * 10**9)
    state = station.state(os.getpid())
    house.write_held()
    now = house.clock.now_ns() + 1
    dial, gap = (Fraction(house.true_pulses(a, b), 1600) for a, b in ((0, now), (lost_from, lost_to)))
    house.ledger.close()
    return Played(folder, state, house.wall_ms(now), dial, gap)


@pytest.fixture
def world(played: Played, tmp_path: Path, sodien: Sodien) -> Iterator[World]:
    shutil.copytree(played.folder, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "sodien.yaml"
    settings = model.load(file)
    ledger = Ledger.open(settings.ledger.path)
    daemon_state.write(daemon_state.write_path(ledger), played.state)
    live = played.state.live["main"]
    yield World(file, settings, ledger, live, played.at, played.dial, played.gap, sodien)
    ledger.close()


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d+|\d+", text)]


def row(text: str, name: str) -> list[float]:
    """The numbers of a line of the status."""
    line = next(line for line in text.splitlines() if line.strip().startswith(f"{name} "))
    return numbers(line)


def ends(found: Mapping[str, Any]) -> list[float]:
    return [float(found[name]) for name in ("low", "high")]


#: name → (what is meant: the dial's register, energy since 07:00 or in the gap, or power; from where)
OUTPUTS: dict[str, tuple[str, Callable[[World], list[float]]]] = {
    "live: register": ("register", lambda w: ends(json.loads(encode(w.live))["register"])),
    "live: today": ("energy", lambda w: ends(json.loads(encode(w.live))["today_kwh"])),
    "live: period": ("energy", lambda w: ends(json.loads(encode(w.live))["period_kwh"])),
    "live: power": ("power", lambda w: [w.live.power_w or 0]),
    "Home Assistant: register": ("register", lambda w: [w.entity("register_low"), w.entity("register_high")]),
    "Home Assistant: power": ("power", lambda w: [w.entity("power")]),
    "Home Assistant: energy": ("counted", lambda w: [w.entity("energy")]),
    "Home Assistant: today": ("energy", lambda w: [w.entity("today")]),
    "status: register": ("register", lambda w: row(w.run("status"), "register")[1:]),
    "status: today": ("energy", lambda w: row(w.run("status"), "today")[1:]),
    "status: power": ("power", lambda w: row(w.run("status"), "power")),
    "status --json: register": ("register", lambda w: ends(w.status()["register"])),
    "status --json: period": ("energy", lambda w: ends(w.status()["period_kwh"])),
    "status --json: billed": ("energy", lambda w: ends(w.status()["billed_kwh"])),
    "database: register": ("register", lambda w: [w.fields("tick")[-1][name] for name in ("low", "high")]),
    "database: power": ("power", lambda w: [w.fields("tick")[-1]["power_w"]]),
    "database: hour": ("hour", lambda w: [w.fields("hour")[0][name] for name in ("kwh_low", "kwh_high")]),
    "database: gap": ("gap", lambda w: [w.fields("gap")[0][name] for name in ("kwh_low", "kwh_high")]),
    "gaps --json": ("gap", lambda w: ends(w.run("gaps", "--json")["gaps"][0]["energy"])),
    "gaps --json: alone": ("gap", lambda w: ends(w.run("gaps", "--json")["gaps"][0]["alone"])),
    "gaps": ("gap", lambda w: row(w.run("gaps"), "can hold")[1:]),
    "export ticks: register": ("register", lambda w: exported(w, "ticks", "kwh_low", "kwh_high")),
    "export ticks: power": ("power", lambda w: exported(w, "ticks", "power_w")),
    "export gaps": ("gap", lambda w: exported(w, "gaps", "kwh_low", "kwh_high")),
    "page: register": ("register", lambda w: ends(json.loads(w.page("/api/v1/now"))["register"])),
    "page: today": ("energy", lambda w: ends(json.loads(w.page("/api/v1/now"))["today_kwh"])),
    "page: day": ("energy", lambda w: ends(json.loads(w.page("/api/v1/days"))[-1]["kwh"])),
    "page: period": ("energy", lambda w: ends(json.loads(w.page("/api/v1/periods"))[0]["kwh"])),
    "page: power": ("power", lambda w: [json.loads(w.page("/api/v1/now"))["power_w"]]),
    "sheet: gap": ("gap", lambda w: sheet_gap(w)),
}  # fmt: skip


def exported(world: World, what: str, *names: str) -> list[float]:
    lines = list(csv.DictReader(io.StringIO(world.run("export", what))))
    return [float(lines[-1][name]) for name in names]


def sheet_gap(world: World) -> list[float]:
    history = history_of(world.settings, world.ledger, world.settings.meters[0])
    (found,) = gap_rows(history, (0, 1 << 62))
    return [float(found.energy.low), float(found.energy.high)]


def test_every_output_means_the_same(world: World) -> None:
    dial = START + world.dial - 100_000
    assert 1 < dial < 2
    true = {
        "register": dial,
        "energy": world.dial * FACTOR,
        "counted": (world.dial - world.gap) * FACTOR,
        "hour": Fraction(DIAL_W * FACTOR, 1000),
        "gap": world.gap * FACTOR,
        "power": Fraction(DIAL_W * FACTOR),
    }
    for name, (kind, read) in OUTPUTS.items():
        found = read(world)
        low, high = min(found), max(found)
        # What the dial shows to a tenth, what flowed in the gap to what the breaker lets through.
        near = {"register": 0.5, "energy": 25, "gap": 25}.get(kind, 0.05 * float(true[kind]))
        assert low - near <= true[kind] <= high + near, (name, found, float(true[kind]))
        if len(found) > 1:
            assert low <= true[kind] <= high, (name, found, float(true[kind]))


def test_a_register_reads_as_on_the_dial_and_is_told_apart(world: World) -> None:
    status = world.run("status")
    assert re.search(r"register +0000[12]\.\d{3} kWh  \[00001\.\d{3} … 0000[12]\.\d{3}\]", status)
    assert re.search(r"multiplier +40 \(applied to everything but the register\)", status)
    assert json.loads(encode(world.live))["multiplier"] == FACTOR
    assert re.search(r"\b1,\d\d đến [12],\d\d kWh · × 40", world.page("/"))


def test_what_is_said_of_a_gap_is_real_energy(world: World) -> None:
    gap = world.run("gaps", "--json")["gaps"][0]["gap"]
    told = world.run("gaps", "resolve", gap, "--energy", "5..10", "--json")
    assert ends(told["alone"]) == [5, 10]
    assert ends(told["energy"]) == [5, 10]
    assert "It was stated that 5 to 10 kWh flowed." in told["explanation"]


def test_the_limit_of_a_gap_is_told_in_real_power(world: World) -> None:
    (most,) = re.findall(r"At most ([\d.]+) kW can flow", world.run("gaps", "--explain"))
    assert float(most) == pytest.approx(float(world.settings.meters[0].p_max_kw * FACTOR), abs=0.01)


def test_a_dial_reading_after_the_roll_over_fits(world: World) -> None:
    dial = START + world.dial - 100_000
    reading = f"{int(dial):05}.{int(dial * 10) % 10}"
    told = world.run("dial", reading, "--at", format_time(world.at), "--dry-run", "--json")
    assert told["findings"] == []
    assert Decimal(told["after"]["high"]) < 2


def test_the_counter_keeps_what_it_had_before_it_was_multiplied(tmp_path: Path) -> None:
    """A ledger of a version that told the dial's kWh goes on from there, so that nobody adds a jump."""
    ledger = Ledger.open(tmp_path / "ledger.db", create=True)
    noted = MeterNoted(constant=Decimal(1600), multiplier=Decimal(40))
    now = MeterNoted(constant=Decimal(1600), multiplier=Decimal(40), times=40)
    for at, pulses, one in ((1_795_478_400_000, 0, noted), (1_795_478_500_000, 1600, now)):
        ledger.append([NewRow("event", "main", at=at, pulses=pulses, body=EventBody.of(one))])
    assert counted_kwh(3200, constants_of(ledger, "main")) == 1 + 40
    ledger.close()
