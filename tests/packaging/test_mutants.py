"""`make mutants` changes what it says, everywhere, and its budget names nothing that is no longer there."""

from __future__ import annotations

import ast
import sys
import types
from pathlib import Path

import pytest
import yaml

from tests.support.tools import ROOT, load

mutants = load("benchmarks/mutants.py")
PLAN = yaml.safe_load((ROOT / "benchmarks" / "mutants.yaml").read_text(encoding="utf-8"))
SOURCE = '''
"""A module."""
LIMIT = 20
def small(n: int, most: int = 5) -> bool:
    """1 is no change here."""
    if not n and most:
        log.info("n", 3)
    return n < most
class Box:
    @property
    def low(self) -> int:
        return min(small(1), LIMIT)
'''


def test_what_is_changed() -> None:
    assert [one.at("a.py") for one in mutants.changes(ast.parse(SOURCE))] == [
        "a.py: LIMIT: 20 → 21",
        "a.py: small: not n and most → not n or most",
        "a.py: small: not n and most → most",
        "a.py: small: not n and most → not n",
        "a.py: small: not n → n",
        "a.py: small: n < most → n <= most",
        "a.py: small: 5 → 6",
        "a.py: Box.low: min → max",
        "a.py: Box.low: 1 → 2",
    ]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The source as a module, and one beside it that has imported from it."""
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    (tmp_path / "changed_here.py").write_text(SOURCE, encoding="utf-8")
    module = types.ModuleType("changed_here")
    module.__file__ = str(tmp_path / "changed_here.py")
    exec(SOURCE, vars(module))
    beside = types.ModuleType("beside")
    vars(beside).update(small=vars(module)["small"], LIMIT=vars(module)["LIMIT"], Box=vars(module)["Box"])
    for one in (module, beside):
        monkeypatch.setitem(sys.modules, one.__name__, one)
    return "changed_here.py"


@pytest.mark.parametrize(
    ("number", "found"),
    [(None, (20, False, 1)), (0, (21, False, 1)), (5, (20, True, 1)), (7, (20, False, 20))],
)
def test_whoever_has_imported_it_has_the_change(
    file: str, number: int | None, found: tuple[int, ...]
) -> None:
    assert number is None or mutants.apply(file, number)
    beside = vars(sys.modules["beside"])
    assert (beside["LIMIT"], beside["small"](5), beside["Box"]().low) == found


def test_the_choice_is_the_same_wherever_else_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    chosen = []
    for source in (SOURCE, SOURCE.replace("LIMIT = 20", "# a line more\nLIMIT = min(4, 5)")):
        (tmp_path / "a.py").write_text(source, encoding="utf-8")
        found = [change.at("a.py") for _, change in mutants.chosen("a.py", seed=1, each=100)]
        chosen.append([one for one in found if "LIMIT" not in one])
    assert chosen[0] == chosen[1]
    assert [c.at("a.py") for _, c in mutants.chosen("a.py", 1, 3)] != [
        c.at("a.py") for _, c in mutants.chosen("a.py", 2, 3)
    ]


def test_every_survivor_that_is_named_can_still_be_tried() -> None:
    for one in PLAN["equivalent"]:
        tree = ast.parse((ROOT / one["file"]).read_text(encoding="utf-8"))
        known = {change.at(one["file"]) for change in mutants.changes(tree)}
        assert f"{one['file']}: {one['change']}" in known
        assert len(one["because"]) > 20
