"""What was understood of a notice: documents, where each field stands in the text, what was not understood.

Nothing here is a guess: a value that could be read in two ways is left out and stands among the problems.
Sentences of the problems are made by :func:`sodien.billing.words.notices.sentence`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from sodien.billing.bill import Bill


class Schedule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The utility announces when it will read the meter.

    Attributes:
        customer: customer code.
        day: the next reading day; ``until`` the last possible one where a range is printed.
        term, month, year: of the bill that the reading is for.
    """

    customer: str | None = None
    day: dt.date | None = None
    until: dt.date | None = None
    term: int | None = None
    month: int | None = None
    year: int | None = None


class Debt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The utility says that money is owed, in currency units.

    Attributes:
        customer: customer code.
        arising, arising_tax: what was billed and its tax ("tiền phát sinh", "thuế phát sinh").
        owed, owed_tax: what is still to be paid and its tax ("tiền nợ", "thuế nợ").
        arising_kind, invoice_kind: the utility's codes ("loại phát sinh", "loại hóa đơn"), such as PS and TD.
        term, month, year: of the bill that is owed, when printed.
    """

    customer: str | None = None
    arising: Decimal | None = None
    arising_tax: Decimal | None = None
    owed: Decimal | None = None
    owed_tax: Decimal | None = None
    arising_kind: str | None = None
    invoice_kind: str | None = None
    term: int | None = None
    month: int | None = None
    year: int | None = None


class TextSpan(msgspec.Struct, frozen=True):
    """Characters ``start`` to ``end`` (excluded) of :attr:`Understood.text`."""

    start: int
    end: int


class Field(msgspec.Struct, frozen=True):
    """Where a field of a document stands; ``path`` is such as ``total`` or ``rows[0].old``."""

    path: str
    start: int
    end: int


class Problem(msgspec.Struct, frozen=True):
    """Something a person must look at.

    Attributes:
        key: which kind; :mod:`sodien.billing.words.notices` has a sentence for each.
        field: the field it is about (a path), empty when it is about the whole text.
        values: what the sentence is filled with, as text.
    """

    key: str
    field: str = ""
    values: Mapping[str, str] = {}


class Document(msgspec.Struct, frozen=True):
    """One message, bill or invoice with the stretches its fields came from, and what is not clear of it."""

    content: Bill | Schedule | Debt
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def kind(self) -> Literal["bill", "schedule", "debt"]:
        """Which of the three it is, as a word for scripts."""
        if isinstance(self.content, Bill):
            return "bill"
        return "schedule" if isinstance(self.content, Schedule) else "debt"


class Understood(msgspec.Struct, frozen=True):
    """All that was understood of a text.

    Attributes:
        text: what the stretches refer to: the input, decoded, without a byte order mark and, for XML, without
            blanks in front.
        documents: in the order of the text; empty when nothing was understood.
        rest: stretches with letters or digits that no document uses.
        problems: what was left out, and what does not fit.
    """

    text: str
    documents: tuple[Document, ...] = ()
    rest: tuple[TextSpan, ...] = ()
    problems: tuple[Problem, ...] = ()
