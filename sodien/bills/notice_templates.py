"""Template files: how each sender words its messages, the packaged ones and the household's own.

Every message has an example and what it says, so that a file tests itself. A file that cannot be used stops
nothing: its error is told, and the other files and the typed reader do what they can. The format is
docs/reference/notices.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, get_args

import msgspec

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Problem, Schedule, Understood
from sodien.billing.notices.read import read as read_notice
from sodien.billing.notices.templates import MessageTemplate, template
from sodien.bills.practice_files import Certainty
from sodien.bills.tariff_files import files_in
from sodien.errors import SodienError
from sodien.files import shipped
from sodien.i18n import tr
from sodien.settings.model import Settings
from sodien.settings.reader import SettingsError, read, read_text
from sodien.value_rules import Choice, Word, one_line

#: Of all files of a household together: characters, words and slots. A year's senders need a tenth.
MOST_CHARACTERS, MOST_ELEMENTS = 64_000, 2_000

_Line = Annotated[str, Word("text of one line")]
_Value = Annotated[str | None, Word("what the example says, as a number without marks or as yyyy-mm-dd")]


class _Struct(msgspec.Struct, frozen=True, kw_only=True):
    pass


class ExampleSays(_Struct, frozen=True, kw_only=True):
    """What the example says; a field that is left out is not printed in it."""

    customer: _Value = None
    serial: _Value = None
    term: _Value = None
    month: _Value = None
    year: _Value = None
    first: _Value = None
    last: _Value = None
    old: _Value = None
    new: _Value = None
    multiplier: _Value = None
    kwh: _Value = None
    net: _Value = None
    tax: _Value = None
    tax_rate: _Value = None
    total: _Value = None
    households: _Value = None
    day: _Value = None
    until: _Value = None


class TemplateMessage(_Struct, frozen=True, kw_only=True):
    """One message of a sender."""

    text: Annotated[MessageTemplate, Word("the message with slots such as {kwh:energy}", template)]
    example: _Line
    says: ExampleSays


class TemplateFile(_Struct, frozen=True, kw_only=True):
    """A whole file: one sender."""

    sender: _Line
    source: _Line
    certainty: Annotated[Certainty, Choice(get_args(Certainty), "where the wording is known from")]
    messages: tuple[TemplateMessage, ...]


@dataclass(frozen=True, slots=True)
class Templates:
    """What all files give, and what is wrong with those that cannot be used: file, line, key, remedy."""

    usable: tuple[MessageTemplate, ...]
    broken: tuple[SodienError, ...] = ()


def packaged() -> Path:
    """The folder of the template files that come with Sodien."""
    return shipped("config/notices")


def known_templates(paths: Sequence[Path] = ()) -> Templates:
    """Those of the packaged files and of ``paths``, files or folders; never raises for what is in them."""
    usable, broken = list(_shipped()), []
    characters = elements = 0
    for file, error in _listed(paths):
        try:
            if error is not None:
                raise error
            text = read_text(file, _missing())
            characters += len(text)
            if characters > MOST_CHARACTERS:
                raise _too_much(file)
            found = [message.text for message in parse(text, file).messages]
            elements += sum(len(one.elements) for one in found)
            if elements > MOST_ELEMENTS:
                raise _too_much(file)
            usable += found
        except SodienError as wrong:
            broken.append(wrong)
    return Templates(tuple(usable), tuple(broken))


def templates_for(settings: Settings) -> Templates:
    """The packaged ones and those of all meters: whose a notice is, its text says only when it is read."""
    return known_templates([path for meter in settings.meters for path in meter.billing.notices])


def _listed(paths: Sequence[Path]) -> Iterable[tuple[Path, SodienError | None]]:
    for path in dict.fromkeys(paths):
        try:
            yield from ((file, None) for file in files_in(path, _missing()))
        except SodienError as error:
            yield path, error


def _missing() -> str:
    return tr("name a file of message templates, or a folder that holds some")


def _too_much(file: Path) -> SettingsError:
    return SettingsError(
        tr(
            "{path}: the template files are larger together than any household needs; keep your senders'.",
            path=one_line(file),
        )
    )


@cache
def _shipped() -> tuple[MessageTemplate, ...]:
    folder = packaged()
    return tuple(
        message.text
        for file in sorted(folder.glob("*.yaml"))
        for message in parse(file.read_text(encoding="utf-8"), file).messages
    )


def parse(text: str, file: Path) -> TemplateFile:
    """What a file says; ``file`` is named in errors. Raises SettingsError."""
    content, _ = read(text, TemplateFile, file, {}, example=tr("config/notices/evnspc.yaml of the project"))
    return content


@dataclass(frozen=True, slots=True)
class CheckedExample:
    """What is read of an example.

    Attributes:
        read: field → value, as text.
        wrong: field → what the file says and what is read, where they differ; None for nothing.
        problems: what is not clear of it.
    """

    read: dict[str, str]
    wrong: dict[str, tuple[str | None, str | None]]
    problems: tuple[Problem, ...] = ()


def check_file(file: Path) -> list[CheckedExample]:
    """Each example of a file, read with its templates and the packaged ones. Raises SettingsError."""
    messages = parse(read_text(file, _missing()), file).messages
    return [checked(one, [*_shipped(), *(other.text for other in messages)]) for one in messages]


def checked(message: TemplateMessage, others: Sequence[MessageTemplate] = ()) -> CheckedExample:
    """An example tried as a notice is read: beside the typed reader, and ``others``."""
    understood = read_notice(message.example, [message.text, *others])
    got = values(understood)
    said = {name: getattr(message.says, name) for name in ExampleSays.__struct_fields__}
    wrong = {n: (value, got.get(n)) for n, value in said.items() if not _same(value, got.get(n))}
    return CheckedExample(got, wrong, understood.problems)


def values(understood: Understood) -> dict[str, str]:
    """The fields of the first bill or announced reading day under the names of :class:`ExampleSays`."""
    found: dict[str, object] = {}
    for document in understood.documents[:1]:
        content = document.content
        found |= msgspec.structs.asdict(content)
        if isinstance(content, Bill) and len(content.rows) == 1:
            row = content.rows[0]
            found |= {name: getattr(row, name) for name in ("old", "new", "multiplier")}
        if not isinstance(content, (Bill, Schedule)):
            return {}
    return {name: f"{found[name]}" for name in ExampleSays.__struct_fields__ if found.get(name) is not None}


def _same(said: str | None, got: str | None) -> bool:
    if said is None or got is None:
        return said == got
    if said.replace(".", "", 1).isdecimal() and got.replace(".", "", 1).isdecimal():
        return Decimal(said) == Decimal(got)
    return said == got
