"""Is a dial reading likely? Page and command line ask a person, before one is kept that is not."""

from __future__ import annotations

from datetime import tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from sodien import formats
from sodien.i18n import tr
from sodien.ledger.bodies import DialBody
from sodien.metering import dial

if TYPE_CHECKING:
    from sodien.history.meter import MeterHistory
    from sodien.history.note import Noted


def plausible(noted: Noted, zone: tzinfo) -> tuple[bool, list[str]]:
    """Whether a new reading fits what was counted, and how far it is from it, in words."""
    body = noted.row.read(DialBody)
    before, after, at = noted.before, noted.after, noted.at
    low, high = Fraction(str(body.low)), Fraction(str(body.high))
    found = before.at(at) if before.start is not None and before.end is not None else None
    said: list[str] = []
    conflicts = after.findings(zone, explain=False)
    if found is None:
        said.append(tr("This is the first reading: from now on the register is known."))
        return not conflicts, said + conflicts
    turn = 10 ** before.installed_at(at).digits
    if high <= found.low and low + turn <= found.high:
        low, high = low + turn, high + turn  # the dial may just have gone round
    above, below = low - Fraction(found.high), Fraction(found.low) - high
    if above > 0 or below > 0:
        kwh = formats.number(max(above, below), most=1, rounding="down")
        check = _which_digit(before, at, body.reading or "", found.best)
        said.append(
            tr("That is at least {kwh} kWh less than was counted. {check}", kwh=kwh, check=check)
            if below > 0
            else tr("That is at least {kwh} kWh more than may have been used. {check}", kwh=kwh, check=check)
        )
    elif conflicts:
        said.append(tr("It does not fit what was entered before."))
    else:
        said.append(tr("It fits what was counted."))
    then = after.at(min(at, after.end) if after.end is not None else at)
    if then is not None and not conflicts:
        width = formats.number(then.high - then.low, most=3, rounding="up")
        said.append(tr("The register at that moment is then known to within {kwh} kWh.", kwh=width))
    return above <= 0 and below <= 0 and not conflicts, said + conflicts


def _which_digit(history: MeterHistory, at: int, typed: str, best: Decimal) -> str:
    """Which digit to look at again, where one wrong digit would explain it."""
    installed = history.installed_at(at)
    expected = dial.show(Fraction(best), installed.digits, installed.decimals)
    if len(expected) != len(typed):
        return tr("Look at the dial again.")
    places = [
        number for number, (mine, theirs) in enumerate(zip(typed, expected, strict=True), 1) if mine != theirs
    ]
    if len(places) == 1 or (places and places[0] < len(typed) - installed.decimals):
        return tr("Check digit {number} from the left.", number=places[0])
    return tr("Look at the dial again.")
