"""What a utility may do beside this household's habit, one departure at a time, the smallest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sodien.billing.audit.practice import Practice, Truncation
from sodien.billing.audit.result import Note, Verdict, texts
from sodien.billing.bill import Bill

_DAY: Final = dt.timedelta(days=1)
#: So many bills must take a habit before it is offered as a setting.
_ENOUGH_BILLS: Final = 2
#: What two ways of rounding an index are together; the name of the wider one.
_BOTH: Final[dict[frozenset[Truncation], Truncation]] = {
    frozenset({"floor"}): "floor",
    frozenset({"nearest"}): "nearest",
    frozenset({"up"}): "up",
    frozenset({"floor", "nearest"}): "either",
    frozenset({"either"}): "either",
    frozenset({"either", "floor"}): "either",
    frozenset({"either", "nearest"}): "either",
    frozenset({"either", "floor", "nearest"}): "either",
}


@dataclass(frozen=True, slots=True)
class Departure:
    """One thing that the utility may do otherwise: field of the practice, value, and what it is called.

    ``setting`` is the key of the settings that makes it the household's habit.
    """

    field: str
    value: Any
    setting: str

    @property
    def note(self) -> Note:
        """Its sentence's key and values."""
        key = f"habit_{self.field}" if isinstance(self.value, int) else f"habit_{self.field}_{self.value}"
        days = {"days": self.value} if self.field == "printed_slip_days" else {}
        return Note(key=key, values=texts(value=self.value, setting=self.setting, **days))


def departures(practice: Practice, bill: Bill, previous: Sequence[Bill]) -> tuple[Departure, ...]:
    """What may be otherwise with this bill, the smallest departure first; what the bill shows is certain."""
    return tuple(_departures(practice, bill, previous))


def _departures(practice: Practice, bill: Bill, previous: Sequence[Bill]) -> Iterator[Departure]:
    allowed = practice.permitted
    for truncation in allowed.truncations:
        if _wider(practice.truncation, truncation) != practice.truncation:
            yield Departure("truncation", truncation, "billing.truncation")
    for kwh_from in allowed.kwh_from:
        if kwh_from == "registers" != practice.kwh_from:  # the wider one: it allows for the indices too
            yield Departure("kwh_from", kwh_from, "billing.kwh_from")
    timed = practice.read == "hour" and bill.read_at is None
    if allowed.margin_minutes > practice.margin_minutes and not timed:
        yield Departure("margin_minutes", allowed.margin_minutes, "billing.margin_minutes")
    for first_day in allowed.first_days:
        if first_day != practice.first_day and not _first_day_known(bill, previous):
            yield Departure("first_day", first_day, "billing.first_day")
    if allowed.printed_slip_days > practice.printed_slip_days:
        yield Departure("printed_slip_days", allowed.printed_slip_days, "billing.printed_slip_days")


def _first_day_known(bill: Bill, previous: Sequence[Bill]) -> bool:
    """Whether the bill before shows that the first day printed is the one after its last."""
    last = previous[-1].last if previous else None
    return bill.first is None or (last is not None and bill.first == last + _DAY)


def _wider(one: Truncation, other: Truncation) -> Truncation:
    return _BOTH.get(frozenset({one, other}), "any")


def adopt(practice: Practice, some: Iterable[Departure]) -> Practice:
    """The practice with these departures; of two that exclude each other, one that allows for both."""
    changes: dict[str, Any] = {}
    for one in some:
        value = one.value
        if one.field in changes:
            value = _wider(changes[one.field], value) if one.field == "truncation" else "either"
        changes[one.field] = value
    return replace(practice, **changes)


def loosest(practice: Practice, possible: Sequence[Departure]) -> Practice:
    """A practice that allows for everything that the habit and all the departures allow for."""
    wide = adopt(practice, possible)
    changes: dict[str, Any] = {"truncation": _wider(practice.truncation, wide.truncation)}
    if wide.first_day != practice.first_day:
        changes["first_day"] = "either"
    if wide.kwh_from != practice.kwh_from:
        changes["kwh_from"] = "registers"
    return replace(wide, **changes)


def named(some: Iterable[Departure]) -> tuple[Note, ...]:
    """The sentences' keys of these departures."""
    return tuple(one.note for one in some)


def usual_habits(verdicts: Iterable[Verdict]) -> tuple[Note, ...]:
    """The habits that two bills at least take: then they may be the household's settings."""
    found = [note for verdict in verdicts for note in verdict.habits]
    once = {(note.key, note.values["setting"], note.values["value"]): note for note in found}
    return tuple(note for note in once.values() if found.count(note) >= _ENOUGH_BILLS)
