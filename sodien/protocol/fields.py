"""How the fields of an entry stand in the database, where its name and type alone do not say it.

A field has its name and type on the wire: an integer, a float (also for a decimal), a text; 1 or 0
for yes or no. Bounds are three fields: ``kwh_low``, ``kwh``, ``kwh_high``. A struct is fields of its own,
named after it; numbers by a word are one field for each word (``blind_power``); other plain values are a text
of JSON, several words one text. What is absent is no field, nor is an empty text where that is the default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What is different of one field.

    Attributes:
        name: its name in the database; "" in a struct: that of the struct itself.
        stored: False where the database has it otherwise, or need not.
        time: a text that is a time; it becomes milliseconds since 1970 UTC, named ``…_ms``.
        bounds: the names of low, best and high, where they do not follow from its own; None: not stored.
    """

    name: str | None = None
    stored: bool = True
    time: bool = False
    bounds: tuple[str | None, str | None, str | None] | None = None


NOT_STORED = FieldRule(stored=False)

#: A time as it travels (RFC 3339, UTC).
Time = Annotated[str, FieldRule(time=True)]
