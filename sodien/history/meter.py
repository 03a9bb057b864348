"""The register as the ledger knows it: rows → evidence → bounds (:mod:`sodien.metering.register.register`).

A :class:`MeterHistory` is built from the few rows that matter (gaps, dial readings, replacements and what was
said of them) and looks up single ticks on demand, so its cost does not grow with the minutes in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from sodien import formats
from sodien.history.counts import Counts, at_of, pulses_of
from sodien.history.dial_readings import DialReading, readings
from sodien.history.events import counted_kw
from sodien.history.gaps import Gap, gaps
from sodien.history.installations import Installation, installations, installed_at
from sodien.history.pieces import Pieces, installations_over, joined, of_installation, sure
from sodien.i18n import tr
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.bounds import rounded, rounded_down, rounded_up
from sodien.metering.register.coverage import Coverage, coverage
from sodien.metering.register.observations import Counted
from sodien.metering.register.register import Register, RegisterFinding
from sodien.metering.register.replacements import Energy, Installed, Meters
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds, Instant

if TYPE_CHECKING:
    from sodien.settings.model import MeterSettings, Settings

#: What a history is made of beside the ticks; one more of them, and it has to be built anew.
_KINDS = ("gap", "resolution", "dial", "amendment", "replacement", "constant", "event")
_ONE = Fraction(1)  # the pieces get their constant when it is known which meter they are of


@dataclass(frozen=True, slots=True)
class Count:
    """A count beyond what the ledger holds: all pulses before ``at`` (ms UTC).

    Attributes:
        first: when the first pulse since the ledger's last tick began (ms UTC); None without one.
        doubt: cumulative pulses in doubt; 0 where the ledger knows as much.
    """

    at: int
    pulses: int
    first: int | None = None
    doubt: int = 0


def bounds(low: Fraction, best: Fraction, high: Fraction) -> Bounds:
    """Exact kWh as six decimals, rounded outwards, so that rounding never excludes the truth."""
    return Bounds(rounded_down(low), rounded(best), rounded_up(high))


class MeterHistory:
    """One meter's register at any instant of the ledger, through all that were installed one after another.

    Build a new one when what it stands on was added to; :func:`stamp` tells.

    Attributes:
        meters: the meters by time, each with its register, dial and multiplier; for the bill.
        installations: the meters as they were noted, with their constants.
        gaps: the declared gaps with what was said of them.
        readings: all dial readings, withdrawn ones too.
        pieces: what was counted, by time; the constant is not in them.
    """

    def __init__(
        self,
        ledger: Ledger,
        meter: MeterSettings,
        p_max_kw: Fraction,
        now: Count | None = None,
        *,
        extra: Sequence[NewRow] = (),
        before: MeterHistory | None = None,
    ) -> None:
        """Read what matters of ``meter``.

        Args:
            ledger: where to read.
            meter: its settings.
            p_max_kw: the most power its supply can carry by the settings; what was counted may prove more.
            now: extends the last piece beyond the last tick.
            extra: dial readings and what else is said that the ledger does not hold (yet).
            before: an earlier history of the same meter, from which is taken what has not changed since.
        """
        self._ledger = ledger
        self._meter = meter.id
        self.now = now
        self._ticks = Counts(ledger, meter.id, now)
        self.stamp = stamp(ledger, meter.id)
        self.p_max_kw = self._supply_kw = p_max_kw
        self._plain = not extra
        self._vague: list[Counted] = []
        self._open: tuple[int, int, int] = 0, 0, 0  # the last piece: start, count and doubt at its start
        if before is not None and before._holds(self):
            whole = self._longer(before)
        else:
            self.installations = installations(ledger, meter, extra)
            self.p_max_kw = max(p_max_kw, counted_kw(ledger, meter.id, self.constant))
            self.gaps = gaps(ledger, meter.id, self.p_max_kw, extra, stepped=self._ticks.stepped)
            self.readings = readings(ledger, meter.id, extra)
            self.pieces = self._pieces()
            whole = joined(self.pieces, self.gaps, self.installations, self._vague)
        self._links = whole.links
        following: list[Installation | None] = [*self.installations[1:], None]
        self.meters = Meters(
            [
                self._installed(whole, installation, after)
                for installation, after in zip(self.installations, following, strict=True)
            ]
        )

    # -- evidence --------------------------------------------------------------------------------------

    def _holds(self, later: MeterHistory) -> bool:
        """Whether only the count has gone on since. Where a clock was wrong, a new tick may move anything."""
        same = (self.stamp, self._supply_kw, self._meter) == (later.stamp, later._supply_kw, later._meter)
        return same and self._plain and later._plain and bool(self.pieces) and not self._ticks.stepped

    def _longer(self, before: MeterHistory) -> Pieces:
        """Everything as in the history before, but for the last piece."""
        self._ticks.eras = before._ticks.eras
        self.p_max_kw = before.p_max_kw
        self.installations, self.gaps, self.readings = before.installations, before.gaps, before.readings
        self._open = before._open
        self.pieces = [*before.pieces[:-1], self._last(*self._open)]
        return Pieces(self.pieces, before._links)

    def _pieces(self) -> list[Counted]:
        """Counted pieces, one more than there are gaps; none before the first dated tick."""
        first = self._ticks.first
        if first is None:
            self.gaps = []
            return []
        # Where the first counts were lost with a damaged card, a gap before the first one left says nothing.
        begun = self._ticks.hull(at_of(first))[0]
        self.gaps = [gap for gap in self.gaps if self._ticks.hull(gap.end)[1] > begun]
        pieces: list[Counted] = []
        start, count, doubt = at_of(first), pulses_of(first), first.doubt
        for gap in self.gaps:
            # A clock that stepped back, or a time moved by a millisecond to stay unique, can make a gap
            # begin before the piece it ends: its energy counts all the same.
            cut = max(gap.start, start)
            seen = self._ledger.newest("tick", self._meter, gap.start)
            pieces.append(self._piece(start, cut, count, max(count, gap.pulses), doubt, seen))
            start, count = gap.end, max(gap.after, pieces[-1].last)
            start = start if self._ticks.stepped else max(cut, start)
            doubt = seen.doubt if seen else doubt
        self._open = start, count, doubt
        pieces.append(self._last(*self._open))
        if self._ticks.stepped:
            pieces, self._vague = sure(pieces, self.gaps, self._ticks)
        return pieces

    def _last(self, start: int, count: int, doubt: int) -> Counted:
        """The piece that goes on now; ``count`` and ``doubt`` are those at its start."""
        last = self._ticks.last
        end, pulses = start, count
        if last is not None and at_of(last) >= start:
            end, pulses = at_of(last), max(count, pulses_of(last))
        else:
            last = None
        if self.now is not None and self.now.at >= end:
            end, pulses = self.now.at, max(pulses, self.now.pulses)
        return self._piece(start, end, count, pulses, doubt, last)

    def _piece(self, start: int, end: int, first: int, last: int, doubt: int, tick: Row | None) -> Counted:
        """A counted piece; ``doubt`` were in doubt before it, ``tick`` is its last."""
        after = max(doubt, tick.doubt) if tick is not None else doubt
        if self.now is not None and self.now.at == end:
            after = max(after, self.now.doubt)
        if self._ticks.stepped:
            return Counted(start, end, first, last, _ONE, after - doubt, after - doubt)
        doubts = self._ticks.doubts(start, end, doubt, after)
        return Counted(start, end, first, last, _ONE, doubts=doubts)

    def _installed(self, whole: Pieces, installation: Installation, after: Installation | None) -> Installed:
        part = of_installation(whole, installation, after, self.count) if whole.pieces else Pieces()
        since = installation.start - installation.within if installation.start is not None else None
        until = installation.end + (after.within if after else 0) if installation.end is not None else None
        anchors = [
            reading.anchor(since, until) for reading in self._standing(installation)
        ] + installation.ends
        register = Register(
            part.pieces,
            part.links,
            anchors,
            self.p_max_kw,
            part.count(self.count),
            digits=installation.digits,
        )
        return Installed(
            installation.serial,
            register,
            installation.start,
            installation.multiplier,
            digits=installation.digits,
            decimals=installation.decimals,
            within=installation.within,
        )

    def _standing(self, installation: Installation) -> list[DialReading]:
        return [
            reading
            for reading in self.readings
            if not reading.withdrawn
            and (installation.start is None or reading.at >= installation.start)
            and (installation.end is None or reading.at < installation.end)
        ]

    def count(self, at: int) -> tuple[int, int]:
        """The cumulative count at an instant (ms UTC), as (at least, at most)."""
        return self._ticks.count(at)

    # -- answers ---------------------------------------------------------------------------------------

    @property
    def start(self) -> int | None:
        """ms UTC of the first thing known, None for an empty ledger."""
        return self.pieces[0].start if self.pieces else None

    @property
    def end(self) -> int | None:
        """ms UTC of the last thing known."""
        return self.pieces[-1].end if self.pieces else None

    @property
    def installation(self) -> Installation:
        """The meter that is installed now."""
        return self.installations[-1]

    def installed_at(self, at: int) -> Installation:
        """The meter that was installed at an instant (ms UTC)."""
        return installed_at(self.installations, at)

    def constant(self, at: int) -> Fraction:
        """imp/kWh in force at an instant (ms UTC)."""
        return self.installed_at(at).constant(at)

    def constants_over(self, start: int, end: int) -> list[Fraction]:
        """Every imp/kWh in force at any time in a span (ms UTC), at least one."""
        return [
            constant
            for installation in installations_over(self.installations, start, end)
            for constant in installation
        ]

    def at(self, at: int) -> Bounds | None:
        """The register in kWh as the dial shows it, None without a dial reading or before the first count.

        After its last number a dial begins at 0 again: ``low`` is below its end, ``best`` and ``high`` may be
        beyond it as long as it is not certain that it has. The multiplier is not in it.

        No register is below 0. Where it might be, more can have flowed before the first reading than that
        reading shows: the dial may have gone round in between, and what it showed before is not known.
        """
        found = self.meters.at(at) if self.pieces else None
        if found is None or found.low < 0:
            return None
        turn = 10 ** self.installed_at(at).digits
        gone = found.low // turn * turn
        return bounds(found.low - gone, found.best - gone, found.high - gone)

    def multiplier(self, at: int) -> Fraction:
        """kWh per kWh of the dial at an instant (ms UTC)."""
        return self.installed_at(at).multiplier

    def instant(self, at: int) -> Instant:
        """The register at an instant, or why there is none."""
        found = self.at(at)
        return Instant(format_time(at), found, None if found else self.why_none())

    def shown(self, at: int | None) -> str:
        """The register at an instant in words, as the dial shows it and with bounds, or why there is none."""
        if at is None:
            return formats.kwh_bounds(None, self.why_none())
        return formats.register_bounds(self.at(at), self.installed_at(at).digits, self.why_none())

    def why_none(self) -> str:
        """Why :meth:`at` has no answer."""
        if not self.pieces:
            return tr("nothing has been counted yet")
        if any(register.anchors for register in self.registers):
            return tr("too long before the first dial reading: the dial may have gone round meanwhile")
        return tr("no dial reading yet; type 'sodien dial' with what the meter shows")

    def energy(self, start: int, end: int) -> Bounds:
        """kWh consumed between two instants: of all meters that were installed, each times its multiplier."""
        found = self.consumed(start, end).billed
        return bounds(found.low, found.best, found.high)

    def dial_energy(self, start: int, end: int) -> Bounds:
        """The same as the dials have gone on, without their multipliers."""
        found = self.consumed(start, end).kwh
        return bounds(found.low, found.best, found.high)

    def multipliers(self, start: int, end: int) -> set[Fraction]:
        """Those of all meters that may have been installed in a span (ms UTC), at least one."""
        return {
            one.multiplier
            for one in self.installations
            if (one.start is None or one.start - one.within <= end) and (one.end is None or start <= one.end)
        }

    def gap_energy(self, gap: Gap) -> Bounds:
        """kWh in a gap by all that is known now: the one answer of every command and sheet."""
        return self.energy(gap.start, gap.end)

    def consumed(self, start: int, end: int) -> Energy:
        """kWh consumed between two instants, exactly, with what the utility bills for it."""
        return self.meters.consumed(start, end)

    @property
    def registers(self) -> list[Register]:
        """The exact register of each meter in this history, by time; none before anything was counted."""
        return [meter.register for meter in self.meters.installed] if self.pieces else []

    @cached_property
    def conflicts(self) -> list[tuple[Register, RegisterFinding]]:
        """What does not fit, with the register it belongs to."""
        return [(register, finding) for register in self.registers for finding in register.findings]

    def findings(self, zone: tzinfo = UTC, *, explain: bool = True) -> list[str]:
        """Sentences about dial readings that cannot all be true with what was counted, times in ``zone``.

        ``explain`` looks for the likeliest reasons too, which takes a while: not for the counting loop.
        """
        if not self.conflicts:
            return []
        from sodien.history import words  # heavy, and mostly there is nothing to word

        def named(name: str) -> str:
            return self.named(name, zone)

        return [words.finding(one, register, named, explain=explain) for register, one in self.conflicts]

    def named(self, name: str, zone: tzinfo, lang: str | None = None) -> str:
        """A reading of the evidence as people know it: its value and local time."""
        for reading in self.readings:
            if reading.name == name:
                text, at = formats.dial(reading.text, lang), reading.at
                break
        else:
            anchor = next(a for installation in self.installations for a in installation.ends if a.id == name)
            places = len(str((anchor.high - anchor.low).denominator)) - 1  # as many as were read
            text, at = formats.number(anchor.low, places, lang=lang), anchor.start
        return f"{text} ({formats.instant(at, zone, lang=lang)})"

    def entry(self, name: str) -> int | None:
        """The entry number of a reading of the evidence; None for one that is not in the ledger."""
        number = name.rsplit(" ", 1)[-1]
        return int(number) if number.isdigit() else None

    def pulses(self, at: int) -> int:
        """Cumulative pulses counted for certain by an instant, also inside or after a gap."""
        return self.count(at)[0]

    def coverage(self, start: int, end: int) -> Coverage:
        """How much of the time between two instants was counted, and why not the rest."""
        return coverage(self.pieces, [gap.reason for gap in self.gaps], start, end)


def history_of(
    settings: Settings,
    ledger: Ledger,
    meter: MeterSettings,
    now: Count | None = None,
    extra: Sequence[NewRow] = (),
    before: MeterHistory | None = None,
) -> MeterHistory:
    """The history of a meter of these settings, whose supply carries more where its source is sped up."""
    return MeterHistory(ledger, meter, meter.p_max_kw * settings.speed, now, extra=extra, before=before)


def stamp(ledger: Ledger, meter: str) -> tuple[int, ...]:
    """Changes when the history of this meter has to be built anew: how many rows of each kind it stands on.

    Those of the device, such as a clock that was set, are among them.
    """
    return *(ledger.count_of(kind, meter) for kind in _KINDS), ledger.count_of("event", "")
