"""Print the manual page sodien(1), made from the commands themselves: python packaging/man.py > sodien.1"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from sodien import __version__
from sodien.cli.group import COMMANDS, group


def escaped(text: str) -> str:
    """Text that roff takes as it is."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("\n.", "\n\\&.").replace("\n'", "\n\\&'")


def options(command: click.Command) -> Iterator[str]:
    """The options of a command, one paragraph each."""
    for param in command.params:
        if isinstance(param, click.Option) and not param.hidden:
            names = ", ".join([*param.opts, *param.secondary_opts])
            takes = f" {param.metavar or param.type.name.upper()}" if not param.is_flag else ""
            yield f".TP\n\\fB{escaped(names)}\\fR{escaped(takes)}\n{escaped(param.help or '')}"


def page() -> str:
    """The whole page."""
    context = click.Context(group)
    lines = [f'.TH SODIEN 1 "" "sodien {__version__}"', ".SH NAME"]
    lines += ["sodien \\- your own witness to the number on the electricity meter", ".SH SYNOPSIS"]
    lines += [
        "\\fBsodien\\fR [\\fB\\-\\-lang\\fR en|vi] \\fICOMMAND\\fR [\\fIOPTIONS\\fR]",
        ".SH DESCRIPTION",
    ]
    lines += [escaped(inspect.cleandoc(group.help or "")), *options(group), ".SH COMMANDS"]
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        usage = " ".join(command.collect_usage_pieces(click.Context(command, info_name=name)))
        lines += [
            f".SS sodien {escaped(name)} {escaped(usage)}",
            escaped(inspect.cleandoc(command.help or "")),
        ]
        lines += options(command)
    lines += [
        ".SH FILES",
        ".TP\n/etc/sodien/sodien.yaml\nSettings.",
        ".TP\n/var/lib/sodien/ledger.db\nThe ledger.",
    ]
    lines += [".SH EXIT STATUS", "0 fine, 1 a finding, 2 usage or settings."]
    return "\n".join(line.replace("\n\n", "\n.PP\n") for line in lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
