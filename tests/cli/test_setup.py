"""`sodien setup`: by options and by answers, comments kept, nothing half-written."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from page.app import create_app
from page.passphrase import make
from page.passphrase import read as read_passphrase
from page.passphrase import write as write_passphrase
from sodien.cli import lazytime
from sodien.cli.setup import command
from sodien.cli.setup_questions import proposed_name
from sodien.cli.typed import confirmed
from sodien.protocol.times import parse_time
from sodien.protocol.topics import valid_name
from sodien.settings import model as settings
from sodien.settings.edit import edited, example, write
from tests.cli.conftest import Sodien

OPTIONS = (
    "--device", "nha-lan", "--pin", 27, "--active", "low", "--constant", 1000, "--reading", "012345,67",
    "--breaker", 63, "--phases", 3, "--reading-day", 15,
    "--customer", "PB05010001234", "--serial", "00123456", "--broker", "pi.local:8883", "--database", "http://db:8086",
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sodien.yaml"


def test_every_option_lands_in_the_file(sodien: Sodien, path: Path) -> None:
    result = sodien("setup", "-c", path, "--yes", "--no-test", *OPTIONS, "--set", "mqtt.user=nha-lan")
    assert result.code == 0, result.err
    done = settings.load(path)
    meter = done.meters[0]
    assert (done.device, meter.pin, meter.active, meter.constant) == ("nha-lan", 27, "low", 1000)
    assert (meter.digits, meter.decimals, meter.breaker_amps, meter.phases) == (6, 2, 63, 3)
    assert (meter.reading_day, done.mqtt.host, done.mqtt.port) == (15, "pi.local", 8883)
    assert (meter.billing.customer, meter.billing.serial) == ("PB05010001234", "00123456")
    assert (done.mqtt.user, done.influxdb.url) == ("nha-lan", "http://db:8086")
    assert f"sodien dial -c {path} 012345,67" in result.out


def test_the_comments_of_the_example_are_kept(sodien: Sodien, path: Path) -> None:
    sodien("setup", "-c", path, "--yes", "--no-test", *OPTIONS)
    text = path.read_text(encoding="utf-8")
    comments = [line.split("#", 1)[1].strip() for line in example().splitlines() if "#" in line]
    assert len(comments) > 40
    missing = [comment for comment in comments if comment not in text]
    assert missing == []


def test_what_the_person_wrote_stays_as_it_is(sodien: Sodien, path: Path) -> None:
    mine = (
        "# my house\ndevice: nha-toi   # mine\nmeters:\n  # in the hall\n"
        "  - {id: main, pin: 17, constant: 1600}\n  - id: shop\n    pin: 22\n    constant: 800  # old one\n"
    )
    path.write_text(mine)
    path.chmod(0o640)
    result = sodien("setup", "-c", path, "--yes", "--no-test", "--meter", "shop", "--breaker", 20)
    assert result.code == 0, result.err
    text = path.read_text()
    assert text == mine.rstrip("\n") + "\n    breaker_amps: 20\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert Path(f"{path}.before").read_text() == mine
    again = sodien("setup", "-c", path, "--yes", "--no-test", "--meter", "shop", "--breaker", 20)
    assert "Nothing changes." in again.out


def test_a_meter_is_added(sodien: Sodien, path: Path) -> None:
    sodien("setup", "-c", path, "--yes", "--no-test", *OPTIONS)
    result = sodien("setup", "-c", path, "--yes", "--no-test", "--meter", "shop")
    assert result.code == 2
    assert "needs --pin and --constant" in result.one_sentence()
    result = sodien(
        "setup", "-c", path, "--yes", "--no-test", "--meter", "shop", "--pin", 22, "--constant", 800
    )
    assert result.code == 0, result.err
    assert [(m.id, m.pin) for m in settings.load(path).meters] == [("main", 27), ("shop", 22)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--pin", "99"), "--pin: meters[0].pin is 99"),
        (("--constant", "1.600"), "could mean thousands"),
        (("--reading", "12.345.6"), "--reading: '12.345.6' is not what a dial shows"),
        (("--reading-day", "32"), "--reading-day"),
        (("--customer", "PB/1"), "--customer: meters[0].billing.customer is 'PB/1'"),
        (("--broker", "host:xx"), "--broker: mqtt.port"),
        (("--device", "Nhà Lan"), "--device"),
        (("--set", "nonsense"), "KEY=VALUE"),
        (("--set", "mqtt.nonsense=1"), "--set mqtt.nonsense=1"),
    ],
)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    sodien: Sodien, path: Path, words: tuple[str, str], said: str
) -> None:
    result = sodien("setup", "-c", path, "--yes", "--no-test", *words)
    assert result.code == 2
    assert said in result.one_sentence()
    assert not path.exists()


def test_a_mistake_in_vietnamese(sodien: Sodien, path: Path) -> None:
    result = sodien("--lang", "vi", "setup", "-c", path, "--yes", "--no-test", "--pin", "99x")
    assert result.code == 2
    assert "--pin: meters[0].pin là '99x', không chỉ có số; hãy ghi số BCM của chân" in result.one_sentence()


def test_a_file_that_is_wrong_already_is_not_touched(sodien: Sodien, path: Path) -> None:
    path.write_text("device: [\n")
    result = sodien("setup", "-c", path, "--yes", "--no-test", "--pin", 5)
    assert result.code == 2
    assert "line" in result.one_sentence()
    assert path.read_text() == "device: [\n"


def test_without_a_terminal_it_asks_for_options(
    sodien: Sodien, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        result = sodien("setup", "-c", path)
    assert result.code == 2
    assert "--yes" in result.err


def test_answers_of_a_person_and_a_second_try(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        "nha-lan",
        "17",
        "4",
        "1.600",
        "1600",
        "12345.6",
        "40",
        "1",
        "last",
        "",
        "",
        "Nguyễn Thị Lan",
        "ấp Bình Long",
        "0901234567",
        "Điện lực Gò Dầu",
        "localhost",
        "",
        "y",
    ]
    runner = CliRunner()
    monkeypatch.setattr("sodien.cli.setup._interactive", lambda: True)
    result = runner.invoke(
        command,
        ["-c", str(path), "--no-test", "--no-page"],
        input="\n".join(answers) + "\n",
        standalone_mode=False,
    )
    assert result.exception is None, result.output
    done = settings.load(path)
    assert (done.device, done.meters[0].constant, done.meters[0].digits) == ("nha-lan", 1600, 5)
    billing = done.meters[0].billing
    sender = (billing.name, billing.address, billing.phone, billing.office)
    assert sender == ("Nguyễn Thị Lan", "ấp Bình Long", "0901234567", "Điện lực Gò Dầu")
    assert "could mean thousands" in result.output
    assert "sodien dial 12345.6" in result.output


def test_a_newcomer_who_presses_enter_has_what_the_docs_wire(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sodien.cli.setup._interactive", lambda: True)
    answers = ["nha-lan", *[""] * 14, "localhost:8086", "có"]
    result = CliRunner().invoke(
        command, ["-c", str(path), "--no-test"], input="\n".join(answers) + "\n", standalone_mode=False
    )
    assert result.exception is None, result.output
    done = settings.load(path)
    assert (done.meters[0].active, done.meters[0].pull, done.influxdb.url) == (
        "low",
        "none",
        "http://localhost:8086",
    )
    assert "3/16  Which sensor (1 to 4) [1]" in result.output
    shown = result.output[result.output.index("16/16") :]
    assert "Name of this Pi: nha-lan" in shown
    # No key of the file: the person was asked questions.
    assert not re.search(r"\b(active|device|influxdb|meters)\b", shown), shown


def test_answers_as_people_give_them(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sodien.cli.setup._interactive", lambda: True)
    answers = ["nha-lan", "", "5", "2", "", "", "63 A", "", "cuối tháng", *[""] * 6, "nhà tôi", "", "", "y"]
    result = CliRunner().invoke(
        command, ["-c", str(path), "--no-test"], input="\n".join(answers) + "\n", standalone_mode=False
    )
    assert result.exception is None, result.output
    assert "'5' is none of them; type a number from 1 to 4" in result.output
    assert "keys of their own" not in result.output
    (meter,) = settings.load(path).meters
    assert (meter.active, meter.breaker_amps, meter.reading_day) == ("low", 63, "last")


@pytest.mark.parametrize(
    ("said", "means"),
    [("y", True), ("Có", True), ("co\u0301", True), ("c", True), ("n", False), ("không", False), ("", True)],
)
def test_yes_and_no_in_both_languages(said: str, means: bool) -> None:
    @click.command()
    def asked() -> None:
        click.echo(confirmed("?", default=True))

    assert CliRunner().invoke(asked, input=f"{said}\n").output.endswith(f"{means}\n")
    assert CliRunner().invoke(asked, input=f"perhaps\n{said}\n").output.endswith(f"{means}\n")


def test_what_the_bill_needs_may_be_left_empty_and_taken_back(sodien: Sodien, path: Path) -> None:
    mine = "device: d\nmeters:\n  - {id: main, pin: 17, constant: 1600}\n"
    path.write_text(mine)
    words = ("setup", "-c", path, "--yes", "--no-test")
    assert "Nothing changes." in sodien(*words, "--customer", "", "--serial", "").out
    assert path.read_text() == mine
    assert sodien(*words, "--customer", "PB05010001234", "--serial", "A 12/3").code == 0
    assert settings.load(path).meters[0].billing.serial == "A 12/3"
    assert sodien(*words, "--customer", "", "--serial", "").code == 0
    billing = settings.load(path).meters[0].billing
    assert (billing.customer, billing.serial) == (None, None)


def test_an_answer_that_was_given_before_is_offered(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sodien.cli.setup._interactive", lambda: True)
    billing = "billing: {customer: PB05010001234, serial: '00123456'}"
    path.write_text(f"device: d\nmeters:\n  - {{id: main, pin: 17, constant: 1600, {billing}}}\n")
    result = CliRunner().invoke(
        command, ["-c", str(path), "--no-test", "--no-page"], input="\n" * 16 + "y\n", standalone_mode=False
    )
    assert result.exception is None, result.output
    assert "[PB05010001234]" in result.output
    assert "its hotline" in result.output
    assert billing in path.read_text()


def test_without_a_reading_it_says_what_to_type(sodien: Sodien, path: Path) -> None:
    out = sodien("setup", "-c", path, "--yes", "--no-test", "--pin", 5).out
    assert out.splitlines()[-1].endswith(f"such as: sodien dial -c {path} 12345.6")


def test_saying_no_writes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sodien.cli.setup._interactive", lambda: True)
    runner = CliRunner()
    lines = "nha-lan\n" + "\n" * 15 + "n\n"
    result = runner.invoke(
        command, ["-c", str(path), "--no-test", "--no-page"], input=lines, standalone_mode=False
    )
    assert result.exception is not None or result.return_value is None
    assert not path.exists()


@pytest.mark.usefixtures("stepped")
def test_it_tries_the_sensor_and_what_it_can_reach(sodien: Sodien, path: Path) -> None:
    (path.parent / "load.csv").write_text("time,power_kw\n2026-11-23T00:00,2\n2026-11-23T01:00,2\n")
    path.write_text(
        "device: d\ngpio: {factory: simulated, simulated: {profile: load.csv}}\n"
        "meters: [{id: main, pin: 17, constant: 1600}]\n"
    )
    result = sodien(
        "setup", "-c", path, "--yes", "--broker", "127.0.0.1:9", "--database", "http://127.0.0.1:9"
    )
    assert result.code == 1
    assert "✓ good: clean flashes" in result.out
    assert result.out.count("✗") == 2
    assert settings.load(path).mqtt.port == 9


def test_one_key_can_be_anywhere() -> None:
    text = edited(
        "device: d\nmeters: [{id: main, pin: 1, constant: 2}]\n", {"mqtt.tls.ca": "x.pem", "clock": None}
    )
    assert "mqtt:\n  tls:\n    ca: x.pem\nclock: null\n" in text


def test_settings_that_cannot_be_used_are_not_written(path: Path) -> None:
    with pytest.raises(settings.SettingsError):
        write(path, "device: d\n")
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_is_not_there(sodien: Sodien, path: Path) -> None:
    result = sodien("setup", "-c", path.parent / "no" / "folder" / "s.yaml", "--yes", "--no-test", "--pin", 5)
    assert result.code == 2
    assert "there is no such folder; make it" in result.one_sentence()


@pytest.mark.parametrize(("spoken", "written"), [("vi", "language: vi"), ("en", "language: auto")])
def test_what_setup_speaks_the_other_commands_speak(
    sodien: Sodien, path: Path, spoken: str, written: str
) -> None:
    words = ("setup", "-c", path, "--yes", "--no-test", "--pin", 5)
    sodien("--lang", spoken, *words)
    assert written in path.read_text()
    sodien("--lang", "en" if spoken == "vi" else "vi", *words)
    assert written in path.read_text(), "settings that are there keep their language"


def test_the_file_is_whole_after_a_kill(path: Path) -> None:
    """SIGKILL at any moment: the former settings or the new ones."""
    path.write_text("device: a\nmeters: [{id: main, pin: 17, constant: 1600}]\n")
    code = (
        "import sys; from pathlib import Path; from sodien.settings.edit import write\n"
        "p = Path(sys.argv[1]); n = 0\n"
        "print('go', flush=True)\n"
        "while True:\n"
        "    n += 1\n"
        "    meters = 'meters: [{id: main, pin: 17, constant: 1600}]'\n"
        "    write(p, f'device: d{n}\\n{meters}\\n' + '#' * 5000 + '\\n')\n"
    )
    for wait in (0.05, 0.11, 0.2):
        process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"go\n"
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        settings.load(path)


def test_the_hosts_name_is_proposed(tmp_path: Path) -> None:
    machine = tmp_path / "machine-id"
    machine.write_text("0123456789abcdef\n")
    assert proposed_name("Bep.local", machine) == "bep"
    one, two = proposed_name("raspberrypi", machine), proposed_name("localhost", machine)
    machine.write_text("fedcba9876543210\n")
    assert proposed_name("raspberrypi", machine) != one
    assert one.startswith("raspberrypi-")
    assert all(valid_name(name) for name in (one, two, proposed_name("Nhà_tôi", machine)))
    assert proposed_name("", tmp_path / "none") == "nha-toi"


def test_what_is_proposed_is_taken_and_a_name_of_ones_own_stays(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sodien.cli.setup._interactive", lambda: True)
    monkeypatch.setattr("socket.gethostname", lambda: "bep")
    runner = CliRunner()
    for given, expected in (("\n" * 16 + "y\n", "bep"), ("phong-khach\n" + "\n" * 15 + "y\n", "phong-khach")):
        result = runner.invoke(
            command, ["-c", str(path), "--no-test", "--no-page"], input=given, standalone_mode=False
        )
        assert result.exception is None, result.output
        assert settings.load(path).device == expected
    runner.invoke(
        command, ["-c", str(path), "--no-test", "--no-page"], input="\n" * 16 + "y\n", standalone_mode=False
    )
    assert settings.load(path).device == "phong-khach"
    ledger = path.parent / "ledger.db"
    ledger.touch()  # something was counted under the name: it stays
    path.write_text(
        f"device: nha-toi\nmeters:\n  - {{id: main, pin: 17, constant: 1600}}\nledger: {{path: {ledger}}}\n"
    )
    runner.invoke(
        command, ["-c", str(path), "--no-test", "--no-page"], input="\n" * 16 + "y\n", standalone_mode=False
    )
    assert settings.load(path).device == "nha-toi"


def test_the_page_in_the_home_network(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sodien.cli.setup._interactive", lambda: True)
    monkeypatch.setattr("socket.gethostname", lambda: "bep")
    monkeypatch.setattr("page.serve.own_address", lambda: "192.168.1.20")
    path.write_text(
        f"device: d\nledger: {{path: {path.parent}/l.db}}\nmeters: [{{id: main, pin: 17, constant: 1600}}]\n"
    )
    typed = ["y", "y", "short", "short", "four words to remember", "four words", "four words", "four words"]
    lines = "\n" * 16 + "\n".join(typed) + "\n"
    result = CliRunner().invoke(command, ["-c", str(path), "--no-test"], input=lines, standalone_mode=False)
    assert result.exception is None, result.output
    done = settings.load(path).page
    assert done.listen == "0.0.0.0"
    assert done.passphrase_file == path.parent / "page-passphrase.json"
    assert stat.S_IMODE(done.passphrase_file.stat().st_mode) == 0o600
    assert read_passphrase(done.passphrase_file).fits("four words")
    create_app(settings.load(path), path, lambda: 0)
    assert "A passphrase has 8 to 200 characters" in result.output
    assert "http://192.168.1.20:8470/" in result.output
    assert "http://bep.local:8470/" in result.output
    drawn = [line for line in result.output.splitlines() if set(line) <= set("█▀▄ ") and len(line) > 20]
    assert len(drawn) > 12
    assert "enable --now sodien-firmware sodien-collector sodien-page" in result.output


def test_the_page_by_option_takes_a_passphrase_that_is_there(sodien: Sodien, path: Path) -> None:
    path.write_text(
        f"device: d\nledger: {{path: {path.parent}/l.db}}\nmeters: [{{id: main, pin: 17, constant: 1600}}]\n"
    )
    words = ("setup", "-c", path, "--yes", "--no-test", "--page")
    refused = sodien(*words)
    assert refused.code == 2
    assert "sodien page passphrase" in refused.one_sentence()
    assert settings.load(path).page.listen == "127.0.0.1"
    write_passphrase(path.parent / "p.json", make("four words"))
    assert sodien(*words, "--set", f"page.passphrase_file={path.parent}/p.json").code == 0
    assert settings.load(path).page.listen == "0.0.0.0"
    assert "http://" in sodien("page", "address", "-c", path).out


def test_the_shipped_name_is_the_examples() -> None:
    assert settings.parse(example(), Path("x")).device == "nha-toi"


class _Machine:
    """A Pi whose root is on the card, and what systemctl is told there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, *, place: str | None = "/") -> None:
        self.told: list[list[str]] = []
        self.code = 0
        (folder / lazytime.UNIT).touch()
        monkeypatch.setattr(lazytime, "UNIT_FOLDERS", (folder / "none", folder))
        monkeypatch.setattr(lazytime, "lazytime_place", lambda ledger: place)
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(subprocess, "run", self._run)

    def _run(self, line: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.told.append(line)
        return subprocess.CompletedProcess(line, self.code, "", "no such option\n" if self.code else "")


def test_lazytime_is_explained_and_switched_on(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = _Machine(monkeypatch, tmp_path)
    monkeypatch.setattr("sodien.cli.lazytime.confirmed", lambda text, **_: "lazytime" in text)
    lazytime.offer(path, ask=True)
    assert machine.told == [["systemctl", "enable", "--now", "sodien-lazytime.service"]]
    said = capsys.readouterr().out
    assert "exact times of files" in " ".join(said.split())
    assert "/ is mounted with lazytime now" in said
    machine.code = 1
    lazytime.offer(path, ask=False)
    assert "no such option" in capsys.readouterr().out


def test_lazytime_is_not_offered_where_it_spares_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = _Machine(monkeypatch, tmp_path, place=None)
    lazytime.offer(path, ask=True)
    (tmp_path / lazytime.UNIT).unlink()
    monkeypatch.setattr(lazytime, "lazytime_place", lambda ledger: "/")
    lazytime.offer(path, ask=True)
    assert (machine.told, capsys.readouterr().out) == ([], "")


def test_a_ledger_elsewhere_is_told_what_to_write(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine = _Machine(monkeypatch, tmp_path)
    monkeypatch.setattr(lazytime, "lazytime_place", lambda ledger: "/mnt/usb" if ledger == path else "/")
    lazytime.offer(path, ask=True)
    assert machine.told == []
    assert "add lazytime to the options of /mnt/usb in /etc/fstab" in capsys.readouterr().out


# -- the last bill -------------------------------------------------------------------------------------

HERE = (
    "device: d\nclock: trust\nledger: {path: ledger.db}\nmeters:\n  - {id: main, pin: 17, constant: 1600}\n"
)
MESSAGE = (
    "Mã khách hàng: PB05010001234\nTừ ngày 01/10/2026 đến ngày 31/10/2026\nChỉ số cũ: 12000\n"
    "Chỉ số mới: 12300\nĐiện năng tiêu thụ: 300 kWh"
)


@pytest.fixture
def here(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path.write_text(HERE)
    monkeypatch.setattr("sodien.cli.last_bill.now_ms", lambda: parse_time("2026-11-20T01:00:00Z"))
    return path


@pytest.mark.parametrize("said", ["12300 31/10/2026", "2026-10-31  12300", MESSAGE])
def test_the_last_bill_tells_when_this_period_began(sodien: Sodien, here: Path, said: str) -> None:
    words = ("setup", "-c", here, "--yes", "--no-test", "--bill", said)
    result = sodien(*words)
    assert result.code == 0, result.err
    assert "12300 was read on 2026-10-31." in result.out
    assert "This billing period began on 2026-11-01." in result.out
    (bill,) = sodien("bill", "list", "--json", "-c", here).json["bills"]
    assert bill["bill"]["rows"][0]["new"] == "12300"
    assert sodien(*words).code == 0
    assert len(sodien("bill", "list", "--json", "-c", here).json["bills"]) == 1


def test_a_mistake_in_the_last_bill_is_one_sentence(sodien: Sodien, here: Path) -> None:
    for said in ("12300", "12300 31/02/2026", "hôm qua"):
        result = sodien("setup", "-c", here, "--yes", "--no-test", "--bill", said)
        assert result.code == 2, said
        assert result.one_sentence()
    assert not here.with_name("ledger.db").exists()


def test_the_last_bill_is_asked_for_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sodien.cli.setup._interactive", lambda: True)

    def run(*answers: str) -> str:
        words = ["-c", str(here), "--no-test", "--no-page", "--no-lazytime"]
        lines = "\n".join([*[""] * 16, *answers]) + "\n"
        result = CliRunner().invoke(command, words, input=lines, standalone_mode=False)
        assert result.exception is None, result.output
        return result.output

    assert "Last bill" in run("y", "")
    out = run("nonsense", "12300 31/10/2026")
    assert out.count("Last bill:") == 2
    assert "12300 was read on 2026-10-31." in out
    assert "Last bill" not in run()
