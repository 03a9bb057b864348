"""One claim beside our register: may the utility's number be right?

The core is a bill's own (:mod:`sodien.billing.audit.index_match`), and so are the practices: a claim
disagrees only where no permitted practice explains it. It narrows nothing of what we know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from typing import Final, Literal

from sodien.billing.audit.check_reading import counted_on, mostly_blind
from sodien.billing.audit.departures import Departure, adopt, departures, loosest, named
from sodien.billing.audit.index_match import IndexMatch, beside
from sodien.billing.audit.own_record import digits_of, installed_between
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Note, Result
from sodien.billing.bill import Bill
from sodien.billing.claims.claim import Claim
from sodien.metering.bounds import Interval
from sodien.metering.register.replacements import Installed, Meters

#: What of a practice says how a single number was read, dated and rounded.
_OF_A_NUMBER: Final = frozenset({"truncation", "margin_minutes", "printed_slip_days"})

Why = Literal["", "no_reading", "replaced", "rounds", "blind", "impossible"]


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim with what our register says of it.

    Attributes:
        claim: what the utility says.
        result: *agrees*, *cannot_tell* or *disagrees*, over all permitted practices.
        why: for *cannot_tell* what was in the way; ``impossible`` where the dial has fewer digits.
        ours: our register while it may have been read, by the household's own practice; None without one.
        best: our estimate in the middle of that time.
        off: on *disagrees* by how many kWh it is at least too high (positive) or too low, else 0.
        habits: what the utility must do for it to agree, where that is not known to be its habit.
        detectable: an error above this is always noticed, whatever the practice; None when none is.
    """

    claim: Claim
    result: Result
    why: Why = ""
    ours: Interval | None = None
    best: Fraction | None = None
    off: Fraction = Fraction(0)
    habits: tuple[Note, ...] = ()
    detectable: Fraction | None = None


def possible(practice: Practice) -> tuple[Departure, ...]:
    """What the utility may do otherwise with a number, the smallest departure first.

    A portal may leave decimals out where the bill rounds them, and knows nothing of the reader's hour.
    """
    whole = replace(practice, read="whole_day")
    found = [one for one in departures(whole, Bill(), ()) if one.field in _OF_A_NUMBER]
    if practice.truncation != "floor":
        found.insert(0, Departure("truncation", "floor", "billing.truncation"))
    return tuple(found)


def widest(practice: Practice) -> Practice:
    """A practice that allows for all that the utility may do with a number."""
    return loosest(practice, possible(practice))


def meter_of(claim: Claim, meters: Meters, practice: Practice) -> Installed | None:
    """The one meter that was installed while the claim may have been read; None where it was replaced."""
    window = claim.window(practice)
    found = installed_between(meters, window.start, window.end)
    return found[0] if len(found) == 1 else None


def match(claim: Claim, meter: Installed, practice: Practice, late: int = 0) -> IndexMatch:
    """The claim beside the register of its meter."""
    window = claim.window(practice, late)
    return beside(meter.register, claim.index, window, practice.truncation, digits_of(meter, practice))


def judge_claim(claim: Claim, meters: Meters, practice: Practice) -> JudgedClaim:
    """What our register says of one claim; ``practice`` is the household's, with what else is permitted."""
    loose = widest(practice)
    meter = meter_of(claim, meters, loose)
    if meter is None:
        return JudgedClaim(claim, "cannot_tell", "replaced")
    usual = match(claim, meter, practice)
    if usual.seen is None:
        return JudgedClaim(claim, "cannot_tell", "no_reading")
    low, best, high = counted_on(usual)
    ours = Interval(low, high)
    if usual.impossible:
        return JudgedClaim(claim, "disagrees", "impossible", ours, best, usual.off)
    if usual.vague:
        return JudgedClaim(claim, "cannot_tell", "rounds", ours, best)
    wide = match(claim, meter, loose)
    limit = wide.detectable
    if usual.fits:
        if mostly_blind(usual):
            return JudgedClaim(claim, "cannot_tell", "blind", ours, best, detectable=limit)
        return JudgedClaim(claim, "agrees", "", ours, best, detectable=limit)
    if not wide.fits:
        return JudgedClaim(claim, "disagrees", "", ours, best, wide.off, detectable=limit)
    if wide.seen is not None and mostly_blind(wide):
        return JudgedClaim(claim, "cannot_tell", "blind", ours, best, detectable=limit)
    habits = named(_explaining(claim, meter, practice))
    return JudgedClaim(claim, "agrees", "", ours, best, habits=habits, detectable=limit)


def _explaining(claim: Claim, meter: Installed, practice: Practice) -> Sequence[Departure]:
    """The fewest departures with which it fits, the smallest first; all of them where only they do."""
    every = possible(practice)
    for count in range(1, len(every)):
        for some in combinations(every, count):
            if match(claim, meter, adopt(practice, some)).fits:
                return some
    return every
