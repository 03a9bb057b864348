"""The notices beside the repository, compared as their own script does it; skipped where there are none."""

from __future__ import annotations

import importlib.util
import json
import warnings
from pathlib import Path
from types import ModuleType

import pytest

from sodien.billing.notices.read import plain, read
from sodien.bills.notice_templates import known_templates

#: In a folder ``shared`` beside the clone, or further up.
PLACES = [folder / "shared" / "data" / "notices" for folder in Path(__file__).parents]
FOLDER = next((place for place in PLACES if place.is_dir()), PLACES[4])


def comparison() -> ModuleType:
    if not (FOLDER / "score.py").is_file():
        warnings.warn(f"{FOLDER} is missing: its notices are NOT read here", stacklevel=2)
        pytest.skip(f"there are no notices in {FOLDER}")
    spec = importlib.util.spec_from_file_location("score", FOLDER / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_is_wrong_invented_or_taken_for_a_bill() -> None:
    score = comparison()
    expected = json.loads((FOLDER / "expected.json").read_text("utf-8"))
    templates = known_templates().usable
    bills = complete = 0
    for name, case in expected.items():
        answer = plain(read((FOLDER / name).read_bytes(), templates))
        got = score.judge(case, answer)
        assert (name, got["wrong"], got["invented"], got["as_bill"]) == (name, [], [], False)
        assert set(got["missing"]) <= set(got["named"]), f"{name}: {got['missing']} left out without a word"
        if case["kind"] == "bill":
            bills += 1
            complete += not got["missing"]
    assert complete >= 0.95 * bills
