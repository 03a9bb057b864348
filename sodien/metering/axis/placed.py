"""A register on the line of all boots, asked by wall time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from sodien.metering.axis.line import BootLine
from sodien.metering.bounds import Bounded
from sodien.metering.register.count_errors import Count
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.register import Register
from sodien.metering.register.timeline import MS_PER_HOUR


class PlacedRegister(Register):
    """A :class:`Register` whose evidence lies on a line, and whose answers are for wall time.

    :meth:`at`, :meth:`energy` and :attr:`span` take and give ms UTC; :attr:`anchors` are on the line.
    """

    def __init__(
        self,
        line: BootLine,
        pieces: Sequence[Counted],
        links: Sequence[Blind | None],
        anchors: Sequence[Anchor],
        p_max_kw: Fraction,
        count: Count | None = None,
        *,
        digits: int | None = None,
    ) -> None:
        """As :class:`Register`, with times on ``line``. Raises ValueError."""
        super().__init__(pieces, links, anchors, p_max_kw, count, digits=digits)
        self._line, self._most_kw = line, p_max_kw

    def at(self, t: int) -> Bounded | None:
        """The register at t (ms UTC), wherever on the line that may be. None without a reading."""
        early, late = self._line.early(t), self._line.late(t)
        first = super().at(early)
        if early == late or first is None:
            return first
        middle, last = super().at((early + late) // 2), super().at(late)
        assert middle is not None
        assert last is not None
        low, high = min(first.low, last.low), max(first.high, last.high)
        return Bounded(low, min(max(low, middle.best), high), high)

    def on_line(self, at: int) -> Bounded | None:
        """The register at an instant of the line. None without a reading."""
        return super().at(at)

    def energy(self, t1: int, t2: int) -> Bounded:
        """The energy from t1 to t2 (ms UTC), wherever on the line they may be. Raises ValueError."""
        early, late = (self._line.early(t1), self._line.early(t2)), (self._line.late(t1), self._line.late(t2))
        if early == late:
            return super().energy(*early)
        if t2 < t1:
            raise ValueError(f"the span from {t1} ends before it starts, at {t2}")
        widest = super().energy(early[0], late[1])
        middle = super().energy((early[0] + late[0]) // 2, (early[1] + late[1]) // 2)
        low = super().energy(late[0], early[1]).low if late[0] <= early[1] else Fraction(0)
        high = max(low, min(widest.high, self._most_kw * (t2 - t1) / MS_PER_HOUR))
        return Bounded(low, min(max(low, middle.best), high), high)

    @property
    def span(self) -> tuple[int, int] | None:
        """From the first counted instant to the last (ms UTC); None when nothing was counted."""
        found = super().span
        return (self._line.wall(found[0]), self._line.wall(found[1])) if found else None
