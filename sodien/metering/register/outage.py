"""What can have flowed while nobody counted with a known time. Pure.

A gap lies between two counts whose times are known. Inside it there may be whole boots that counted but
never learnt the time: their pulses have flowed, and the seconds they counted are not blind, only undated.

Where the supply itself was out while the Pi was down, next to nothing flowed: what the count had not saved
before the cut, and what the supply carried from the power's return until counting began again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sodien.metering.bounds import Interval

#: From power-on until the kernel's monotonic clock starts, at most: a Pi's firmware takes some seconds, a
#: minute allows for a slow card or a wait for a network boot that does not come.
FIRMWARE_NS = 60_000_000_000

_HOUR_NS = 3_600_000_000_000
_NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Boot:
    """A boot inside a gap that counted without ever knowing the time.

    Attributes:
        awake_ns: from the kernel's start to the start of its first count.
        span_ns: from there to its last saved count.
        counted_ns: of that, counted; the rest lay between its runs.
        counts: pulses of each of its runs.
        doubt: pulses of which it could not decide, each way.
        clean: its last run said goodbye.
    """

    awake_ns: int
    span_ns: int
    counted_ns: int
    counts: tuple[int, ...]
    doubt: int = 0
    clean: bool = False

    def energy(self, least: Fraction, largest: Fraction, p_max_kw: Fraction) -> Interval:
        """kWh in its counted seconds, for a constant between ``least`` and ``largest`` (imp/kWh)."""
        low = sum(max(0, n - 1) for n in self.counts)
        high = sum(n + 1 for n in self.counts) + self.doubt
        most = max(p_max_kw * self.counted_ns / _HOUR_NS, max(0, low - self.doubt) / largest)
        return Interval(max(0, low - self.doubt) / largest, min(high / least, most))


@dataclass(frozen=True, slots=True)
class Outage:
    """A gap: what is known of it.

    Attributes:
        ns: its length, the greatest possible where that is not exact.
        p_max_kw: the most the supply can carry.
        power: True where counting ended without a goodbye and went on in another boot: a power cut, as far
            as the Pi can tell.
        awake_ns: from the kernel's start to the new start of counting; None where that is not known.
        unsaved: pulses whose energy may not have been saved when it ended without a goodbye.
        boots: those in between that never knew the time, in order.
    """

    ns: int
    p_max_kw: Fraction
    power: bool
    awake_ns: int | None = None
    unsaved: int = 0
    boots: tuple[Boot, ...] = ()

    @property
    def counted(self) -> int:
        """Pulses counted inside, at times unknown."""
        return sum(sum(boot.counts) for boot in self.boots)

    @property
    def can_be_supply_out(self) -> bool:
        """Whether "the supply itself was out" bounds it: every end was without a goodbye, before a boot."""
        return self.power and self.awake_ns is not None and not any(boot.clean for boot in self.boots)

    def flowed(self, constants: Sequence[Fraction]) -> Interval:
        """kWh that can have flowed: pulses that were counted, and the most the supply carries otherwise.

        ``constants`` are the imp/kWh in force at any time in it, at least one.
        """
        if not self.boots:
            return Interval(_NOTHING, self._carried(self.ns))
        least, largest = min(constants), max(constants)
        parts = [boot.energy(least, largest, self.p_max_kw) for boot in self.boots]
        counted_ns = sum(boot.counted_ns for boot in self.boots)
        return _sum([*parts, Interval(_NOTHING, self._carried(self.ns - counted_ns))])

    def _carried(self, ns: int) -> Fraction:
        """The most that the supply carries in so long; 0 in less than nothing."""
        return Fraction(self.p_max_kw.numerator * max(0, ns), self.p_max_kw.denominator * _HOUR_NS)

    def supply_out(self, constants: Sequence[Fraction]) -> Interval:
        """kWh that can have flowed if the supply was out whenever the Pi was down.

        Needs :attr:`can_be_supply_out`; the arguments are those of :meth:`flowed`.
        """
        assert self.awake_ns is not None
        least, largest = min(constants), max(constants)
        unsaved = Fraction(self.unsaved * (len(self.boots) + 1)) / least
        awake_ns = self.awake_ns + FIRMWARE_NS
        for boot in self.boots:
            awake_ns += boot.awake_ns + FIRMWARE_NS + boot.span_ns - boot.counted_ns
        parts = [boot.energy(least, largest, self.p_max_kw) for boot in self.boots]
        found = _sum([*parts, Interval(_NOTHING, unsaved + self._carried(awake_ns))])
        return Interval(found.low, max(found.low, min(found.high, self.flowed(constants).high)))


def _sum(parts: Iterable[Interval]) -> Interval:
    total = Interval(_NOTHING, _NOTHING)
    for part in parts:
        total += part
    return total
