"""Texts made to mislead: what a person does not read is not read, and most of a bill's is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sodien.billing.notices.read import plain, read
from tests.billing.notices.invention import inventions
from tests.billing.notices.test_written import flat

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("misleading.yaml").read_text(encoding="utf-8")
)
#: Fields of people, days and meters beside the quantities: told or not, they are nobody's energy or money.
_ASIDE = frozenset({"name", "term", "month", "year"})


def wanted(case: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """What a person reads: the kind of each document, with its fields."""
    return [
        (kind, {name: f"{value}".lower() if value is True else f"{value}" for name, value in one.items()})
        for kind in ("bill", "debt", "schedule")
        for one in case.get(kind, ())
    ]


def told(case: dict[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """What is read of a case, document by document: kind, field, value, and whether a person reads it."""
    left = wanted(case)
    may = {name: f"{value}" for name, value in (case.get("may") or {}).items()}
    for one in plain(read(case["text"]))["documents"]:
        kind = one["kind"]
        at = next((at for at, (which, _) in enumerate(left) if which == kind), None)
        fields = left.pop(at)[1] if at is not None else {}
        energy = {"rows[0].kwh": fields["kwh"]} if "kwh" in fields else {}
        for name, value in flat(one[kind]).items():
            known = {**energy, **fields}.get(name)
            free = name in may and may[name] in ("", value)
            yield kind, name, value, known == value or free or (known is None and name in _ASIDE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["text"].split())[:50])
def test_nothing_is_read_that_a_person_does_not_read(case: dict[str, Any]) -> None:
    assert not [one for one in told(case) if not one[3]]
    assert not list(inventions(read(case["text"])))


def test_what_is_a_bills_is_read_all_the_same() -> None:
    printed = sum(len(fields) for case in CASES for _, fields in wanted(case))
    found = sum(
        known and any(name in fields for _, fields in wanted(case))
        for case in CASES
        for _, name, _, known in told(case)
    )
    assert found >= 0.65 * printed
