"""Help in both languages, sentences instead of tracebacks, and what a command imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sodien as package
from sodien.cli.group import COMMANDS
from sodien.i18n import catalogue
from sodien.ledger.store import Ledger
from tests.cli.conftest import Sodien, fill, tick

NEED_SETTINGS = [["status"], ["dial", "1"], ["snapshots"], ["export", "ticks"], ["run"], ["collect"]]
NEED_LEDGER = [["status"], ["dial", "1"], ["snapshots"], ["export", "gaps"]]


def python(code: str, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(sodien: Sodien, name: str, language: str) -> None:
    result = sodien("--lang", language, name, "--help")
    assert result.code == 0
    usage = {"en": "Usage", "vi": "Cách dùng"}[language]
    assert f"{usage}: sodien {name}" in result.out
    assert result.err == ""


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_list_of_commands(sodien: Sodien, language: str) -> None:
    out = " ".join(sodien("--lang", language, "--help").out.split())
    for name, texts in COMMANDS.items():
        assert f" {name} " in out
        for text in texts:
            assert (catalogue("vi").gettext(text) if language == "vi" else text) in out


def test_help_of_a_command_is_vietnamese_when_asked(sodien: Sodien, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    out = sodien("status", "--help").out
    assert "Hiện chỉ số từng công tơ" in out
    assert "kWh là chuỗi thập phân" in out
    monkeypatch.setenv("SODIEN_LANG", "en")
    assert "Show each meter's register" in sodien("status", "--help").out


def test_a_mistyped_command_names_the_nearest(sodien: Sodien) -> None:
    result = sodien("statsu")
    assert result.code == 2
    assert "There is no command 'statsu'; did you mean 'status'?" in result.err
    result = sodien("xyzzy")
    assert result.code == 2
    assert "see 'sodien --help'" in result.err


@pytest.mark.parametrize("words", NEED_SETTINGS, ids=" ".join)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_missing_settings_are_one_sentence(
    sodien: Sodien, tmp_path: Path, words: list[str], language: str
) -> None:
    missing = tmp_path / "nowhere.yaml"
    result = sodien("--lang", language, *words, "-c", missing)
    assert result.code == 2
    assert str(missing) in result.one_sentence()
    assert result.out == ""


def test_the_environment_names_the_settings(
    sodien: Sodien, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SODIEN_CONFIG", str(tmp_path / "named.yaml"))
    assert "named.yaml" in sodien("status").one_sentence()


@pytest.mark.parametrize("words", NEED_LEDGER, ids=" ".join)
def test_a_missing_ledger_is_one_sentence(sodien: Sodien, config: Path, words: list[str]) -> None:
    result = sodien(*words, "-c", config)
    assert result.code == 2
    assert "there is no ledger yet; start 'sodien run' first" in result.one_sentence()
    assert not (config.parent / "ledger.db").exists()


def test_a_file_that_is_no_ledger_is_one_sentence(sodien: Sodien, config: Path) -> None:
    (config.parent / "ledger.db").write_text("not a ledger at all, " * 100)
    result = sodien("status", "-c", config)
    assert result.code == 2
    assert "the ledger is damaged" in result.one_sentence()


def test_a_meter_that_does_not_exist_names_those_that_do(sodien: Sodien, home: Path) -> None:
    result = sodien("dial", "12345.6", "--meter", "attic", "-c", home)
    assert result.code == 2
    assert "no meter 'attic'; the settings know: main" in result.one_sentence()


def test_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['sodien', '--version']; from sodien.cli import main; main();"
        "print([m for m in ('click', 'yaml', 'gpiozero', 'msgspec', 'paho', 'rich') if m in sys.modules])"
    )
    assert python(code).stdout == f"sodien {package.__version__}\n[]\n"


def test_the_firmware_never_imports_the_database_client() -> None:
    code = "import sys, firmware.daemon; print([m for m in sys.modules if m.startswith('influxdb')])"
    result = python(code)
    assert result.stdout == "[]\n", result.stderr


#: What `sodien run` must never pay for: the database's client, reports, the bill, the demo, tools of setup.
NOT_FOR_COUNTING = (
    "amqtt", "asyncio", "babel", "click", "collector", "flask", "hypothesis", "influxdb_client", "jinja2",
    "multiprocessing", "pydantic", "requests", "rich", "ruamel", "sodien.billing", "sodien.demo",
    "sodien.drift", "sodien.settings.edit", "sodien.history.words", "unittest", "urllib3", "waitress", "xml",
)  # fmt: skip


#: What `sodien run` loads, settings read.
RUN = (
    "import sys, firmware.gpio.libgpiod.pins\nfrom firmware import daemon\n"
    "daemon.serve = lambda settings: 0\n"
    "import sodien.cli\nargument = sys.argv[1:]\nsys.argv = ['sodien', 'run', '--config', argument[0]]\n"
    "try:\n    sodien.cli.main()\nexcept SystemExit: pass\nsys.argv[1:] = argument\n"
)
#: Packages of others that it stands on, and how many modules of its own it may load: all cost memory.
#: paho-mqtt takes socks where something else has installed it.
PACKAGES = {"colorzero", "gpiod", "gpiozero", "msgspec", "paho", "socks", "yaml"}
MOST_OF_OURS = 120


def test_run_loads_these_packages_and_few_modules_of_ours(config: Path) -> None:
    code = (
        RUN + "tops = [m.split('.')[0] for m in sys.modules]\n"
        "before = set(sys.stdlib_module_names) | {'sodien', 'firmware', '__main__'}\n"
        "print(sum(top in ('sodien', 'firmware') for top in tops))\n"
        "print(' '.join(set(tops) - before))"
    )
    ours, others = python(code, str(config)).stdout.splitlines()
    assert int(ours) <= MOST_OF_OURS
    internal = ("_", "typing_", "cython_")
    assert {name for name in others.split() if not name.startswith(internal)} <= PACKAGES


@pytest.mark.parametrize("what", ["missing", "wrong", "ledger"])
def test_the_unit_and_a_person_are_told_the_same(config: Path, what: str) -> None:
    if what == "missing":
        config = config.with_name("none.yaml")
    elif what == "wrong":
        config.write_text("device: [\n")
    else:
        (config.parent / "ledger.db").mkdir()
    ways = [["--config", str(config)], ["--config", str(config), "--verbose"]]
    unit, person = (
        subprocess.run(
            [sys.executable, "-m", "sodien", "run", *way],
            capture_output=True, text=True, check=False, env={**os.environ, "SODIEN_LANG": "vi"},
        )
        for way in ways
    )  # fmt: skip
    assert (unit.returncode, unit.stdout, unit.stderr) == (person.returncode, person.stdout, person.stderr)
    assert unit.returncode == 2
    assert unit.stderr.startswith("sodien: ")


def test_run_imports_nothing_that_counting_does_not_need(config: Path) -> None:
    code = RUN + (
        "print([m for m in sys.modules if any(m == w or m.startswith(w + '.') for w in sys.argv[2:])])"
    )
    result = python(code, str(config), *NOT_FOR_COUNTING)
    assert result.stdout == "[]\n", result.stderr


@pytest.mark.parametrize("words", [["--help"], ["status", "--help"], ["export", "--help"]], ids=" ".join)
def test_a_command_imports_only_what_it_needs(words: list[str]) -> None:
    code = (
        "import sys\nfrom sodien.cli.group import run\n"
        "try:\n    run(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print([m for m in ('gpiozero', 'paho', 'influxdb_client', 'yaml', 'rich') if m in sys.modules])"
    )
    assert python(code, *words).stdout.endswith("\n[]\n")


@pytest.mark.parametrize("rows", [0, 2000], ids=["at the end", "in the middle"])
def test_a_reader_that_leaves_early_is_no_error(config: Path, rows: int) -> None:
    ledger = Ledger.open(config.parent / "ledger.db", create=True, durable=False)
    fill(ledger)
    run_id = ledger.begin_run("boot", 0, "1")
    ledger.append([tick(run_id, n, 720 + n) for n in range(200, 200 + rows)])
    ledger.close()
    reader, writer = os.pipe()
    os.close(reader)
    try:
        result = subprocess.run(
            [sys.executable, "-m", "sodien", "export", "ticks", "-c", config],
            stdout=writer,
            env={**os.environ, "PYTHONUNBUFFERED": ""},
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert (result.returncode, result.stderr) == (0, b"")
