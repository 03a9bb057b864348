"""Which refused flashes may be pulses all the same, because what refused them is only a setting; pure.

A limit of :class:`.limits.PulseLimits` says what a pulse of this meter looks like, and somebody may have set
it wrong: flashes of 2 ms under a least width of 5 ms, a constant or a largest power that is too small. Noise
is refused by the same limits, and noise must not widen the bounds. So each refused flash is in doubt *unless
noise explains it*. Noise does where the flash

- is shorter than any test output may be (:attr:`.limits.NoiseLimits.least_ns`);
- chatters: less than ``break_ns`` of dark lies between it and a flash that is long enough. A heap of flashes
  that are as close to each other is one flash at most;
- comes in the rhythm of the mains: not more than ``flicker_to_ns`` lies between its beginning and that of a
  flash before or after it, where no two pulses can be so close;
- is a dropout of a light that is on: the dark before it was less than half as long as the light before the
  dark. A meter's LED is dark for half of its period at least;
- is a stray: refused as too short, at most a quarter as wide as the narrowest of the last ``_ALIKE`` long
  ones, and one of few: one for ``_STRAYS`` long ones. A meter's flashes are alike, a sensor's noise is not;
  yet many of them are no stray noise, whatever else is seen, and then they are in doubt.

So of a clean train, all whose flashes are pulses and none of which matches this list, no flash is lost
without a word: at any time accepted <= pulses <= accepted + ``doubt``, whatever the limits are. Times are
monotonic nanoseconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from sodien.metering.counting.limits import NoiseLimits

#: Before any time.
_NEVER: Final = -(1 << 80)
#: A flash is compared with so many of the long ones before it.
_ALIKE: Final = 20
#: One stray flash for so many long ones is noise; see also ``signal_quality``.
_STRAYS: Final = 20
#: So many strays at once at most.
_MOST_STRAYS: Final = 20
#: How much narrower a stray is than a pulse.
_NARROWER: Final = 4
#: Flashes in doubt of which somebody must be told: so many, and one of so many flashes.
_TELL: Final = 5
_TELL_SHARE: Final = 20
#: Older flashes count half in that share.
_REMEMBERED: Final = 2000


@dataclass(frozen=True, slots=True)
class Doubted:
    """One limit seems to refuse pulses.

    Attributes:
        reason: ``short``, ``dark`` or ``spacing``, see :class:`.pulse_filter.PulseFilter`.
        refused: flashes that it refused of late and noise does not explain, of ``flashes``.
        narrowest_ns: the narrowest of the last ones refused as too short; 0 for other reasons.
    """

    reason: str
    refused: int
    flashes: int
    narrowest_ns: int = 0


class RefusedFlashes:
    """Sees every edge that :class:`.pulse_filter.PulseFilter` sees, and what it refuses.

    Attributes:
        doubt: refused flashes that may be pulses.
    """

    __slots__ = (
        "_began",
        "_break",
        "_chatter",
        "_credit",
        "_fell",
        "_flicker",
        "_least",
        "_lit",
        "_long",
        "_min_active",
        "_narrow",
        "_recent",
        "_rhythm",
        "_rose",
        "_seen",
        "_short",
        "_widths",
        "doubt",
    )

    def __init__(self, min_active_ns: int, noise: NoiseLimits) -> None:
        """Begin with the line dark; ``min_active_ns`` is the filter's."""
        self.doubt = 0
        self._min_active = min_active_ns
        self._least = noise.least_ns
        self._break = noise.break_ns
        self._flicker = noise.flicker_to_ns
        self._lit = False
        self._rose = self._fell = _NEVER
        # The heap of flashes that goes on, or was the last one.
        self._began = _NEVER
        self._short = self._long = self._rhythm = False
        self._widths: deque[int] = deque(maxlen=_ALIKE)  # of the last long ones
        self._narrow: deque[int] = deque(maxlen=_ALIKE)  # of the last short ones in doubt
        self._chatter: deque[int] = deque(maxlen=_ALIKE)  # flashes that began within break_ns of another
        self._credit = 0
        self._seen = 0
        self._recent = {"short": 0, "dark": 0, "spacing": 0}

    def edge(self, t_ns: int, active: bool) -> None:
        """Take the next edge."""
        self._lit = active
        if active:
            if t_ns - self._fell >= self._break:
                near = t_ns - self._began <= self._flicker
                self._decide(near)
                self._began, self._rhythm = t_ns, near
                self._long = False
            else:
                self._chatter.append(t_ns)
            self._rose = t_ns
            return
        width, self._fell = t_ns - self._rose, t_ns
        if width < self._min_active:
            self._short = True
            return
        self._long = True
        self._widths.append(width)
        self._credit = min(self._credit + 1, _STRAYS * _MOST_STRAYS)
        self._seen += 1

    def refuse(self, reason: str, start_ns: int, dark_ns: int, lit_ns: int) -> None:
        """A flash that was long enough is refused, as ``dark`` or ``spacing``.

        ``dark_ns`` lie between it and the long flash before, which lasted ``lit_ns``.
        """
        if start_ns not in self._chatter and dark_ns >= self._break and 2 * dark_ns >= lit_ns:
            self._doubt(reason)

    def settle(self, t_ns: int) -> None:
        """No edge older than ``t_ns`` will come any more."""
        due = self.due
        if due is not None and t_ns >= due:
            self._decide(False)

    def cut(self) -> None:
        """Edges are missing: what can't be judged any more is in doubt."""
        self._decide(False)

    @property
    def pending(self) -> int | None:
        """When the flash began that is not yet decided."""
        return self._began if self._short and not self._long and not self._rhythm else None

    @property
    def due(self) -> int | None:
        """The first time at which :meth:`settle` can decide something, without another edge; or None."""
        if self._lit or self.pending is None:
            return None
        return max(self._began + self._flicker + 1, self._fell + self._break)

    def doubted(self) -> Doubted | None:
        """The limit that seems to refuse most pulses of late, when they are more than a few."""
        reason = max(self._recent, key=self._recent.__getitem__)
        refused = self._recent[reason]
        flashes = self._seen + self._recent["short"]
        if refused < _TELL or refused * _TELL_SHARE < flashes:
            return None
        return Doubted(reason, refused, flashes, min(self._narrow) if reason == "short" else 0)

    def _decide(self, near: bool) -> None:
        """Whether noise explains the last heap of short flashes, ``near``: so close to the next one."""
        pending = self.pending
        self._short = False
        if pending is None or near:
            return
        width = self._fell - pending
        if width < self._least:
            return
        alike = len(self._widths) == _ALIKE and width * _NARROWER <= min(self._widths)
        if alike and self._credit >= _STRAYS:
            self._credit -= _STRAYS
            return
        self._narrow.append(width)
        self._doubt("short")

    def _doubt(self, reason: str) -> None:
        self.doubt += 1
        self._recent[reason] += 1
        if self._seen + self._recent["short"] > _REMEMBERED:
            self._seen //= 2
            self._recent = {name: n // 2 for name, n in self._recent.items()}
