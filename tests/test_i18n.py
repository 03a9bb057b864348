"""Vietnamese is complete: no text is missing, none is stale, and the fields agree everywhere."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import msgspec
import pytest

from sodien import i18n
from sodien.billing.words.sentences import WORDS
from sodien.bills.tariff_files import TariffFile
from sodien.cli.group import COMMANDS, group
from sodien.settings.model import Settings
from sodien.settings.rules import Each
from sodien.vietnamese import CATALOG, ROOMS

ROOT = Path(__file__).parent.parent
#: Where ``tr(name)`` of a variable is meant: :func:`variable_texts` finds its texts.
VARIABLE = {
    "sodien/cli/group.py",
    "sodien/demo/show.py",
    "sodien/billing/words/sentences.py",
    "sodien/settings/rules.py",
}


@dataclass(frozen=True)
class Call:
    where: str
    text: str
    fields: frozenset[str]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def literals(node: ast.expr) -> Iterator[str | None]:
    """The texts an argument of tr() may be; None for one that is not a literal."""
    if isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    else:
        yield node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def calls_in(source: str, file: str) -> Iterator[Call | str]:
    """Each call of tr(); a string names a call whose text cannot be seen."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr"):
            continue
        where = f"{file}:{node.lineno}"
        for text in literals(node.args[0]):
            if text is None:
                yield where
            else:
                yield Call(where, text, frozenset(k.arg or "**" for k in node.keywords))


@functools.cache
def calls() -> list[Call]:
    found: list[Call] = []
    for folder in ("sodien", "firmware", "collector"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            for call in calls_in(path.read_text(encoding="utf-8"), name):
                if isinstance(call, Call):
                    found.append(call)
                else:
                    assert name in VARIABLE, f"{call}: write the text itself inside tr()"
    return found


def commands() -> list[click.Command]:
    found: list[click.Command] = [group]
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"sodien.cli.{name}").command
        found += [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    return found


def help_texts() -> set[str]:
    found = {text for entry in COMMANDS.values() for text in entry}
    for command in commands():
        found.add(inspect.cleandoc(command.help or ""))
        found |= {p.help for p in command.params if isinstance(p, click.Option) and p.help}
    return found


def sentences() -> set[str]:
    """What sodien/billing/words/sentences.py says of a result, by key."""
    return {text for words in WORDS for text in words.values()}


def rule_texts(cls: type[msgspec.Struct]) -> Iterator[str]:
    """What the rules of a settings struct call their values, in its groups too."""
    waiting: list[Any] = list(get_type_hints(cls, include_extras=True).values())
    while waiting:
        hint = waiting.pop()
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            waiting += get_type_hints(hint, include_extras=True).values()
            continue
        for part in get_args(hint):
            rule = part.rule if isinstance(part, Each) else part
            if (what := getattr(rule, "what", None)) is not None:
                yield what
            else:
                waiting.append(part)


def settings_texts() -> set[str]:
    """What settings and tariff files call their values."""
    return {*rule_texts(Settings), *rule_texts(TariffFile)}


def test_the_scan_sees_what_it_should() -> None:
    source = "tr('a {x}', x=1)\ntr('b' if y else 'c')\ntr(name)\nother('d')\n"
    assert list(calls_in(source, "f")) == [
        Call("f:1", "a {x}", frozenset("x")),
        Call("f:2", "b", frozenset()),
        Call("f:2", "c", frozenset()),
        "f:3",
    ]
    assert len(calls()) > 80


def test_no_text_is_missing() -> None:
    missing = [f"{call.where}: {call.text}" for call in calls() if call.text not in CATALOG]
    missing += [f"help: {text}" for text in sorted(help_texts()) if text not in CATALOG]
    missing += [f"setting: {text}" for text in sorted(settings_texts()) if text not in CATALOG]
    missing += [f"sentence: {text}" for text in sorted(sentences()) if text not in CATALOG]
    assert not missing, "add to a file of sodien/vietnamese:\n" + "\n".join(missing)


def test_no_text_is_stale() -> None:
    stale = set(CATALOG) - {call.text for call in calls()} - help_texts() - sentences() - settings_texts()
    assert not stale, "remove from sodien/vietnamese:\n" + "\n".join(sorted(stale))


def test_no_text_stands_in_two_rooms() -> None:
    assert len(CATALOG) == sum(len(room.TEXTS) for room in ROOMS)


def test_every_sentence_of_a_result_has_one_key() -> None:
    keys = [key for words in WORDS for key in words]
    assert len(keys) == len(set(keys))
    assert len(sentences()) == len(keys)


def test_calls_fill_all_fields_of_their_text() -> None:
    wrong = [
        f"{call.where}: {sorted(call.fields)} for {call.text}"
        for call in calls()
        # Without values nothing is filled in, and braces stand for themselves.
        if call.fields and "**" not in call.fields and not fields(call.text) <= call.fields
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("text", CATALOG, ids=lambda text: text[:30])
def test_vietnamese_has_the_same_fields_and_says_something(text: str) -> None:
    vietnamese = CATALOG[text]
    assert fields(vietnamese) == fields(text)
    assert vietnamese.strip()
    indent = len(text) - len(text.lstrip())
    assert vietnamese == " " * indent + vietnamese.strip()
    assert vietnamese.count("\n\n") == text.count("\n\n")
    assert (text[-1] in ".?!") == (vietnamese[-1] in ".?!")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "SODIEN_LANG": "vi"}, "vi"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "vi_VN", "LC_ALL": ""}, "vi"),
    ],
)
def test_the_environment_chooses(environment: dict[str, str], language: str) -> None:
    assert i18n.from_environment(environment) == language


def test_texts_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", "vi")
    assert i18n.tr("at most {most}", most="5 W") == "nhiều nhất 5 W"
    assert i18n.tr("no such text {x}", x=1) == "no such text 1"
    monkeypatch.setattr(i18n, "_language", "en")
    assert i18n.tr("at most {most} W", most=5) == "at most 5 W"
