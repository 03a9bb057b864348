"""Notices in the words of utilities, cooperatives, landlords, banks and households, with what a person reads.

``written.yaml`` holds those that were once read wrongly or in part, ``doubtful.yaml`` those that nearly say
something else: a receipt, a forecast, two households' money. ``bill``, ``debt`` and ``schedule`` are
documents, in the order of the text; a notice without any is none of them. A field under ``may`` is printed in
a way that lets it be read or not; with a value, it is this one.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from sodien.billing.notices.read import plain, read
from tests.billing.notices.invention import inventions

WRITTEN, DOUBTFUL = (
    yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    for name in ("written.yaml", "doubtful.yaml")
)
CASES: list[dict[str, Any]] = [*WRITTEN, *DOUBTFUL]
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


@pytest.mark.thorough
@pytest.mark.parametrize(
    # Mixed is one that tells whose and how much, followed by one that tells only old, new and kWh.
    ("joint", "pairs", "least", "most_mixed"),
    [("\n\n", 120, 114, 1), ("\n", 60, 46, 1)],
)
def test_two_in_one_paste_are_two_and_nothing_of_them_is_mixed(
    joint: str, pairs: int, least: int, most_mixed: int
) -> None:
    count = joined(pairs, 12, joint)
    assert count["mixed"] <= most_mixed
    assert count["apart"] >= least


def test_where_one_of_two_ends_is_said_to_be_unclear() -> None:
    """The second says neither whose nor of when it is: one bill of both would have the values of each."""
    understood = read(
        "PB09010011224 / T10-2026 / 1403 / 1480 / 77 kWh / 166,914 VND\n"
        "Em gửi chị tiền điện tháng này nhé: hôm nay 30/10 số 8.812, tháng trước 8.650, hết 162 số, "
        "nhân 3.500 là 567.000 ạ."
    )
    assert not understood.documents
    unclear = {one.field for one in understood.problems if one.key == "two_notices"}
    assert {"customer", "month", "kwh"} <= unclear


def joined(pairs: int, seed: int, joint: str) -> Counter[str]:
    """How many random pairs of notices in one paste are read as two, and how many as a bill of both."""
    bills = [
        (case["text"].strip(), read(case["text"]).documents)
        for case in WRITTEN  # of doubtful ones little is read: nobody can tell two of them apart
        if len(case.get("bill", ())) == 1
    ]
    random, count = Random(seed), Counter[str]()
    for _ in range(pairs):
        (text, (one,)), (other_text, (other,)) = random.sample(bills, 2)
        found = [one.content for one in read(f"{text}{joint}{other_text}").documents]
        count["apart"] += len(found) == 2
        told = [{(name, getattr(each.content, name)) for name in _TOLD} for each in (one, other)]
        said = [{(n, getattr(bill, n)) for n in _TOLD if getattr(bill, n) is not None} for bill in found]
        count["mixed"] += not all(each <= told[0] or each <= told[1] for each in said)
    return count
