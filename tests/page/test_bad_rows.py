"""A ledger that holds rows of every kind that nothing can reckon with: every screen and command goes on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from sodien.ledger.store import Ledger, NewRow
from tests.cli.conftest import Sodien
from tests.cli.conftest import sodien as sodien
from tests.history.test_misfits import BAD_ROWS
from tests.page.conftest import Visitor

SCREENS = (
    "/", "/period", "/days",
    "/days?by=hour", "/days?by=month", "/days.csv", "/bills", "/enter", "/health",
    "/api/v1/now", "/api/v1/periods", "/api/v1/days", "/api/v1/readings", "/api/v1/bills",
    "/reading-days.ics",
)  # fmt: skip
COMMANDS = (
    "status", "gaps --explain", "dial --list", "snapshots", "export ticks", "export gaps", "export snapshots",
    "export entries", "drift", "bill list", "meter show", "verify",
)  # fmt: skip


def spoil(path: Path) -> set[int]:
    """Put all of them into a ledger; their numbers."""
    ledger = Ledger.open(path)
    start = ledger.newest("tick", "main")
    assert start is not None
    assert start.at is not None
    times = count(start.at - 3_600_000 + 7, 1000)
    rows = [NewRow(meter="main", **{"at": next(times), **row}) for row in BAD_ROWS.values()]
    seqs = ledger.append(rows)
    ledger.close()
    return set(seqs)


def test_every_screen_goes_on(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    visitor = visit()
    before = visitor.get("/api/v1/now")
    spoil(tmp_path / "ledger.db")
    for path in SCREENS:
        visitor.get(path)
    assert visitor.get("/api/v1/now") == before


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_command_goes_on(
    visit: Callable[..., Visitor], tmp_path: Path, sodien: Sodien, language: str
) -> None:
    visit()
    bad = spoil(tmp_path / "ledger.db")
    for words in COMMANDS:
        result = sodien("--lang", language, *words.split(), "-c", tmp_path / "sodien.yaml")
        assert result.code in (0, 1), (words, result.err)
        assert result.err == "", words
    report = sodien("doctor", "--json", "-c", tmp_path / "sodien.yaml").json
    (told,) = (one for one in report["findings"] if one["name"] == "set-aside")
    assert f"({len(bad)})" in told["sentence"]
