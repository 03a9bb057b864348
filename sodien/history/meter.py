"""The register as the ledger knows it: rows → evidence → bounds (:mod:`sodien.metering.register.register`).

A :class:`MeterHistory` is built from the few rows that matter (gaps, dial readings, replacements and what was
said of them) and looks up single ticks on demand, so its cost does not grow with the minutes in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from sodien import formats
from sodien.device.state import Count
from sodien.history.dial_readings import DialReading, readings
from sodien.history.events import counted_kw
from sodien.history.evidence import MeterEvidence
from sodien.history.gaps import Gap, gaps, said_of
from sodien.history.installations import Installation, installations
from sodien.history.pieces import Pieces, of_installation
from sodien.i18n import tr
from sodien.ledger.store import Ledger, NewRow, Row
from sodien.metering.axis.placed import PlacedRegister
from sodien.metering.bounds import Bounded, rounded, rounded_down, rounded_up
from sodien.metering.register.coverage import Coverage, coverage
from sodien.metering.register.observations import Blind
from sodien.metering.register.register import Register, RegisterFinding
from sodien.metering.register.replacements import Energy, Installed, Meters
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds, Instant

if TYPE_CHECKING:
    from sodien.settings.model import MeterSettings, Settings

#: What a history is made of beside the ticks; one more of them, and it has to be built anew.
_KINDS = ("gap", "resolution", "dial", "amendment", "replacement", "constant", "event")
_CLOCKS = ("event", "clock")


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
        evidence: the boots, and where they lie in time.
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
        self._ledger, self._meter = ledger, meter.id
        self.stamp = stamp(ledger, meter.id)
        self.p_max_kw = self._supply_kw = p_max_kw
        self._plain = not extra
        if before is not None and before._holds(self):
            self.evidence: MeterEvidence = before.evidence
            self.evidence.extend(now)
            self.p_max_kw = before.p_max_kw
            self.installations: list[Installation] = before.installations
            self.gaps: list[Gap] = before.gaps
            self.readings: list[DialReading] = before.readings
            self._links: list[Blind] = before._links
        else:
            self.evidence = MeterEvidence(ledger, meter.id, now, extra)
            self.installations = installations(ledger, meter, extra, self.evidence)
            self.p_max_kw = max(p_max_kw, counted_kw(ledger, meter.id, self._constant_of))
            said = said_of(ledger, meter.id, extra)
            self.gaps = gaps(self.evidence, self.p_max_kw, said, self.installations)
            self.readings = readings(ledger, meter.id, extra, self.evidence.boots)
            self._links = [gap.blind() for gap in self.gaps]
        self.pieces = list(self.evidence.pieces)
        self._line = self.evidence.line
        whole = Pieces(self.pieces, self._links)
        self._count = whole.count(self.evidence.count)
        self.meters = Meters([self._installed(whole, installation) for installation in self.installations])

    # -- evidence --------------------------------------------------------------------------------------

    def _holds(self, later: MeterHistory) -> bool:
        """Whether only the count has gone on since. Where a clock is in doubt, time alone may settle it."""
        same = (self.stamp, self._supply_kw, self._meter) == (later.stamp, later._supply_kw, later._meter)
        same = same and self._ledger is later._ledger
        return same and self._plain and later._plain and bool(self.pieces) and self._line.sharp

    def _constant_of(self, row: Row) -> Fraction:
        """imp/kWh in force at an entry of the daemon."""
        return self.constant(self.evidence.line.wall(self.evidence.boots.position(row)))

    def _installed(self, whole: Pieces, installation: Installation) -> Installed:
        line, count = self._line, self.evidence.count
        part = of_installation(whole, installation, count) if whole.pieces else Pieces()
        since = installation.came[0] if installation.came is not None else None
        until = installation.went[1] if installation.went is not None else None
        anchors = [reading.anchor(since, until) for reading in self._standing(installation)]
        anchors += [
            replace(end, start=line.early(end.start), end=line.late(end.end)) for end in installation.ends
        ]
        register = PlacedRegister(
            line,
            part.pieces,
            part.links,
            anchors,
            self.p_max_kw,
            part.count(count),
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
        """The readings that are of this meter for certain: within a replacement's window either may be it."""

        def since(one: DialReading, start: int | None, within: int) -> bool:
            """Whether a meter hung there when this was read, one that came at ``start`` ± ``within``."""
            return start is None or one.at - (one.within if within else 0) >= start + within

        def until(one: DialReading, end: int | None, within: int) -> bool:
            return end is None or one.at + (one.within if within else 0) < end - within

        return [
            one
            for one in self.readings
            if not one.withdrawn
            and one.stands is not None
            and since(one, installation.start, installation.within)
            and until(one, installation.end, installation.end_within)
        ]

    def count(self, at: int) -> tuple[int, int]:
        """The cumulative count at an instant (ms UTC), as (at least, at most)."""
        if not self.pieces:
            return 0, 0
        low, high = self._count(self._line.early(at)), self._count(self._line.late(at))
        return min(low[0], high[0]), max(low[1], high[1])

    # -- answers ---------------------------------------------------------------------------------------

    @property
    def start(self) -> int | None:
        """ms UTC of the first thing known, None for an empty ledger."""
        return self._line.wall(self.pieces[0].start) if self.pieces else None

    @property
    def end(self) -> int | None:
        """ms UTC of the last thing known."""
        return self._line.wall(self.pieces[-1].end) if self.pieces else None

    @property
    def installation(self) -> Installation:
        """The meter that is installed now."""
        return self.installations[-1]

    def installed_at(self, at: int) -> Installation:
        """The meter that was installed at an instant (ms UTC)."""
        return next(one for one in reversed(self.installations) if one.start is None or one.start <= at)

    def constant(self, at: int) -> Fraction:
        """imp/kWh in force at an instant (ms UTC)."""
        return self.installed_at(at).constant(at)

    def at(self, at: int) -> Bounds | None:
        """The register in kWh as the dial shows it, None without a dial reading or before the first count.

        After its last number a dial begins at 0 again: ``low`` is below its end, ``best`` and ``high`` may be
        beyond it as long as it is not certain that it has. The multiplier is not in it.

        No register is below 0. Where it might be, more can have flowed before the first reading than that
        reading shows: the dial may have gone round in between, and what it showed before is not known.
        """
        return self._shown(self.meters.at(at) if self.pieces else None, at)

    def newest(self) -> Bounds | None:
        """The register at the end of what was counted, as :meth:`at` says it of an instant.

        By its place, whatever any clock says: when exactly that was need not be known.
        """
        if self.end is None:
            return None
        register = self.meters.meter(self.end).register
        assert isinstance(register, PlacedRegister)
        return self._shown(register.on_line(self.pieces[-1].end), self.end)

    def _shown(self, found: Bounded | None, at: int) -> Bounds | None:
        if found is None or found.low < 0:
            return None
        turn = 10 ** self.installed_at(at).digits
        gone = found.low // turn * turn
        return bounds(found.low - gone, found.best - gone, found.high - gone)

    def multiplier(self, at: int) -> Fraction:
        """kWh per kWh of the dial at an instant (ms UTC)."""
        return self.installed_at(at).multiplier

    @property
    def reaches_now(self) -> bool:
        """Whether the count that goes beyond the ledger has its place in time."""
        return self.evidence.now is not None

    @property
    def certain(self) -> bool:
        """Whether the clock of the run that goes on is beyond doubt, so that periods may be closed by it."""
        return self.evidence.certain

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
            return tr("too long before the first dial reading: the dial may have rolled over meanwhile")
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
        """Sentences about clocks, and dial readings, that cannot all be true with what was counted.

        Times are in ``zone``. ``explain`` looks for the likeliest reasons too, which takes a while: not for
        the counting loop.
        """
        return [" ".join(said) for said in self.clock_findings(zone)] + self.dial_findings(
            zone, explain=explain
        )

    def clock_findings(self, zone: tzinfo = UTC) -> list[tuple[str, str]]:
        """Clocks that contradict each other: a sentence, and another one that says what to do."""
        return self.evidence.boots.contradictions(zone)

    def dial_findings(self, zone: tzinfo = UTC, *, explain: bool = True) -> list[str]:
        """Of :meth:`findings` those about dial readings."""
        if not self.conflicts:
            return []
        from sodien.words import register as words  # heavy, and mostly there is nothing to word

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
        wall = self._line.wall
        pieces = self.pieces
        if not self._line.sharp:
            pieces = [replace(one, start=wall(one.start), end=wall(one.end), doubts=()) for one in pieces]
        return coverage(pieces, [gap.reason for gap in self.gaps], start, end)


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
    return *(ledger.count_of(kind, meter) for kind in _KINDS), *(
        ledger.count_of(kind, "") for kind in _CLOCKS
    )
