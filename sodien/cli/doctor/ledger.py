"""What `sodien doctor` says of the ledger: its disk, the file, its seals, what the database still lacks."""

from __future__ import annotations

import shutil
from pathlib import Path

from sodien.cli.doctor.finding import Finding, Level, broken
from sodien.errors import SodienError
from sodien.history.daemon_state import State
from sodien.i18n import tr
from sodien.ledger.store import Ledger
from sodien.ledger.verify import verify_file

_MIB = 1 << 20
#: A meter's ledger grows by some 40 MiB a year at one row a minute.
_DISK_WARN, _DISK_FAIL = 100 * _MIB, 10 * _MIB
_UNCONFIRMED_MS = 3_600_000
_QUEUE = 60


def check_disk(ledger: Path) -> Finding:
    """Free space where the ledger is."""
    folder = ledger.absolute().parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            "disk",
            "fail",
            tr("{folder}: cannot be looked into ({reason})", folder=folder, reason=error.strerror or error),
            tr("create the folder, correct ledger.path, or run as its owner (sudo -u sodien …)."),
        )
    level: Level = "fail" if free < _DISK_FAIL else "warn" if free < _DISK_WARN else "ok"
    return Finding(
        "disk",
        level,
        tr("{folder}: {free} MiB free", folder=folder, free=free // _MIB),
        tr("free some space; without it the count is only in memory.") if level != "ok" else None,
    )


def check_ledger(ledger: Ledger) -> Finding:
    """The whole file is read."""
    try:
        ledger.check()
    except SodienError as error:
        return Finding(
            "ledger",
            "fail",
            str(error),
            tr("stop the service, keep a copy of the file, and start it: it salvages what can be read."),
        )
    return Finding(
        "ledger",
        "ok",
        tr(
            "{path}: sound, {entries} entries, {size} KiB",
            path=ledger.path,
            entries=ledger.newest_seq(),
            size=ledger.size() // 1024,
        ),
    )


def check_seals(path: Path) -> Finding:
    """Nothing that was sealed has been changed since, by a failing card or by hand."""
    try:
        report = verify_file(path).report
    except SodienError as error:
        return broken("seals", error)
    if report.faults:
        return Finding(
            "seals",
            "fail",
            tr("{path}: does not fit its seals from entry {seq} on", path=path, seq=report.faults[0].seq),
            tr("see 'sodien verify'; keep a copy of the file, and restore a backup if the card is failing."),
        )
    if not report.seals:
        return Finding("seals", "info", tr("nothing is sealed yet; that happens once an hour"))
    return Finding("seals", "ok", tr("all seals fit ({count})", count=len(report.seals)))


def check_queue(ledger: Ledger, state: State | None, now: int) -> Finding:
    """What the database has not confirmed, and since when."""
    queue = state.queue if state is not None else None
    if queue is None:
        queue = ledger.unconfirmed(ledger.confirmed())
    last = state.last_confirmed if state is not None else None
    age_min = (now - last) // 60_000 if last is not None else None
    if age_min is None:
        sentence = tr("{queue} entries are not confirmed by the database yet", queue=queue)
    else:
        sentence = tr(
            "{queue} entries are not confirmed by the database yet; the last confirmation is {age} min old",
            queue=queue,
            age=age_min,
        )
    late = last is None or now - last > _UNCONFIRMED_MS
    if queue > _QUEUE and late:
        remedy = tr(
            "see whether 'sodien collect' runs: journalctl -u sodien-collector -n 50. Nothing is lost."
        )
        return Finding("queue", "warn", sentence, remedy)
    return Finding("queue", "ok", sentence)
