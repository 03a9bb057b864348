"""Random histories of one meter whose truth is known exactly, and what an honest counter knows of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from random import Random

from sodien.metering.register.observations import Anchor, Blind, Counted, CountError
from sodien.metering.register.register import Register

HOUR = 3_600_000
P_MAX = Fraction(88, 10)


@dataclass
class History:
    """A load, a meter and a counter beside it; the truth is a piecewise linear energy."""

    times: list[int]
    energies: list[Fraction]
    start: Fraction  # the register at times[0]
    pieces: list[Counted] = field(default_factory=list)
    links: list[Blind | None] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def truth(self, t: int) -> Fraction:
        """The register at t."""
        i = min(max(bisect_right(self.times, t) - 1, 0), len(self.times) - 2)
        (a, b), (x, y) = self.times[i : i + 2], self.energies[i : i + 2]
        return self.start + x + (y - x) * (t - a) / (b - a)

    def count(self, t: int) -> tuple[int, int]:
        """What the counter's saved ticks say: nothing about what happened between two of them."""
        i = bisect_left(self.ticks, t)
        if self.ticks[i] == t:
            return self.counts[i], self.counts[i]
        return self.counts[i - 1], self.counts[i]

    def anchor(self, name: str, t: int, *, decimals: int = 1, before: int = 0, after: int = 0) -> Anchor:
        """An honest reading at t, typed with a window around it."""
        step = Fraction(1, 10**decimals)
        low = floor(self.truth(t) / step) * step
        return Anchor(name, low, low + step, t - before, t + after)

    def register(self, anchors: list[Anchor], **options: int) -> Register:
        return Register(self.pieces, self.links, anchors, P_MAX, self.count, **options)

    def moment(self, random: Random) -> int:
        """Any instant; a border or a tick as likely as one in between."""
        borders = [t for piece in self.pieces for t in (piece.start, piece.end)]
        kind = random.randrange(4)
        if kind == 0 and borders:
            return random.choice(borders)
        if kind == 1 and self.ticks:
            return random.choice(self.ticks)
        return random.randint(self.times[0], self.times[-1])


def make(seed: int, *, parts: int = 6, doubts: bool = True, exact: bool = False) -> History:
    """A history from a seed. ``exact`` leaves out doubts and makes every count known at any time."""
    random = Random(seed)
    times, energies = [random.randrange(10) * HOUR], [Fraction(0)]

    def flow(until: int, steps: int) -> None:
        cuts = sorted({random.randint(times[-1] + 1, until) for _ in range(steps)} | {until})
        for cut in cuts:
            power = random.choice((Fraction(0), Fraction(1, 20), Fraction(3, 10), Fraction(2), P_MAX))
            energies.append(energies[-1] + power * (cut - times[-1]) / HOUR)
            times.append(cut)

    history = History(times, energies, Fraction(random.randrange(100_000_000), 1000))
    flow(times[-1] + random.choice((1, HOUR, 40 * HOUR)), 2)  # unseen before the first run
    constant = Fraction(random.choice((100, 450, 1000, 1600)))
    total = random.randrange(1000)
    for index in range(random.randint(1, parts)):
        if index:
            begun, lowest = times[-1], energies[-1]
            if random.random() < 0.8:
                flow(times[-1] + random.choice((1, 1000, HOUR, 30 * HOUR)), 2)
            used = energies[-1] - lowest
            link: Blind | None = None
            if times[-1] > begun and random.random() < 0.3:  # a person knew something about the gap
                link = Blind(
                    used * Fraction(random.randrange(11), 10), used + Fraction(random.randrange(3), 10)
                )
            history.links.append(link)
            if random.random() < 0.2:
                constant = Fraction(random.choice((100, 450, 1000, 1600)))
        since = times[-1]
        flow(since + random.choice((1, 5000, HOUR, 100 * HOUR)), random.randrange(4))
        total = _count(history, random, since, constant, total, doubts and not exact, exact)
    flow(times[-1] + random.choice((1, HOUR, 40 * HOUR)), 2)  # unseen after the last save
    return history


def _count(
    history: History, random: Random, since: int, constant: Fraction, total: int, doubts: bool, exact: bool
) -> int:
    """Count the stretch from ``since`` to now: an unknown phase, ticks now and then, some doubts."""
    until = history.times[-1]
    phase = Fraction(random.randrange(1000), 1000)
    begin = history.truth(since)
    strict = random.random() < 0.5  # whether a flash at a tick's very instant belongs to it: both are honest

    def pulses(t: int) -> int:
        x = (history.truth(t) - begin) * constant + phase
        return (ceil(x) - 1 if strict and x > 0 else floor(x)) if t > since else 0

    known: list[CountError] = []
    extra = missing = added = 0
    a = b = since
    if doubts and random.random() < 0.4:
        a, b = sorted((random.randint(since, until), random.randint(since, until)))
        added = random.randrange(4)  # counted at a, though nothing flashed
        missing = min(random.randrange(4), pulses(b) - pulses(a))  # the first flashes after a are missed
        extra = added + random.randrange(2)
        if random.random() < 0.5:
            known.append(CountError(a, b, extra, missing))

    def counted(t: int) -> int:
        return pulses(t) + (added - min(missing, pulses(t) - pulses(a)) if t >= a else 0)

    marks = {since, until} | {random.randint(since, until) for _ in range(random.randrange(6))}
    if exact:
        marks |= {t for t in history.times if since <= t <= until}
    if history.ticks and history.ticks[-1] == since:
        history.ticks.pop()
        history.counts.pop()
    first = counted(since)
    for tick in sorted(marks):
        history.ticks.append(tick)
        history.counts.append(total + counted(tick) - first)
    last = history.counts[-1]
    loose = (0, 0) if known else (extra, missing)
    history.pieces.append(Counted(since, until, total, last, constant, *loose, doubts=tuple(known)))
    return last
