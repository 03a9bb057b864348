"""From edges to pulses, pure: polarity is applied before, and nothing here does I/O or reads a clock.

Longer than other files, because it is one state machine: every step reads the state that the others leave.

A flash is one stretch of active level. It is *long* when it is active for at least
``PulseLimits.min_active_ns`` without a break. A long flash is a *legal* pulse unless

- it flickers: it is shorter than ``flicker_to_ns``, and the long flash just before or just after it begins
  ``flicker_from_ns`` to ``flicker_to_ns`` from it, as half waves of the mains do and no two pulses can;
- it goes on with a light that was hardly out: it begins less than ``min_dark_ns`` after the end of the last
  long flash that did not flicker (one that went on itself counts here if it lasted ``flicker_to_ns``);
- its leading edge comes less than ``min_spacing_ns`` after that of the last pulse.

The filter accepts exactly the legal ones, and says of every other flash why not. A flash shorter than
``flicker_to_ns`` is judged when it is known whether another follows, all others as they end.

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

from sodien.metering.counting.limits import PulseLimits
from sodien.metering.counting.refused import RefusedFlashes

#: Before any time: leaves every "how long ago" large without a special case for a good pulse.
_NEVER: Final = -(1 << 80)


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
            - ``dark``: long enough, but the light was hardly out before: a dropout, not a new flash.
            - ``flicker``: one of several flashes in the rhythm of the mains.
            - ``spacing``: long enough, but too close to the last accepted leading edge.
            - ``same_level``: the same level twice and the flash did not survive it (see :meth:`edge`).
            - ``lost``: its leading or its trailing edge is among the edges declared lost, or what it follows
              is, so that it can't be judged.
            - ``order``: an edge older than the last one. The edge is ignored.
        undecided: how many pulses may have happened beside those accepted; never more than fit in the time
            at ``min_spacing_ns``.
        loss: the last declared loss that an edge has ended, None before one.
    """

    __slots__ = (
        "_active",
        "_began_in_loss",
        "_cut_off",
        "_dark",
        "_declared",
        "_flicker_from",
        "_flicker_to",
        "_last",
        "_last_long",
        "_lit_since",
        "_lit_until",
        "_lost",
        "_merged_from",
        "_merged_into",
        "_min_active",
        "_min_spacing",
        "_now",
        "_refused",
        "_start",
        "_suspect",
        "_undecided_at",
        "_unknown_until",
        "_watermark",
        "loss",
        "rejected",
        "undecided",
    )

    def __init__(
        self, limits: PulseLimits, refused: RefusedFlashes | None = None, *, losses_declared: bool = False
    ) -> None:
        """Begin to watch with the level unknown, see :meth:`start`.

        Args:
            limits: what a legal pulse looks like.
            refused: told of every edge and refusal, where the limits are not certain.
            losses_declared: every lost edge is known to come with :meth:`lost` (as a source with sequence
                numbers can promise). The same level twice is then a glitch or dropout that was over before
                the kernel looked: no pulse, the flash goes on, and nothing is undecided.
        """
        self.rejected = {
            "short": 0, "dark": 0, "flicker": 0, "spacing": 0, "same_level": 0, "lost": 0, "order": 0
        }  # fmt: skip
        self.undecided = 0
        self._min_active = limits.min_active_ns
        self._min_spacing = limits.min_spacing_ns
        self._dark = limits.min_dark_ns
        self._flicker_from = limits.flicker_from_ns
        self._flicker_to = limits.flicker_to_ns
        self._declared = losses_declared
        self._refused = refused
        self._active: bool | None = None
        self._now = _NEVER  # time of the last edge
        self._watermark = _NEVER  # no edge before it was lost
        self._start: int | None = None  # leading edge of a flash not yet decided
        self._last = _NEVER  # leading edge of the last accepted pulse
        self._last_long = _NEVER  # leading edge of the last long flash
        self._lit_since = self._lit_until = _NEVER  # the last long flash that did not flicker
        self._suspect: tuple[int, int] | None = None  # a short long flash: another may show that it flickers
        self._unknown_until = _NEVER  # nothing is known of the light before
        self._began_in_loss = False  # the flash in progress began at the end of a loss
        self._undecided_at = _NEVER  # leading edge of the last flash that went to undecided
        self._lost = 0  # edges lost just before the next one
        self._cut_off: tuple[int, ...] = ()  # leading edges of flashes not yet decided when edges were lost
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
        self._lit_since = t_ns

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
            The leading edge of the pulse that is certain now, or None: the one that this edge completes, or
            an earlier one that was waiting for its judgement. Strictly increasing, at least
            ``min_spacing_ns`` apart.
        """
        if t_ns < self._now or self._lost or active == self._active:
            return self._irregular(t_ns, active)
        self._now = t_ns
        self._active = active
        if self._refused is not None:
            self._refused.edge(t_ns, active)
        if active:
            self._start = t_ns
            return None if self._suspect is None else self._clear(t_ns)
        start = self._start
        if start is None:
            self._goes_out(t_ns)
            return None
        self._start = None
        if t_ns - start < self._min_active:
            self.rejected["short"] += 1
            if start == self._merged_into and t_ns - self._merged_from >= self._min_active:
                self._leave_undecided(self._merged_from)
            return None if self._suspect is None else self._clear(t_ns)
        if t_ns - start < self._flicker_to or self._suspect is not None:
            return self._rhythm(start, t_ns)
        self._last_long = start
        return self._judge(start, t_ns)

    def advance(self, t_ns: int) -> int | None:
        """Say that no edge older than ``t_ns`` will come any more, and none was lost.

        A flash lit for ``min_active_ns``, and too long to flicker, is decided now, so that an LED that stays
        on counts once and a pulse that straddles a minute is settled. A time older than an earlier one
        changes nothing, and neither does a call between :meth:`lost` and the edge after it. Should an older
        edge come all the same, it is taken like any other; a flash that was decided stays decided.

        Returns:
            The leading edge of the pulse that is certain now, or None.
        """
        if t_ns <= self._watermark or self._lost:
            return None
        self._watermark = t_ns
        if self._refused is not None:
            self._refused.settle(t_ns)
        pulse = self._settle(t_ns)
        return pulse if self._suspect is None else self._clear(t_ns)

    def end(self, t_ns: int) -> int | None:
        """Say that the watch ends now; nothing may be called after it.

        What is certain at ``t_ns`` is settled. A flash too young to be judged may be a pulse, and so may what
        a loss hides that no edge has followed: they become undecided.

        Returns:
            The leading edge of the pulse that is certain now, or None.
        """
        if self._refused is not None:
            self._refused.cut()
        if self._lost:
            # A flash that began just now is long enough if it goes on.
            self._after_loss(max(t_ns, self._now) + self._min_active, False)
            self._start = None
            return None
        pulse = self.advance(t_ns)
        for start in (self._suspect[0] if self._suspect else None, self._start):
            if start is not None:
                self._leave_undecided(start)
        self._suspect = self._start = None
        return pulse

    @property
    def losing(self) -> bool:
        """Whether edges were declared lost and no edge has come since."""
        return self._lost > 0

    @property
    def pending(self) -> int | None:
        """Leading edge of the earliest flash not yet decided; it can be at :attr:`due`."""
        pending = self._start if self._suspect is None else self._suspect[0]
        doubted = self._refused.pending if self._refused is not None else None
        return pending if doubted is None else doubted if pending is None else min(pending, doubted)

    @property
    def due(self) -> int | None:
        """The first time at which :meth:`advance` can decide something, without another edge; or None."""
        start, due = self._start, None
        if self._suspect is not None:
            clear = self._suspect[0] + self._flicker_to + 1
            due = clear if start is None or start >= clear else start + self._min_active
        elif start is not None:
            due = start + max(self._min_active, self._flicker_to)
        doubted = self._refused.due if self._refused is not None else None
        return due if doubted is None else doubted if due is None else min(due, doubted)

    def lost(self, n: int) -> None:
        """Say that ``n`` edges were dropped between the last edge or watermark and the next edge.

        Lost edges alternate, so they hold at most ceil(n / 2) leading edges; floor(n / 2) where the line was
        active before. A flash not yet decided can't be any more and may be one pulse besides. So up to
        ``ceil(n / 2)`` pulses become undecided, ``n // 2 + 1`` with a flash in progress, ``ceil(n / 2) + 1``
        with one that has ended and may flicker; and never more than fit in the time at the minimum width and
        spacing. They are added with the next edge, which tells the time.

        With a least dark time or a rhythm of flicker, no flash can be judged without the light before it.
        Then the flash that the next edge begins, and those after it until the light was out for
        ``min_dark_ns`` (for ``flicker_to_ns`` before one that is shorter than that), become undecided as
        well, as many as fit at the minimum spacing: one more after a clean train, without end while the light
        is never out for so long.

        Raises:
            ValueError: ``n`` is negative.
        """
        if n < 0:
            raise ValueError(f"{n} lost edges; there can't be fewer than none")
        if n == 0:
            return
        self._lost += n
        # The earlier one first: no two of them are pulses, but either may be one.
        if self._suspect is not None:
            self._cut_off, self._suspect = (*self._cut_off, self._suspect[0]), None
            self.rejected["lost"] += 1
        if self._start is not None:
            self._cut_off, self._start = (*self._cut_off, self._start), None
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
                self._leave_hidden(1, t_ns)
                self._unknown_until = t_ns
            if self._suspect is not None:
                pulse = self._clear(t_ns)
        elif self._declared:
            self.rejected["same_level"] += 1
            pulse = self._settle(t_ns)
            if self._suspect is not None:
                pulse = self._clear(t_ns)
        else:
            pulse = self._active_again(t_ns)
        self._now = t_ns
        return pulse

    def _active_again(self, t_ns: int) -> int | None:
        """Active after active without a declared loss: settle the earlier flash, then see what begins."""
        start, pulse = self._start, None
        if start is not None and t_ns - start >= self._min_active:
            self._start = None
            # Whatever its end was, it does not matter to the rhythm: no two pulses are so close.
            if self._suspect is not None:
                pulse = self._clear(t_ns, start)
            self._last_long = start
            settled = self._judge(start, None)
            pulse = settled if pulse is None else pulse
        elif self._suspect is not None:
            pulse = self._clear(t_ns)
        self.rejected["same_level"] += 1
        if self._start is None:
            self._leave_undecided(t_ns)
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
        if start is None or self._suspect is not None:
            return None
        if t_ns - start < self._min_active or t_ns - start < self._flicker_to:
            return None
        self._start = None
        self._last_long = start
        return self._judge(start, None)

    def _clear(self, t_ns: int, long: int | None = None) -> int | None:
        """Judge the suspect if it is certain by ``t_ns`` whether it flickers.

        Args:
            t_ns: every edge before it is known.
            long: leading edge of the long flash after it; found from the flash in progress when not given.
        """
        assert self._suspect is not None
        begin, end = self._suspect
        start = self._start
        if long is None and start is not None and t_ns - start >= self._min_active:
            long = start
        if long is not None and long - begin <= self._flicker_to:
            self._suspect = None
            if long - begin >= self._flicker_from:
                self.rejected["flicker"] += 1
                return None
            return self._judge(begin, end)
        if long is None and (
            t_ns <= begin + self._flicker_to or (start is not None and start <= begin + self._flicker_to)
        ):
            return None
        self._suspect = None
        return self._judge(begin, end)

    def _rhythm(self, start: int, t_ns: int) -> int | None:
        """A long flash has ended that may flicker, or shows that the one before does."""
        pulse = None if self._suspect is None else self._clear(t_ns, start)
        before, self._last_long = self._last_long, start
        if t_ns - start >= self._flicker_to:
            settled = self._judge(start, t_ns)
            return settled if pulse is None else pulse
        if self._flicker_from <= start - before <= self._flicker_to:
            self.rejected["flicker"] += 1
            return pulse
        self._suspect = (start, t_ns)
        return pulse

    def _judge(self, start: int, end: int | None) -> int | None:
        """A long flash that does not flicker: is it a pulse? ``end`` None: it is still lit."""
        narrow = end is not None and end - start < self._flicker_to
        dark, lit = start - self._lit_until, self._lit_until - self._lit_since
        if dark < self._dark:
            self.rejected["dark"] += 1
            if self._refused is not None:
                self._refused.refuse("dark", start, dark, lit)
            if not narrow:
                self._lit_since = start
                self._lit_until = self._lit_until if end is None else end
            return None
        if start - self._unknown_until < (max(self._dark, self._flicker_to) if narrow else self._dark):
            self.rejected["lost"] += 1
            self._leave_undecided(start)
            if end is not None:
                if narrow:
                    self._unknown_until = end
                else:
                    self._lit_until = end
            return None
        self._lit_since = start
        if end is not None:
            self._lit_until = end
        if start - self._last < self._min_spacing:
            self.rejected["spacing"] += 1
            if self._refused is not None:
                self._refused.refuse("spacing", start, dark, lit)
            return None
        self._last = start
        return start

    def _goes_out(self, t_ns: int) -> None:
        """The end of a flash that was judged before, or that nobody can judge."""
        if self._began_in_loss:
            self._began_in_loss = False
            self._unknown_until = t_ns
        else:
            self._lit_until = t_ns

    def _after_loss(self, t_ns: int, active: bool) -> None:
        """The first edge after a loss: what may lie hidden before it is undecided."""
        leading = self._lost // 2 if self._active else (self._lost + 1) // 2
        before = self.undecided
        since = self._cut_off[0] if self._cut_off else max(self._now, self._watermark)
        for start in self._cut_off:
            if t_ns - start >= self._min_active:
                self._leave_undecided(start)
        self._leave_hidden(leading, t_ns)
        if self._dark or self._flicker_to:
            # What came before is not known, so a flash that begins now can't be judged.
            self._last_long = self._lit_until = _NEVER
            self._unknown_until = t_ns
            self._began_in_loss = active
            if active:
                self._leave_undecided(t_ns)
        self.loss = Loss(min(since, t_ns), t_ns, self.undecided - before)
        self._lost = 0
        self._cut_off = ()
        self._now = t_ns
        self._active = active
        if self._refused is not None:
            self._refused.cut()
            self._refused.edge(t_ns, active)
        if active and not self._began_in_loss:
            self._start = t_ns
        else:
            self.rejected["lost"] += 1

    def _leave_undecided(self, start: int) -> None:
        """One flash that may be a pulse: undecided, unless it is too close to one that has its place.

        A legal pulse closer than ``min_spacing_ns`` after an accepted or undecided flash excludes that one,
        and so is already covered by it. This keeps noise from widening the bounds without limit.
        """
        if start - max(self._last, self._undecided_at) >= self._min_spacing:
            self.undecided += 1
            self._undecided_at = start

    def _leave_hidden(self, leading: int, until_ns: int) -> None:
        """Flashes between the last known instant and ``until_ns`` with ``leading`` unseen leading edges."""
        earliest = max(self._last, self._undecided_at) + self._min_spacing
        first = max(self._now, self._watermark, earliest)
        room = until_ns - self._min_active - first
        if room >= 0:
            self.undecided += min(leading, room // self._min_spacing + 1)
