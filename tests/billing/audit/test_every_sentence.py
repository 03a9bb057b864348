"""Every sentence of a verdict has a row: a bill that says it, with its values, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sodien import i18n
from sodien.billing.words.causes import HABIT_WORDS, NOTE_WORDS, REASON_WORDS
from sodien.billing.words.checks import CHECK_WORDS
from tests.billing.audit import every_sentence

KEPT = every_sentence.kept()
WORDS = {**CHECK_WORDS, **REASON_WORDS, **NOTE_WORDS, **HABIT_WORDS}


@pytest.fixture(scope="module")
def now() -> Iterator[dict[str, Any]]:
    before = i18n.language()
    i18n.use("en")
    yield json.loads(json.dumps(every_sentence.table(), ensure_ascii=False))
    i18n.use(before)


def test_every_key_has_a_row_and_every_row_a_key() -> None:
    assert set(WORDS) <= set(KEPT["sentences"])


@pytest.mark.parametrize("key", sorted(KEPT["sentences"]))
def test_a_sentence_says_what_was_kept(key: str, now: dict[str, Any]) -> None:
    how = "python -m tests.billing.audit.every_sentence; then read the difference"
    assert now["sentences"].get(key) == KEPT["sentences"][key], how


@pytest.mark.parametrize("case", list(KEPT["verdicts"]))
def test_a_verdict_comes_to_what_was_kept(case: str, now: dict[str, Any]) -> None:
    """With all of its assumptions and advice, and no others."""
    assert now["verdicts"].get(case) == KEPT["verdicts"][case]


def test_the_cases_are_the_kept_ones(now: dict[str, Any]) -> None:
    assert list(now["verdicts"]) == list(KEPT["verdicts"])
    assert list(now["sentences"]) == list(KEPT["sentences"])


def test_no_sentence_of_a_verdict_names_another_size_than_the_headline() -> None:
    """What could have been noticed is one number: the verdict's own."""
    for name, verdict in every_sentence.cases():
        check = verdict.check("consumption")
        assert check is not None
        assert check.detectable == verdict.detectable_kwh or check.detectable is None, name
        if "detectable" in check.values and check.says in ("consumption_blind", "consumption_wide_day"):
            assert check.values["detectable"] == f"{verdict.detectable_kwh:f}", name


def test_an_objection_to_the_charge_alone_is_headed_so_and_asks_for_no_photo() -> None:
    tried = 0
    for name, row in KEPT["verdicts"].items():
        money = all(key.startswith(MONEY) for key in row["disagrees"])
        if row["overall"] != "disagrees" or not money:
            continue
        tried += 1
        assert row["advice"] == ["ask_for_bill"], name
        assert "disagrees_by_kwh" not in row, name
    assert tried > 15


#: How keys of checks of the charge begin.
MONEY = ("tier_", "tiers_net", "tax_", "total_", "net_", "prices_", "quotas_", "hours_", "households_")
