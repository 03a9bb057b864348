"""The register as the ledger knows it: rows → evidence → bounds (:mod:`sodien.metering.register`).

A :class:`View` is built from the few rows that matter (gaps, dial readings) and looks up single ticks on
demand, so its cost does not grow with the minutes in between.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sodien.i18n import tr
from sodien.ledger import Ledger, NewRow, Row
from sodien.messages import Bounds, Instant, format_time
from sodien.metering.coverage import Coverage, coverage
from sodien.metering.evidence import Anchor, Blind, Counted
from sodien.metering.register import Register

if TYPE_CHECKING:
    from sodien.settings import MeterSettings

_PLACES = 6
_SCALE = 10**_PLACES
_NS_PER_HOUR = 3_600_000_000_000


@dataclass(frozen=True, slots=True)
class Count:
    """A count beyond what the ledger holds: all pulses before ``at`` (ms UTC).

    Attributes:
        first: when the first pulse since the ledger's last tick began (ms UTC); None without one.
    """

    at: int
    pulses: int
    first: int | None = None


def bounds(low: Fraction, best: Fraction, high: Fraction) -> Bounds:
    """Exact kWh as six decimals, rounded outwards, so that rounding never excludes the truth."""
    down = Decimal(math.floor(low * _SCALE)).scaleb(-_PLACES)
    up = Decimal(math.ceil(high * _SCALE)).scaleb(-_PLACES)
    middle = Decimal(round(best * _SCALE)).scaleb(-_PLACES)
    return Bounds(down, middle, up)


class View:
    """One meter's register at any instant of the ledger.

    Build a new one when gaps or dial readings were added; :func:`stamp` tells.
    """

    def __init__(
        self,
        ledger: Ledger,
        meter: MeterSettings,
        p_max_kw: Fraction,
        now: Count | None = None,
        *,
        extra: Sequence[NewRow] = (),
    ) -> None:
        """Read what matters of ``meter``.

        Args:
            ledger: where to read.
            meter: its settings.
            p_max_kw: the most power its supply can carry.
            now: extends the last piece beyond the last tick.
            extra: dial readings to reckon with that the ledger does not hold (yet).
        """
        self._ledger = ledger
        self._meter = meter.id
        self.now = now
        self.stamp = stamp(ledger, meter.id)
        self.constant = Fraction(meter.constant)
        self.p_max_kw = p_max_kw
        gaps = ledger.of_kind("gap", meter.id)
        self.gaps = [(g.at or 0, gap_end(g)) for g in gaps]
        self.pieces, links = self._evidence(gaps)
        self._reasons = [link.reason for link in links]
        readings: list[NewRow] = [*ledger.of_kind("dial", meter.id), *extra]
        self._readings = {_name(row): row for row in readings}
        self.anchors = [_anchor(row) for row in readings]
        self._register = (
            Register(self.pieces, links, self.anchors, p_max_kw, self.count, digits=meter.digits)
            if self.pieces
            else None
        )

    # -- evidence --------------------------------------------------------------------------------------

    def _evidence(self, gaps: list[Row]) -> tuple[list[Counted], list[Blind]]:
        """Counted pieces and the blind stretches between them."""
        first = self._ledger.next_after("tick", self._meter, -1)
        if first is None or first.at is None or first.pulses is None:
            return [], []
        pieces: list[Counted] = []
        links: list[Blind] = []
        start, count = first.at, first.pulses
        doubt = first.doubt
        for gap in gaps:
            assert gap.at is not None
            assert gap.pulses is not None
            # A clock that stepped back, or a time moved by a millisecond to stay unique, can make a gap
            # begin before the piece it ends: its energy counts all the same.
            cut = max(gap.at, start)
            seen = self._ledger.newest("tick", self._meter, gap.at)
            doubts = seen.doubt - doubt if seen else 0
            pieces.append(Counted(start, cut, count, max(count, gap.pulses), self.constant, doubts, doubts))
            # What the gap was declared with may be less than what is known of the supply now.
            high = max(Fraction(gap.body["high"]), self.p_max_kw * int(gap.body["ns"]) / _NS_PER_HOUR)
            links.append(Blind(_fraction(gap.body.get("low")), high, gap.body["reason"]))
            start, count = max(cut, gap_end(gap)), int(gap.body["after"])
            doubt = seen.doubt if seen else doubt
        last = self._ledger.newest("tick", self._meter)
        end, pulses = start, count
        if last is not None and last.at is not None and last.pulses is not None and last.at >= start:
            end, pulses = last.at, last.pulses
            doubt = last.doubt - doubt
        else:
            doubt = 0
        if self.now is not None and self.now.at >= end:
            end, pulses = self.now.at, self.now.pulses
        pieces.append(Counted(start, end, count, pulses, self.constant, doubt, doubt))
        return pieces, links

    def count(self, at: int) -> tuple[int, int]:
        """The cumulative count at an instant of a counted piece: (at least, at most).

        Between two ticks it is known until the first new pulse, and open from there to the second tick.
        """
        before = self._ledger.newest("tick", self._meter, at)
        low = before.pulses if before is not None and before.pulses is not None else 0
        if before is not None and before.at == at:
            return low, low
        after = self._ledger.next_after("tick", self._meter, at)
        if after is not None and after.at is not None and after.pulses is not None:
            first, high = after.at - (after.first or 0), after.pulses
        elif self.now is not None and self.now.first is not None:
            first, high = self.now.first, self.now.pulses
        else:
            return low, low
        if at <= first or high <= low:
            return low, low
        return low + 1, high

    # -- answers ---------------------------------------------------------------------------------------

    @property
    def start(self) -> int | None:
        """ms UTC of the first thing known, None for an empty ledger."""
        return self.pieces[0].start if self.pieces else None

    @property
    def end(self) -> int | None:
        """ms UTC of the last thing known."""
        return self.pieces[-1].end if self.pieces else None

    def at(self, at: int) -> Bounds | None:
        """The register in kWh, None without any dial reading or before anything was counted."""
        found = self._register.at(at) if self._register is not None else None
        return bounds(found.low, found.best, found.high) if found is not None else None

    def instant(self, at: int) -> Instant:
        """The register at an instant, or why there is none."""
        found = self.at(at)
        return Instant(format_time(at), found, None if found else self.why_none())

    def why_none(self) -> str:
        """Why :meth:`at` has no answer."""
        if not self.pieces:
            return tr("nothing has been counted yet")
        return tr("no dial reading yet; type 'sodien dial' with what the meter shows")

    def energy(self, start: int, end: int) -> Bounds:
        """kWh consumed between two instants."""
        if self._register is None:
            high = self.p_max_kw * Fraction(end - start, 3_600_000)
            return bounds(Fraction(0), Fraction(0), high)
        found = self._register.energy(start, end)
        return bounds(found.low, found.best, found.high)

    def findings(self, zone: tzinfo = UTC, *, explain: bool = True) -> list[str]:
        """Sentences about dial readings that cannot all be true with what was counted, times in ``zone``.

        ``explain`` looks for the likeliest reasons too, which takes a while: not for the counting loop.
        """
        found = [(register, one) for register in self.registers for one in register.findings]
        if not found:
            return []
        from sodien import told

        def named(name: str) -> str:
            return self.named(name, zone)

        return [told.finding(one, register, named, explain=explain) for register, one in found]

    def named(self, name: str, zone: tzinfo) -> str:
        """A dial reading of the evidence as people know it: its value and local time."""
        row = self._readings[name]
        return f"{row.body['reading']} ({datetime.fromtimestamp((row.at or 0) / 1000, zone):%Y-%m-%d %H:%M})"

    def entry(self, name: str) -> int | None:
        """The entry number of a dial reading of the evidence; None for one that is not in the ledger."""
        row = self._readings[name]
        return row.seq if isinstance(row, Row) else None

    @property
    def registers(self) -> list[Register]:
        """The exact register of each meter behind this view, by time; none before anything was counted."""
        return [self._register] if self._register is not None else []

    def pulses(self, at: int) -> int:
        """Cumulative pulses counted for certain by an instant, also inside or after a gap."""
        return self.count(at)[0]

    def coverage(self, start: int, end: int) -> Coverage:
        """How much of the time between two instants was counted, and why not the rest."""
        return coverage(self.pieces, self._reasons, start, end)


def stamp(ledger: Ledger, meter: str) -> tuple[int, int]:
    """Changes when a view of this meter has to be built anew: (gaps, dial readings)."""
    return ledger.count_of("gap", meter), ledger.count_of("dial", meter)


def gap_end(gap: Row) -> int:
    """ms UTC at which counting began again."""
    assert gap.at is not None
    return gap.at + math.ceil(int(gap.body["ns"]) / 1_000_000)


def _fraction(text: Any) -> Fraction:
    return Fraction(text) if text is not None else Fraction(0)


def _name(row: NewRow) -> str:
    return f"dial {row.seq}" if isinstance(row, Row) else "dial new"


def _anchor(row: NewRow) -> Anchor:
    """A dial reading as evidence; ``at`` is the middle of its window."""
    assert row.at is not None
    within = int(row.body.get("within_ms", 0))
    return Anchor(
        _name(row),
        Fraction(row.body["low"]),
        Fraction(row.body["high"]),
        row.at - within,
        row.at + within,
    )
