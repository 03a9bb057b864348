"""`sodien doctor`: each thing that can go wrong is found, and a healthy house is left in peace."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from firmware.simulation.manual_clock import ManualClock
from sodien.cli.context import Session
from sodien.cli.doctor import billing as doctor_billing
from sodien.cli.doctor import broker as doctor_broker
from sodien.cli.doctor import counting as doctor_counting
from sodien.cli.doctor import database as doctor_database
from sodien.cli.doctor import examine as doctor
from sodien.cli.doctor import ledger as doctor_ledger
from sodien.cli.doctor.finding import Finding
from sodien.device import state as state_file
from sodien.ledger.store import Ledger, NewRow
from sodien.metering.calendar import with_announced
from sodien.protocol.messages import Live
from sodien.protocol.times import format_time
from sodien.settings import model as settings_file
from sodien.settings.model import GpioSettings
from tests.cli.conftest import MINUTE, Sodien, minute, tick
from tests.support.servers import Influx, Mosquitto

DAY = 1440
NOW = minute(150)


def state(**changes: Any) -> state_file.State:
    plain: dict[str, Any] = {
        "pid": os.getpid(),
        "written": NOW,
        "clock_set": True,
        "broker": "connected",
        "queue": 0,
        "last_confirmed": NOW,
    }
    return state_file.State(**plain | changes)


@pytest.fixture
def ledger(home: Path) -> Iterator[Ledger]:
    opened = Ledger.open(home.parent / "ledger.db")
    yield opened
    opened.close()


@pytest.fixture
def broker() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Database:
    """Answers GET /ping with a status."""

    def __init__(self, status: int) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def database() -> Iterator[Database]:
    running = Database(204)
    yield running
    running.close()


def levels(findings: list[dict[str, Any]]) -> dict[str, str]:
    return {finding["name"]: finding["level"] for finding in findings}


def healthy(config: Path, ledger: Ledger, broker: int, url: str) -> None:
    """A broker and a database that answer, a daemon that counts, a count that moved just now."""
    import time

    text = config.read_text()
    config.write_text(f'{text}mqtt: {{host: 127.0.0.1, port: {broker}}}\ninfluxdb: {{url: "{url}"}}\n')
    now = time.time_ns() // 1_000_000
    ledger.append([NewRow("tick", "main", 1, None, now - 30_000, 728, 10)])
    state_file.write(state_file.write_path(ledger), state(written=now, last_confirmed=now))


def test_nothing_to_do(
    sodien: Sodien, home: Path, ledger: Ledger, mosquitto: Mosquitto, influxdb: Influx
) -> None:
    influxdb.query("CREATE DATABASE sodien")
    healthy(home, ledger, mosquitto.port, influxdb.url)
    result = sodien("doctor", "--json", "-c", home)
    found = levels(result.json["findings"])
    assert found.pop("grafana") in ("info", "ok")  # wherever the tests run
    assert found.pop("tariff") in ("ok", "info")  # a table that nobody has checked for long is told
    assert found == {
        "version": "info",
        "settings": "ok",
        "disk": "ok",
        "ledger": "ok",
        "seals": "info",
        "set-aside": "ok",
        "counting": "ok",
        "clock": "ok",
        "gpio": "info",
        "pulses": "ok",
        "dial": "info",
        "max_power": "ok",
        "queue": "ok",
        "broker": "ok",
        "broker-login": "ok",
        "database": "ok",
        "database-write": "ok",
        "reading_day": "info",
    }
    assert (result.code, result.json["ok"]) == (0, True)
    text = sodien("doctor", "-c", home)
    assert text.code == 0
    assert "Nothing to do." in text.out


def test_every_finding_has_a_remedy_and_the_code_is_1(sodien: Sodien, home: Path, closed_port: int) -> None:
    url = f"http://127.0.0.1:{closed_port}"
    text = home.read_text().replace("simulated", "lgpio")
    home.write_text(f'{text}mqtt: {{host: 127.0.0.1, port: {closed_port}}}\ninfluxdb: {{url: "{url}"}}\n')
    result = sodien("doctor", "--json", "-c", home)
    assert (result.code, result.json["ok"]) == (1, False)
    found = levels(result.json["findings"])
    assert (found["counting"], found["broker"], found["database"]) == ("fail", "fail", "warn")
    assert found["pulses"] == "warn"
    for finding in result.json["findings"]:
        assert bool(finding["remedy"]) or finding["level"] in ("ok", "info")
    shown = sodien("--lang", "vi", "doctor", "-c", home)
    assert shown.code == 1
    assert "Số vấn đề:" in shown.out
    assert "→" in shown.out


@pytest.mark.parametrize("text", [None, "device: [", "device: nha-toi\nmeters: 5\n"])
def test_settings_that_cannot_be_used(sodien: Sodien, tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "sodien.yaml"
    if text is not None:
        path.write_text(text)
    result = sodien("doctor", "--json", "-c", path)
    assert result.code == 1
    (finding,) = result.json["findings"]
    assert (finding["name"], finding["level"]) == ("settings", "fail")
    assert str(path) in finding["sentence"]
    assert finding["remedy"]


def test_no_ledger_yet(sodien: Sodien, config: Path) -> None:
    result = sodien("doctor", "--json", "-c", config)
    assert result.code == 1
    (finding,) = [f for f in result.json["findings"] if f["name"] == "ledger"]
    assert finding["level"] == "fail"
    assert (
        f"start counting (sudo systemctl enable --now sodien-firmware, or 'sodien run -c {config}'"
        in finding["remedy"]
    )
    assert not (config.parent / "ledger.db").exists()


def test_the_seals_are_looked_at(sodien: Sodien, home: Path, ledger: Ledger) -> None:
    ledger.seal(1, 0, 5)
    found = levels(sodien("doctor", "--json", "-c", home).json["findings"])
    assert found["seals"] == "ok"
    with ledger._transaction() as db:
        db.execute("UPDATE entry SET pulses = 5 WHERE seq = 7")
    (finding,) = [f for f in sodien("doctor", "--json", "-c", home).json["findings"] if f["name"] == "seals"]
    assert finding["level"] == "fail"
    assert "does not fit its seals from entry 7 on" in finding["sentence"]


def test_a_damaged_ledger(sodien: Sodien, home: Path) -> None:
    file = home.parent / "ledger.db"
    data = bytearray(file.read_bytes())
    for page in range(4, len(data) // 1024):
        data[page * 1024 : page * 1024 + 64] = b"\xff" * 64
    file.write_bytes(data)
    result = sodien("doctor", "--json", "-c", home)
    assert result.code == 1
    assert result.err == ""
    assert levels(result.json["findings"])["ledger"] == "fail"


def test_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor_ledger.check_disk(tmp_path / "no" / "ledger.db").level == "fail"
    for free, level in ((9 << 20, "fail"), (50 << 20, "warn"), (200 << 20, "ok")):
        monkeypatch.setattr(doctor_ledger.shutil, "disk_usage", lambda _path, n=free: _Usage(n))
        finding = doctor_ledger.check_disk(tmp_path / "ledger.db")
        assert (finding.level, finding.bad) == (level, level != "ok")
        assert f"{free >> 20} MiB" in finding.sentence


class _Usage:
    def __init__(self, free: int) -> None:
        self.free = free


def test_counting() -> None:
    assert doctor_counting.check_daemon(state(), NOW).level == "ok"
    assert doctor_counting.check_daemon(None, NOW).level == "fail"
    stuck = doctor_counting.check_daemon(state(written=NOW - 10 * MINUTE), NOW)
    assert stuck.level == "fail"
    assert "600 s" in stuck.sentence
    trouble = doctor_counting.check_daemon(state(trouble="the disk is full"), NOW)
    assert (trouble.level, trouble.sentence) == ("fail", "the disk is full")


def test_clock(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_file.load(home)
    assert doctor_counting.check_clock(settings, state()).level == "ok"
    assert doctor_counting.check_clock(settings, state(clock_set=False)).level == "warn"
    assert doctor_counting.check_clock(settings, None).level == "ok"  # clock: trust
    monkeypatch.setattr("sodien.device.state.SystemClock", lambda _trust: ManualClock(synchronised=False))
    assert doctor_counting.check_clock(settings, None).level == "warn"


def test_gpio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gpio = GpioSettings(factory="auto")
    none = doctor_counting.check_gpio(gpio, False, tmp_path)
    assert none.level == "fail"
    assert f"{tmp_path}/gpiochip*" in none.sentence
    (tmp_path / "gpiochip0").touch()
    assert doctor_counting.check_gpio(gpio, False, tmp_path).level == "ok"
    assert doctor_counting.check_gpio(GpioSettings(factory="lgpio", chip=4), False, tmp_path).level == "fail"
    monkeypatch.setattr(doctor_counting.os, "access", lambda *_: False)
    denied = doctor_counting.check_gpio(gpio, False, tmp_path)
    assert denied.level == "fail"
    assert "adduser" in (denied.remedy or "")
    assert doctor_counting.check_gpio(gpio, True, tmp_path).level == "ok"  # whoever counts may
    assert doctor_counting.check_gpio(GpioSettings(factory="simulated"), False, tmp_path).level == "info"


def test_no_pulse_for_too_long(home: Path, ledger: Ledger) -> None:
    settings = settings_file.load(home)

    def at(minutes: int) -> Finding:
        return doctor_counting.check_pulses(settings, ledger, "main", minute(minutes))

    assert at(151).level == "ok"
    assert at(150 + DAY - 1).level == "ok"
    quiet = at(150 + DAY)
    assert quiet.level == "warn"
    assert "count 720" in quiet.sentence
    # Minute rows go on, but the count does not move: the daemon runs, the sensor has come off.
    ledger.append([tick(1, 150 + DAY, 720)])
    assert at(150 + DAY).level == "warn"
    ledger.append([tick(1, 151 + DAY, 721)])
    assert at(151 + DAY).level == "ok"
    assert doctor_counting.check_pulses(settings, ledger, "other", NOW).level == "info"


def test_pulses_since_the_newest_minute_row_are_counted(
    home: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the first minute the only row says 0; `sodien status` and this say the same."""
    live = Live(pulses=723, at=format_time(minute(150) + 40_000))
    monkeypatch.setattr(doctor, "reached", lambda *_: ())
    monkeypatch.setattr(state_file, "read", lambda _: state(live={"main": live}))
    (found,) = (one for one in doctor.examine(Session(str(home)), NOW + 41_000) if one.name == "pulses")
    assert (found.level, found.sentence) == ("ok", "main: 723 pulses counted up to 2026-10-30 10:30:40")
    monkeypatch.setattr(state_file, "read", lambda _: None)
    (found,) = (one for one in doctor.examine(Session(str(home)), NOW + 41_000) if one.name == "pulses")
    assert found.sentence == "main: 720 pulses counted up to 2026-10-30 10:30:00"


def test_pulses_that_prove_more_power_than_can_flow(home: Path, ledger: Ledger) -> None:
    def look() -> Finding:
        settings = settings_file.load(home)
        (found,) = doctor_counting.check_power(settings, ledger, settings.meters[0])
        return found

    assert look().level == "ok"
    assert (
        "0.26 kW in the busiest minute; the supply carries at most 14.04 kW" in look().sentence
    )  # 7 whole pulses of 8
    # 14.036 kW are 374.3 pulses a minute: 375 do not prove more, because the first may have been nearly full.
    ledger.append([tick(1, 151, 720 + 375)])
    assert look().level == "ok"
    ledger.append([tick(1, 152, 720 + 375 + 377)])
    found = look()
    assert (found.level, found.bad) == ("warn", True)
    assert "14.10 kW" in found.sentence
    assert found.remedy is not None
    assert "max_power_kw: 14.1 or more" in found.remedy
    home.write_text(home.read_text().replace("digits: 5", "digits: 5, max_power_kw: 14.1"))
    assert look().level == "ok"


def test_where_nothing_was_counted_for_a_minute_nothing_is_said_of_power(config: Path) -> None:
    ledger = Ledger.open(config.parent / "ledger.db", create=True)
    settings = settings_file.load(config)
    assert list(doctor_counting.check_power(settings, ledger, settings.meters[0])) == []
    ledger.close()


def test_dial_readings(home: Path, ledger: Ledger) -> None:
    settings = settings_file.load(home)

    def look() -> Finding:
        return doctor_counting.check_dial(settings, ledger, settings.meters[0])

    def note(number: int, low: str, high: str) -> None:
        body = {"reading": low, "low": low, "high": high, "within_ms": 0}
        ledger.append([NewRow("dial", "main", at=minute(number), body=body)])

    assert look().level == "info"
    note(10, "12345.6", "12345.7")
    assert look().level == "ok"
    note(50, "12349.0", "12349.1")
    assert look().level == "warn"


def test_queue(ledger: Ledger) -> None:
    assert doctor_ledger.check_queue(ledger, state(), NOW).level == "ok"
    assert doctor_ledger.check_queue(ledger, state(queue=500), NOW).level == "ok"  # draining
    late = state(queue=500, last_confirmed=NOW - 3 * 60 * MINUTE)
    finding = doctor_ledger.check_queue(ledger, late, NOW)
    assert finding.level == "warn"
    assert "3 h old" in finding.sentence
    assert doctor_ledger.check_queue(ledger, state(queue=500, last_confirmed=None), NOW).level == "warn"
    assert doctor_ledger.check_queue(ledger, None, NOW).level == "warn"  # 93 entries in the ledger itself
    stuck = state(queue=1, oldest=7, oldest_since=NOW - 2 * 60 * MINUTE, last_confirmed=NOW)
    finding = doctor_ledger.check_queue(ledger, stuck, NOW)
    assert finding.level == "warn", "one entry that nobody answers, while others are confirmed"
    assert "entry 7 has had no answer for 2 h" in finding.sentence
    ledger.set_confirmed([(1, 93)])
    assert doctor_ledger.check_queue(ledger, None, NOW).level == "ok"


def test_what_the_collector_put_aside(tmp_path: Path) -> None:
    aside = tmp_path / "aside.jsonl"
    assert list(doctor_ledger.check_dead_letters(aside)) == []
    aside.write_text('{"reason":"a"}\n{"reason":"b"}\n')
    (finding,) = doctor_ledger.check_dead_letters(aside)
    assert (finding.level, "(2)" in finding.sentence, str(aside) in (finding.remedy or "")) == (
        "warn",
        True,
        True,
    )


def test_a_forbidden_topic_comes_with_the_line_that_allows_it() -> None:
    live, ledger = "sodien/nha/main/live", "sodien/nha/ledger"
    one, two = doctor_broker.check_denied((live, ledger), "nha")
    assert live in one.sentence
    assert (one.remedy or "").endswith(f"user nha ⏎ topic readwrite {live}")
    assert (two.remedy or "").endswith(f"topic write {ledger}")


def test_broker(broker: int, closed_port: int) -> None:
    assert doctor_broker.check_broker("127.0.0.1", broker, None).level == "ok"
    assert doctor_broker.check_broker("127.0.0.1", broker, state()).level == "ok"
    refused = state(broker="disconnected", broker_failure="Not authorized")
    finding = doctor_broker.check_broker("127.0.0.1", broker, refused)
    assert finding.level == "fail"
    assert "Not authorized" in finding.sentence
    assert doctor_broker.check_broker("127.0.0.1", closed_port, None).level == "fail"


@pytest.mark.parametrize(("status", "level"), [(204, "ok"), (401, "ok"), (404, "ok"), (502, "warn")])
def test_database_answers(status: int, level: str) -> None:
    running = Database(status)
    try:
        assert doctor_database.check_database(running.url).level == level
    finally:
        running.close()


def test_database_is_away(closed_port: int) -> None:
    finding = doctor_database.check_database(f"http://127.0.0.1:{closed_port}")
    assert finding.level == "warn"
    assert "Connection refused" in finding.sentence


def test_the_next_reading_day(home: Path) -> None:
    settings = settings_file.load(home)
    meter = settings.meters[0]
    assert "2026-10-31" in doctor_billing.reading_day(settings, meter, NOW, None).sentence
    moved = with_announced("last", [dt.date(2026, 11, 2)])
    assert "2026-11-02" in doctor_billing.reading_day(settings, meter, NOW, moved).sentence


def test_a_tariff_that_cannot_be_used(home: Path) -> None:
    home.write_text(home.read_text().replace("last}", "last, billing: {tariff: nowhere}}"))
    settings = settings_file.load(home)
    finding = doctor.check_tariff(settings, settings.meters[0], NOW)
    assert finding.level == "warn"
    assert "nowhere" in finding.sentence
    assert finding.remedy
