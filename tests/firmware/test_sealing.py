"""When the daemon seals, and that its ledger verifies whatever happens to it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware import sealing
from sodien.history.wire_entries import WireEntries
from sodien.ledger.store import LedgerBusyError, NewRow
from sodien.ledger.verify import verify_file
from sodien.protocol.entries import SealEntry
from tests.firmware.house import HOUR, MINUTE, House, settings_of, steady
from tests.firmware.test_resume import Story
from tests.support.rows import body_of


def seal_times(house: House) -> list[int]:
    """World times at which the ledger was sealed."""
    return [house.world(row.at or 0) for row in house.rows("seal")]


def test_each_full_hour_is_sealed_with_what_it_brought(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(500))
    house.start()
    house.play(2.5 * 3600)
    # The house begins at a full hour.
    expected = [MINUTE, HOUR, 2 * HOUR]
    assert len(seal_times(house)) == 3
    assert all(0 <= found - due < MINUTE for found, due in zip(seal_times(house), expected, strict=True))
    second = house.rows("seal")[1]
    hour = house.rows("hour")[0]
    assert int(body_of(second)["first"]) <= hour.seq <= int(body_of(second)["last"])
    report = verify_file(house.ledger.path).report
    assert (report.faults, len(report.seals)) == ([], 3)


def test_a_clean_stop_leaves_nothing_unsealed(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(500))
    house.start()
    house.play(600)
    house.stop()
    report = verify_file(house.ledger.path).report
    assert report.unsealed == 1, "the seal itself"
    assert body_of(house.rows("event")[-1])["what"] == "stopped"


def test_what_another_process_wrote_is_sealed_too(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(500))
    house.start()
    house.play(30)
    body = {"reading": "1.0", "low": "1.0", "high": "1.1"}
    (seq,) = house.ledger.append([NewRow("dial", "main", at=house.wall_ms(30), body=body)])
    house.play(120)
    (seal,) = house.rows("seal")
    assert int(body_of(seal)["first"]) <= seq <= int(body_of(seal)["last"])


def test_without_a_clock_it_is_sealed_all_the_same(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(500), synchronised=False)
    house.start()
    house.play(2.5 * 3600)
    assert house.rows("seal") == []
    assert len(verify_file(house.ledger.path).report.seals) == 3
    house.clock.synchronise()
    house.play(60)
    assert len(house.rows("seal")) == 3
    assert verify_file(house.ledger.path).report.faults == []
    house.stop()
    report = verify_file(house.ledger.path).report
    assert report.faults == []
    assert report.seals[-1][2].dated != ()


def test_a_long_backlog_is_sealed_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(settings_of(tmp_path), steady(500))
    rows = [NewRow("event", "main", at=n, body={"what": "note"}) for n in range(730)]
    house.ledger.append(rows)
    house.start()
    monkeypatch.setattr(sealing, "SEAL_MOST", 50)
    house.play(90)
    report = verify_file(house.ledger.path).report
    assert len(report.seals) >= 15
    assert report.faults == []
    assert report.unsealed < 100


def test_a_ledger_that_refuses_is_sealed_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(settings_of(tmp_path), steady(500))
    house.start()

    def refuse(*_: object) -> None:
        raise LedgerBusyError("the disk is full")

    monkeypatch.setattr(house.ledger, "seal", refuse)
    house.play(150)
    monkeypatch.undo()
    assert house.rows("seal") == []
    house.play(120)
    assert len(house.rows("seal")) == 1


def test_a_seal_is_published(tmp_path: Path) -> None:
    house = House(settings_of(tmp_path), steady(500))
    house.start()
    house.play(90)
    (row,) = house.rows("seal")
    (entry,) = WireEntries(house.settings, house.ledger)([row])
    assert isinstance(entry, SealEntry)
    _, _, made = verify_file(house.ledger.path).report.seals[0]
    assert (entry.hash, entry.previous, entry.first, entry.last) == (made.hash, "", 1, made.last)
    assert (entry.ledger, entry.meter) == (house.ledger.id, None)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1_000_000), st.integers(3, 14))
def test_a_random_life_verifies_after_every_step(seed: int, steps: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        story = Story(Path(folder), seed)
        story.house.start()
        for _ in range(steps):
            story.step()
            assert verify_file(story.house.ledger.path).report.faults == []
        story.finish()
        report = verify_file(story.house.ledger.path).report
        assert (report.faults, report.unsealed) == ([], 1)
