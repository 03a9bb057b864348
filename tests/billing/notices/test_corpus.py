"""Every sample notice gives exactly what stands beside it, and nothing that is not in its text."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest

from sodien.billing.notices.read import plain, read
from tests.billing.notices.invention import inventions
from tests.billing.notices.mutations import CORPUS, corpus

NAMES = [name for name, _ in corpus()]


def expected_form(name: str) -> dict[str, Any]:
    """What a sample gives, in the form that is kept beside it."""
    found = plain(read((CORPUS / name).read_bytes()))
    form = {
        "documents": [
            {one["kind"]: one[one["kind"]], "fields": {f["field"]: f["text"] for f in one["fields"]}}
            for one in found["documents"]
        ],
        "rest": [one["text"] for one in found["rest"]],
        "problems": [[one["key"], one["field"], one["sentence"]] for one in found["problems"]],
    }
    kept: dict[str, Any] = json.loads(json.dumps(form))
    return kept


def test_there_are_enough_samples() -> None:
    assert len(NAMES) >= 40
    kept = {path.name.removesuffix(".json") for path in CORPUS.glob("*.json")}
    assert kept == set(NAMES), "each sample has its expected result beside it, named sample.txt.json"


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_understood(name: str) -> None:
    expected = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
    assert expected_form(name) == expected
    assert not list(inventions(read((CORPUS / name).read_bytes())))


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".txt")])
def test_accents_marks_and_line_ends_do_not_matter(name: str) -> None:
    text = (CORPUS / name).read_text(encoding="utf-8")
    found = [one.content for one in read(text).documents]
    for other in (unicodedata.normalize("NFD", text), text.replace("\n", "\r\n"), "\ufeff" + text):
        again = read(other)
        assert not list(inventions(again))
        assert [type(one.content) for one in again.documents] == [type(one) for one in found]
        for one, two in zip(found, again.documents, strict=True):
            if hasattr(one, "rows"):
                assert (one.rows, one.tiers, one.total) == (
                    two.content.rows,
                    two.content.tiers,
                    two.content.total,
                )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-mark"])
def test_encodings(encoding: str) -> None:
    text = (CORPUS / "paper-full.txt").read_text(encoding="utf-8")
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-mark" else text.encode(encoding)
    assert read(data).documents == read(text).documents
