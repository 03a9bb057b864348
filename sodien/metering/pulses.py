"""From edges to pulses, pure: polarity is applied before, and nothing here does I/O or reads a clock.

A flash is one stretch of active level. It is a *legal* pulse when it is active for at least
``Limits.min_active_ns`` without a break and its leading edge comes at least ``Limits.min_spacing_ns`` after
that of the last pulse. The filter accepts exactly the legal ones, and says of every other flash why not.

Where edges are missing it counts only what is certain and adds the rest to ``undecided``, so that at any time

    accepted <= legal pulses <= accepted + undecided

holds for all edges since the filter began to watch, as long as edges that were lost were declared
(:meth:`PulseFilter.lost`). Two things can happen unseen: a loss that nobody declares, and a glitch or dropout
so short that the kernel reads the level only after it is over and merges both its edges into one. Either
shows as the same level twice. As long as each such pair is one lost edge of a legal pulse, or one merged
glitch or dropout, the same holds. A whole flash lost without a word can't be known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Before any time: leaves every "how long ago" large without a special case on the way of a good pulse.
_NEVER: Final = -(1 << 80)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a legal pulse looks like; both in nanoseconds.

    min_active_ns: the shortest flash that is a pulse (> 0). Longer than the sensor's chatter.
    min_spacing_ns: the shortest time between the leading edges of two pulses (>= min_active_ns). It follows
        from the meter constant and the most power that can flow. A margin belongs in it: a breaker carries
        several times its rating while a motor starts, and chatter delays a leading edge by its own length.

    Raises:
        ValueError: a limit is out of its range.
    """

    min_active_ns: int
    min_spacing_ns: int

    def __post_init__(self) -> None:
        if self.min_active_ns <= 0:
            raise ValueError(f"min_active_ns is {self.min_active_ns}; it must be positive")
        if self.min_spacing_ns < self.min_active_ns:
            raise ValueError(
                f"min_spacing_ns is {self.min_spacing_ns}; "
                f"it must be at least min_active_ns ({self.min_active_ns})"
            )


@dataclass(frozen=True, slots=True)
class Loss:
    """A stretch in which edges were declared lost; no accepted pulse begins in it.

    start_ns, end_ns: from the last instant that is known (at the latest the leading edge of a flash whose
        end was lost) to the next edge.
    undecided: pulses that may have begun in it; part of :attr:`PulseFilter.undecided`.
    """

    start_ns: int
    end_ns: int
    undecided: int


class PulseFilter:
    """Edges in, pulses out: a state machine without a clock. Times are monotonic nanoseconds.

    Attributes:
        rejected: flashes that were not counted, by reason; each flash is accepted or has exactly one reason.

            - ``short``: active for less than ``min_active_ns``.
            - ``spacing``: long enough, but too close to the last accepted leading edge.
            - ``same_level``: the same level twice and the flash did not survive it (see :meth:`edge`).
            - ``lost``: its leading or its trailing edge is among the edges declared lost.
            - ``order``: an edge older than the last one. The edge is ignored.
        undecided: how many pulses may have happened beside those accepted; never more than fit in the time
            at ``min_spacing_ns``.
        loss: the last declared loss that an edge has ended, None before one.
    """

    __slots__ = (
        "_active",
        "_declared",
        "_doubt",
        "_last",
        "_lost",
        "_merged_from",
        "_merged_into",
        "_min_active",
        "_min_spacing",
        "_now",
        "_start",
        "_torn",
        "_watermark",
        "loss",
        "rejected",
        "undecided",
    )

    def __init__(self, limits: Limits, *, losses_declared: bool = False) -> None:
        """Begin to watch with the level unknown, see :meth:`start`.

        Args:
            limits: what a legal pulse looks like.
            losses_declared: every lost edge is known to come with :meth:`lost` (as a source with sequence
                numbers can promise). The same level twice is then a glitch or dropout that was over before
                the kernel looked: no pulse, the flash goes on, and nothing is undecided.
        """
        self.rejected = {"short": 0, "spacing": 0, "same_level": 0, "lost": 0, "order": 0}
        self.undecided = 0
        self._min_active = limits.min_active_ns
        self._min_spacing = limits.min_spacing_ns
        self._declared = losses_declared
        self._active: bool | None = None
        self._now = _NEVER  # time of the last edge
        self._watermark = _NEVER  # no edge before it was lost
        self._start: int | None = None  # leading edge of a flash not yet decided
        self._last = _NEVER  # leading edge of the last accepted pulse
        self._doubt = _NEVER  # leading edge of the last flash that went to undecided
        self._lost = 0  # edges lost just before the next one
        self._torn: int | None = None  # leading edge of a flash that was lit when edges were lost
        self.loss: Loss | None = None
        self._merged_from = _NEVER  # the flash that began at _merged_into may be one with an earlier one
        self._merged_into = _NEVER

    def start(self, level: bool, t_ns: int) -> None:
        """Say which level the line has as counting begins, before the first edge.

        A flash already lit began before ``t_ns``: it belongs to whoever watched then and is never counted
        here. Without this call the first edge tells the level.

        Raises:
            ValueError: the level is known already.
        """
        if self._active is not None:
            raise ValueError("start() gives the level before the first edge; use a new filter to begin again")
        self._active = level
        self._now = t_ns

    def edge(self, t_ns: int, active: bool) -> int | None:
        """Take the next edge: the time of it, and the level after it.

        The same level twice, unless losses are declared:

        - inactive, inactive: a leading edge was lost, or a glitch merged into one event. No pulse is counted;
          one is undecided if a legal one fits between the two.
        - active, active: a trailing edge was lost, or a dropout was too short to see. The earlier flash has
          been lit for the time between them, or is refused as too short for that. If it was long enough,
          nobody can say whether the later edge begins another flash: that is undecided if it could be legal.
          If it was too short, the later edge begins the flash anew.

        Returns:
            The leading edge of the pulse that this edge completes, or None. Strictly increasing, at least
            ``min_spacing_ns`` apart.
        """
        if t_ns < self._now or self._lost or active == self._active:
            return self._irregular(t_ns, active)
        self._now = t_ns
        self._active = active
        if active:
            self._start = t_ns
            return None
        start = self._start
        if start is None:
            return None
        self._start = None
        if t_ns - start < self._min_active:
            self.rejected["short"] += 1
            if start == self._merged_into and t_ns - self._merged_from >= self._min_active:
                self._doubt_flash(self._merged_from)
            return None
        if start - self._last < self._min_spacing:
            self.rejected["spacing"] += 1
            return None
        self._last = start
        return start

    def advance(self, t_ns: int) -> int | None:
        """Say that no edge older than ``t_ns`` will come any more, and none was lost.

        A flash lit for ``min_active_ns`` is decided now, so that an LED that stays on counts once and a pulse
        that straddles a minute is settled. A time older than an earlier one changes nothing, and neither does
        a call between :meth:`lost` and the edge after it. Should an older edge come all the same, it is taken
        like any other; a flash that was decided stays decided.

        Returns:
            The leading edge of the pulse that is certain now, or None.
        """
        if t_ns <= self._watermark or self._lost:
            return None
        self._watermark = t_ns
        return self._settle(t_ns)

    def end(self, t_ns: int) -> int | None:
        """Say that the watch ends now; nothing may be called after it.

        What is certain at ``t_ns`` is settled. A flash too young to be judged may be a pulse, and so may what
        a loss hides that no edge has followed: they become undecided.

        Returns:
            The leading edge of the pulse that is certain now, or None.
        """
        if self._lost:
            self._after_loss(max(t_ns, self._now), not self._active)
            self._start = None
            return None
        pulse = self.advance(t_ns)
        if self._start is not None:
            self._doubt_flash(self._start)
            self._start = None
        return pulse

    @property
    def losing(self) -> bool:
        """Whether edges were declared lost and no edge has come since."""
        return self._lost > 0

    @property
    def pending(self) -> int | None:
        """Leading edge of the flash not yet decided; it can be at ``pending + min_active_ns``."""
        return self._start

    def lost(self, n: int) -> None:
        """Say that ``n`` edges were dropped between the last edge or watermark and the next edge.

        Lost edges alternate, so they hold at most ceil(n / 2) leading edges; floor(n / 2) where the line was
        active before. A flash not yet decided can't be any more and may be one pulse besides. So up to
        ``ceil(n / 2)`` pulses become undecided, or ``n // 2 + 1`` with such a flash, and never more than fit
        in the time at the minimum width and spacing. They are added with the next edge, which tells the time.

        Raises:
            ValueError: ``n`` is negative.
        """
        if n < 0:
            raise ValueError(f"{n} lost edges; there can't be fewer than none")
        if n == 0:
            return
        self._lost += n
        if self._start is not None:
            self._torn, self._start = self._start, None
            self.rejected["lost"] += 1

    def _irregular(self, t_ns: int, active: bool) -> int | None:
        """An edge out of order, after a loss, or with the level the line already had."""
        if t_ns < self._now:
            self.rejected["order"] += 1
            return None
        if self._lost:
            self._after_loss(t_ns, active)
            return None
        pulse = None
        if not active:
            self.rejected["same_level"] += 1
            if not self._declared:
                self._doubt_hidden(1, t_ns)
        elif self._declared:
            self.rejected["same_level"] += 1
            pulse = self._settle(t_ns)
        else:
            pulse = self._active_again(t_ns)
        self._now = t_ns
        return pulse

    def _active_again(self, t_ns: int) -> int | None:
        """Active after active without a declared loss: settle the earlier flash, then see what begins."""
        start = self._start
        pulse = self._settle(t_ns)
        self.rejected["same_level"] += 1
        if self._start is None:
            self._doubt_flash(t_ns)
        else:
            # Too short if it ended, but part of one flash if this was a dropout.
            if start is not None and start != self._merged_into:
                self._merged_from = start
            self._merged_into = t_ns
            self._start = t_ns
        return pulse

    def _settle(self, t_ns: int) -> int | None:
        """Decide the flash in progress if it is long enough at ``t_ns``."""
        start = self._start
        if start is None or t_ns - start < self._min_active:
            return None
        self._start = None
        if start - self._last < self._min_spacing:
            self.rejected["spacing"] += 1
            return None
        self._last = start
        return start

    def _after_loss(self, t_ns: int, active: bool) -> None:
        """The first edge after a loss: what may lie hidden before it is undecided."""
        leading = self._lost // 2 if self._active else (self._lost + 1) // 2
        before = self.undecided
        since = max(self._now, self._watermark) if self._torn is None else self._torn
        if self._torn is not None and t_ns - self._torn >= self._min_active:
            self._doubt_flash(self._torn)
        self._doubt_hidden(leading, t_ns)
        self.loss = Loss(min(since, t_ns), t_ns, self.undecided - before)
        self._lost = 0
        self._torn = None
        self._now = t_ns
        self._active = active
        if active:
            self._start = t_ns
        else:
            self.rejected["lost"] += 1

    def _doubt_flash(self, start: int) -> None:
        """One flash that may be a pulse: undecided, unless it is too close to one that has its place.

        A legal pulse closer than ``min_spacing_ns`` after an accepted or undecided flash excludes that one,
        and so is already covered by it. This keeps noise from widening the bounds without limit.
        """
        if start - max(self._last, self._doubt) >= self._min_spacing:
            self.undecided += 1
            self._doubt = start

    def _doubt_hidden(self, leading: int, until_ns: int) -> None:
        """Flashes between the last known instant and ``until_ns`` with ``leading`` unseen leading edges."""
        earliest = max(self._last, self._doubt) + self._min_spacing
        first = max(self._now, self._watermark, earliest)
        room = until_ns - self._min_active - first
        if room >= 0:
            self.undecided += min(leading, room // self._min_spacing + 1)
