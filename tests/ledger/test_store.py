"""The ledger: append-only, durable, dated once, one time per entry, honest about trouble."""

from __future__ import annotations

import contextlib
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.ledger.store import Ledger, LedgerBusyError, LedgerDamagedError, LedgerError, NewRow, Save
from sodien.ranges import Ranges
from tests.support.rows import body_of

MINUTE = 60_000


def tick(run: int, minute: int, pulses: int, meter: str = "main", *, dated: bool = True) -> NewRow:
    at = minute * MINUTE if dated else None
    return NewRow("tick", meter, run, minute * MINUTE * 1_000_000, at, pulses, 10)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.open(tmp_path / "ledger.db", create=True)


def test_rows_come_back_as_they_went_in(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 5, "1.2")
    row = NewRow(
        "event", "main", run, 7, 8_000, None, None, 0, {"what": "meter", "detail": {"constant": "1600"}}
    )
    seqs = ledger.append([tick(run, 1, 3), row], [Save("main", run, 99, 3, 1)])
    assert seqs == [1, 2]
    first, second = ledger.rows()
    assert (first.seq, first.kind, first.at, first.pulses, first.first) == (1, "tick", MINUTE, 3, 10)
    assert body_of(second) == row.body
    assert ledger.saves()["main"] == Save("main", run, 99, 3, 1)
    assert ledger.newest_seq() == 2


def test_a_second_connection_sees_what_was_committed(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 0, "1")
    ledger.append([tick(run, 1, 1)])
    other = Ledger.open(ledger.path)
    assert other.id == ledger.id
    assert len(other.rows()) == 1


def test_one_time_is_one_entry(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 0, "1")
    ledger.append([tick(run, 1, 1), tick(run, 1, 2), tick(run, 1, 3, meter="other")])
    assert [(r.meter, r.at) for r in ledger.rows()] == [
        ("main", MINUTE),
        ("main", MINUTE + 1),
        ("other", MINUTE),
    ]


def test_undated_rows_stay_until_their_boot_is_dated(ledger: Ledger) -> None:
    run = ledger.begin_run("first boot", 0, "1")
    ledger.append([tick(run, 1, 1, dated=False), tick(run, 2, 2, dated=False)])
    again = ledger.begin_run("first boot", 0, "1")
    ledger.append([tick(again, 3, 3, dated=False)])
    other = ledger.begin_run("second boot", 0, "1")
    ledger.append([tick(other, 1, 4, dated=False)])
    assert ledger.rows() == []
    assert ledger.date("first boot", 1_000_000_000) == 3
    assert [r.at for r in ledger.rows()] == [MINUTE + 1000, 2 * MINUTE + 1000, 3 * MINUTE + 1000]
    assert ledger.date("first boot", 9_000_000_000) == 0, "a time is given once"


def test_queries_by_time(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 0, "1")
    ledger.append([tick(run, minute, minute) for minute in range(1, 10)])
    newest = ledger.newest("tick", "main", 4 * MINUTE + 5)
    assert newest is not None
    assert newest.pulses == 4
    assert [r.pulses for r in ledger.of_kind("tick", "main", 3 * MINUTE, 5 * MINUTE)] == [3, 4]
    assert ledger.newest("tick", "main", 3) is None
    assert ledger.first_seq_since(8 * MINUTE) == 8


def test_a_failed_transaction_leaves_nothing(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 0, "1")
    with pytest.raises(TypeError):
        ledger.append([tick(run, 1, 1), NewRow("event", body={"bad": object()})])
    assert ledger.rows() == []
    assert ledger.newest_seq() == 0


def test_a_missing_ledger_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger yet; start counting"):
        Ledger.open(tmp_path / "none.db")
    with pytest.raises(LedgerError, match="the folder does not exist"):
        Ledger.open(tmp_path / "no" / "ledger.db", create=True)
    assert list(tmp_path.iterdir()) == []


def test_another_database_is_not_taken_for_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE mine(x)")
    other.close()
    with pytest.raises(LedgerError, match="not a Sodien ledger"):
        Ledger.open(path, create=True)


def test_a_newer_schema_is_refused(ledger: Ledger) -> None:
    ledger.close()
    db = sqlite3.connect(ledger.path)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(LedgerError, match=r"newer Sodien \(schema 99\); update"):
        Ledger.open(ledger.path)


def test_two_writers_wait_for_each_other(ledger: Ledger) -> None:
    code = (
        "import sys; from pathlib import Path; from sodien.ledger.store import *\n"
        "l = Ledger.open(Path(sys.argv[1]))\n"
        "for i in range(100): l.append([NewRow('event', sys.argv[2], at=i)])\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(ledger.path), name]) for name in ("a", "b")]
    assert [w.wait(60) for w in writers] == [0, 0]
    assert ledger.newest_seq() == 200


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    code = (
        "import sys; from pathlib import Path; from sodien.ledger.store import *\n"
        "l = Ledger.open(Path(sys.argv[1]), create=True); run = l.begin_run('b', 0, '1')\n"
        "l.reserve(); n = 0\n"
        "while True:\n"
        "    n += 1\n"
        "    l.append([NewRow('tick', 'main', run, n, n, n)], [Save('main', run, n, n)])\n"
        "    print(n, flush=True)\n"
    )
    for stop_after in (1, 37, 200):
        path.unlink(missing_ok=True)
        writer = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        acknowledged = 0
        while acknowledged < stop_after:
            acknowledged = int(writer.stdout.readline())
        writer.kill()
        rest = writer.stdout.read().split()
        acknowledged = max([acknowledged, *map(int, rest[:-1])])
        writer.wait()
        with_ledger = Ledger.open(path)
        with_ledger.check()
        assert with_ledger.newest_seq() >= acknowledged
        assert with_ledger.saves()["main"].pulses == with_ledger.newest_seq()
        with_ledger.close()


@contextlib.contextmanager
def file_limit(size: int) -> Iterator[None]:
    """No file may grow past this size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)


def test_a_full_disk_is_an_error_that_passes(ledger: Ledger) -> None:
    """A file-size limit stands in for a full disk: nothing half-written, and it recovers by itself."""
    run = ledger.begin_run("boot", 0, "1")
    written = 0
    with file_limit(ledger.size() + 8192), pytest.raises(LedgerBusyError):
        for minute in range(1, 2000):
            ledger.append([tick(run, minute, minute)])
            written = minute
    assert ledger.newest_seq() == written
    ledger.append([tick(run, written + 1, written + 1)])
    assert ledger.newest_seq() == written + 1
    ledger.check()


def test_a_wal_laid_out_in_full_is_never_longer_or_shorter(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 0, "1")
    ledger.reserve()
    wal = Path(f"{ledger.path}-wal")
    size = wal.stat().st_size
    other = Ledger.open(ledger.path)  # a reader and occasional writer, as the publisher is
    for minute in range(1, 1500):  # many times round the WAL
        ledger.append([tick(run, minute, minute)], [Save("main", run, minute, minute)])
        if minute % 100 == 0:
            other.set_confirmed([(1, minute)])
        assert wal.stat().st_size == size
    ledger.reserve()
    assert wal.stat().st_size == size
    other.close()
    ledger.check()
    assert ledger.path.stat().st_size > 100_000, "it was folded in again and again"


def test_an_empty_wal_laid_out_in_full_reads_as_empty(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db", create=True)
    ledger.close()
    ledger = Ledger.open(tmp_path / "ledger.db")
    ledger.reserve()
    fresh = Ledger.open(tmp_path / "ledger.db")
    assert fresh.newest_seq() == 0
    fresh.append([NewRow("event", body={"what": "x", "detail": {}})])
    assert ledger.newest_seq() == 1
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("ledger.db", "ledger.db-wal"):  # a power cut: the shared memory is gone
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    found = Ledger.open(copy / "ledger.db")
    found.check()
    assert found.newest_seq() == 1


def test_no_room_for_the_whole_wal_is_no_harm(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 0, "1")
    with file_limit(Path(f"{ledger.path}-wal").stat().st_size + 8192):
        ledger.reserve()
    ledger.append([tick(run, 1, 1)])
    ledger.check()
    assert ledger.newest_seq() == 1


def test_a_ledger_that_is_held_is_no_reason_not_to_start(ledger: Ledger) -> None:
    ledger.begin_run("boot", 0, "1")
    ledger._db.execute("PRAGMA busy_timeout=0")
    other = Ledger.open(ledger.path)
    wal = Path(f"{ledger.path}-wal")
    size = wal.stat().st_size
    with other._transaction():
        ledger.reserve()
        assert wal.stat().st_size == size
    ledger.reserve()
    assert wal.stat().st_size > size
    other.close()


def test_check_finds_damage(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 0, "1")
    ledger.append([tick(run, minute, minute) for minute in range(500)])
    ledger.close()
    data = bytearray(ledger.path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 600] = bytes(600)
    ledger.path.write_bytes(data)
    opened = Ledger.open(ledger.path)
    with pytest.raises(LedgerDamagedError, match="damaged"):
        opened.check()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 40)), max_size=12))
def test_confirmed_ranges_round_trip(
    tmp_path_factory: pytest.TempPathFactory, spans: list[tuple[int, int]]
) -> None:
    ranges = Ranges((first, first + length) for first, length in spans)
    ledger = Ledger.open(tmp_path_factory.mktemp("l") / "ledger.db", create=True)
    ledger.set_confirmed(ranges.items())
    assert ledger.confirmed() == ranges.items()
    ledger.close()


def test_the_counts_of_a_meter_in_order_of_writing(ledger: Ledger) -> None:
    run = ledger.begin_run("boot", 0, "1")
    late = NewRow("tick", "main", run, 99, None, 5, 1, 2)
    ledger.append([tick(run, 2, 3), tick(run, 1, 9, meter="other"), late])
    assert list(ledger.counts("main")) == [(run, 2 * MINUTE * 10**6, 3, 0), (run, 99, 5, 2)]
    ledger.close()
    with pytest.raises(LedgerError):
        next(ledger.counts("main"))


def test_checking_a_large_ledger_leaves_little_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    ledger = Ledger.open(path, create=True, durable=False)
    run = ledger.begin_run("boot", 0, "1")
    ledger.append([tick(run, minute, minute) for minute in range(60_000)])
    ledger.close()
    code = (
        "import sys\nfrom pathlib import Path\nfrom sodien.ledger.store import Ledger\n"
        "def kib():\n"
        "    lines = open('/proc/self/status')\n"
        "    return int(dict(line.split(':', 1) for line in lines)['RssAnon'].split()[0])\n"
        "before = kib()\nledger = Ledger.open(Path(sys.argv[1]))\nledger.check()\nprint(kib() - before)"
    )
    command = [sys.executable, "-c", code, str(path)]
    grown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(grown.stdout) < 1500  # SQLite's own cache would hold more than 2,000


def test_a_run_begins_with_its_first_row_also_where_the_event_of_its_start_is_lost(ledger: Ledger) -> None:
    told, lost, silent = (ledger.begin_run(boot, 5, "1") for boot in ("a", "b", "c"))
    for run, events in ((told, [0]), (lost, [3]), (silent, [])):
        rows = [tick(run, run * 10 + minute, minute) for minute in range(5)]
        for place in events:
            rows.insert(place, NewRow("event", "", run, 7, run * 600_000, body=b'{"what":"clock"}'))
        ledger.append(rows)
    assert ledger.begins() == {told: 1, lost: 7, silent: 13}
