"""Which meter is installed: note a replacement or a constant, and take such a note back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sodien import formats
from sodien.errors import FieldError, SodienError
from sodien.history.corrections import withdrawal
from sodien.history.note import Noted, note, when
from sodien.history.note_reading import USUAL_WITHIN_MS, dial_body
from sodien.i18n import tr
from sodien.ledger.bodies import ConstantBody, ReplacementBody
from sodien.ledger.store import NewRow

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger

_MOST_IMP_KWH = 1_000_000


def note_replacement(
    where: MeterLedger,
    *,
    now: int,
    at: int | None,
    old_final: str,
    new_initial: str,
    constant: Decimal | None = None,
    digits: int | None = None,
    decimals: int | None = None,
    multiplier: int | None = None,
    serial: str | None = None,
    within: int = USUAL_WITHIN_MS,
    by: str | None = None,
    dry_run: bool = False,
) -> Noted:
    """Note that the meter was replaced; register and consumption go on across it.

    Args:
        where: the meter.
        now: ms UTC.
        at: when it was replaced, ms UTC; None for now.
        old_final: what the old dial showed at last.
        new_initial: what the new dial showed at first.
        constant: of the new meter, imp/kWh; this and the next three are those of the settings if not given.
        digits: of the new dial, before the point.
        decimals: of the new dial, after the point.
        multiplier: of the bill.
        serial: on the new meter's plate.
        within: how exactly the time is known, ± ms.
        by: who notes it.
        dry_run: only say what it would change.

    Raises:
        FieldError: a reading is none of its dial, the constant cannot be one, or the time has not come.
        SodienError: a replacement is noted for that time already.
    """
    meter = where.meter
    at, place = when(where, at, now)
    old = where.history().installed_at(at)
    if old.start == at:
        raise SodienError(
            tr(
                "A replacement at {when} is already noted; 'sodien meter withdraw {entry} --because mistake' "
                "withdraws it.",
                when=formats.instant(at, where.settings.zone),
                entry=old.entry,
            )
        )
    digits = meter.digits if digits is None else digits
    decimals = meter.decimals if decimals is None else decimals
    body = ReplacementBody(
        old_final=dial_body("old_final", old_final, old.digits, old.decimals),
        new_initial=dial_body("new_initial", new_initial, digits, decimals),
        constant=meter.constant if constant is None else _possible(constant),
        digits=digits,
        decimals=decimals,
        multiplier=meter.multiplier if multiplier is None else multiplier,
        serial=serial or None,
        within_ms=within,
        by=by or None,
    )
    return note(where, NewRow("replacement", meter.id, *place, at, body=body), at, dry_run=dry_run)


def note_constant(
    where: MeterLedger,
    constant: Decimal,
    *,
    now: int,
    at: int | None = None,
    from_start: bool = False,
    by: str | None = None,
    dry_run: bool = False,
) -> Noted:
    """Note that the constant is so many imp/kWh since ``at`` (ms UTC; now where nobody says so).

    With ``from_start`` it has been so for as long as this meter is installed. Pulses stay pulses; the
    register is reckoned anew from them. Raises FieldError for what cannot be a constant, or for a time that
    has not come.
    """
    at, place = when(where, at, now)
    body = ConstantBody(constant=_possible(constant), from_start=from_start, by=by or None)
    return note(where, NewRow("constant", where.meter.id, *place, at, body=body), at, dry_run=dry_run)


def withdraw_meter_note(
    where: MeterLedger, entry: int, *, because: str, now: int, by: str | None = None, dry_run: bool = False
) -> Noted:
    """Take back a replacement or a constant, by its entry. Raises SodienError when there is none."""
    for kind in ("replacement", "constant"):
        for row in where.ledger.of_kind(kind, where.meter.id):
            if row.seq == entry:
                return note(where, withdrawal(row, now, because, by), row.at or 0, dry_run=dry_run)
    raise SodienError(
        tr("There is no replacement or constant {entry}; 'sodien meter show' lists them.", entry=entry)
    )


def _possible(constant: Decimal) -> Decimal:
    """A constant that a plate can say, unchanged. Raises FieldError for any other."""
    if not constant.is_finite() or not 0 < constant <= _MOST_IMP_KWH:
        raise FieldError(
            "constant",
            tr(
                "'{text}' is not a meter constant; write the imp/kWh from the plate, such as 1600.",
                text=constant,
            ),
        )
    return constant
