"""The known-load test as it is done: a person switches a load and reads a reference, the daemon counts.

:class:`MeterTest` knows how far a test is, whichever door it is done through; it asks nobody and waits for
nothing. Whoever leads through it calls :meth:`MeterTest.look` every few seconds, and the step that its stage
asks for when the person has done it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from sodien.errors import SodienError
from sodien.history.note import note
from sodien.i18n import tr
from sodien.ledger.bodies import EventBody
from sodien.ledger.rows import NewRow
from sodien.metering.known_load import (
    Flashes,
    LoadPlan,
    PlugMeter,
    Result,
    as_stored,
    judge,
    so_far,
    text,
)

if TYPE_CHECKING:
    from sodien.device.state import Count
    from sodien.history.current import MeterLedger

#: What is waited for: everything to be switched off, what is still on to be counted, the load to be on, the
#: load to have run, the load to be off again, what is still on to be counted again; nothing more.
Stage = Literal["off", "rest", "on", "run", "off_again", "rest_again", "done"]
_S = 1_000_000_000
#: The daemon tells its count every minute at least.
_PATIENCE_NS = 75 * _S
#: A load is on for half a minute before its energy is read: by then it flashes.
_FLASHES_WITHIN_NS = 25 * _S


@dataclass(slots=True)
class MeterTest:
    """A test that is being done. Instants are ns of the kernel's clock, of which the counts are too.

    Attributes:
        plan: what is asked for.
        constant: the meter's, imp/kWh.
        seconds: how long the load is to run.
        speed: a simulated world runs so many times faster.
        first: the count when it began.
    """

    plan: LoadPlan
    constant: Fraction
    seconds: int
    speed: Fraction
    first: Count
    stage: Stage = "off"
    _last: Count = field(init=False)
    _pressed: int = 0
    _from: Count | None = None
    _rest: list[Flashes] = field(default_factory=list)
    _shown: Fraction = Fraction(0)
    _test: Flashes | None = None

    def __post_init__(self) -> None:
        self._last, self._pressed = self.first, self.first.mono

    # -- what is counted -----------------------------------------------------------------------------------

    def look(self, count: Count | None, now: int) -> None:
        """The newest count of the daemon is this one.

        Raises SodienError where nothing is counted, not all since the test began, or nothing new is told.
        """
        if count is None:
            raise SodienError(nothing_counted())
        if count.run != self.first.run:
            raise SodienError(tr("Counting was interrupted meanwhile; begin the test again."))
        if count.doubt != self.first.doubt:
            raise SodienError(tr("Some pulses were in doubt meanwhile; see 'sodien aim', and begin again."))
        if now - count.mono > _PATIENCE_NS:
            raise SodienError(tr("The daemon tells no new count; 'sodien doctor' says why."))
        self._last = count
        if self.stage not in ("rest", "rest_again") or count.mono < self._pressed:
            return
        if self._from is None:
            self._from = count
        if self._span() >= self.plan.rest_s:
            self._rest.append(Flashes(count.pulses - self._from.pulses, self._span()))
            self.stage = "on" if self.stage == "rest" else "done"

    def _span(self) -> Fraction:
        """Seconds from the first count of this stage to the newest."""
        return self._of_world(self._last.mono - self._from.mono) if self._from is not None else Fraction(0)

    def _of_world(self, ns: int) -> Fraction:
        return Fraction(ns, _S) * self.speed

    # -- what the person does --------------------------------------------------------------------------------

    def switched_off(self, now: int) -> None:
        """Everything is off: before the load was on, or after."""
        self._step(("off", "off_again"), "rest" if self.stage == "off" else "rest_again", now)

    def switched_on(self, now: int, shown: Fraction) -> None:
        """The load has been on for half a minute; ``shown`` is what the plug-in meter shows now, kWh.

        Raises SodienError where nothing flashes.
        """
        if self.stage == "on" and now - self._last.mono > _FLASHES_WITHIN_NS:
            raise SodienError(
                tr("The LED has not flashed for a while: is the load on? Wait half a minute after switching.")
            )
        self._step(("on",), "run", now)
        self._from, self._shown = self._last, shown

    def ended(self, now: int, read: Fraction) -> None:
        """The load is still on, and ``read`` is what the plug-in meter shows, kWh, or its voltage.

        Raises SodienError where the plug-in meter shows no more than before, or nothing was counted yet.
        """
        begun, first, last = self._pressed, self._from, self._last
        if self.stage == "run" and first is not None:
            if last.mono <= first.mono:
                raise SodienError(tr("Nothing was counted while the load is on; wait a little longer."))
            if isinstance(self.plan.reference, PlugMeter) and read <= self._shown:
                raise SodienError(tr("The plug-in meter shows no more than before: nothing can be compared."))
            # The load is steady: what it flashed between two counts it flashes all the time.
            share = Fraction(now - begun, last.mono - first.mono)
            self._test = Flashes((last.pulses - first.pulses) * share, self._of_world(now - begun))
        self._step(("run",), "off_again", now)
        reference = self.plan.reference
        done = (
            replace(reference, before=self._shown, after=read)
            if isinstance(reference, PlugMeter)
            else replace(reference, volts=read)
        )
        self.plan = replace(self.plan, reference=done)

    def _step(self, stages: tuple[Stage, ...], after: Stage, now: int) -> None:
        if self.stage not in stages:
            raise SodienError(tr("The test is not so far yet, or farther: look at what it waits for."))
        self.stage, self._pressed, self._from = after, now, None

    # -- how far it is ---------------------------------------------------------------------------------------

    def left(self, now: int) -> int:
        """Seconds for which this stage still counts; 0 where it waits for the person."""
        if self.stage == "run":
            since, whole = self._pressed, self.seconds
        elif self.stage in ("rest", "rest_again"):
            since, whole = self._from.mono if self._from is not None else now, self.plan.rest_s
        else:
            return 0
        return max(0, math.ceil(whole - self._of_world(now - since)))

    def closing(self, now: int) -> tuple[Fraction, Decimal] | None:
        """Watts that the meter counts, and ± per cent that a result would have now; None before one knows."""
        span = self._span()
        if self.stage != "run" or self._from is None or self._last.pulses <= self._from.pulses:
            return None
        watts = Fraction(self._last.pulses - self._from.pulses) / self.constant * 3_600_000 / span
        passed = self._of_world(now - self._pressed)
        return watts, so_far(passed, watts, self.constant, self.plan.reference, self._rest)

    def result(self) -> Result:
        """What was found. Raises SodienError before the end."""
        found = (
            judge(self._test, self._rest, self.constant, self.plan.reference, self.plan.limit)
            if self.stage == "done" and self._test is not None
            else None
        )
        if found is None:
            raise SodienError(tr("The test is not so far yet, or farther: look at what it waits for."))
        return found

    def keep(self, where: MeterLedger, at: int, by: str | None) -> int | None:
        """Note the result as of ``at`` (ms UTC), when it ended; the number of the entry."""
        assert self._test is not None
        detail = {
            **as_stored(self.result()),
            "pulses": text(Fraction(self._test.pulses)),
            "seconds": text(self._test.seconds),
            **({"by": by} if by else {}),
        }
        row = NewRow("event", where.meter.id, at=at, body=EventBody(what="meter_test", detail=detail))
        return note(where, row, at).entry


def nothing_counted() -> str:
    """Why no test can begin."""
    return tr("Nothing is being counted, or the Pi does not know the time: 'sodien status' says more.")
