"""What former versions wrote is opened, verified, restored and sent as they would have done it."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from collector.line_protocol import of_entry
from sodien.history.wire_entries import WireEntries
from sodien.ledger.backup import examine, restore
from sodien.ledger.store import Ledger
from sodien.ledger.verify import verify_file
from sodien.protocol.messages import decode_entry, encode
from sodien.settings.model import load
from tests.ledger.recorded import BACKUP, SCHEMAS, lines, raw_rows, unpack

#: The newest seal of the ledger of schema 2, as ``sodien verify`` named it then.
SEAL = "363432b585b500a91feaefc7a86f5dcca0f46835f7fc53d9175623c35907cc18"


@pytest.mark.parametrize("schema", SCHEMAS)
def test_opened_and_checked_and_not_a_byte_of_an_entry_changes(schema: int, tmp_path: Path) -> None:
    unpack(schema, tmp_path)
    before = raw_rows(tmp_path / "ledger.db")
    ledger = Ledger.open(tmp_path / "ledger.db")
    ledger.check()
    made = ledger.seal(None, None, None, 10_000)
    ledger.close()
    after = raw_rows(tmp_path / "ledger.db")
    assert len(before) > 2800
    assert after[: len(before)] == before
    assert made is not None
    assert not verify_file(tmp_path / "ledger.db").report.faults


def test_the_seals_still_fit(tmp_path: Path) -> None:
    unpack(2, tmp_path)
    report = verify_file(tmp_path / "ledger.db").report
    assert (report.faults, len(report.seals), report.seals[-1][2].hash) == ([], 48, SEAL)


def test_the_backup_is_restored(tmp_path: Path) -> None:
    unpack(2, tmp_path)
    manifest = examine(BACKUP)
    assert (manifest.entries, manifest.device) == (2967, "demo")
    home = tmp_path / "home"
    home.mkdir()
    restored = restore(BACKUP, home / "ledger.db", "demo", "now")
    assert (restored.aside, restored.photos) == (None, 1)
    assert raw_rows(home / "ledger.db") == raw_rows(tmp_path / "ledger.db")
    verified = verify_file(home / "ledger.db")
    assert (verified.ledger, verified.report.faults) == (restored.ledger, [])
    assert verified.report.seals[-1][2].hash == SEAL


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_entry_becomes_the_line_that_it_was(schema: int, tmp_path: Path) -> None:
    settings = load(unpack(schema, tmp_path))
    ledger = Ledger.open(settings.ledger.path)
    made, after = [], 0
    while rows := ledger.rows(after):
        sent = [decode_entry(encode(entry)) for entry in WireEntries(settings, ledger)(rows)]
        made += [of_entry(settings.device, entry) for entry in sent]
        after = rows[-1].seq
    ledger.close()
    recorded = lines(schema)
    assert [identity(line) for line in made] == [identity(line) for line in recorded]
    changed = [(now, then) for now, then in zip(made, recorded, strict=True) if now != then]
    # A replacement known to ten minutes leaves less in doubt than it did; and where rows made by hand have
    # gaps that no tick begins or ends, which no daemon writes, less is known.
    assert len(changed) < 130
    wider = [now for now, then in changed if not inside(now, then)]
    assert len(wider) == 5
    assert all(int(line.rsplit(" ", 1)[1]) >= 1774976340000 for line in wider)


def identity(line: str) -> tuple[str, str]:
    """Measurement, tags and time of a line."""
    return line.split(" ", 1)[0], line.rsplit(" ", 1)[1]


def inside(now: str, then: str) -> bool:
    """Whether the bounds of a line lie inside those of another."""
    found = [re.findall(r"\b(?:high|low)=([\d.]+)", line) for line in (now, then)]
    if not all(len(one) == 2 for one in found):
        return False
    (high, low), (high_then, low_then) = ([Decimal(one) for one in numbers] for numbers in found)
    return low_then <= low <= high <= high_then
