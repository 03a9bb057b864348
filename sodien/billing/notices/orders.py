"""One document, its text in more than one order: the reading in which everything adds up, or what all share.

The text of a PDF stands at places, and whoever takes it out puts it in an order: as it was drawn, or line by
line across the page. A value that is another one in another order is left out and named, unless only one of
the readings adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Document, Problem, Understood

#: Fields that are no values of the text, and the name, which takes what stands beside it along.
_OWN = frozenset({"source", "estimated", "name"})


def agreed(readings: Sequence[Understood]) -> Understood:
    """The best of the readings, without the values in which another one differs."""
    best, *others = sorted(readings, key=_merit, reverse=True)
    for other in others:
        if _bills(other) and not (_doubts(other) and not _doubts(best)):
            best = _without_conflicts(best, other)
    return best


def _bills(understood: Understood) -> list[Bill]:
    return [one.content for one in understood.documents if isinstance(one.content, Bill)]


def _doubts(understood: Understood) -> int:
    """How many problems it has that speak of a field, sums that do not add up among them."""
    return sum(1 for problem in understood.problems if problem.field and problem.key != "unplaced")


def _merit(understood: Understood) -> tuple[bool, int, int]:
    return (
        bool(understood.documents),
        -_doubts(understood),
        sum(len(document.fields) for document in understood.documents),
    )


def _without_conflicts(best: Understood, other: Understood) -> Understood:
    theirs = _bills(other)
    if len(_bills(best)) != len(theirs):
        return best
    documents: list[Document] = []
    problems = list(best.problems)
    for document in best.documents:
        content = document.content
        if not isinstance(content, Bill):
            documents.append(document)
            continue
        torn = _torn(content, theirs.pop(0))
        wrong = tuple(Problem("two_values", name, {"values": values}) for name, values in torn.items())
        problems += wrong
        kept = tuple(field for field in document.fields if field.path.partition("[")[0] not in torn)
        bare: dict[str, Any] = {name: () if name in ("rows", "tiers") else None for name in torn}
        kept_content = msgspec.structs.replace(content, **bare)
        documents.append(Document(kept_content, kept, (*document.problems, *wrong)))
    return msgspec.structs.replace(best, documents=tuple(documents), problems=tuple(problems))


def _torn(one: Bill, other: Bill) -> dict[str, str]:
    """The fields in which two readings differ, with what each says."""
    found: dict[str, str] = {}
    for name in Bill.__struct_fields__:
        a, b = getattr(one, name), getattr(other, name)
        if name not in _OWN and a not in (None, ()) and b not in (None, ()) and a != b:
            found[name] = ", ".join(map(_shown, (a, b)))
    return found


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " / ".join(
            " ".join(f"{part}" for part in msgspec.structs.astuple(row) if part is not None) for row in value
        )
    return f"{value}"
