"""The house itself: one meaning for a class's name, no circle of imports, no file that needs a second look.

Read off the syntax trees, so nothing is imported and imports inside functions count too: what loads late to
save time still says who needs whom.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 450
#: Files that may be longer, and why; the reason also stands at the top of the file.
LONGER: dict[str, str] = {
    "sodien/ledger/store.py": "every question to the one open file",
    "sodien/metering/counting/pulse_filter.py": "one state machine: each step reads what the others leave",
}


def modules() -> dict[str, Path]:
    found = {}
    for top in ("sodien", "firmware", "collector", "page"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


MODULES = modules()


def public_classes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def imports(tree: ast.AST, known: set[str]) -> set[str]:
    """The known modules that a syntax tree imports at run time, at its top or later."""
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for body in node.body
        for inner in ast.walk(body)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in known else node.module)
    return found & known


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One circle of a graph, empty when it has none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def test_every_class_name_has_one_meaning() -> None:
    where = defaultdict(list)
    for module, tree in trees().items():
        for name in public_classes(tree):
            where[name].append(module)
    assert {name: found for name, found in where.items() if len(found) > 1} == {}


def test_no_imports_run_in_a_circle() -> None:
    known = set(MODULES)
    graph = {name: imports(tree, known) - {name} for name, tree in trees().items()}
    assert sum(map(len, graph.values())) > 500, "the imports are found"
    assert circle(graph) == []


def test_no_file_is_too_long_without_a_reason() -> None:
    lengths = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in MODULES.values()
    }
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES and path not in LONGER} == {}
    assert [path for path in LONGER if lengths.get(path, 0) <= MOST_LINES] == [], (
        "the exception is not needed"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b", {"a.b"}),
        ("from a import b, c", {"a.b", "a"}),
        ("from a.b import name", {"a.b"}),
        ("def f():\n    from a.b import name", {"a.b"}),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a.b", set()),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import a.b", {"a.b"}),
        ("import os", set()),
    ],
)
def test_what_counts_as_an_import(source: str, expected: set[str]) -> None:
    assert imports(ast.parse(source), {"a", "a.b"}) == expected


def test_a_circle_is_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
