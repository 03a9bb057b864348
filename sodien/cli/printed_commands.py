"""Commands that Sodien prints run as they are printed: with the caller's settings file, program and rights.

A text says 'sodien dial 12345.6'. Who has typed `.venv/bin/sodien status -c mine.yaml` would not reach the
same ledger with that, or not find the program. What writes the settings needs sudo where they are root's.
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
_GROUPS = ("bill", "claim", "clock", "meter", "gaps", "measure", "page")
#: Commands that write the settings file.
_WRITING = ("setup", "page passphrase")
#: What takes no settings; a group that only names its commands is among them.
_ANYWHERE = ("demo", "install", "bill", "claim", "meter")


def as_called(
    program: str | None,
    config: str | None,
    commands: Sequence[str],
    *,
    root_config: str | None = None,
    writable: bool = False,
) -> Callable[[str], str]:
    """What changes a text's commands.

    Args:
        program: how the program is called in place of ``sodien``; None where that is right.
        config: the FILE of ``-c FILE``; None where none is needed.
        commands: the names of Sodien's commands.
        root_config: the same behind sudo, which brings no environment along.
        writable: whether the caller may write the settings file, so that no sudo is needed for that.
    """
    names = "|".join(re.escape(name) for name in sorted(commands, key=len, reverse=True))
    groups = "|".join(_GROUPS)
    command = re.compile(
        rf"(?<![\w/.-])(sudo )?sodien((?: --?[a-z]+)*) ((?:{groups}) [a-z]+|{names})(?![\w-])"
        r"(?=((?:(?!sodien)[^\n])*? -c )?)"
    )
    called = "sodien" if program is None else _no_fields(program)

    def one(found: re.Match[str]) -> str:
        sudo = found[1] or ""
        if found[3] in _WRITING:
            sudo = "" if writable else "sudo "
        file = (root_config or config) if sudo and found[3] not in _ANYWHERE else config
        if found[4] or found[3] in _ANYWHERE:  # it names its file itself, or needs none
            file = None
        named = "" if file is None else f" -c {_no_fields(shlex.quote(file))}"
        return f"{sudo}{called}{found[2]} {found[3]}{named}"

    return lambda text: command.sub(one, text)


def _no_fields(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def for_call(argv: Sequence[str], commands: Sequence[str]) -> Callable[[str], str]:
    """What a call of this program with these words asks for."""
    config = _config_of(argv)
    variable = os.environ.get("SODIEN_CONFIG")
    root_config = config or variable
    if config is not None and Path(config) == Path(variable or DEFAULT_FILE):
        config = None
    if root_config is not None and Path(root_config) == Path(DEFAULT_FILE):
        root_config = None
    return as_called(
        _program(), config, commands, root_config=root_config, writable=_writable(settings_file(argv))
    )


def _writable(path: Path) -> bool:
    """Whether the caller may make or replace this file, in a folder that may still have to be made."""
    folder = path.absolute().parent
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK)


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
    """How this program was called, for a shell, where that is not what ``sodien`` would find."""
    mine = Path(sys.argv[0])
    if mine.name == "__main__.py":
        mine = Path(sys.executable).with_name("sodien")
    if mine.name != "sodien":
        return None
    found = shutil.which("sodien")
    if found is not None and os.path.realpath(found) == os.path.realpath(mine):
        return None
    return shlex.quote(str(mine)) if mine.exists() else f"{shlex.quote(sys.executable)} -m sodien"
