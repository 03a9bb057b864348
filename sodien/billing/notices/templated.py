"""What templates give to a message: matches beside those of the typed reader, which may say otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.dates import printed_date
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.reading_days import completed
from sodien.billing.notices.settled import Match
from sodien.billing.notices.templates import ANY, FIELDS, Bound, MessageTemplate, all_fits

#: Type of a slot → kind of the match.
_KINDS = {
    "code": "text",
    "index": "index",
    "energy": "kwh",
    "money": "money",
    "percent": "percent",
    "factor": "factor",
}
_GROUPS = {"old": "rows", "new": "rows", "multiplier": "rows", "day": "schedule", "until": "schedule"}


def bind_templates(binder: Binder, templates: Sequence[MessageTemplate], text: str) -> None:
    """Write down what the templates that fit say of a message.

    Both readers' values stand side by side afterwards: where they differ, or where a template fits in two
    ways, the field has two values, and none is taken. What the typed reader could not read and a template
    can is no problem any more. Money that a template says is no field (``{any:money}``) is not the total.

    Args:
        binder: after the typed reader.
        templates: of all senders.
        text: the message, folded, with everything in it.
    """
    bounds = all_fits(templates, text)
    if not bounds:
        return
    typed = list(binder.found.finds)
    for bound in bounds:
        binder.cover(bound.found.start, bound.found.close)
        if bound.name and FIELDS.get(bound.name) != "date":
            _write(binder, bound, typed)
    _days(binder, [bound for bound in bounds if FIELDS.get(bound.name) == "date"])
    ours = binder.found.finds[len(typed) :]
    given = {one.name for one in ours}
    binder.found.problems = [
        one for one in binder.found.problems if not one.field or not set(one.field.split(", ")) <= given
    ]
    others = [binder.span(bound.found.start, bound.found.end) for bound in bounds if bound.name == ANY]
    typed = [one for one in typed if one.name != "money" or (one.start, one.end) not in others]
    binder.found.finds = [*ours, *typed]
    slots = [bound for bound in bounds if bound.name]
    for at, piece in enumerate(binder.pieces):
        begin, end = piece.whole
        if any(one.found.start < end and begin < one.found.close for one in slots):
            binder.used.add(at)


def _write(binder: Binder, bound: Bound, typed: Sequence[Match]) -> None:
    name, one = bound.name, bound.found
    if one.parts:
        for part, digits, start, end in one.parts:
            binder.find("", part, "int", digits.lstrip("0"), start, end)
        return
    if name == ANY:
        return
    kind = "count" if name == "households" else _KINDS.get(FIELDS[name], "int")
    apart = " " in one.raw and (kind == "index" or (kind == "kwh" and one.close == one.end))
    raw = "".join(one.raw.split()).upper() if kind == "text" else one.raw
    group = _GROUPS.get(name, "")
    if name == "kwh" and {find.key for find in typed if find.name == "kwh"} == {("rows", 0, "kwh")}:
        group = "rows"  # where the typed reader has it, so that another value meets it
    minus = binder.negative(Piece("number", raw, one.start, one.end))
    binder.find(group, name, kind, raw, one.start, one.end, weak=apart, negative=minus, label="template")


def _days(binder: Binder, bounds: Sequence[Bound]) -> None:
    """The days, with what is not printed taken from the last day and from the month."""
    days = tuple(printed_date(bound.found.raw) for bound in bounds)
    for bound, day in zip(bounds, completed(binder, days) if days else (), strict=True):
        one = bound.found
        if isinstance(day, str):
            binder.problem(day, bound.name, one.raw)
        else:
            binder.find(
                _GROUPS.get(bound.name, ""), bound.name, "date", one.raw, one.start, one.end, value=day
            )
