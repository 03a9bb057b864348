"""Commands of Sodien as a text has them, and whether the real command line takes them."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Iterator

import click

from sodien.cli.group import COMMANDS, group, language_of

_NAMES = "|".join(map(re.escape, COMMANDS))
_BEGIN = re.compile(rf"(?<![\w/.-])(?:sudo )?sodien (?:(?:{_NAMES})(?![\w-])|--)")
_QUOTED = re.compile(r"'((?:sudo )?sodien [^']*)'")
#: What a field holds where it may hold anything; a number is a reading, a bill, a gap, an entry and a file.
_ANY = "7"
_FIELDS = {"digest": "a" * 64, "path": "/tmp/x", "file": "x.yaml", "owner": "b" * 32}


def commands(text: str) -> Iterator[str]:
    """The commands of a text: what stands in 'quotes', and what ends its line or stands in brackets."""
    filled = re.sub(r"\{(\w+)(?::[^}]*)?\}", lambda field: _FIELDS.get(field[1], _ANY), text)
    filled = re.sub(r"(?<= )[A-Z]{2,}(?=')", _ANY, filled)  # what a help text leaves to the reader
    for line in filled.splitlines():
        yield from _QUOTED.findall(line)
        plain = _QUOTED.sub("", line)
        for begin in _BEGIN.finditer(plain):
            bracket = plain.find(")", begin.start())
            end = bracket if plain[begin.start() - 1 : begin.start()] == "(" else len(plain)
            yield re.sub(r"[.,;]?(?: \(.*)?$", "", plain[begin.start() : end].strip())


def refusal(command: str) -> str | None:
    """Why the command line would not take a command; None where it runs. Nothing is run."""
    words = shlex.split(command)
    while words and not words[0].endswith("sodien"):
        words = words[1:]
    _, args = language_of(words[1:])
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            _descend(group, "sodien", args, None)
    except click.exceptions.Exit as stop:
        return None if stop.exit_code == 0 else f"exit {stop.exit_code}"
    except click.ClickException as error:
        return None if type(error).__name__ == "NoArgsIsHelpError" else error.format_message()
    return None


def _descend(
    command: click.Command, name: str, args: list[str], parent: click.Context | None
) -> click.Context:
    context = command.make_context(name, list(args), parent=parent)
    rest = [*getattr(context, "_protected_args", []), *context.args]
    if not isinstance(command, click.Group) or not rest:
        return context
    found, below, left = command.resolve_command(context, rest)
    assert found is not None
    assert below is not None
    return _descend(below, found, left, context)
