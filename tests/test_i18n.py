"""Vietnamese is complete: no text is missing, none is stale, and the fields agree everywhere."""

from __future__ import annotations

import functools
import inspect
import os
import re
import string
import subprocess
import sys
import threading
from pathlib import Path

import click
import pytest

from sodien import i18n
from sodien.billing.tariff.rounding import MODES
from sodien.billing.words.sentences import WORDS
from sodien.cli.group import COMMANDS, command_of, group
from tests.support.tools import load

ROOT = Path(__file__).parent.parent
#: Where ``tr(name)`` is meant, because the name's type is Text.
VARIABLE = {
    "config/grafana/source/build.py",
    "sodien/billing/words/claims.py",
    "sodien/billing/words/sentences.py",
    "sodien/cli/group.py",
    "sodien/value_rules.py",
}

messages = load("packaging/messages.py")
WORDS_PAGE = ROOT / "docs" / "reference" / "words.md"
#: The documents in both languages; the history keeps the words of its time.
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {WORDS_PAGE, ROOT / "CHANGELOG.md"})
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


@functools.cache
def used() -> list[messages.Found]:
    return messages.texts(messages.sources())


def keys(catalog: messages.Catalog) -> set[tuple[str | None, str]]:
    """Context and text of every entry but click's, whose words differ with its version."""
    return {
        (one.context, one.id)
        for one in catalog
        if one.id and not all(file.startswith("click/") for file, _ in one.locations)
    }


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_is_translated_and_every_translation_is_used() -> None:
    asked = {(one.context, one.text) for one in used()}
    there = keys(messages.read())
    assert asked - there == set(), "run: make messages"
    assert there - asked == set(), "run: make messages"
    left = [one.id for one in messages.to_do(messages.read())]
    assert left == [], f"translate in {messages.PO}"


def test_make_messages_keeps_what_is_translated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = messages.read()
    catalog = messages.update()
    monkeypatch.setattr(messages, "PO", tmp_path / "sodien.po")
    messages.save(catalog)
    once = messages.PO.read_bytes()
    assert {(one.context, one.id, one.string) for one in messages.read() if one.id} == {
        (one.context, one.id, one.string) for one in before if one.id
    }
    messages.save(messages.update())
    assert messages.PO.read_bytes() == once


def test_translations_have_the_same_fields_and_the_same_shape() -> None:
    for one in messages.read():
        for text, vietnamese in [(one.id, one.string)] if isinstance(one.id, str) else []:
            assert fields(vietnamese) == fields(text), text
            if (None, text) in keys([one]):
                assert vietnamese == " " * (len(text) - len(text.lstrip())) + vietnamese.strip(), text
                assert vietnamese.count("\n\n") == text.count("\n\n"), text
                assert (text[-1] in ".?!") == (vietnamese[-1] in ".?!"), text


def called_out() -> list[str]:
    """The words that the list of words keeps out, in the last column of its tables."""
    rows = [line.strip("|").split("|") for line in WORDS_PAGE.read_text(encoding="utf-8").splitlines()]
    cells = [row[3].strip(" -") for row in rows if len(row) == 4]
    return [word.strip() for cell in cells if cell not in ("", "not used") for word in cell.split(",")]


def kept_out(text: str) -> list[str]:
    """Those of them that a text uses; what its fields and what stands in code is named are no words of it."""
    said = re.sub(r"\{\w*\}|`[^`]*`", "", text).lower()
    return [word for word in called_out() if re.search(rf"\b{re.escape(word)}\b", said)]


def test_one_word_for_each_thing() -> None:
    texts = [text for one in messages.read() for text in (one.id, one.string) if isinstance(text, str)]
    texts += [FENCE.sub("", page.read_text(encoding="utf-8")) for page in PAGES]
    texts += re.findall("#.*", (ROOT / "config" / "sodien.yaml").read_text(encoding="utf-8"))
    assert {text: words for text in texts if (words := kept_out(text))} == {}, WORDS_PAGE
    assert kept_out("Chỉ số nằm giữa hai cận; {index}") == ["cận"]
    assert {"cận", "index", "khoảng trống"} <= set(called_out())


def test_a_number_before_its_noun_has_a_singular() -> None:
    """``{n:entry|entries}`` (formats.HowMany) says 1 entry; some numbers are never 1."""
    many = re.compile(r"\{\w+\} (?:\w+ )?(?:entries|pulses|readings|bills|gaps|days|problems|meters)\b")
    never_one = {"count} bills", "days} days", "count} readings", "days} or"}
    wrong = [
        one.text
        for one in used()
        if (found := many.search(one.text)) and not any(text in found[0] for text in never_one)
    ]
    assert wrong == []
    assert many.search("{n} entries")


def test_calls_fill_all_fields_of_their_text() -> None:
    wrong = [
        f"{one.file}:{one.line}: {sorted(one.fields)} for {one.text}"
        for one in used()
        # Without values nothing is filled in, and braces stand for themselves.
        if one.fields and not fields(one.text) <= one.fields
    ]
    assert not wrong, "\n".join(wrong)


def test_every_text_can_be_seen() -> None:
    worked_out = [
        where for where in messages.unseen(messages.sources()) if where.partition(":")[0] not in VARIABLE
    ]
    assert worked_out == [], "write the text itself inside tr()"


def test_the_help_of_every_command_and_option_is_among_them() -> None:
    texts = {one.text for one in used()}
    commands: list[click.Command] = [group]
    for name in COMMANDS:
        command = command_of(name)
        commands += [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    for command in commands:
        helped = [p.help for p in command.params if isinstance(p, click.Option) and p.help]
        assert {inspect.cleandoc(command.help or ""), *helped} - texts == set(), command.name
    assert any(", ".join(MODES) in text for text in texts)


def test_the_scan_sees_what_it_should() -> None:
    source = """def tr(text: Text, /, context: str | None = None, **values: object) -> str: ...
tr("a {x}", x=1)
# Translators: of a pulse,
# not of a reading
tr("b" if y else "c", context="pulse")
tr(name, **values)
other("no")
def say(what: Text, more: str) -> None: ...
say("d", "no")
say(what="e", more="no")
class Rule:
    low: int
    what: Text
class Narrow(Rule): ...
Narrow(1, "f")
TABLE: Final[dict[str, tuple[str, Text]]] = {"no": ("no", "g")}
LIST: tuple[Text, ...] = ("h", "i")
ONE: Text = "j"
PLAIN: dict[str, str] = {"no": "no"}
@click.command("no")
@click.option("--no", help="k", metavar="no")
def command() -> None:
    '''The l.

    And more.
    '''
f"{tr('m')}"
"""
    found = {one.text: one for one in messages.texts({"f.py": source})}
    assert sorted(found) == ["The l.\n\nAnd more.", "a {x}", *"bcdefghijkm"]
    assert found["a {x}"].fields == {"x"}
    assert (found["c"].context, found["c"].comment) == ("pulse", "of a pulse, not of a reading")
    assert messages.unseen({"f.py": source}) == ["f.py:6"]
    assert len(used()) > 1000


def test_every_sentence_of_a_result_has_one_key() -> None:
    sentences = [(key, text) for words in WORDS for key, text in words.items()]
    assert len({key for key, _ in sentences}) == len(sentences)
    assert len({text for _, text in sentences}) == len(sentences)


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
    assert i18n.tr("") == ""
    monkeypatch.setattr(i18n, "_language", "en")
    assert i18n.tr("at most {most} W", most=5) == "at most 5 W"


def test_one_english_text_can_have_two_meanings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", "vi")
    assert i18n.tr("rejected", context="reading") == "bị loại"
    assert i18n.tr("rejected", context="pulses") == "xung bị loại"
    assert i18n.tr("rejected", context="no such context") == "rejected"
    monkeypatch.setattr(i18n, "_language", "en")
    assert i18n.tr("rejected", context="reading") == "rejected"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["status", "--help"], ["Cách dùng: sodien status [TÙY CHỌN]", "Tùy chọn:", "Hiện trợ giúp này"]),
        (["status", "--nope"], ["Xem trợ giúp: 'sodien status --help'.", "Lỗi: Không có tùy chọn"]),
        (["meter", "replace"], ["Lỗi: Thiếu tùy chọn '--at'."]),
        (["status", "more"], ["Lỗi: Thừa tham số (more)"]),
        (["statsu"], ["Lỗi: Không có lệnh 'statsu'"]),
    ],
    ids=" ".join,
)
def test_click_speaks_vietnamese_whatever_the_system_speaks(words: list[str], said: list[str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "sodien", "--lang", "vi", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en"},
        check=False,
    )
    for text in said:
        assert text in result.stdout + result.stderr
    for english in ("Usage", "Options", "Error", "Try '", "Show this"):
        assert english not in result.stdout + result.stderr


def test_one_thread_speaks_for_itself():
    heard = {}

    def other():
        heard["other"] = i18n.tr("agrees")

    i18n.use("en")
    with i18n.speaking("vi"):
        heard["mine"] = i18n.tr("agrees")
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert heard == {"mine": "khớp", "other": "agrees"}
    assert i18n.tr("agrees") == "agrees"
