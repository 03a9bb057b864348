"""Commands that Sodien prints run as they are printed: with the caller's settings file and program.

A text says 'sodien dial 12345.6'. Who has typed `.venv/bin/sodien status -c mine.yaml` would not reach the
same ledger with that, or not find the program.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path

from sodien.settings.model import DEFAULT_FILE, find

#: Commands whose settings option stands behind a second word.
_GROUPS = ("bill", "clock", "meter", "gaps", "measure", "page")


def as_called(program: str | None, config: str | None, commands: Sequence[str]) -> Callable[[str], str]:
    """What changes a text's commands.

    Args:
        program: how the program is called in place of ``sodien``; None where that is right.
        config: the FILE of ``-c FILE``; None where none is needed.
        commands: the names of Sodien's commands.
    """
    names = "|".join(re.escape(name) for name in sorted(commands, key=len, reverse=True))
    groups = "|".join(_GROUPS)
    command = re.compile(
        rf"(?<![\w/.-])sodien((?: --?[a-z]+)*) ((?:{groups}) [a-z]+|{names})(?![\w-])(?! -c )"
    )
    named = "" if config is None else f" -c {_no_fields(shlex.quote(config))}"
    called = "sodien" if program is None else _no_fields(shlex.quote(program))

    def change(text: str) -> str:
        return command.sub(lambda found: f"{called}{found[1]} {found[2]}{named}", text)

    return change


def _no_fields(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def for_call(argv: Sequence[str], commands: Sequence[str]) -> Callable[[str], str] | None:
    """What a call of this program with these words asks for; None when texts are right as they are."""
    config = _config_of(argv)
    if config is not None and Path(config) == Path(os.environ.get("SODIEN_CONFIG") or DEFAULT_FILE):
        config = None
    program = _program()
    return None if config is None and program is None else as_called(program, config, commands)


def settings_file(argv: Sequence[str]) -> Path:
    """The settings file that a call of this program with these words uses."""
    return find(_config_of(argv))


def _config_of(argv: Sequence[str]) -> str | None:
    found = None
    for word, following in zip_longest(argv, argv[1:], fillvalue=""):
        if word == "--":
            break
        if word in ("-c", "--config"):
            found = following or None
        elif word.startswith("--config="):
            found = word.removeprefix("--config=")
    return found


def _program() -> str | None:
    """How this program was called, where that is not what ``sodien`` would find."""
    mine = Path(sys.argv[0])
    if mine.name != "sodien":
        return None
    found = shutil.which("sodien")
    return None if found is not None and os.path.realpath(found) == os.path.realpath(mine) else str(mine)
