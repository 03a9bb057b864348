"""Everything that runs for one meter: filter, counter, power, and how far it is settled."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien.history.events import counted_kw
from sodien.ledger.noted import PowerNoted
from sodien.metering.counting.counter import Counter, Tick, most_unsaved, save_threshold
from sodien.metering.counting.power import PowerMeter, busiest, proven_kw
from sodien.metering.counting.pulse_filter import PulseFilter
from sodien.metering.counting.refused import RefusedFlashes

if TYPE_CHECKING:
    from firmware.resume import LastCount
    from sodien.ledger.store import Ledger
    from sodien.settings.model import MeterSettings, Settings

#: The kernel reads the level this long after an edge at the latest, its interrupt thread being in real time.
IRQ_LATENCY_NS = 2_000_000


@dataclass(slots=True)
class MeterState:
    """What one meter's counting is at; times are monotonic ns.

    Attributes:
        settings: the meter's.
        filter, counter, power: what its edges go through.
        refused: what the filter refuses and may be pulses.
        p_max_kw: the most power its supply can carry, by the settings or as counted.
        unsaved: pulses whose energy a run with these settings may leave unsaved.
        boundary: the end of the minute that is open.
        settled: no pulse that began before can come any more.
        doubt_base: pulses in doubt beside those of filter and counter: those of earlier runs, and edges that
            could not be handled.
        lost: edges declared lost in this run.
        errors: edges that could not be handled in this run.
        gap_end: the end of the last gap declared for lost edges, None before one.
        ticked_doubt, saved_doubt: the doubt of the last tick, and what the ledger holds of it.
    """

    settings: MeterSettings
    filter: PulseFilter
    refused: RefusedFlashes
    counter: Counter
    power: PowerMeter
    p_max_kw: Fraction
    unsaved: int
    boundary: int = 0
    settled: int = 0
    doubt_base: int = 0
    lost: int = 0
    errors: int = 0
    gap_end: int | None = None
    ticked_doubt: int = 0
    saved_doubt: int = 0
    _last_tick: tuple[int, int, int] | None = None

    def proves(self, tick: Tick) -> PowerNoted | None:
        """What came since the last tick, if that is more than was known to be possible; to be noted once."""
        last, self._last_tick = self._last_tick, (tick.mono, tick.pulses, self.doubt())
        stretch = busiest([(0, *last), (0, *self._last_tick)]) if last is not None else None
        proven = proven_kw(*stretch, Fraction(self.settings.constant)) if stretch is not None else None
        if stretch is None or proven is None or proven <= self.p_max_kw:
            return None
        self.p_max_kw = proven
        return PowerNoted(pulses=stretch[0], ns=stretch[1])

    def doubt(self) -> int:
        """Cumulative pulses in doubt, those of earlier runs included, those of declared gaps not."""
        return self.doubt_base + self.filter.undecided + self.refused.doubt + self.counter.late

    def must_save(self) -> bool:
        """Whether so much is unsaved, pulses in doubt included, that it must reach the disk now."""
        return self.counter.must_save(max(0, self.doubt() - self.saved_doubt))

    def counted_until(self) -> int:
        """The instant as of which the count is what it is: the last settled one, or just after a pulse."""
        last = self.counter.last_pulse
        return max(self.settled, last + 1 if last is not None else 0)


def begin_state(
    settings: Settings,
    meter: MeterSettings,
    known: LastCount | None,
    now: int,
    ledger: Ledger,
    *,
    losses_declared: bool,
) -> MeterState:
    """A meter's state as a run begins at monotonic ``now``, with the count that the ledger knows."""
    constant = Fraction(meter.constant)
    p_max_kw = max(meter.p_max_kw * settings.speed, counted_kw(ledger, meter.id, lambda _: constant))
    at_risk = Fraction(settings.ledger.at_risk_wh)
    pulses, doubt = (known.pulses, known.doubt) if known else (0, 0)
    limits = meter.limits(settings.speed)
    refused = RefusedFlashes(limits.min_active_ns, meter.noise(settings.speed))
    return MeterState(
        meter,
        # A line that the kernel reads late hides what was shorter than that, and says so by the same level
        # twice. Where a pulse may be that short, it stays in doubt.
        PulseFilter(
            limits, refused, losses_declared=losses_declared and limits.min_active_ns >= IRQ_LATENCY_NS
        ),
        refused,
        Counter(pulses, save_threshold(at_risk, constant, p_max_kw), now),
        PowerMeter(meter.pulses_per_kwh),
        p_max_kw,
        most_unsaved(at_risk, constant, p_max_kw),
        settled=now,
        doubt_base=doubt,
        ticked_doubt=doubt,
        saved_doubt=doubt,
    )
