"""`sodien bill template-check`: whether the examples of a file of message templates are read as they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from sodien.billing.words.notices import field_name, sentence
from sodien.bills.notice_templates import CheckedExample, check_file
from sodien.cli.context import json_option, print_json
from sodien.i18n import tr


@click.command("template-check")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> int:
    """Try the message templates in FILE: each example has to be read as the file says.

    They are tried as a notice is read, beside the reader's own rules and the templates that come with Sodien.
    Exit code 1: an example is read otherwise.
    """
    checked = check_file(file)
    if as_json:
        print_json({"file": f"{file}", "messages": [_plain(one) for one in checked]})
    else:
        for number, one in enumerate(checked, 1):
            click.echo(tr("Message {number}:", number=number))
            for line in _lines(one):
                click.echo(f"  {line[:1].upper()}{line[1:]}")
    return int(any(one.wrong for one in checked))


def _plain(one: CheckedExample) -> dict[str, object]:
    return {
        "read": one.read,
        "differences": {name: {"says": says, "read": read} for name, (says, read) in one.wrong.items()},
        "problems": [sentence(problem) for problem in one.problems],
    }


def _lines(one: CheckedExample) -> Iterator[str]:
    for name, value in one.read.items():
        if name not in one.wrong:
            yield tr("{field}: {value}", field=field_name(name), value=value)
    for name, (says, read) in one.wrong.items():
        yield tr(
            "{field}: the example says {says}, and {read} is read",
            field=field_name(name),
            says=says or tr("nothing"),
            read=read or tr("nothing"),
        )
    for problem in one.problems:
        yield tr("Not clear: {sentence}", sentence=sentence(problem))
