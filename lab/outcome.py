"""What a case came to, and the table of all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """One case judged.

    Attributes:
        case: scenario letter and name, as in ``a 500/s of 1 ms``.
        goal: what was to be shown.
        found: what was found, in a few words.
        shortfall: why the goal was missed; None when it was met.
        figures: everything measured, for the JSON output.
    """

    case: str
    goal: str
    found: str
    shortfall: str | None = None
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the goal was met."""
        return self.shortfall is None


def first_wrong(*checks: tuple[bool, str]) -> str | None:
    """The text of the first check that is False; None when all hold."""
    return next((text for held, text in checks if not held), None)


def lines(outcomes: Sequence[Outcome]) -> str:
    """JSON, a line per case."""
    return "".join(json.dumps({**asdict(one), "met": one.met}) + "\n" for one in outcomes)


def table(outcomes: Sequence[Outcome]) -> str:
    """A Markdown table, with the shortfalls named below it."""
    rows = [("case", "goal", "found", "")]
    rows += [(o.case, o.goal, o.found, "met" if o.met else "MISSED") for o in outcomes]
    widths = [max(len(row[n]) for row in rows) for n in range(4)]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    missed = [f"{o.case}: {o.shortfall}" for o in outcomes if not o.met]
    text += ["", f"{len(outcomes) - len(missed)} of {len(outcomes)} goals met."]
    return "\n".join(text + [f"Missed: {line}" for line in missed])
