"""Commands that are printed run as they are printed."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien import i18n
from sodien.cli import printed_commands
from sodien.cli.group import COMMANDS, command_of, language_of
from sodien.cli.printed_commands import as_called, for_call
from tests.cli.conftest import Sodien

NAMES = list(COMMANDS)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("type 'sodien dial' with", "type 'sodien dial -c mine.yaml' with"),
        ("sodien gaps resolve {gap} --supply-out", "sodien gaps resolve -c mine.yaml {gap} --supply-out"),
        ("'sodien gaps --explain' says", "'sodien gaps -c mine.yaml --explain' says"),
        ("'sodien meter replace'", "'sodien meter replace -c mine.yaml'"),
        ("sodien dial -c mine.yaml 1", "sodien dial -c mine.yaml 1"),
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
    assert as_called(".venv/bin/sodien", None, NAMES)("'sodien aim'") == "'.venv/bin/sodien aim'"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_whatever_a_file_is_called_a_shell_reads_it_back(name: str) -> None:
    printed = as_called(name, name, NAMES)("sodien dial {kwh}").format(kwh="1.5")
    assert shlex.split(printed) == [name, "dial", "-c", name, "1.5"]


def test_what_is_found_anyway_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert for_call(["status", "-c", "/etc/sodien/sodien.yaml"], NAMES) is None
    assert for_call([], NAMES) is None
    assert for_call(["status", "-c"], NAMES) is None
    monkeypatch.setenv("SODIEN_CONFIG", "mine.yaml")
    assert for_call(["status", "--config=mine.yaml"], NAMES) is None
    assert for_call(["status", "--config=other.yaml"], NAMES) is not None
    assert for_call(["bill", "import", "--", "-c", "x"], NAMES) is None


def test_a_program_beside_the_path_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "sodien"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert for_call(["status"], NAMES) is None
    monkeypatch.setenv("PATH", "/nowhere")
    change = for_call(["status"], NAMES)
    assert change is not None
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
