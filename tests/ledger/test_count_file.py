"""Counts saved beside the ledger: as durable as a commit, and never another ledger's."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from sodien.ledger import count_file
from sodien.ledger.backup import _copy_ledger
from sodien.ledger.opening import finished_path
from sodien.ledger.salvage import salvage
from sodien.ledger.store import Ledger, NewRow, Save

BLOCK = 4096


def made(path: Path, boot: str = "boot") -> tuple[Ledger, int]:
    """A ledger with one run that has counted 10 pulses by 100 ns."""
    ledger = Ledger.open(path, create=True, durable=False)
    run = ledger.begin_run(boot, 0, "1")
    ledger.append([NewRow("tick", "main", run, 100, None, 10, 0)], [Save("main", run, 100, 10)])
    return ledger, run


def saved(ledger: Ledger) -> int:
    return ledger.saves()["main"].pulses


def test_the_newest_count_is_the_one_that_holds_wherever_it_stands(tmp_path: Path) -> None:
    ledger, run = made(tmp_path / "ledger.db")
    assert saved(ledger) == 10
    assert ledger.save_counts([Save("main", run, 200, 20, 1), Save("shop", run, 200, 7)])
    assert ledger.saves() == {"main": Save("main", run, 200, 20, 1), "shop": Save("shop", run, 200, 7)}
    ledger.append([], [Save("main", run, 300, 30)])
    assert saved(ledger) == 30
    later = ledger.begin_run("boot", 400, "1")
    assert saved(ledger) == 30
    assert ledger.save_counts([Save("main", later, 401, 31)])
    ledger.close()
    ledger = Ledger.open(tmp_path / "ledger.db", durable=False)
    assert saved(ledger) == 31
    assert ledger.save_counts([Save("main", later, 402, 32)])
    assert saved(ledger) == 32


@budget(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    writes=st.integers(1, 5), reopen=st.booleans(), start=st.integers(0, BLOCK - 1), end=st.integers(1, BLOCK)
)
def test_a_power_cut_while_a_block_is_written_leaves_the_count_before(
    tmp_path: Path, writes: int, reopen: bool, start: int, end: int
) -> None:
    """Any part of the block may have been written; here old and new bytes, and noise."""
    folder = tmp_path / os.urandom(4).hex()
    folder.mkdir()
    ledger, run = made(folder / "ledger.db")
    for n in range(1, writes + 1):
        assert ledger.save_counts([Save("main", run, 100 + n, 10 + n)])
        if reopen:
            ledger.close()
            ledger = Ledger.open(folder / "ledger.db", durable=False)
    path = count_file.path_of(ledger.path)
    before = path.read_bytes()
    assert ledger.save_counts([Save("main", run, 200, 50)])
    after = path.read_bytes()
    (changed,) = [n for n in (0, 1) if before[n * BLOCK :][:BLOCK] != after[n * BLOCK :][:BLOCK]]
    torn = bytearray(after)
    place = slice(changed * BLOCK + min(start, end), changed * BLOCK + max(start, end))
    torn[place] = before[place]
    path.write_bytes(torn)
    assert saved(ledger) in (10 + writes, 50)
    torn[changed * BLOCK : changed * BLOCK + 64] = os.urandom(64)
    path.write_bytes(torn)
    assert saved(ledger) == 10 + writes


def test_counts_of_another_ledger_run_or_boot_are_not_taken(tmp_path: Path) -> None:
    ledger, run = made(tmp_path / "ledger.db")
    early = tmp_path / "early.db"
    _copy_ledger(ledger.path, early)
    late = ledger.begin_run("boot 2", 0, "1")
    assert ledger.save_counts([Save("main", late, 5, 99)])
    ledger.close()
    # Somebody puts an older copy of the file in its place: it does not know that run.
    shutil.copy(early, tmp_path / "ledger.db")
    ledger = Ledger.open(tmp_path / "ledger.db", durable=False)
    assert saved(ledger) == 10
    # Nor is its own run of that number the same one.
    assert ledger.begin_run("boot 3", 0, "1") == late
    assert saved(ledger) == 10
    ledger.close()
    # A ledger that goes on under another id has nothing to do with it.
    other, run = made(tmp_path / "other.db")
    assert other.save_counts([Save("main", run, 200, 20)])
    other.carry_on()
    assert saved(other) == 10


def test_a_link_a_device_and_too_many_meters_are_for_a_commit(tmp_path: Path) -> None:
    ledger, run = made(tmp_path / "ledger.db")
    path = count_file.path_of(ledger.path)
    (tmp_path / "victim").write_text("untouched", encoding="utf-8")
    path.symlink_to(tmp_path / "victim")
    assert not ledger.save_counts([Save("main", run, 200, 20)])
    path.unlink()
    os.mkfifo(path)
    assert not ledger.save_counts([Save("main", run, 200, 20)])
    assert saved(ledger) == 10
    path.unlink()
    assert not ledger.save_counts([Save(f"meter {n}", run, 200, 20) for n in range(200)])
    assert ledger.save_counts([Save("main", run, 200, 20)])
    assert (tmp_path / "victim").read_text(encoding="utf-8") == "untouched"


@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_what_the_disk_refuses_is_not_saved(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.db"
    made(path)[0].close()
    ledger = Ledger.open(path)
    assert ledger.save_counts([Save("main", 1, 200, 20)])
    with monkeypatch.context() as patch:
        patch.setattr(os, call, lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        assert not ledger.save_counts([Save("main", 1, 300, 30)])
    assert ledger.save_counts([Save("main", 1, 400, 40)])
    assert saved(ledger) == 40


def test_a_backup_and_a_salvaged_ledger_have_the_counts(tmp_path: Path) -> None:
    ledger, run = made(tmp_path / "ledger.db")
    assert ledger.save_counts([Save("main", run, 200, 20, 3)])
    copy = tmp_path / "copy.db"
    _copy_ledger(ledger.path, copy)
    again = Ledger.open(copy, durable=False)
    assert again.saves()["main"] == Save("main", run, 200, 20, 3)
    again.close()
    ledger.close()
    salvage(ledger.path, finished_path(ledger.path), "x", "tried")
    ledger = Ledger.open(ledger.path, durable=False)
    assert ledger.saves()["main"] == Save("main", run, 200, 20, 3)
