"""The register's bounds from first principles: every single constraint in one graph, relaxed until still.

Nothing here is shared with the code under test, and nothing is clever: a node for the dial's zero, one for
the register at every instant that matters, one for the unknown base of every counted piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sodien.metering.register.observations import Anchor, Blind
from tests.metering.register.history import HOUR, P_MAX, History


class Oracle:
    """All-pairs tightest bounds for a history without doubts and with exact counts at every asked instant."""

    def __init__(self, history: History, anchors: Sequence[Anchor], asked: Sequence[int]) -> None:
        times = {t for piece in history.pieces for t in (piece.start, piece.end)}
        times |= {t for anchor in anchors for t in (anchor.start, anchor.end)} | set(asked)
        self._times = sorted(times)
        self._edges: list[tuple[object, object, Fraction]] = []  # (u, v, w): value(v) ≤ value(u) + w
        for a, b in zip(self._times, self._times[1:], strict=False):
            self._edges.append((b, a, Fraction(0)))
        for index, piece in enumerate(history.pieces):
            for t in self._times:
                if piece.start <= t <= piece.end:
                    low, high = history.count(t)
                    assert low == high
                    n = low - piece.first
                    self._edges.append((("base", index), t, (n + 1) / piece.constant))
                    self._edges.append((t, ("base", index), -n / piece.constant))
        borders = [None, *((p.start, p.end) for p in history.pieces), None]
        for index, (before, after) in enumerate(zip(borders, borders[1:], strict=False)):
            start = before[1] if before else self._times[0]
            end = after[0] if after else self._times[-1]
            inside = [t for t in self._times if start <= t <= end]
            link = history.links[index - 1] if before and after else None
            link = link or Blind()
            high = P_MAX * (end - start) / HOUR if link.high is None else link.high
            if before and after:
                self._edges.append((start, end, high))
                self._edges.append((end, start, -link.low))
            for a, b in zip(inside, inside[1:], strict=False):
                self._edges.append((a, b, P_MAX * (b - a) / HOUR))
        for anchor in anchors:
            self._edges.append(("zero", anchor.start, anchor.high))
            self._edges.append((anchor.end, "zero", -anchor.low))

    def _from(self, root: object) -> dict[object, Fraction]:
        reach: dict[object, Fraction] = {root: Fraction(0)}
        changed = True
        while changed:
            changed = False
            for u, v, w in self._edges:
                if u in reach and (v not in reach or reach[u] + w < reach[v]):
                    reach[v] = reach[u] + w
                    changed = True
        return reach

    def register(self, t: int) -> tuple[Fraction, Fraction]:
        return -self._from(t)["zero"], self._from("zero")[t]

    def energy(self, t1: int, t2: int) -> tuple[Fraction, Fraction]:
        return -self._from(t2)[t1], self._from(t1)[t2]
