"""Every sentence of a verdict exists, in both languages, and its values are there."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from random import Random

import pytest

from sodien import i18n
from sodien.billing import audit
from sodien.billing.audit.result import Check, Reason
from sodien.billing.audit.verdict import judge
from sodien.billing.words import verdict as words
from sodien.billing.words.causes import NOTE_WORDS
from sodien.billing.words.checks import CHECK_WORDS, FORMER_WORDS
from tests.billing.audit.mistakes import KINDS
from tests.billing.audit.mistakes import make as make_mistake
from tests.billing.audit.world import make

FOLDER = Path(audit.__file__).parent
SOURCES = [FOLDER / f"{name}.py" for name in ("check_notice", "check_reading", "reading_time", "check_money")]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_key_in_the_code_has_a_sentence():
    """A literal that looks like a key of a sentence is one."""
    literals = {
        node.value
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    stems = {key.split("_")[0] for key in CHECK_WORDS}
    like = {text for text in literals if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)}
    keys = {text for text in like if text.split("_")[0] in stems}
    names = {
        "index_old",
        "index_new",
        "tax_rate",
        "days_join",
        "read_old",
        "read_new",
        "kwh_total",
        "customer_joins",
        "read_at",
    }
    assert keys - names - set(CHECK_WORDS) == set()
    assert len(keys) > 50
    notes = {
        node.value.value
        for node in ast.walk(ast.parse((FOLDER / "one_practice.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "key" and isinstance(node.value, ast.Constant)
    }
    assert notes <= set(NOTE_WORDS)
    assert len(notes) > 10


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_whole_verdicts_are_said(language, monkeypatch):
    monkeypatch.setattr(i18n, "_language", language)
    said = set()
    for seed in range(60):
        home = make(seed)
        made = make_mistake(home, 1, KINDS[seed % len(KINDS)], Random(seed))
        for bill in (home.bills[1], *([made.bill] if made else [])):
            verdict = judge(bill, home.bills[:1], home.meters, home.book, home.practice)
            assert words.headline(verdict)
            for check in verdict.checks:
                said.add(check.says)
                assert fields(CHECK_WORDS[check.says]) - {"plus", "currency"} <= set(check.values)
                assert "{" not in words.check_sentence(check)
                assert words.result_word(check)
            for reason in verdict.reasons:
                said.add(reason.key)
                assert "{" not in words.reason_sentence(reason)
            for note in (*verdict.assumptions, *verdict.advice):
                assert "{" not in words.note_sentence(note)
    assert len(said) > 30


def test_numbers_and_dates_are_written_as_the_language_does(monkeypatch):
    check = Check(
        key="tier_1",
        topic="tiers",
        result="agrees",
        says="tier_adds",
        values={"row": "1", "kwh": "50.5", "price": "1984", "printed": "99200", "by": "0", "sum": "99200"},
    )
    assert words.check_sentence(check) == "Line 1: 50.5 kWh × 1,984 = 99,200 đồng, as printed."
    reason = Reason(
        key="other_day",
        likelihood=0.5,
        values={"index": "1234", "start": "2026-11-30 08:05", "end": "2026-11-30 09:00"},
    )
    assert "1234" in words.reason_sentence(reason)
    assert "2026-11-30 08:05" in words.reason_sentence(reason)
    monkeypatch.setattr(i18n, "_language", "vi")
    assert "50,5 kWh × 1.984 = 99.200" in words.check_sentence(check)
    assert "30/11/2026 08:05" in words.reason_sentence(reason)


@pytest.mark.parametrize("key", FORMER_WORDS)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_stored_verdict_is_said_by_later_programs_too(
    key: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "_language", language)
    values = dict.fromkeys(fields(FORMER_WORDS[key]), "2026-07-31 00:00")
    stored = Check(key="read_new", topic="reading", result="cannot_tell", says=key, values=values)
    assert words.check_sentence(stored)
