"""Gaps: say what is known of one, whose pulses nobody counted."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien import formats
from sodien.errors import SodienError
from sodien.history.note import Noted, note
from sodien.i18n import tr
from sodien.ledger.bodies import ResolutionBody
from sodien.ledger.store import NewRow

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger
    from sodien.history.gaps import Gap, What
    from sodien.history.meter import MeterHistory


def find_gap(where: Iterable[MeterLedger], number: int) -> MeterLedger:
    """Of these meters, the one whose gap has this number. Raises SodienError."""
    for one in where:
        if _of(one.history(), number) is not None:
            return one
    raise SodienError(tr("There is no gap {number}; 'sodien gaps' lists them.", number=number))


def resolve_gap(
    where: MeterLedger,
    number: int,
    what: What,
    *,
    now: int,
    energy: tuple[Decimal, Decimal] | None = None,
    by: str | None = None,
    dry_run: bool = False,
) -> Noted:
    """Note what is known of a gap; the last statement counts, and ``undo`` takes the others back.

    Args:
        where: the meter.
        number: the gap's entry.
        what: the supply itself was out, or was not, or so much ``energy`` flowed; or undo.
        now: ms UTC.
        energy: for ``energy``, kWh at least and at most, after the multiplier.
        by: who says so.
        dry_run: only say what it would change.

    Raises:
        SodienError: there is no such gap, or the statement cannot be true of it.
    """
    history = where.history()
    gap = _of(history, number)
    if gap is None:
        raise SodienError(tr("There is no gap {number}; 'sodien gaps' lists them.", number=number))
    if what == "supply_out":
        _check_supply_out(gap)
    if what == "energy":
        if energy is None:
            raise ValueError("energy needs a range")
        _check_energy(*energy, gap, history)
    low, high = energy if energy is not None and what == "energy" else (None, None)
    body = ResolutionBody(
        of=gap.of,
        what=what,
        low=low,
        high=high,
        by=by or None,
        multiplier=int(history.multiplier(gap.start)) if low is not None else 1,
    )
    return note(where, NewRow("resolution", where.meter.id, at=now, body=body), gap.start, dry_run=dry_run)


def _of(history: MeterHistory, number: int) -> Gap | None:
    return next((gap for gap in history.gaps if gap.seq == number), None)


def _check_supply_out(gap: Gap) -> None:
    """Raise SodienError, in one sentence, where an outage says nothing about the gap."""
    if gap.outage.can_be_supply_out:
        return
    if gap.reason == "killed":
        why = tr("Gap {number} lies within one boot, so the Pi had power; use --energy.", number=gap.seq)
    elif gap.reason in ("restored", "damaged"):
        why = tr(
            "What was counted in gap {number} is not known any more, nor when the supply was out; "
            "use --energy.",
            number=gap.seq,
        )
    elif gap.outage.power and gap.outage.awake_ns is None:
        why = tr("When the power came back after gap {number} was not noted; use --energy.", number=gap.seq)
    else:
        why = tr(
            "Counting was stopped on purpose in gap {number}, so what flowed before the outage is not known; "
            "use --energy.",
            number=gap.seq,
        )
    raise SodienError(why)


def _check_energy(low: Decimal, high: Decimal, gap: Gap, history: MeterHistory) -> None:
    """Raise SodienError for a range that what was counted, or what the supply can carry, excludes."""
    flowed = gap.outage.flowed(gap.constants)
    least, most = (kwh * history.multiplier(gap.start) for kwh in (flowed.low, flowed.high))
    if Fraction(high) < least:
        raise SodienError(
            tr(
                "At least {low} kWh were counted in this gap; write a range that holds them.",
                low=formats.kwh(least, "down"),
            )
        )
    if Fraction(low) > most:
        raise SodienError(
            tr(
                "By breaker, voltage and phases at most {high} kWh may have flowed in this gap; write "
                "less, or correct the settings.",
                high=formats.kwh(most, "up"),
            )
        )
