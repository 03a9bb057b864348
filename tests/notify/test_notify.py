"""`sodien notify`: real Apprise to a real server on loopback, and crashes where they hurt."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sodien.ledger.store import Ledger, NewRow
from sodien.notify import addresses, told
from sodien.notify.addresses import Address
from tests.cli.billed import HOUR, NOW, PULSES_AN_HOUR, SETTINGS, START, freeze, household, notice
from tests.cli.conftest import Sodien
from tests.cli.rooms import SUN, house

DAY = 24 * HOUR
SECRET = "geheim1234"


class Phone(ThreadingHTTPServer):
    """Where messages arrive; ``status`` is what it answers, ``hold`` keeps it from answering."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[dict[str, str]] = []
        self.status = 200
        self.arrived = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def url(self, more: str = "") -> str:
        return f"json://127.0.0.1:{self.server_port}/{SECRET}{more}"

    @property
    def texts(self) -> list[str]:
        return [one["message"] for one in self.heard]


class _Handler(BaseHTTPRequestHandler):
    server: Phone

    def do_POST(self) -> None:
        self.server.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.arrived.set()
        self.server.go_on.wait(30)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def phone() -> Iterator[Phone]:
    with Phone() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()


@pytest.fixture
def home(tmp_path: Path, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A household whose ledger goes to 4 November, and one address; the settings file."""
    freeze(monkeypatch)
    write(tmp_path, phone.url())
    return household(tmp_path, SETTINGS + "notify: {urls_file: urls}\n")


def write(folder: Path, *lines: str) -> None:
    file = folder / "urls"
    file.write_text("# ours\n\n" + "\n".join(lines) + "\n")
    file.chmod(0o600)


def add(home: Path, *rows: NewRow) -> None:
    ledger = Ledger.open(home.parent / "ledger.db", durable=False)
    ledger.append(rows)
    ledger.close()


def gap(at: int, minutes: float, meter: str = "main") -> NewRow:
    body = {"ns": int(minutes * 60e9), "reason": "power", "after": 1, "high": "0.5"}
    return NewRow("gap", meter, at=at, pulses=1, body=json.dumps(body).encode())


def reminder(at: int, when: str = "tomorrow") -> NewRow:
    return NewRow("reminder", "main", at=at, body=json.dumps({"day": "2026-11-30", "when": when}).encode())


def test_what_happens_is_told_in_order_once_and_history_never(
    home: Path, phone: Phone, sodien: Sodien
) -> None:
    add(home, gap(NOW - 5 * HOUR, 90))
    assert sodien("notify", "-c", home).code == 0
    assert phone.texts == []
    add(
        home,
        gap(NOW - 2 * HOUR, 7),
        gap(NOW - HOUR, 0.5),
        reminder(NOW - 60_000),
        gap(NOW - 9000, 9, "other"),
    )
    (home.parent / "notice.txt").write_text(notice(new=9968))
    assert sodien("bill", "import", "-c", home, home.parent / "notice.txt").code == 1
    assert sodien("notify", "-c", home).code == 0
    (text,) = phone.texts
    assert [line.split(": ")[0] for line in text.splitlines()] == [
        "main",
        "main",
        "main, bill of 2026-10-01 to 2026-10-31",
    ]
    assert "nothing was counted from 2026-11-04 06:00 to 2026-11-04 06:07." in text
    assert "the utility reads the meter tomorrow (2026-11-30)" in text
    assert "The bill disagrees: at least" in text
    assert phone.heard[0]["title"] == "Sodien · nha-toi"
    assert sodien("notify", "-c", home).code == 0
    assert len(phone.texts) == 1


def test_the_words_are_in_the_language_of_the_settings(home: Path, phone: Phone, sodien: Sodien) -> None:
    home.write_text(home.read_text() + "language: vi\n")
    sodien("notify", "-c", home)
    add(home, reminder(NOW, "today"))
    sodien("notify", "-c", home)
    assert "30/11/2026" in phone.texts[0]
    assert "công tơ" in phone.texts[0]


def test_a_dead_address_holds_up_no_other_is_told_once_and_named_by_doctor(
    home: Path,
    phone: Phone,
    sodien: Sodien,
) -> None:
    with Phone() as dead:
        write(home.parent, dead.url("?x=1"), phone.url())
    sodien("notify", "-c", home)
    add(home, reminder(NOW))
    first = sodien("notify", "-c", home)
    assert first.code == 1
    assert re.fullmatch(r"line 3 \(json\): .+\n", first.err), first.err
    assert SECRET not in first.err + first.out
    assert len(phone.texts) == 1
    again = sodien("notify", "-c", home)
    assert (again.code, again.err) == (1, "")
    found = [
        one for one in sodien("doctor", "--json", "-c", home).json["findings"] if one["name"] == "messages"
    ]
    assert [one["level"] for one in found] == ["warn", "ok"]
    assert "line 3 (json)" in found[0]["sentence"]
    assert SECRET not in json.dumps(found) + told.path_of(home.parent / "ledger.db").read_text()
    # It comes back: it gets what it missed, the other one nothing again.
    add(home, gap(NOW - HOUR, 5))
    write(home.parent, dead.url("?x=1").replace(str(dead.server_port), str(phone.server_port)), phone.url())
    assert sodien("notify", "-c", home).code == 0
    assert phone.texts[1].count("\n") == 0


def test_a_refusal_is_tried_again_until_it_arrives(home: Path, phone: Phone, sodien: Sodien) -> None:
    sodien("notify", "-c", home)
    phone.status = 503
    for number in range(12):
        add(home, gap(NOW - HOUR + number * 120_000, 2))
    assert sodien("notify", "-c", home).code == 1
    phone.status = 200
    assert sodien("notify", "-c", home).code == 0
    lines = phone.texts[-1].splitlines()
    assert lines[0] == "Not listed, because too much happened: 2."
    assert len(lines) == 1 + told.MOST
    assert sodien("notify", "--json", "-c", home).json == {"sent": [], "failed": {}}


@pytest.mark.parametrize("arrives", [True, False])
def test_a_kill_between_sending_and_saving_loses_nothing(
    home: Path,
    phone: Phone,
    sodien: Sodien,
    arrives: bool,
) -> None:
    sodien("notify", "-c", home)
    add(home, reminder(NOW))
    phone.go_on.clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "sodien", "notify", "-c", str(home)], start_new_session=True
    )
    assert phone.arrived.wait(60)
    if not arrives:
        phone.heard.clear()  # taken from the line, and lost
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    phone.go_on.set()
    assert sodien("notify", "-c", home).code == 0
    assert sodien("notify", "-c", home).code == 0
    # It is told again: whether it arrived, nobody has kept. Then it is told no more.
    assert len(phone.texts) == (2 if arrives else 1)
    assert len({text.splitlines()[0] for text in phone.texts}) == 1


def test_no_pulse_for_a_day_is_told_once_and_again_the_next_time(
    home: Path,
    phone: Phone,
    sodien: Sodien,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sodien("notify", "-c", home)
    freeze(monkeypatch, NOW + 23 * HOUR)
    sodien("notify", "-c", home)
    assert phone.texts == []
    freeze(monkeypatch, NOW + 2 * DAY)
    for _ in range(2):
        sodien("notify", "-c", home)
    assert len(phone.texts) == 1
    assert phone.texts[0].startswith("main: no pulse for more than 24 hours (count ")
    pulses = (NOW - START) // HOUR * PULSES_AN_HOUR + 1000
    add(home, NewRow("tick", "main", run=1, mono=NOW * 10**6, at=NOW + 2 * DAY, pulses=pulses))
    sodien("notify", "-c", home)
    freeze(monkeypatch, NOW + 4 * DAY)
    for _ in range(2):
        sodien("notify", "-c", home)
    assert len(phone.texts) == 2


def test_an_entry_that_waits_for_the_clock_is_told_when_it_has_its_time(
    home: Path,
    phone: Phone,
    sodien: Sodien,
) -> None:
    sodien("notify", "-c", home)
    ledger = Ledger.open(home.parent / "ledger.db", durable=False)
    run = ledger.begin_run("another boot", 0, "1")
    early = msgspec_replace(gap(0, 3), run=run, mono=60 * 10**9)
    ledger.append([early])
    ledger.append([reminder(NOW)])
    sodien("notify", "-c", home)
    assert phone.texts == []
    ledger.date("another boot", (NOW - HOUR) * 10**6)
    ledger.close()
    sodien("notify", "-c", home)
    assert [line.split()[1] for line in phone.texts[0].splitlines()] == ["nothing", "the"]


def msgspec_replace(row: NewRow, *, run: int, mono: int) -> NewRow:
    return NewRow(row.kind, row.meter, run, mono, None, row.pulses, body=row.body)


def test_another_ledger_begins_at_its_end(home: Path, phone: Phone, sodien: Sodien) -> None:
    sodien("notify", "-c", home)
    add(home, reminder(NOW))
    ledger = Ledger.open(home.parent / "ledger.db", durable=False)
    ledger.carry_on()
    ledger.close()
    sodien("notify", "-c", home)
    assert phone.texts == []


def test_a_test_message_goes_to_all(home: Path, phone: Phone, sodien: Sodien) -> None:
    write(home.parent, phone.url(), f"nonsense://{SECRET}", SECRET)
    done = sodien("notify", "--test", "-c", home)
    assert done.code == 1
    assert done.out.splitlines() == [
        "line 3 (json): sent",
        "line 4 (nonsense): Apprise does not know this kind of address",
        "line 5 (?): Apprise does not know this kind of address",
    ]
    assert phone.texts == ["A test message of Sodien (nha-toi)."]
    assert not told.path_of(home.parent / "ledger.db").exists()


def test_who_does_not_answer_is_given_up(phone: Phone) -> None:
    phone.go_on.clear()
    why = addresses.send(Address("line 1", phone.url("?rto=30")), "title", "body", timeout_s=3)
    assert why == "no answer within 3 s"


def test_zalos_form_of_a_message(phone: Phone) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/push.md").read_text()
    (url,) = re.findall(r"^jsons://\S+$", page, re.MULTILINE)
    there = url.replace("jsons://bot-api.zaloplatforms.com", f"json://127.0.0.1:{phone.server_port}")
    assert (
        addresses.send(Address("line 1", there.replace("BOT_TOKEN", "12:ab")), "Sodien", "một\nhai") is None
    )
    assert phone.heard == [{"chat_id": "CHAT_ID", "text": "một\nhai"}]


@pytest.mark.parametrize("scheme", ["tgram", "ntfys", "mailtos"])
def test_the_addresses_of_the_guide_are_such_that_apprise_knows(scheme: str) -> None:
    import apprise

    page = (Path(__file__).parents[2] / "docs/how-to/push.md").read_text()
    found = re.findall(rf"`({scheme}://\S+)`", page)
    assert found
    for url in found:
        url = url.replace("BOT_TOKEN", "123456789:" + "a" * 35).replace("CHAT_ID", "12345678")
        assert apprise.Apprise().add(url), url


@pytest.mark.parametrize(
    ("lines", "says"), [((), "holds no address"), (("# only this",), "holds no address")]
)
def test_a_file_without_an_address(home: Path, sodien: Sodien, lines: tuple[str, ...], says: str) -> None:
    write(home.parent, *lines)
    done = sodien("notify", "-c", home)
    assert done.code == 2
    assert says in done.one_sentence()


def test_nobody_to_tell_is_a_sentence(tmp_path: Path, sodien: Sodien) -> None:
    done = sodien("notify", "-c", household(tmp_path))
    assert done.code == 2
    assert "notify.urls_file" in done.one_sentence()


def test_a_file_that_everybody_reads_is_a_finding(home: Path, sodien: Sodien) -> None:
    (home.parent / "urls").chmod(0o644)
    found = [
        one for one in sodien("doctor", "--json", "-c", home).json["findings"] if one["name"] == "messages"
    ]
    assert "everybody" in found[0]["sentence"]
    assert "sodien-notify.timer" in found[1]["remedy"]


def test_on_mondays_the_week_before_is_told_once(
    home: Path, phone: Phone, sodien: Sodien, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = NOW - 2 * DAY  # 2 November, 08:00
    for at, count in (
        (monday - 7 * DAY, 0),  # the first call knows what is over
        (monday - HOUR, 0),
        (monday, 1),
        (monday + HOUR, 1),
        (monday + DAY, 1),
    ):
        freeze(monkeypatch, at)
        assert sodien("notify", "-c", home).code == 0
        assert len(phone.heard) == count, at
    (text,) = phone.texts
    assert text == (
        "main: At most 401 W are always on, for the quietest hour drew 399 … 401 W; "
        "of the week's 67.1 … 67.3 kWh that is at most 67.3. "
        "The busiest hour drew 0.39 … 0.41 kW on average. "
        "No day stood out from the four weeks before (9.5 … 9.7 kWh a day)."
    )
    # An address that failed is told later; who wants no weeks is told none.
    phone.status = 500
    freeze(monkeypatch, monday + 7 * DAY)
    assert sodien("notify", "-c", home).code == 1
    phone.status = 200
    freeze(monkeypatch, monday + 7 * DAY + HOUR)
    home.write_text(home.read_text().replace("notify: {", "notify: {weekly: false, "))
    assert sodien("notify", "-c", home).code == 0
    assert "always on" not in phone.texts[-1]


def test_what_is_delivered_is_no_consumption_and_a_day_without_sun_is_no_news(
    tmp_path: Path, phone: Phone, sodien: Sodien, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, phone.url())
    sun = house(tmp_path, SUN + "\nnotify: {urls_file: urls}\n")
    monday = NOW - 2 * DAY
    for at in (monday - 7 * DAY, monday, NOW + 2 * DAY):
        freeze(monkeypatch, at)
        assert sodien("notify", "-c", sun).code == 0
    week, still = phone.texts
    assert week.startswith("main: ")
    assert still.startswith("main: ")
    assert "room1" not in week + still
