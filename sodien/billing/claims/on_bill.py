"""A bill beside the utility's own daily readings: does the utility agree with itself?

Nothing of ours is asked. The register only grows: a reading of the bill is not below what the utility showed
before the earliest time at which it may have been taken, and not above what it showed after the latest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from sodien.billing.audit.departures import departures, loosest
from sodien.billing.audit.index_match import PrintedIndex
from sodien.billing.audit.own_record import digits_of, installed_between
from sodien.billing.audit.practice import Practice, Window, windows
from sodien.billing.audit.result import Result
from sodien.billing.bill import Bill, main_row, not_metered, printed_kwh
from sodien.billing.claims.claim import Claim
from sodien.billing.claims.judging import meter_of, widest
from sodien.metering.register.replacements import Installed, Meters


@dataclass(frozen=True, slots=True)
class BillByClaims:
    """One number of a bill beside the daily readings.

    Attributes:
        which: the ``old`` or the ``new`` reading, or the ``kwh`` between them.
        result: whether it may be right by the daily readings.
        printed: on the bill, kWh.
        low, high: what it can be by the daily readings; None where there is none on that side.
        off: on *disagrees* by how many kWh it is at least too high (positive) or too low.
    """

    which: Literal["old", "new", "kwh"]
    result: Result
    printed: Decimal
    low: Fraction | None
    high: Fraction | None
    off: Fraction = Fraction(0)


def bill_by_claims(
    bill: Bill, previous: Bill | None, claims: Iterable[Claim], meters: Meters, practice: Practice
) -> list[BillByClaims]:
    """The bill's readings and consumption by the daily readings of one source; none where it has no days.

    A bill that was estimated, or whose meter was replaced, is not compared.
    """
    practice = replace(practice, read="whole_day")
    loose = loosest(practice, departures(practice, bill, [previous] if previous is not None else []))
    main, (old, new) = main_row(bill), windows(bill, loose, previous)
    if main is None or bill.estimated or old is None or new is None:
        return []
    installed = installed_between(meters, old.start, new.end)
    if len(installed) != 1 or main.removed:
        return []
    meter, wide = installed[0], widest(practice)
    some = [one for one in claims if meter_of(one, meters, wide) is meter]
    found: list[BillByClaims] = []
    limits: list[tuple[Fraction | None, Fraction | None]] = []
    for which, printed, window in (("old", main.old, old), ("new", main.new, new)):
        if printed is None:
            return found
        low, high = _limits(printed, window, some, meter, practice)
        limits.append((low, high))
        index = PrintedIndex.of(printed, loose.truncation)
        off = Fraction(0)
        if low is not None and index.register.high < low:
            off = index.register.high - low
        elif high is not None and index.register.low > high:
            off = index.register.low - high
        found.append(
            BillByClaims("old" if which == "old" else "new", _result(off, low, high), printed, low, high, off)
        )
    digits = digits_of(meter, practice)
    if digits is not None and (main.new or 0) < (main.old or 0):  # the dial went round between them
        low, high = limits[1]
        size = 10**digits
        limits[1] = None if low is None else low + size, None if high is None else high + size
    consumption = _consumption(bill, meter, limits[0], limits[1])
    return [*found, consumption] if consumption is not None else found


def _limits(
    printed: Decimal, window: Window, claims: list[Claim], meter: Installed, practice: Practice
) -> tuple[Fraction | None, Fraction | None]:
    """Between what the register was then by the daily readings, in the dial's round of ``printed``."""
    wide, value = widest(practice), Fraction(printed)
    digits = digits_of(meter, practice)
    low: Fraction | None = None
    high: Fraction | None = None
    for claim in claims:
        at = claim.window(wide)
        index = PrintedIndex.of(claim.index, wide.truncation)
        if digits is not None:
            size = 10**digits
            index = index.moved(round((value - index.value) / size) * size)
        if at.end <= window.start:
            low = index.register.low if low is None else max(low, index.register.low)
        elif at.start >= window.end:
            high = index.register.high if high is None else min(high, index.register.high)
    return low, high


def _consumption(
    bill: Bill,
    meter: Installed,
    old: tuple[Fraction | None, Fraction | None],
    new: tuple[Fraction | None, Fraction | None],
) -> BillByClaims | None:
    printed = printed_kwh(bill)
    if printed is None:
        return None
    kwh = Fraction(printed) - Fraction(not_metered(bill))
    factor = meter.multiplier
    # Either reading may be rounded by a whole kWh before the difference is taken.
    slack = 2 * factor + 1
    least = (new[0] - old[1]) * factor - slack if new[0] is not None and old[1] is not None else None
    most = (new[1] - old[0]) * factor + slack if new[1] is not None and old[0] is not None else None
    least = max(least, Fraction(0)) if least is not None else None
    off = Fraction(0)
    if least is not None and kwh < least:
        off = kwh - least
    elif most is not None and kwh > most:
        off = kwh - most
    metered = printed - Decimal(not_metered(bill))
    return BillByClaims("kwh", _result(off, least, most), metered, least, most, off)


def _result(off: Fraction, low: Fraction | None, high: Fraction | None) -> Result:
    if off:
        return "disagrees"
    return "agrees" if low is not None and high is not None else "cannot_tell"
