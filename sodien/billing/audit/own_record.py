"""The household's own side of one bill: both indices, the energy between them, and what could be noticed.

Everything here is a necessary condition of an honest bill, whatever the instants at which it was read inside
the windows: so what falls outside can never be an honest bill. How that is kept together:

* the register at a reading lies between its low at the window's start and its high at the window's end;
* an index that fits narrows the time of its reading to when the register can have shown it;
* the energy between two readings is at most that from the earliest to the latest time, at least that from
  the latest to the earliest, and it ties the two indices together even without any dial reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from sodien.billing.arithmetic import difference
from sodien.billing.audit.index_match import IndexMatch, least_above, match_index, most_below
from sodien.billing.audit.practice import Practice, Window, windows
from sodien.billing.audit.result import Covered, Uncounted, plain
from sodien.billing.bill import TIME_OF_USE, Bill, IndexRow, main_row, not_metered, printed_kwh, whole_rows
from sodien.metering.bounds import Bounded, Interval
from sodien.metering.register.coverage import Coverage
from sodien.metering.register.replacements import Installed, Meters

_DAY_MS: Final = 24 * 3_600_000
#: What two indices can make of the energy between them, in steps, out of reach: rounding to the nearest
#: reaches a whole step where both were just in the middle.
_WIDTH: Final = {"nearest": Fraction(1001, 1000), "either": Fraction(2), "any": Fraction(2)}


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """Our side of a bill.

    Attributes:
        bill, practice, meters: what was given.
        windows: when the old and the new index may have been read; None where no date is known.
        meter: the one that is installed at the end of the period.
        replaced: several meters were installed between the windows' outer ends, and we know of it.
        unknown_meter: the bill tells of a meter taken down that we know nothing of.
        old, new: the two indices; None where one is not printed, has no date, or is not comparable.
    """

    bill: Bill
    practice: Practice
    meters: Meters
    windows: tuple[Window | None, Window | None]
    meter: Installed
    replaced: bool
    unknown_meter: bool
    old: IndexMatch | None
    new: IndexMatch | None

    @property
    def charged(self) -> Fraction | None:
        """The billed kWh: the printed ones, else what the indices make."""
        printed = printed_kwh(self.bill)
        if printed is not None:
            return Fraction(printed)
        metered = self.by_indices
        return None if metered is None else metered + Fraction(not_metered(self.bill))

    @property
    def billed(self) -> Fraction | None:
        """The kWh to judge: the billed ones that flowed through the meter."""
        charged = self.charged
        return None if charged is None else charged - Fraction(not_metered(self.bill))

    @property
    def by_indices(self) -> Fraction | None:
        """(new − old) × our multiplier + energy of a removed meter; None without both indices."""
        rows = whole_rows(self.bill)
        if not rows:
            return None
        total = Fraction(0)
        for row, meter in zip(rows, self.of_rows(len(rows)), strict=True):
            if row.old is None or row.new is None:
                return None
            steps = difference(row.old, row.new, digits_of(meter, self.practice))
            if steps is None:
                return None
            total += steps * meter.multiplier + Fraction(row.removed or 0)
        return total

    def of_rows(self, count: int) -> list[Installed]:
        """The meter of each of so many rows of the whole register."""
        installed = self._installed() if self.replaced and count > 1 else []
        return installed if len(installed) == count else [self.meter] * count

    @property
    def digits(self) -> int | None:
        """Digits of the dial before the point, if known."""
        return digits_of(self.meter, self.practice)

    @property
    def slack(self) -> Fraction:
        """How far truncation can take the billed kWh from the energy, either way (out of reach)."""
        main = main_row(self.bill)
        steps = [match.index.step for match in (self.old, self.new) if match is not None]
        if main is None or not steps:
            steps = [Fraction(1)]
        width = max(steps) * _WIDTH.get(self.practice.truncation, 1)
        meters = self._installed() if self.replaced else [self.meter]
        # A time-of-use meter truncates each of its registers.
        registers = max(1, sum(row.register in TIME_OF_USE for row in self.bill.rows))
        total = registers * sum((width * meter.multiplier for meter in meters), Fraction(0))
        # A product that is no whole number of kWh is rounded for the bill.
        rounded = any(meter.multiplier.denominator != 1 for meter in meters) or min(steps) != 1
        return total + (1 if rounded else 0)

    @property
    def rounding(self) -> Fraction:
        """How far the billed kWh may be from what the printed indices make."""
        factor = self.meter.multiplier
        steps = [match.index.step for match in (self.old, self.new) if match is not None]
        whole = Fraction(0 if factor.denominator == 1 and all(step == 1 for step in steps) else 1)
        return whole + factor if self.practice.kwh_from == "registers" else whole

    @property
    def plates(self) -> tuple[list[str], list[str]]:
        """Serial numbers on plates: of the meters installed in the period, and of all others.

        Where nobody knows the period, it may have been any of ours.
        """
        here = self._installed() if self.replaced else [self.meter]
        if self.windows[1] is None:
            here = list(self.meters.installed)
        if any(meter.serial not in self.practice.plates for meter in here):
            return [], []
        own = [self.practice.plates[meter.serial] for meter in here]
        return own, [plate for plate in self.practice.plates.values() if plate not in own]

    def _installed(self) -> list[Installed]:
        first, last = self.windows
        assert first is not None
        assert last is not None
        return installed_between(self.meters, first.start, last.end)

    def consumed(self, *, free: bool = False) -> Bounded | None:
        """Our consumption as billed, between the possible reading times; None without both dates.

        With ``free`` the indices are not used to narrow those times.
        """
        first, last = self.windows
        if first is None or last is None:
            return None
        start, end = (first.start, first.end), (last.start, last.end)
        if not free:
            # Of a replaced meter nobody knows which of two indices is printed as the old one.
            start = self.old.when if self.old is not None and not self.replaced else start
            end = self.new.when if self.new is not None else end
        if end[1] < start[0]:
            return None
        high = self.meters.consumed(start[0], end[1]).billed.high
        low = self.meters.consumed(start[1], end[0]).billed.low if start[1] <= end[0] else Fraction(0)
        middles = sum(start) // 2, sum(end) // 2
        best = self.meters.consumed(*middles).billed.best if middles[0] <= middles[1] else low
        return Bounded(low, max(low, min(best, high)), high)

    def _indices(self, given: IndexMatch, asked: IndexMatch) -> tuple[Fraction, Fraction] | None:
        """The lowest and highest honest value of ``asked``, with ``given`` taken as right."""
        assert self.old is not None
        (a, b), window = given.when, asked.window
        register = self.meter.register
        if asked is self.new:
            if window.end < a:
                return None
            energy = register.energy(a, window.end).high
            least = register.energy(b, window.start).low if b <= window.start else Fraction(0)
            limits = given.index.register + Interval(least, energy)
        else:
            if b < window.start:
                return None
            energy = register.energy(window.start, b).high
            least = register.energy(window.end, a).low if window.end <= a else Fraction(0)
            limits = given.index.register - Interval(least, energy)
        if asked.seen is not None and not asked.vague and not given.vague:
            limits = limits.intersect(asked.seen) or limits
        return asked.index.range(limits)

    def honest(self) -> tuple[Fraction, Fraction] | None:
        """The lowest and highest kWh an honest bill can have; one index that fits is taken as right.

        When both fit, but not each other, either may be the wrong one: then this is the range nearer to the
        billed kWh. None without both dates.
        """
        billed = self.billed
        ranges = []
        if self._tied():
            assert self.old is not None
            assert self.new is not None
            factor = self.meter.multiplier
            if self.old.fits is not False and (new := self._indices(self.old, self.new)) is not None:
                ranges.append([(n - self.old.index.value) * factor for n in new])
            if self.new.fits is not False and (old := self._indices(self.new, self.old)) is not None:
                ranges.append([(self.new.index.value - n) * factor for n in reversed(old)])
        if not ranges:
            return self.free()
        near = min(ranges, key=lambda r: max(r[0] - billed, billed - r[1], 0) if billed is not None else 0)
        rounding = self.rounding
        low = max(near[0] - rounding, Fraction(0))
        return low, max(low, near[1] + rounding)

    def _tied(self) -> bool:
        """Whether both indices are of one and the same meter."""
        return self.old is not None and self.new is not None and not self.replaced

    def free(self) -> tuple[Fraction, Fraction] | None:
        """The lowest and highest kWh an honest bill can have, whatever its indices."""
        energy = self.consumed(free=True)
        if energy is None:
            return None
        low = least_above(energy.low - self.slack, Fraction(1))
        high = most_below(energy.high + self.slack, Fraction(1))
        if self._tied():
            assert self.old is not None
            assert self.new is not None
            if self._placed(self.old) and self._placed(self.new):
                assert self.old.seen is not None
                assert self.new.seen is not None
                old, new = self.old.index.range(self.old.seen), self.new.index.range(self.new.seen)
                factor, rounding = self.meter.multiplier, self.rounding
                low = max(low, (new[0] - old[1]) * factor - rounding)
                high = min(high, (new[1] - old[0]) * factor + rounding)
        low = max(low, Fraction(0))
        return low, max(low, high)

    @staticmethod
    def _placed(match: IndexMatch) -> bool:
        return match.seen is not None and not match.vague and not match.impossible

    def detectable(self) -> Fraction | None:
        """One wrong index, or wrong kWh, that makes the bill wrong by more than this is always noticed."""
        both = self.detectable_both()
        if not self._tied() or both is None:
            return both
        assert self.old is not None
        assert self.new is not None
        sizes = []
        for given, asked in ((self.old, self.new), (self.new, self.old)):
            size = asked.detectable
            if given.fits is not False and (honest := self._indices(given, asked)) is not None:
                size = honest[1] - honest[0] if size is None else min(size, honest[1] - honest[0])
            if size is None:
                return both
            sizes.append(size * self.meter.multiplier + 2 * self.rounding)
        return min(both, max(sizes))

    def detectable_both(self) -> Fraction | None:
        """Two wrong indices that make the bill wrong by more than this are always noticed."""
        if self.unknown_meter:
            return None
        honest = self.free()
        return None if honest is None else honest[1] - honest[0]

    def covered(self, coverage: Callable[[int, int], Coverage] | None) -> Covered | None:
        """Seconds counted and not, from the first instant of the old reading to the last of the new."""
        first, last = self.windows
        if coverage is None or first is None or last is None or last.end < first.start:
            return None
        found = coverage(first.start, last.end)
        blind = tuple(Uncounted(reason=why, seconds=seconds(ms)) for why, ms in found.by_reason.items())
        return Covered(seconds=seconds(found.elapsed), counted=seconds(found.counted), blind=blind)


def own_record(bill: Bill, previous: Bill | None, meters: Meters, practice: Practice) -> OwnRecord:
    """Our side of ``bill``; ``previous`` is the bill before it, if known."""
    old_window, new_window = windows(bill, practice, previous)
    end = new_window.end if new_window is not None else None
    meter = meters.meter(end) if end is not None else meters.installed[-1]
    between = (
        installed_between(meters, old_window.start, end) if old_window is not None and end is not None else []
    )
    between = between or [meter]  # a period that ends before it begins has no meters in it
    replaced = len(between) > 1
    main = main_row(bill)
    rows = whole_rows(bill)
    two = len(rows) > 1 and not all(_goes_on(one, other) for one, other in pairwise(rows))
    unknown = main is not None and (bool(main.removed) or two) and not replaced
    old = new = None
    if main is not None and not unknown:
        digits = digits_of(meter, practice)
        if main.new is not None and new_window is not None and not _changed(meters, new_window):
            new = match_index(meter.register, main.new, new_window, practice.truncation, digits)
        if main.old is not None and old_window is not None and not _changed(meters, old_window):
            old = match_index(
                between[0].register,
                main.old,
                old_window,
                practice.truncation,
                digits_of(between[0], practice),
            )
            if replaced and not old.fits and meter.start is not None:
                # The row may be the new meter's alone: its old index is the one it was put up with.
                put_up = Window(
                    meter.start - meter.within, meter.start + meter.within + _DAY_MS, old_window.day
                )
                fresh = match_index(meter.register, main.old, put_up, practice.truncation, digits)
                old = fresh if fresh.fits is not False else old
    return OwnRecord(bill, practice, meters, (old_window, new_window), meter, replaced, unknown, old, new)


def _goes_on(one: IndexRow, other: IndexRow) -> bool:
    """Whether two rows are of one meter that was read between them."""
    return one.new is not None and one.new == other.old and one.serial == other.serial


def _changed(meters: Meters, window: Window) -> bool:
    """Whether the meter was replaced while the reading may have been taken."""
    return len(installed_between(meters, window.start, window.end)) > 1


def installed_between(meters: Meters, start: int, end: int) -> list[Installed]:
    """The meters that can have been installed at some time from ``start`` to ``end`` (ms UTC), by time."""
    found = []
    for meter, after in zip(meters.installed, (*meters.installed[1:], None), strict=True):
        begun = meter.start is None or meter.start - meter.within <= end
        gone = after is not None and after.start is not None and after.start + after.within <= start
        if begun and not gone and start <= end:
            found.append(meter)
    return found


def digits_of(meter: Installed, practice: Practice) -> int | None:
    """Digits of this meter's dial before the point: the meter's own, else the practice's."""
    own: int | None = getattr(meter, "digits", None)
    return own if own is not None else practice.digits


def seconds(ms: int) -> Decimal:
    """ms as seconds, exact."""
    return plain(Decimal(ms).scaleb(-3))
