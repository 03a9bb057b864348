"""What `sodien doctor` says of the ledger: disk and card, the file, its seals, what the database lacks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from sodien import formats
from sodien.cli.doctor.finding import Finding, Level, broken
from sodien.device.send_again import refused_of, refused_sentence, waiting
from sodien.device.state import State
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.ledger import storage
from sodien.ledger.misfits import Misfit
from sodien.ledger.store import Ledger
from sodien.ledger.verify import verify_file

_MIB = 1 << 20
#: A meter's ledger grows by some 40 MiB a year at one row a minute.
_DISK_WARN, _DISK_FAIL = 100 * _MIB, 10 * _MIB
_UNCONFIRMED_MS = 3_600_000
_QUEUE = 60
_NAMED = 5
#: Bytes a day at which a card of 16 GB, good for a hundred times its size, lasts some forty years.
MOST_PER_DAY = 100_000_000
_ENOUGH_S = 3600.0


def check_disk(ledger: Path) -> Finding:
    """Free space where the ledger is."""
    folder = ledger.absolute().parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            "disk",
            "fail",
            tr("{folder}: cannot be opened ({reason})", folder=folder, reason=error.strerror or error),
            tr("create the folder, correct ledger.path, or run this with sudo."),
        )
    level: Level = "fail" if free < _DISK_FAIL else "warn" if free < _DISK_WARN else "ok"
    return Finding(
        "disk",
        level,
        tr("{folder}: {free} MiB free", folder=folder, free=formats.count(free // _MIB)),
        tr("free some space; without it the count is only in memory.") if level != "ok" else None,
    )


def check_storage(ledger: Path) -> Iterator[Finding]:
    """Storage that forgets, keeps no promise, or cannot be written; nothing where it is sound."""
    found = storage.looked_at(ledger.absolute())
    if found is not None:
        yield Finding(
            "storage",
            "fail" if found == "read_only" else "warn",
            storage.sentence(found, ledger.absolute().parent),
            tr("set ledger.path to a folder on a card or disk of this machine, and check that disk."),
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
            "{path}: sound, {entries:entry|entries}, {size} KiB",
            path=ledger.path,
            entries=formats.HowMany(ledger.newest_seq()),
            size=formats.count(ledger.size() // 1024),
        ),
    )


def check_set_aside(ledger: Ledger, state: State | None) -> Finding:
    """Entries that cannot be reckoned with, shown or sent: by number, with what is wrong."""
    what: dict[Misfit, str] = {
        "time": tr("a time outside the years 2000 to 2100"),
        "span": tr("a time that is not known"),
        "number": tr("a number that cannot be true"),
        "content": tr("a content that cannot be read"),
    }
    try:
        found = {seq: what[why] for seq, why in ledger.set_aside(everything=True).items()}
    except SodienError as error:
        return broken("set-aside", error)
    for seq in state.set_aside if state is not None else ():
        found.setdefault(seq, tr("it cannot be sent"))
    if not found:
        return Finding("set-aside", "ok", tr("every entry can be used"))
    named = "; ".join(f"{seq}: {why}" for seq, why in sorted(found.items())[:_NAMED])
    return Finding(
        "set-aside",
        "warn",
        tr("entries set aside ({count}): {named}", count=len(found), named=named),
        tr(
            "enter what they were meant to say again with 'sodien dial', 'sodien meter' or 'sodien "
            "bill'; they stay in the ledger, are ignored and hold nothing up."
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
    return Finding("seals", "ok", tr("all seals fit ({count})", count=formats.count(len(report.seals))))


def check_queue(ledger: Ledger, state: State | None, now: int) -> Finding:
    """What the database has not confirmed, and since when."""
    queue = state.queue if state is not None else None
    if queue is None:
        queue = waiting(ledger)
    last = state.last_confirmed if state is not None else None
    entries = formats.count(queue)
    if last is None:
        sentence = tr("entries not confirmed by the database yet: {queue}", queue=entries)
    else:
        sentence = tr(
            "entries not confirmed by the database yet: {queue}; the last confirmation is {age} old",
            queue=entries,
            age=formats.duration((now - last) // 1000),
        )
    oldest_since = state.oldest_since if state is not None else None
    if state is not None and oldest_since is not None and now - oldest_since > _UNCONFIRMED_MS:
        return Finding(
            "queue",
            "warn",
            tr(
                "entries not confirmed by the database yet: {queue}; entry {seq} has had no answer for {age}",
                queue=entries,
                seq=state.oldest,
                age=formats.duration((now - oldest_since) // 1000),
            ),
            tr("see whether 'sodien collect' runs: journalctl -u sodien-collector -n 50. Nothing is lost."),
        )
    late = last is None or now - last > _UNCONFIRMED_MS
    if queue > _QUEUE and late:
        remedy = tr(
            "see whether 'sodien collect' runs: journalctl -u sodien-collector -n 50. Nothing is lost."
        )
        return Finding("queue", "warn", sentence, remedy)
    return Finding("queue", "ok", sentence)


def check_names(ledger: Ledger, device: str, meters: Iterable[str]) -> Iterator[Finding]:
    """Where the entries of names are that the settings no longer have."""
    for meter in sorted(ledger.saves().keys() - set(meters)):
        yield Finding(
            "names",
            "info",
            tr(
                "the ledger has entries of meter {meter}, which the settings do not know; those that the "
                "database has are under meter = {meter}",
                meter=meter,
            ),
            tr("a meter is known by its id: if this one was renamed, give it its old id again."),
        )
    for name in ledger.names():
        if name != device:
            yield Finding(
                "names",
                "info",
                tr("this ledger delivered as {name} before: what the database has of then is under "
                   "device = {name}", name=name),
                tr("to have them under {device} too: sodien replay --from 1", device=device),
            )  # fmt: skip


def check_refused(ledger: Ledger, state: State | None) -> Iterator[Finding]:
    """What the database refused for good, and why."""
    count, why = refused_of(ledger, state)
    if count:
        yield Finding(
            "refused",
            "warn",
            refused_sentence(count, why),
            tr("fix what the reason says, then send them again: sodien replay"),
        )


def check_dead_letters(aside: Path) -> Iterator[Finding]:
    """What the collector put aside, where its file can be read from here; nothing where there is none."""
    try:
        with aside.open("rb") as file:
            count = sum(1 for _ in file)
    except OSError:
        return
    if count:
        yield Finding(
            "put-aside",
            "warn",
            tr("the collector set aside messages that it cannot store ({count})", count=formats.count(count)),
            tr(
                "look at {path}, then move it away; what the devices sent is still in their ledgers.",
                path=aside,
            ),
        )


def written(pid: int, proc: Path = Path("/proc")) -> tuple[int, float] | None:
    """(bytes that a process caused to be written, seconds it has run); None when that may not be seen.

    From /proc/PID/io (write_bytes) and /proc/PID/stat (field 22, start time in ticks since boot), proc(5).
    """
    try:
        lines = dict(line.split(": ") for line in (proc / str(pid) / "io").read_text().splitlines())
        after_name = (proc / str(pid) / "stat").read_text().rpartition(") ")[2].split()
        uptime = float((proc / "uptime").read_text().split()[0])
    except (OSError, ValueError):
        return None
    started = int(after_name[19]) / os.sysconf("SC_CLK_TCK")
    return int(lines["write_bytes"]), max(0.0, uptime - started)


def check_wear(pid: int, proc: Path = Path("/proc")) -> Iterator[Finding]:
    """Bytes a day, once the daemon has run for an hour; nothing where the kernel does not tell us."""
    found = written(pid, proc)
    if found is None or found[1] < _ENOUGH_S:
        return
    size, seconds = found
    per_day = size * 86_400 / seconds
    text = tr(
        "the daemon has written {size} MB in {time}, {per_day} MB a day",
        size=formats.number(size / 1e6, 1),
        time=formats.duration(seconds),
        per_day=formats.number(per_day / 1e6, 1),
    )
    if per_day <= MOST_PER_DAY:
        yield Finding("wear", "ok", text)
        return
    yield Finding(
        "wear",
        "warn",
        text,
        tr("raise ledger.at_risk_wh, or put the ledger on a disk that takes more writing."),
    )
