"""The verdict on a bill, over the set of practices that its utility may have.

A bill disagrees only if no permitted practice explains it. One that explains it, and is not this household's
habit so far, is named: *consistent, if the utility …*. So **a bill that is honest under any of them never
disagrees**, and a mistake larger than ``detectable_kwh``, which is stated for all of them, is always found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sodien.billing.audit.departures import Departure, adopt, departures, loosest, named
from sodien.billing.audit.one_practice import READING, judge_as
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Verdict
from sodien.billing.bill import Bill
from sodien.metering.register.coverage import Coverage
from sodien.metering.register.replacements import Meters

if TYPE_CHECKING:
    from sodien.billing.tariff.model import Book

#: Checks whose outcome hangs on how the meter was read and the kWh were rounded.
_BY_HABIT: Final = READING | {"days_join", "index_joins", "kwh", "serial", "serial_joins", "multiplier"}
#: Sentences of a consumption that was compared with nothing.
_NOT_COMPARED: Final = ("consumption_before", "consumption_since", "consumption_nothing")
#: At most so many habits at once are tried one by one; after that, all of them together.
_MOST_AT_ONCE: Final = 2


def judge(
    bill: Bill,
    previous: Sequence[Bill],
    meters: Meters,
    book: Book | None,
    practice: Practice,
    coverage: Callable[[int, int], Coverage] | None = None,
) -> Verdict:
    """The verdict on ``bill``.

    Args:
        bill: what the notice says; any part may be missing.
        previous: the bills before it by time, corrected ones left out; may be empty.
        meters: the household's own registers of that supply.
        book: the tariff; None leaves prices and quotas unchecked.
        practice: how the utility reads and bills this household so far, and what else it may do.
        coverage: how much of a span (ms UTC) was counted; without it the verdict does not say.
    """

    def under(one: Practice) -> Verdict:
        return judge_as(bill, previous, meters, book, one, coverage)

    found = under(practice)
    possible = departures(practice, bill, previous)
    if possible:
        widest = under(loosest(practice, possible))
        if _wrong(found) & _BY_HABIT:
            found = _explained(found, widest, practice, possible, under)
        found = _for_all(found, widest)
    return found if book is None or book.currency == "VND" else _in(found, book.currency)


def _in(verdict: Verdict, currency: str) -> Verdict:
    """The verdict with its money in another currency than that of Việt Nam."""
    money = {"currency": currency}
    return replace(
        verdict,
        currency=currency,
        checks=tuple(
            replace(one, values={**one.values, **money}) if one.topic in ("tiers", "money") else one
            for one in verdict.checks
        ),
        reasons=tuple(replace(one, values={**one.values, **money}) for one in verdict.reasons),
        habits=tuple(replace(one, values={**one.values, **money}) for one in verdict.habits),
    )


def _wrong(verdict: Verdict) -> frozenset[str]:
    return frozenset(check.key for check in verdict.checks if check.result == "disagrees")


def _explained(
    plain: Verdict,
    widest: Verdict,
    practice: Practice,
    possible: Sequence[Departure],
    under: Callable[[Practice], Verdict],
) -> Verdict:
    """The verdict under the practice nearest to the habit that explains all that any of them can explain.

    Where the reading disagrees under all of them at once it is that verdict, whose *at least* holds for each.
    """
    left = _wrong(widest)
    if left & READING or left == _wrong(plain):
        return widest if left & READING else plain
    for count in range(1, _MOST_AT_ONCE + 1):
        for some in combinations(possible, count):
            one = under(adopt(practice, some))
            if _wrong(one) == left:
                rest = [other for other in possible if other not in some]
                otherwise = under(loosest(practice, rest)) if rest else plain
                habits = (*named(some), *one.habits)
                return replace(one, habits=habits, otherwise_kwh=otherwise.disagrees_by_kwh)
    return replace(widest, habits=(*named(possible), *widest.habits))


def _for_all(verdict: Verdict, widest: Verdict) -> Verdict:
    """The verdict with what could have been noticed under every permitted practice: one size throughout."""
    # Nothing was compared, so nothing could have been noticed.
    before = any(check.says in _NOT_COMPARED for check in verdict.checks)
    size = None if before else widest.detectable_kwh

    def stated(check: Check) -> Check:
        wide = widest.check(check.key)
        if check.detectable is None or wide is None:
            return check
        values = check.values
        if "detectable" in values and "detectable" in wide.values:
            values = {**values, "detectable": wide.values["detectable"]}
        return replace(check, detectable=wide.detectable, values=values)

    return replace(
        verdict,
        detectable_kwh=size,
        detectable_both_kwh=None if before else widest.detectable_both_kwh,
        checks=tuple(stated(check) for check in verdict.checks),
    )
