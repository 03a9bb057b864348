"""Random histories of a household whose truth is known exactly, written into a real ledger.

A :class:`History` plays a load, the meters that hang there, and a Pi beside them that is stopped, killed, cut
off and started again, now and then without ever knowing the time. What it writes goes through the real
ledger (a file that is opened anew for every run) and the real code that carries a count on and declares
gaps. ``ideal`` is the register from what was really known, put together without the ledger.

Times are ms UTC (ns where they are called so), power is in whole watts, energy in W·ms.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from firmware import resume
from sodien.history.meter import MeterHistory
from sodien.ledger.store import Ledger, NewRow, Save
from sodien.metering.counting.counter import most_unsaved, save_threshold
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.outage import FIRMWARE_NS
from sodien.metering.register.register import Register
from sodien.settings.model import MeterSettings

MS = 1_000_000
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
#: 24 November 2026, 07:00 in Viet Nam.
BEGIN = 1_795_478_400_000
UNIT = 3_600_000_000  # W·ms in a kWh
P_MAX = Fraction(88, 10)
WATTS = 8800
AT_RISK_WH = Fraction(5)
CONSTANTS = (100, 450, 1000, 1600, 3200)


@dataclass
class Load:
    """What the household draws: constant power from each time on."""

    times: list[int] = field(default_factory=lambda: [BEGIN])
    energies: list[int] = field(default_factory=lambda: [0])
    watts: list[int] = field(default_factory=list)

    def flow(self, until: int, watts: int) -> None:
        """Draw this much until a time."""
        if until > self.times[-1]:
            self.watts.append(watts)
            self.energies.append(self.energies[-1] + watts * (until - self.times[-1]))
            self.times.append(until)

    def energy(self, t: int) -> int:
        """W·ms drawn by t."""
        i = min(max(bisect_right(self.times, t) - 1, 0), len(self.watts) - 1)
        return self.energies[i] + self.watts[i] * (t - self.times[i])

    def when(self, energy: Fraction) -> Fraction:
        """The first instant by which this much was drawn."""
        i = max(0, bisect_left(self.energies, energy) - 1)
        return self.times[i] + Fraction(energy - self.energies[i]) / self.watts[i]


@dataclass
class Meter:
    """One meter on the wall, from ``since`` until ``until``."""

    load: Load
    constant: int
    start: Fraction  # its register when it was hung up
    phase: int  # thousandths of a pulse, then
    since: int = BEGIN
    until: int | None = None

    def register(self, t: int) -> Fraction:
        """Its true register."""
        return self.start + Fraction(self.load.energy(t) - self.load.energy(self.since), UNIT)

    def flashes(self, t: int) -> int:
        """Its flashes by t since it was hung up."""
        pulses = (self.load.energy(t) - self.load.energy(self.since)) * self.constant * 1000
        return (pulses + self.phase * UNIT) // (1000 * UNIT)

    def flash(self, number: int) -> Fraction:
        """When that flash came."""
        energy = Fraction((1000 * number - self.phase) * UNIT, 1000 * self.constant)
        return self.load.when(energy + self.load.energy(self.since))


@dataclass
class Piece:
    """Counted by the Pi with a known time."""

    start: int
    end: int
    first: int
    last: int


@dataclass
class Hole:
    """A gap as the Pi declared it, and what a perfect witness would know of it."""

    at: int
    low: Fraction
    high: Fraction
    out: Fraction | None = None  # the most, were the supply taken to be out; None where that says nothing
    truly_out: bool = False


class History:
    """See the module. ``random`` decides everything."""

    def __init__(
        self, path: Path, random: Random, *, runs: int = 6, steps: bool = True, backwards: bool = False
    ) -> None:
        self.path, self.random = path, random
        self.load = Load()
        constant = random.choice(CONSTANTS)
        start = random.choice((Fraction(0), Fraction(99_999), Fraction(random.randrange(100_000_000), 1000)))
        self.meters = [Meter(self.load, constant, start, random.randrange(1000))]
        self.noted = Decimal(constant)  # the constant in the settings
        self.metered = random.random() < 0.3
        self.pieces: list[Piece] = []
        self.holes: list[Hole] = []
        self.ticks: list[tuple[int, int, int]] = []  # (ms, count, ms of the first new pulse)
        self.anchors: list[tuple[int, Anchor]] = []
        self.windows: list[int] = [0]
        self.steps, self.stepped = steps, False
        self.count = 0
        self.boots = 0
        self._dark: list[dict[str, Any]] = []
        self._cuts_out: list[bool] = []
        Ledger.open(path, create=True, durable=False).close()
        if random.random() < 0.15:
            self.noted = Decimal(random.choice(CONSTANTS))
        self.wrong = self.noted != constant
        self._live(random.randint(2, runs))
        self._people(backwards)

    # -- the world -------------------------------------------------------------------------------------

    def settings(self) -> MeterSettings:
        """The settings as they are now."""
        return MeterSettings(
            id="main", pin=17, constant=self.noted, supply="metered" if self.metered else "other"
        )

    def draw(self, until: int) -> None:
        """The household lives on until a time."""
        while self.load.times[-1] < until:
            watts = self.random.choice((0, 0, 40, 300, 300, 2000, WATTS))
            self.load.flow(min(until, self.load.times[-1] + self.random.randint(1, 4 * HOUR)), watts)

    def flashes(self, t: int) -> int:
        """True flashes of all meters by t."""
        return sum(
            meter.flashes(t if meter.until is None else min(t, meter.until))
            for meter in self.meters
            if meter.since <= t
        )

    def flash(self, number: int) -> Fraction:
        """When that flash came."""
        for meter in self.meters:
            most = meter.flashes(meter.until) if meter.until is not None else number
            if number <= most:
                return meter.flash(number)
            number -= most
        raise AssertionError(number)

    def meter(self, t: int) -> Meter:
        """The meter that was installed."""
        return next(meter for meter in reversed(self.meters) if meter.since <= t)

    # -- the Pi ----------------------------------------------------------------------------------------

    def _live(self, runs: int) -> None:
        random = self.random
        self.draw(BEGIN + random.randrange(HOUR))
        boot_ns, boot = self._boot(self.load.times[-1], 0)
        dark = False
        for number in range(runs):
            last = number == runs - 1
            start = max(self.load.times[-1], ceil(boot_ns / MS)) + random.randrange(20 * SECOND)
            self.draw(start)
            length = random.choice((30 * SECOND, 10 * MINUTE, HOUR, 7 * HOUR))
            end = start + random.randint(length // 2, length)
            if random.random() < 0.12 and not dark:
                self._replace(start + random.randint(1, end - start))
            self.draw(end)
            how = "stop" if last else random.choice(("stop", "kill", "power", "power"))
            self._run(start, end, boot, boot_ns, how, known=not dark)
            if last:
                return
            if how == "kill":
                self.draw(end + random.randrange(10 * MINUTE))
                continue
            out = how == "power" and (self.metered or random.random() < 0.5)
            self._cuts_out.append(out)
            away = random.choice((0, SECOND, 5 * MINUTE, 3 * HOUR, 3 * DAY))
            back = end + random.randint(0, away)
            if out:
                self.load.flow(back, 0)
            elif random.random() < 0.1 and back > end and not dark:
                self._replace(random.randint(end, back))
            self.draw(back)
            boot_ns, boot = self._boot(back, random.randrange(40 * SECOND))
            # The last run always learns the time.
            dark = random.random() < 0.3 and number < runs - 2

    def _boot(self, on: int, firmware: int) -> tuple[int, str]:
        """Power comes on; the kernel starts a little later. Returns its start (ns) and the boot's id."""
        self.boots += 1
        return (on + firmware) * MS + self.random.randrange(MS), f"boot {self.boots}"

    def _replace(self, at: int) -> None:
        """Another meter is hung up while nothing flows."""
        random = self.random
        if random.random() < 0.7:
            at = -(-at // MINUTE) * MINUTE
        self.draw(at)
        if self.load.times[-1] > at:
            return
        old = self.meters[-1]
        old.until = at
        self.load.flow(at + random.randrange(5 * MINUTE), 0)
        self.meters.append(
            Meter(
                self.load,
                random.choice(CONSTANTS),
                Fraction(random.choice((0, random.randrange(1000))), 100),
                random.randrange(1000),
                at,
            )
        )
        self.windows.append(random.choice((0, 0, MINUTE)))

    def _run(self, start: int, end: int, boot: str, boot_ns: int, how: str, *, known: bool) -> None:
        """One life of the daemon from ``start`` to ``end``; ``known``: it learns the time on its way."""
        random, settings = self.random, self.settings()
        constant = Fraction(settings.constant)
        threshold = save_threshold(AT_RISK_WH, constant, P_MAX)
        unsaved = most_unsaved(AT_RISK_WH, constant, P_MAX)
        synced = start + random.choice((0, 0, random.randrange(2 * MINUTE))) if known else None
        if synced is not None and synced > end:
            synced = end
        base, flashed = self.count, self.flashes(start)
        ledger = Ledger.open(self.path, durable=False)
        try:
            before = resume.last_known(ledger, "main")
            assert before is None or before.pulses == base
            run = ledger.begin_run(boot, start * MS - boot_ns, "1")
            gaps = resume.open_gaps(ledger, settings, before, boot, start * MS - boot_ns, P_MAX, unsaved)
            error, step = self._wrong_clock(start, end) if synced == start else (0, start)
            offset = boot_ns + error * MS if synced == start else None

            def row(kind: str, t_ns: int, dated: bool, **values: Any) -> NewRow:
                wall = t_ns // MS + (error if t_ns < step * MS else 0)
                return NewRow(kind, "main", run, t_ns - boot_ns, wall if dated else None, **values)

            def clock(t: int, offset_ns: int, dated: bool, step_ms: int = 0) -> NewRow:
                detail = {"offset_ns": offset_ns, "step_ms": step_ms, "boot": boot}
                found = row("event", t * MS, dated, body={"what": "clock", "detail": detail})
                return replace(found, meter="")

            rows = [before.recovered] if before is not None and before.recovered is not None else []
            noted = resume.meter_event(settings, P_MAX, unsaved)
            now = offset is not None
            if resume.meter_changed(ledger, "main", noted):
                rows.append(row("event", start * MS, now, body=noted))
            rows.append(row("tick", start * MS, now, pulses=base, first=0))
            if offset is not None:
                rows.insert(0, clock(start, offset, True))
            ticks = [(start, base, start)]
            for gap in gaps:
                found = gap.row(run, boot, offset)
                rows += [found] if found is not None else []
            ledger.append(rows, [Save("main", run, start * MS - boot_ns, base)])
            self._count(ticks, start, end, base - flashed, synced, how, error, step)
            minutes = ticks[1:]
            early = [one for one in minutes if synced is None or (one[0] < synced and synced != start)]
            ledger.append([row("tick", t * MS, False, pulses=n, first=t - f) for t, n, f in early])
            if synced is not None and synced != start:
                later = [found for gap in gaps if (found := gap.row(run, boot, boot_ns)) is not None]
                ledger.append([clock(synced, boot_ns, True), *later])
                ledger.date(boot, boot_ns)
            late = [one for one in minutes if one not in early]
            saves = []
            last_ns, last = ticks[-1][0] * MS, ticks[-1][1]
            if how != "stop":
                k = (self.flashes(end) - flashed) // threshold
                if k and (end - self.flash(flashed + k * threshold)) * 5 < SECOND and random.random() < 0.5:
                    k -= 1  # it was on its way
                if k:
                    save_ns = floor(self.flash(flashed + k * threshold) * MS) + 1
                    saves = [Save("main", run, save_ns - boot_ns, base + k * threshold)]
                    if save_ns > last_ns:
                        ticks.append((save_ns // MS, base + k * threshold, ticks[-1][0]))
                        last_ns, last = save_ns, base + k * threshold
            timed = [(t, row("tick", t * MS, True, pulses=n, first=t - f)) for t, n, f in late]
            if error:
                timed.append((step, clock(step, boot_ns, True, -error)))
            ledger.append(
                [one for _, one in sorted(timed, key=lambda pair: pair[0])],
                saves,
                stop=(run, end * MS - boot_ns) if how == "stop" else None,
            )
        finally:
            ledger.close()
        self.count = last
        self._remember(start, ticks, boot, boot_ns, last_ns, unsaved, how, known=synced is not None)

    def _wrong_clock(self, start: int, end: int) -> tuple[int, int]:
        """By how many ms a clock taken for right is wrong, and when it steps; mostly (0, start)."""
        random = self.random
        if self.steps and random.random() < 0.3 and end - start > 2:
            error = random.choice((-1, 1)) * random.choice((400, 5 * SECOND, 20 * MINUTE))
            self.stepped = True
            return error, random.randint(start + 1, end)
        return 0, start

    def _count(
        self,
        ticks: list[tuple[int, int, int]],
        start: int,
        end: int,
        base: int,
        synced: int | None,
        how: str,
        error: int,
        step: int,
    ) -> None:
        """Minute rows where something changed; ``base`` is the count less the flashes."""
        shift = error if synced == start else self.random.randrange(MINUTE)
        t = start
        while True:
            boundary = (t + shift) // MINUTE * MINUTE + MINUTE - shift
            if synced is not None and t < synced < boundary:
                shift = 0
                boundary = (synced // MINUTE + 1) * MINUTE
            if t < step < boundary and error:
                shift = 0
                boundary = (step // MINUTE + 1) * MINUTE
            if boundary > end:
                break
            t = boundary
            if end - t < 200 and how != "stop" and self.random.random() < 0.5:
                break  # it was on its way
            self._tick(ticks, t, base, force=t % HOUR == 0)
        if how == "stop":
            self._tick(ticks, end, base, force=True)

    def _tick(self, ticks: list[tuple[int, int, int]], t: int, base: int, *, force: bool) -> None:
        count = base + self.flashes(t)
        if t > ticks[-1][0] and (count > ticks[-1][1] or force):
            first = self.flash(ticks[-1][1] - base + 1) if count > ticks[-1][1] else t
            ticks.append((t, count, floor(first)))

    def _remember(
        self,
        start: int,
        ticks: list[tuple[int, int, int]],
        boot: str,
        boot_ns: int,
        last_ns: int,
        unsaved: int,
        how: str,
        *,
        known: bool,
    ) -> None:
        """What a perfect witness knows of this run."""
        if not known:
            awake = start * MS - boot_ns
            runs = [(ticks[0][1], ticks[-1][1], last_ns - start * MS)]
            if self._dark and self._dark[-1]["boot"] == boot:
                self._dark[-1]["runs"] += runs
                self._dark[-1] |= {"last": last_ns, "clean": how == "stop"}
            else:
                clean = how == "stop"
                new = {"boot": boot, "awake": awake, "from": start * MS, "last": last_ns}
                self._dark.append(new | {"runs": runs, "clean": clean})
            return
        if self.pieces:
            self._hole(start, boot, boot_ns, unsaved)
        self.pieces.append(Piece(start, last_ns // MS, ticks[0][1], ticks[-1][1]))
        self.ticks += ticks
        self._boot_of_last, self._clean = boot, how == "stop"
        self._dark, self._cuts_out = [], []

    def _hole(self, start: int, boot: str, boot_ns: int, unsaved: int) -> None:
        """The gap before a run that knows the time, with the least and most that can have flowed in it."""
        at = self.pieces[-1].end
        constants = [
            m.constant for m in self.meters if m.since <= start and (m.until is None or m.until >= at)
        ]
        least, largest = min(constants), max(constants)
        blind_ns = (start - at) * MS
        low = seen = Fraction(0)
        awake = start * MS - boot_ns + FIRMWARE_NS
        for dark in self._dark:
            counts = [(b - a, ns) for a, b, ns in dark["runs"]]
            sure = Fraction(sum(max(0, n - 1) for n, _ in counts), largest)
            counted = sum(ns for _, ns in counts)
            most = max(sure, WATTS * Fraction(counted, UNIT * MS))
            low += sure
            seen += min(Fraction(sum(n + 1 for n, _ in counts), least), most)
            blind_ns -= counted
            awake += dark["awake"] + FIRMWARE_NS + dark["last"] - dark["from"] - counted
        hole = Hole(at, low, seen + WATTS * Fraction(max(0, blind_ns), UNIT * MS))
        cold = boot != self._boot_of_last and not self._clean
        if cold and not any(dark["clean"] for dark in self._dark):
            spare = Fraction(unsaved * (len(self._dark) + 1), least)
            hole.out = min(hole.high, seen + spare + WATTS * Fraction(awake, UNIT * MS))
            hole.truly_out = all(self._cuts_out)
            if self.metered:
                hole.high = hole.out
        self.holes.append(hole)

    # -- what people note ------------------------------------------------------------------------------

    def _people(self, backwards: bool) -> None:
        """Readings, replacements, what is said of gaps and constants; noted in one order or the other."""
        random = self.random
        rows: list[NewRow] = []
        for number in range(random.randint(0, 5)):
            t = random.randint(BEGIN, self.load.times[-1])
            within = random.choice((0, 0, MINUTE))
            typed = max(BEGIN, t + random.randint(-within, within))
            if self.meter(t) is not self.meter(typed) or typed in [at for at, _ in self.anchors]:
                continue
            rows += self._reading(number, t, typed, within)
        for meter, before, window in zip(self.meters[1:], self.meters, self.windows[1:], strict=False):
            typed = meter.since + random.randint(-window, window)
            rows.append(self._replacement(before, meter, typed, window))
        for hole in self.holes:
            if hole.out is not None and not self.metered and hole.truly_out and random.random() < 0.6:
                if random.random() < 0.2:
                    rows.append(self._said(hole, what="energy", low="0", high="100000"))
                rows.append(self._said(hole, what="supply_out"))
                hole.high = hole.out
        if self.wrong:
            body = {"constant": str(self.meters[0].constant), "from_start": True}
            at = self.meters[1].since - 1 if len(self.meters) > 1 else self.load.times[-1]
            if len(self.windows) > 1:
                at -= self.windows[1]
            rows.append(NewRow("constant", "main", at=at, body=body))
        ledger = Ledger.open(self.path, durable=False)
        # What is said of one thing twice keeps its order: the last word counts.
        twice = [row for row in rows if row.kind == "resolution"]
        once = [row for row in rows if row.kind != "resolution"]
        for row in [*(reversed(once) if backwards else once), *twice]:
            ledger.append([row])
        ledger.close()

    def _said(self, hole: Hole, **body: str) -> NewRow:
        return NewRow("resolution", "main", at=self.load.times[-1], body={"of": hole.at, **body})

    def _read(self, register: Fraction) -> dict[str, Any]:
        tenths = floor(register * 10) % 1_000_000
        low, high = Decimal(tenths).scaleb(-1), Decimal(tenths + 1).scaleb(-1)
        return {"reading": f"{low:07.1f}", "low": str(low), "high": str(high)}

    def _reading(self, number: int, t: int, typed: int, within: int) -> list[NewRow]:
        """A true reading; or a wrong one that is put right, or taken back."""
        random = self.random
        true = self._read(self.meter(t).register(t)) | {"within_ms": within}
        wrong = self._read(self.meter(t).register(t) + random.randint(-500, 500))
        low, high = Fraction(true["low"]), Fraction(true["high"])
        anchor = Anchor(f"dial {number}", low, high, typed - within, typed + within)
        at = self.load.times[-1]
        how = random.randrange(6)
        about: dict[str, Any] = {"kind": "dial", "of": typed}
        if how == 0:
            body = about | {"what": "withdraw", "because": "mistyped"}
            return [
                NewRow("dial", "main", at=typed, body={**wrong, "within_ms": within}),
                NewRow("amendment", "main", at=at, body=body),
            ]
        self.anchors.append((typed, anchor))
        if how == 1:
            body = about | {"what": "correct", "read_at": typed, **true}
            return [
                NewRow("dial", "main", at=typed, body={**wrong, "within_ms": within}),
                NewRow("amendment", "main", at=at, body=body),
            ]
        return [NewRow("dial", "main", at=typed, body=true)]

    def _replacement(self, old: Meter, new: Meter, typed: int, window: int) -> NewRow:
        assert old.until is not None
        body: dict[str, Any] = {
            "old_final": self._read(old.register(old.until)),
            "new_initial": self._read(new.start),
            "constant": str(new.constant),
            "digits": 5,
            "decimals": 1,
            "multiplier": 1,
            "within_ms": window,
        }
        return NewRow("replacement", "main", at=typed, body=body)

    # -- what comes of it ------------------------------------------------------------------------------

    def view(self) -> MeterHistory:
        """The register as the ledger knows it, the file opened anew."""
        return MeterHistory(Ledger.open(self.path, durable=False), self.settings(), P_MAX)

    def known(self, t: int) -> tuple[int, int]:
        """(at least, at most) counted by t, as the minute rows tell."""
        i = bisect_right(self.ticks, t, key=lambda tick: tick[0]) - 1
        at, count, _ = self.ticks[i]
        if at == t or i + 1 == len(self.ticks):
            return count, count
        _, later, first = self.ticks[i + 1]
        if t <= first or later == count:
            return count, count
        return count + (first > at), later

    def ideal(self, meter: Meter) -> Register:
        """The register of one meter from what was really known, the replacements' instants included."""
        pieces: list[Counted] = []
        links: list[Blind] = []
        constant = Fraction(meter.constant)
        until = meter.until if meter.until is not None else 1 << 62
        first = meter is self.meters[0]
        for index, piece in enumerate(self.pieces):
            start, end = max(piece.start, meter.since), min(piece.end, until)
            hole = self.holes[index - 1] if index else None
            if start > end:
                if hole is not None and self.pieces[index - 1].end < until <= piece.start and pieces:
                    links.append(Blind(Fraction(0), hole.high))  # it was taken down in the gap
                    pieces.append(Counted(until, until, pieces[-1].last, pieces[-1].last, constant))
                continue
            if hole is not None and not pieces and self.pieces[index - 1].end < meter.since < piece.start:
                pieces.append(Counted(meter.since, meter.since, piece.first, piece.first, constant))
                links.append(Blind(Fraction(0), hole.high))  # it was hung up in the gap
            elif hole is not None and pieces:
                links.append(Blind(hole.low, hole.high))
            count = piece.first if start == piece.start else self.known(start)[0]
            last = piece.last if end == piece.end else self.known(end)[1]
            pieces.append(Counted(start, end, count, max(count, last), constant))
        anchors = [a for t, a in self.anchors if self.meter(t) is meter]
        if not first:
            low = floor(meter.start * 10)
            anchors.append(
                Anchor("initial", Fraction(low, 10), Fraction(low + 1, 10), meter.since, meter.since)
            )
        if meter.until is not None:
            low = floor(meter.register(meter.until) * 10) % 1_000_000
            anchors.append(
                Anchor("final", Fraction(low, 10), Fraction(low + 1, 10), meter.until, meter.until)
            )

        def count_in(t: int) -> tuple[int, int]:
            piece = next(p for p in pieces if p.start <= t <= p.end)
            low, high = self.known(t)
            return min(max(low, piece.first), piece.last), max(min(high, piece.last), piece.first)

        return Register(pieces, links, anchors, P_MAX, count_in, digits=5)


@dataclass
class Sample:
    """Bounds from the ledger beside the truth; ``forced`` is the width of the ideal ones, where known."""

    what: str
    low: Fraction
    high: Fraction
    holds: bool
    forced: Fraction | None = None


def samples(history: History, random: Random, number: int) -> list[Sample]:
    """The register at random instants, and what was consumed between pairs of them.

    Instants in the ledger are whole milliseconds, so the truth may be that of a millisecond beside.
    """
    view = history.view()
    ideals = [(meter, history.ideal(meter)) for meter in history.meters]
    assert view.start is not None
    assert view.end is not None
    borders = [t for piece in history.pieces for t in (piece.start, piece.end)]
    sharp = not history.stepped and not any(history.windows)
    sharp = sharp and all(meter.since % MINUTE == 0 for meter in history.meters)
    begin = max(view.start, BEGIN)
    end = max(begin, min(view.end, history.load.times[-1]))
    found = []
    before = None
    for _ in range(number):
        t = random.choice((random.randint(begin, end), random.choice(borders)))
        shown = view.at(t)
        meter, ideal = next(pair for pair in reversed(ideals) if pair[0].since <= t)
        near = min(abs(t - other.since) for other in history.meters[1:]) if history.meters[1:] else MINUTE + 1
        if shown is not None and near > MINUTE:
            low, high = Fraction(shown.low), Fraction(shown.high)
            holds = any(
                low <= meter.register(t + 1) + turn and meter.register(t - 1) + turn <= high
                for turn in (-100_000, 0, 100_000)
            )
            best = ideal.at(t) if sharp else None
            found.append(Sample(f"register at {t}", low, high, holds, best.high - best.low if best else None))
        if before is not None:
            a, b = sorted((before, t))
            used = view.consumed(a, b).kwh
            least = Fraction(history.load.energy(b - 1) - history.load.energy(a + 1), UNIT)
            most = Fraction(history.load.energy(b + 1) - history.load.energy(a - 1), UNIT)
            holds = used.low <= most and least <= used.high
            found.append(Sample(f"energy {a} to {b}", used.low, used.high, holds))
        before = t
    return found
