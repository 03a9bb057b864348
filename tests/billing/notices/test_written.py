"""Notices in the words of utilities, cooperatives, landlords, banks and households, with what a person reads.

``written.yaml`` holds those that were once read wrongly or in part. ``bill``, ``debt`` and ``schedule`` are
documents, in the order of the text; a notice without any is none of them. A field under ``may`` is printed in
a way that lets it be read or not; with a value, it is this one.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
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


#: What says whose, of when and how much: of one notice, or of the other.
_TOLD = ("customer", "month", "first", "kwh", "net", "total")


def test_two_in_one_paste_are_two_and_nothing_of_them_is_mixed() -> None:
    bills = [
        (case["text"].strip(), read(case["text"]).documents)
        for case in CASES
        if len(case.get("bill", ())) == 1
    ]
    random, apart = Random(12), 0
    for _ in range(120):
        (text, (one,)), (other_text, (other,)) = random.sample(bills, 2)
        found = [one.content for one in read(f"{text}\n\n{other_text}").documents]
        apart += len(found) == 2
        told = [{(name, getattr(each.content, name)) for name in _TOLD} for each in (one, other)]
        for bill in found:
            said = {(name, getattr(bill, name)) for name in _TOLD if getattr(bill, name) is not None}
            assert said <= told[0] or said <= told[1], f"{text}\n\n{other_text}"
    assert apart >= 114
