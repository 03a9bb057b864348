"""f. Power cuts: crash images of a disk with a volatile cache, and the machine killed again and again.

Each image is repaired, opened and continued by the real code.
"""

from __future__ import annotations

import json
import math
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec

from lab import bench, crash, machine
from lab.case import AT_RISK_WH, Case, train
from lab.guest.watch import MARK, RESERVED
from lab.outcome import Outcome, first_wrong
from lab.record import Record
from lab.record import read as read_record
from lab.schedule import steady
from sodien.ledger.bodies import GapBody
from sodien.metering.counting.counter import HANDLING_S, save_threshold

TITLE = "power cuts"
#: How long the power is off, as far as the restarted machine can tell.
OUTAGE_S = 60
DISK_MB = 32
#: `at_risk_wh` of the crash images: a commit every two seconds makes more different cuts than the default.
OFTEN_WH = 5
#: The machine's clock at the start; any day will do.
RTC = datetime(2026, 11, 12, 3, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Crash:
    """One power cut, and what was found after it.

    Attributes:
        acknowledged_seq, acknowledged_pulses: what the daemon had acknowledged before the cut.
        least, most: pulses that had begun by the cut, as far as the notes tell.
        readable: the ledger could be opened without salvage.
        record: the ledger as found; restarted: the same after the real code went on with it.
        energy: kWh (low, high) between first tick and restart, as the real code states it.
    """

    acknowledged_seq: int
    acknowledged_pulses: int
    least: int
    most: int
    readable: bool
    why: str = ""
    record: Record = field(default_factory=Record)
    restarted: Record = field(default_factory=Record)
    energy: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    pending: int = 0


def faults(one: Crash, case: Case, *, reasons: Sequence[str] = ("power",)) -> dict[str, bool]:
    """What is wrong after one cut, by name; pure."""
    if not one.readable:
        return {"unreadable": True}
    record, constant = one.record, Fraction(case.constant)
    newest = record.rows[-1].seq if record.rows else 0
    saved = record.save[0] if record.save else 0
    lost = Fraction(one.most - record.counted) * 1000 / constant
    gaps = [g for g in one.restarted.of("gap") if g.seq > newest]
    low, high = (energy * constant for energy in one.energy)
    return {
        "acknowledged entries missing": newest < one.acknowledged_seq,
        "acknowledged pulses missing": max(saved, record.counted) < one.acknowledged_pulses,
        "pulses made up": record.counted > one.most,
        "lost at_risk_wh or more": lost >= Fraction(str(case.at_risk_wh)),
        "no gap declared": len(gaps) != 1 or gaps[0].read(GapBody).reason not in reasons,
        "truth outside the bounds": not (low <= one.most and one.least <= high),
    }


def at_cut(notes: Sequence[tuple[int, dict[str, Any]]], cut: int) -> tuple[dict[str, Any], int, int]:
    """What was acknowledged after ``cut`` entries, and (least, most) pulses begun by then; pure.

    ``notes`` are (place in the log, note). A note is gathered before it is written, so the upper bound is
    that of the second note after the cut.
    """
    before = [note for place, note in notes if place < cut]
    after = [note for place, note in notes if place >= cut]
    later = (after[1:2] or after[:1] or before[-1:])[0]
    return before[-1], before[-1]["true"], later["true"] + later["lit"]


# -- crash images --------------------------------------------------------------------------------------


def case(seconds: float, at_risk_wh: float = AT_RISK_WH) -> Case:
    """A house at 8 kW."""
    return Case(name="f power cut", edges=train(steady(3.5, 60, seconds)), at_risk_wh=at_risk_wh)


def images(options: Any, folder: Path) -> Outcome:
    """Record one run's writes, make images from them, judge each."""
    count, seconds = (1000, 1200) if options.long else (40, 100)
    chosen = case(seconds, OFTEN_WH)
    entries, base = recorded(chosen, options.factory, folder)
    found = cut_up(entries, base, chosen, folder, count)
    notes = [note for _, note in marks(entries) if "seq" in note]
    return verdict("f crash images", found, chosen, slowest_save(notes, threshold(chosen)))


def control(options: Any, folder: Path) -> Outcome:
    """The same with a daemon whose flushes do nothing: what this does to it must be seen."""
    chosen = case(100, OFTEN_WH)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nosync.so").write_bytes(bench.nosync().read_bytes())
    entries, base = recorded(chosen, options.factory, folder, {"LD_PRELOAD": "/run/lab/nosync.so"})
    return control_verdict(cut_up(entries, base, chosen, folder, 40), chosen)


def control_verdict(found: Sequence[Crash], chosen: Case) -> Outcome:
    """Whether losses were seen at all; pure."""
    bad = sum(any(faults(one, chosen).values()) for one in found)
    return Outcome(
        "f control: flushes switched off",
        "the damage is seen",
        f"{len(found)} cuts, damage in {bad}",
        first_wrong((bad > 0, "a ledger without flushes looked sound")),
        {"cuts": len(found), "damaged": bad},
    )


def cut_up(
    entries: Sequence[crash.Entry], base: bytearray, chosen: Case, folder: Path, count: int
) -> list[Crash]:
    """Images of power cuts, each at a random request of the daemon or its file system; what is in them."""
    marked = list(marks(entries))
    notes = [(place, note) for place, note in marked if "seq" in note]
    start = next(note for _, note in marked if "offset" in note)
    # Until the last note: after it the daemon stops in good order.
    own = [n + 1 for n in range(notes[0][0], notes[-1][0]) if not entries[n].data.startswith(MARK)]
    draw = random.Random(11)
    cache = crash.Cache(base)
    found: list[Crash] = []
    played = 0
    for cut in crash.cuts(own, count, draw):
        while played < cut:
            cache.play(entries[played])
            played += 1
        note, least, most = at_cut(notes, cut)
        seen = examined(cache.after_cut(draw), chosen, folder, note, start)
        found.append(replace(
            seen, acknowledged_seq=note["seq"], acknowledged_pulses=note["pulses"], least=least, most=most,
            pending=sum(not write.data.startswith(MARK) for write in cache.pending),
        ))  # fmt: skip
    return found


def threshold(chosen: Case) -> int:
    """How many unsaved pulses call for a save, by the daemon's own rule."""
    meter = chosen.meter
    return save_threshold(Fraction(str(chosen.at_risk_wh)), Fraction(meter.constant), meter.p_max_kw)


def slowest_save(notes: Sequence[dict[str, Any]], due: int) -> float:
    """Seconds from the pulse that called for a save until it was on the disk, the worst; pure."""
    worst = 0.0
    first = notes[0]["pulses"] - notes[0]["true"]  # counted by earlier runs
    for before, after in pairwise(notes):
        if after["pulses"] > before["pulses"]:
            full = before["pulses"] + due - first
            called = next((note["mono"] for note in notes if note["true"] >= full), after["mono"])
            worst = max(worst, (after["mono"] - called) / 1e9)
    return worst


def verdict(name: str, found: Sequence[Crash], chosen: Case, slowest: float | None = None) -> Outcome:
    """All cuts together; pure."""
    wrong: dict[str, int] = {}
    for one in found:
        for fault, there in faults(one, chosen).items():
            wrong[fault] = wrong.get(fault, 0) + there
    readable = [one for one in found if one.readable]
    lost = [Fraction(one.most - one.record.counted) * 1000 / chosen.constant for one in readable]
    worst = float(max(lost, default=Fraction(0)))
    inside = sum(one.pending > 0 for one in found)
    text = (
        f"{len(found)} cuts, {inside} into unflushed writes; {len(found) - len(readable)} unreadable, "
        f"{wrong.get('acknowledged entries missing', 0)} acknowledged missing, at most {worst:.2f} Wh lost"
    )
    missed = ", ".join(f"{n} × {fault}" for fault, n in wrong.items() if n)
    reasons = sorted({one.why for one in found if one.why})
    shortfall = missed + (f" ({'; '.join(reasons[:3])})" if reasons else "") if missed else None
    if shortfall and slowest is not None and slowest > HANDLING_S:
        shortfall += (
            f"; the slowest save took {slowest:.2f} s, where {float(HANDLING_S):g} s are reckoned with"
        )
    shortfall = shortfall or first_wrong((bool(found), "no cut was made"))
    goal = f"0 unreadable, 0 acknowledged missing, < {chosen.at_risk_wh:g} Wh lost, gap, truth in bounds"
    figures = {"cuts": len(found), "faults": wrong, "worst_wh": worst, "slowest_save_s": slowest}
    return Outcome(name, goal, text, shortfall, figures)


def marks(entries: Sequence[crash.Entry]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The notes among the writes: (place, note)."""
    for place, entry in enumerate(entries):
        if entry.data.startswith(MARK):
            yield place, json.loads(entry.data[len(MARK) :].split(b"\n", 1)[0])


def recorded(
    chosen: Case, factory: str, folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[list[crash.Entry], bytearray]:
    """Run the daemon on a disk whose requests are logged; the log and the disk as before. Raises LabError."""
    prepare(chosen, factory, folder)
    image, log = folder / "data.img", folder / "writes.log"
    base = bytearray(image.read_bytes())
    (folder / "base.img").write_bytes(base)  # with --keep, the images can be made again
    code = watched(folder, bench.logged(image, log), "disk", RTC, environment).run(bench.tell)
    if code:
        raise machine.LabError(bench.broken(folder, code))
    return crash.read(log), base


def prepare(chosen: Case, factory: str, folder: Path) -> None:
    """What a watched run finds."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = {"factory": factory, "case": msgspec.to_builtins(chosen)}
    (folder / "plan.json").write_bytes(msgspec.json.encode(plan))
    (folder / "player").write_bytes(bench.player().read_bytes())
    (folder / "player").chmod(0o755)
    machine.image(folder / "data.img", DISK_MB, reserved_kb=RESERVED // 2)


def watched(
    folder: Path,
    disk: Sequence[str],
    how: str,
    rtc: datetime,
    environment: Mapping[str, str] | None = None,
) -> machine.Machine:
    """The machine with the watched daemon. Its disk is as fast as the host's: idle time is not skipped."""
    return machine.Machine(
        f"exec {sys.executable} -m lab.guest.watch {how}", folder, disk=disk, skip=False,
        rtc=rtc.strftime("%Y-%m-%dT%H:%M:%S"),
        environment={"LAB_RESERVED": str(RESERVED), **(environment or {})},
    )  # fmt: skip


def examined(
    image: bytes | bytearray, chosen: Case, folder: Path, note: dict[str, Any], start: dict[str, Any]
) -> Crash:
    """Repair an image, take the ledger out of it, open it and go on with it by the real code."""
    from sodien.errors import SodienError

    place = folder / "cut"
    place.mkdir(exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    disk = place / "disk.img"
    disk.write_bytes(image)
    lost = Crash(0, 0, 0, 0, readable=False)
    repair = subprocess.run(
        [machine.tool("e2fsck"), "-fy", str(disk)], capture_output=True, text=True, check=False
    )
    if repair.returncode & ~3:
        return replace(lost, why=f"fsck: {repair.stdout.strip()[-200:]}")
    taken_out(disk, place)
    ledger = place / "ledger.db"
    if not ledger.exists():
        return replace(lost, why="no ledger on the disk")
    try:
        record = read_record(ledger)
        taken_out(disk, place)  # reading has folded the WAL in
        restarted, energy = continued(ledger, chosen, note, start)
    except SodienError as error:
        return replace(lost, why=re.sub(r"^\S+: ", "", str(error)))
    return Crash(0, 0, 0, 0, True, record=record, restarted=restarted, energy=energy)


def taken_out(disk: Path, place: Path) -> None:
    """Copy the ledger's files out of a file system that is not mounted."""
    kept = ("ledger.db", "ledger.db-wal", "ledger.db-counts")
    for name in (*kept, "ledger.db-shm"):
        (place / name).unlink(missing_ok=True)
    commands = place / "commands"
    commands.write_text("".join(f"dump /{name} {place}/{name}\n" for name in kept))
    subprocess.run(
        [machine.tool("debugfs"), "-f", str(commands), str(disk)], capture_output=True, check=False
    )
    for name in kept[1:]:  # debugfs makes an empty file for one that is not there
        file = place / name
        if file.exists() and not file.stat().st_size:
            file.unlink()


def continued(
    ledger_path: Path, chosen: Case, note: dict[str, Any], start: dict[str, Any]
) -> tuple[Record, tuple[Fraction, Fraction]]:
    """Start counting again a minute later, in a new boot; the energy since the first tick comes with it."""
    from firmware.recorder import Recorder
    from firmware.simulation.manual_clock import ManualClock
    from sodien.history.meter import MeterHistory
    from sodien.ledger.opening import open_or_salvage
    from sodien.ledger.store import LedgerDamagedError
    from sodien.settings.model import parse

    settings = parse(chosen.yaml(str(ledger_path), "simulated"), Path("lab.yaml"))
    settings = msgspec.structs.replace(settings, gpio=msgspec.structs.replace(settings.gpio, factory="lgpio"))
    wall = note["mono"] + start["offset"] + OUTAGE_S * 1_000_000_000
    clock = ManualClock(wall, monotonic_ns=5_000_000_000)
    ledger, salvage = open_or_salvage(ledger_path, "lab", durable=False)
    if salvage is not None:
        ledger.close()
        raise LedgerDamagedError(salvage.reason)
    try:
        recorder = Recorder(settings, clock, ledger, SimpleQueue(), levels=[False])
        clock.advance(1_000_000_000)
        recorder.step()
        recorder.stop()
        meter = settings.meters[0]
        view = MeterHistory(ledger, meter, meter.p_max_kw)
        assert view.start is not None
        assert view.end is not None
        energy = view.energy(view.start, view.end)
    finally:
        ledger.close()
    return read_record(ledger_path), (Fraction(energy.low), Fraction(energy.high))


# -- the machine killed ----------------------------------------------------------------------------------


def kills(options: Any, folder: Path) -> Outcome:
    """Cut the machine off while it counts, look at the disk, boot again from it; to the end."""
    cycles = 20 if options.long else 2
    chosen = case(600)
    prepare(chosen, options.factory, folder)
    image, notes_file = folder / "data.img", folder / "marks"
    disk = bench.drive(image)
    draw = random.Random(5)
    found: list[Crash] = []
    now, least, most = RTC, 0, 0
    for _ in range(cycles):
        notes_file.write_text("")
        with watched(folder, disk, "file", now).start() as running:
            notes = follow(running, notes_file, pulses=draw.randint(6, 40))
        note, start = notes[-1], notes[0]
        # As of the last note, which reached the host some milliseconds before the cut.
        least, most = least + note["true"], most + note["true"] + note["lit"]
        seen = examined(image.read_bytes(), chosen, folder, note, start)
        found.append(replace(
            seen, acknowledged_seq=note["seq"], acknowledged_pulses=note["pulses"], least=least, most=most,
        ))  # fmt: skip
        wall_s = math.ceil((note["mono"] + start["offset"]) / 1e9)
        now = datetime.fromtimestamp(wall_s, UTC) + timedelta(seconds=OUTAGE_S)
        if seen.readable:  # the next cut is judged by what is new
            carried = seen.record.counted
            least, most = min(least, carried), carried
    return verdict("f machine killed and booted again", found, chosen)


def follow(running: machine.Running, file: Path, pulses: int) -> list[dict[str, Any]]:
    """Wait until so many pulses have been driven, cut the machine off, and return all notes."""
    import time

    while running.process.poll() is None:
        time.sleep(0.05)
        notes = [json.loads(line) for line in file.read_text().splitlines() if line.endswith("}")]
        if time.monotonic() - running.started > 300:
            break
        if notes and notes[-1].get("true", 0) >= pulses:
            running.cut()
            lines = [line for line in file.read_text().splitlines() if line.endswith("}")]
            return [json.loads(line) for line in lines]
    raise machine.LabError(bench.broken(running.machine.folder, running.code()))


def run(options: Any, folder: Path) -> list[Outcome]:
    """Images and kills; in the long form the control too."""
    found = [images(options, folder), kills(options, folder)]
    return [*found, control(options, folder / "control")] if options.long else found
