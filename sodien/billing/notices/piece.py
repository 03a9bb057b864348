"""A piece of a text: tokens that mean one thing, such as a label, a number with its unit, a range of days."""

from __future__ import annotations

from dataclasses import dataclass

from sodien.billing.notices.dates import PrintedDate
from sodien.billing.notices.month_forms import Parts


@dataclass(frozen=True, slots=True)
class Piece:
    """Some tokens that mean one thing.

    Attributes:
        kind: label, range, date, time, month, term, number, other (a number of another type), code, word,
            sign or line.
        text: the printed value.
        start, end: where it stands in the folded text; of the value alone.
        label: of a label.
        unit: of a number: kwh, money, price, percent, households or None; ``doubt`` when it cannot be read.
        first, last: the dates of a range, or ``first`` alone of a date.
        month, year: of a month; year may be None.
        parts: where parts of the value stand, by field.
        begin: where the piece begins, with its words.
        close: where it ends, with its unit.
        glued: a letter touches the number in front.
    """

    kind: str
    text: str
    start: int
    end: int
    label: str = ""
    unit: str | None = None
    first: PrintedDate | None = None
    last: PrintedDate | None = None
    parts: Parts = ()
    begin: int = -1
    close: int = -1
    glued: bool = False

    @property
    def whole(self) -> tuple[int, int]:
        """Where it stands, with its words and its unit."""
        return (self.begin if self.begin >= 0 else self.start), max(self.close, self.end)
