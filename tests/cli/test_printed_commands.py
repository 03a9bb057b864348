"""Commands that are printed run as they are printed."""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien import i18n
from sodien.cli import printed_commands
from sodien.cli.group import COMMANDS, command_of, language_of
from sodien.cli.printed_commands import as_called, for_call
from sodien.errors import install_command
from tests.cli.conftest import Sodien
from tests.support.printed import commands, refusal
from tests.support.tools import ROOT, load

NAMES = list(COMMANDS)
messages = load("packaging/messages.py")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("type 'sodien dial' with", "type 'sodien dial -c mine.yaml' with"),
        ("sodien gaps resolve {gap} --supply-out", "sodien gaps resolve -c mine.yaml {gap} --supply-out"),
        ("'sodien gaps --explain' says", "'sodien gaps -c mine.yaml --explain' says"),
        ("'sodien meter replace'", "'sodien meter replace -c mine.yaml'"),
        ("sodien dial -c mine.yaml 1", "sodien dial -c mine.yaml 1"),
        ("sodien dial 1 -c {file}\nsodien status", "sodien dial 1 -c {file}\nsodien status -c mine.yaml"),
        ("see 'sodien --help'", "see 'sodien --help'"),
        ("the user sodien may; group sodien too", "the user sodien may; group sodien too"),
        ("/etc/sodien/sodien.yaml; python -m sodien", "/etc/sodien/sodien.yaml; python -m sodien"),
        ("systemctl restart sodien-page", "systemctl restart sodien-page"),
    ],
)
def test_a_command_names_the_file_that_the_caller_named(text: str, printed: str) -> None:
    assert as_called(None, "mine.yaml", NAMES)(text) == printed
    assert as_called(None, None, NAMES)(text) == text


def test_the_program_is_the_one_that_was_called() -> None:
    called = as_called(".venv/bin/sodien", None, NAMES)
    assert called("'sodien aim'") == "'.venv/bin/sodien aim'"
    assert called("look: sodien audit -c demo/s.yaml") == "look: .venv/bin/sodien audit -c demo/s.yaml"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_whatever_a_file_is_called_a_shell_reads_it_back(name: str) -> None:
    printed = as_called(shlex.quote(name), name, NAMES)("sodien dial {kwh}").format(kwh="1.5")
    assert shlex.split(printed) == [name, "dial", "-c", name, "1.5"]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is found as ``sodien``, and settings are root's."""
    monkeypatch.setattr(printed_commands, "_program", lambda: None)
    monkeypatch.setattr(printed_commands, "_writable", lambda path: False)


@pytest.mark.usefixtures("installed")
def test_what_is_found_anyway_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def says(*words: str) -> str:
        return for_call(words, NAMES)("'sodien dial', 'sudo sodien notify --test'")

    bare = "'sodien dial', 'sudo sodien notify --test'"
    assert says("status", "-c", "/etc/sodien/sodien.yaml") == bare
    assert says() == bare
    assert says("status", "-c") == bare
    assert says("bill", "import", "--", "-c", "x") == bare
    monkeypatch.setenv("SODIEN_CONFIG", "mine.yaml")
    # sudo brings no environment along
    assert says("status", "--config=mine.yaml") == "'sodien dial', 'sudo sodien notify -c mine.yaml --test'"
    assert says("status") == "'sodien dial', 'sudo sodien notify -c mine.yaml --test'"
    assert (
        says("status", "--config=o.yaml") == "'sodien dial -c o.yaml', 'sudo sodien notify -c o.yaml --test'"
    )


@pytest.mark.parametrize(("writable", "sudo"), [(True, ""), (False, "sudo ")])
@pytest.mark.parametrize("named", ["setup", "page passphrase"])
def test_what_writes_the_settings_says_sudo_where_they_are_roots(
    named: str, writable: bool, sudo: str
) -> None:
    change = as_called(None, None, NAMES, writable=writable)
    for text in (f"sodien {named}", f"sudo sodien {named}"):
        assert change(text) == f"{sudo}sodien {named}"
    assert change("sudo sodien notify --test; sodien page token") == (
        "sudo sodien notify --test; sodien page token"
    )


def test_whether_settings_can_be_written_is_asked_of_their_folder(tmp_path: Path) -> None:
    change = for_call(["status", "-c", str(tmp_path / "not" / "there.yaml")], NAMES)
    assert "sudo" not in change("sudo sodien setup")


def every_text() -> list[str]:
    return [
        text for one in messages.read() if one.id for text in (one.id, one.string) if isinstance(text, str)
    ]


def test_every_command_in_a_text_runs_as_it_is_printed() -> None:
    refused = {}
    found = {command: text for text in every_text() for command in commands(text)}
    for command, text in found.items():
        for change in (str, as_called("/opt/x y/sodien", "my file.yaml", NAMES)):
            if (why := refusal(change(command))) is not None:
                refused[change(command)] = f"{why} {text}"
    assert not refused
    assert len(found) > 40


def test_every_command_that_has_settings_gets_the_callers_file() -> None:
    change = as_called(None, "mine.yaml", NAMES)
    bare = {one for text in every_text() for one in commands(text) if " -c " not in change(one)}
    assert bare <= {"sodien --help", "sodien meter", "sodien bill", "sodien claim --help"}


def test_a_command_that_would_not_run_is_found() -> None:
    assert list(commands("see 'sodien status --at {when}'; or: sodien gaps resolve {gap} --supply-out.")) == [
        "sodien status --at 7",
        "sodien gaps resolve 7 --supply-out",
    ]
    assert list(commands("again (sodien dial), if 'sudo sodien run' is not")) == [
        "sudo sodien run",
        "sodien dial",
    ]
    assert refusal("sodien gaps narrows it") is not None
    assert refusal("sodien meter withdraw 7") is not None
    assert refusal("sodien dial 12345.6") is None


def test_units_that_texts_name_are_shipped_and_pip_is_called_for_this_python() -> None:
    units = {unit for text in every_text() for unit in re.findall(r"\bsodien-[a-z]+(?:\.[a-z]+)?", text)}
    shipped = {path.name for path in (ROOT / "systemd").iterdir()}
    others = {unit for unit in units if unit not in shipped and f"{unit}.service" not in shipped}
    assert others <= {"sodien-bill"}  # the name of a sheet's file
    assert "sodien-firmware" in units
    assert [text for text in every_text() if "pip install" in text] == []


@pytest.mark.parametrize("extra", ["page", "pdf", "demo", "pi", "lgpio", "notify", "pdf-import"])
def test_an_extra_is_installed_by_what_it_asks_for(extra: str) -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][extra]
    words = shlex.split(install_command(extra))
    assert words[words.index(sys.executable) :] == [sys.executable, "-m", "pip", "install", *asked]


def test_a_program_beside_the_path_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "sodien"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert for_call(["status"], NAMES)("'sodien aim'") == "'sodien aim'"
    monkeypatch.setenv("PATH", "/nowhere")
    change = for_call(["status"], NAMES)
    assert change("'sodien aim'") == f"'{program} aim'"


def test_what_the_program_prints_names_the_file(sodien: Sodien, config: Path) -> None:
    assert f"'sodien run -c {config}'" in sodien("dial", "12345.6", "-c", config).err


def test_the_commands_with_a_second_word_are_known() -> None:
    """They are listed, because importing every command would cost each call."""
    groups = [name for name in NAMES if isinstance(command_of(name), click.Group)]
    assert sorted(groups) == sorted(printed_commands._GROUPS)


def test_the_language_may_stand_anywhere() -> None:
    assert language_of(["--lang", "vi", "status"]) == ("vi", ["status"])
    assert language_of(["status", "--json", "--lang=vi"]) == ("vi", ["status", "--json"])
    assert language_of(["status", "--lang", "fr"]) == (None, ["status", "--lang", "fr"])
    assert language_of(["bill", "import", "--", "--lang", "vi"]) == (
        None,
        ["bill", "import", "--", "--lang", "vi"],
    )


def test_help_behind_a_command_speaks_it(sodien: Sodien, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Cách dùng: sodien status" in sodien("status", "--help", "--lang", "vi").out
    assert i18n.language() == "vi"


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("name", ["bill", "gaps", "meter", "page", "clock"])
def test_no_line_of_a_list_is_cut(sodien: Sodien, name: str, language: str) -> None:
    out = sodien(name, "--help", "--lang", language).out
    assert not re.search(r"\w\.\.\.", out), out
