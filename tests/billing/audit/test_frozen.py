"""What forty households read is what a person has read and kept: values, and sentences in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sodien import i18n
from tests.billing.audit import frozen

KEPT = json.loads(frozen.FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def now() -> Iterator[list[dict[str, Any]]]:
    before = i18n.language()
    yield json.loads(json.dumps(frozen.verdicts(), ensure_ascii=False))
    i18n.use(before)


@pytest.mark.parametrize("household", range(frozen.HOUSEHOLDS))
def test_a_household_reads_what_was_kept(household: int, now: list[dict[str, Any]]) -> None:
    assert now[household] == KEPT[household], "python -m tests.billing.audit.frozen; then read the difference"


def test_they_are_of_every_kind() -> None:
    assert len(KEPT) == frozen.HOUSEHOLDS
    overall = {one["verdict"]["overall"] for one in KEPT}
    assert overall == {"consistent", "cannot_tell", "disagrees"}
    assert any(one["verdict"].get("habits") for one in KEPT)
    assert all(
        sentence and "{" not in sentence
        for one in KEPT
        for said in one["sentences"].values()
        for sentence in said
    )
