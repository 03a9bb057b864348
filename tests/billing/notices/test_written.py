"""Notices in the words of utilities, cooperatives, landlords, banks and households, with what a person reads.

``written.yaml`` holds those that were once read wrongly or in part. ``bill``, ``debt`` and ``schedule`` are
documents, in the order of the text; a notice without any is none of them. A field under ``may`` is printed in
a way that lets it be read or not; with a value, it is this one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sodien.billing.notices.read import plain, read
from tests.billing.notices.invention import inventions

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("written.yaml").read_text(encoding="utf-8")
)
#: Said by the name of a row, or no matter of the text.
_UNJUDGED = ("source", "register")


def flat(content: dict[str, Any]) -> dict[str, str]:
    """Field → value as text; a register's fields by its place and by its name."""
    found: dict[str, str] = {}
    for name, value in content.items():
        if name == "rows":
            for number, row in enumerate(value):
                found |= {f"rows[{number}].{key}": f"{one}" for key, one in row.items()}
        elif name == "tiers":
            found[name] = " ".join(
                "/".join(f"{line.get(k, '')}" for k in ("kwh", "price", "amount")) for line in value
            )
        elif name not in _UNJUDGED:
            found[name] = f"{value}".lower() if isinstance(value, bool) else f"{value}"
    return {name: value for name, value in found.items() if not name.endswith(".register")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["text"].split())[:50])
def test_a_notice_says_what_a_person_reads(case: dict[str, Any]) -> None:
    understood = read(case["text"])
    assert not list(inventions(understood))
    found = [(one["kind"], flat(one[one["kind"]])) for one in plain(understood)["documents"]]
    wanted = [(kind, one) for kind in ("bill", "debt", "schedule") for one in case.get(kind, ())]
    assert [kind for kind, _ in found] == [kind for kind, _ in wanted]
    may = case.get("may", {})
    for (_, values), (_, expected) in zip(found, wanted, strict=True):
        printed = {name: f"{value}" for name, value in expected.items()}
        more = {
            name for name in values.keys() - printed.keys() if f"{may.get(name, '')}" in ("", values[name])
        }
        assert {
            name: value for name, value in values.items() if name not in more or name not in may
        } == printed
