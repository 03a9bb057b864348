"""Practice files: what each power company is known to do when it reads and bills, as sets of possibilities.

The packaged files come first, then the household's own; a fact that a later file names replaces the earlier
one as a whole. ``companies`` says for whom a file speaks, none of them for everybody. Errors name file, line,
key and remedy. The format is docs/reference/practice-files.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

import msgspec

from sodien.billing.audit.practice import FirstDay, KwhFrom, Permitted, Truncation
from sodien.billing.companies import COMPANIES
from sodien.billing.tariff.keys import MaybeDay
from sodien.bills.tariff_files import files_in
from sodien.files import shipped
from sodien.i18n import tr
from sodien.settings.reader import read, read_text
from sodien.value_rules import Choice, Each, Flag, Number, Word

Certainty = Literal["law", "printed", "code", "common", "unknown"]

_Certainty = Annotated[
    Certainty, Choice(get_args(Certainty), "where it is known from: law, seen in print, public code, usage")
]
_Source = Annotated[str, Word("text of one line")]


class _Struct(msgspec.Struct, frozen=True, kw_only=True):
    pass


class DaysFile(_Struct, frozen=True, kw_only=True):
    """Most days."""

    most: Annotated[int, Number("the most days that a reading may be off its printed date", 0, 10, int)]
    certainty: _Certainty
    source: _Source


class MinutesFile(_Struct, frozen=True, kw_only=True):
    """Most minutes."""

    most: Annotated[
        int, Number("the most minutes after midnight that still count as the day before", 0, 720, int)
    ]
    certainty: _Certainty
    source: _Source


class TruncationsFile(_Struct, frozen=True, kw_only=True):
    """Ways of rounding an index."""

    possible: Annotated[
        tuple[Truncation, ...], Each(Choice(("floor", "nearest", "up"), "what becomes of decimals"))
    ]
    certainty: _Certainty
    source: _Source


class FirstDaysFile(_Struct, frozen=True, kw_only=True):
    """What the first day printed is."""

    possible: Annotated[
        tuple[FirstDay, ...], Each(Choice(("after", "same"), "the day after the old reading, or the same"))
    ]
    certainty: _Certainty
    source: _Source


class KwhFile(_Struct, frozen=True, kw_only=True):
    """What the billed kWh are worked out from."""

    possible: Annotated[
        tuple[KwhFrom, ...], Each(Choice(("indices", "registers"), "what the billed kWh are worked out from"))
    ]
    certainty: _Certainty
    source: _Source


class TotalsFile(_Struct, frozen=True, kw_only=True):
    """What totals are rounded to."""

    possible: Annotated[
        tuple[int, ...], Each(Number("what totals are rounded to, in units of the currency", 1, 10**6, int))
    ]
    certainty: _Certainty
    source: _Source


class DiscountsFile(_Struct, frozen=True, kw_only=True):
    """Discounts of the state."""

    possible: Annotated[tuple[int, ...], Each(Number("a discount in percent", 1, 100, int))]
    certainty: _Certainty
    source: _Source


class ItemsFile(_Struct, frozen=True, kw_only=True):
    """Whether a total holds more than the period's charge."""

    possible: Annotated[bool, Flag("whether a total may hold an old debt or another item")]
    certainty: _Certainty
    source: _Source


class PracticeFile(_Struct, frozen=True, kw_only=True):
    """A whole file; a fact that is left out says nothing."""

    companies: Annotated[
        tuple[str, ...], Each(Choice(tuple(COMPANIES), "the companies that do so; none: all"))
    ] = ()
    checked_on: MaybeDay = None
    slip: DaysFile | None = None
    midnight: MinutesFile | None = None
    index: TruncationsFile | None = None
    kwh: KwhFile | None = None
    first_day: FirstDaysFile | None = None
    total: TotalsFile | None = None
    discount: DiscountsFile | None = None
    other_items: ItemsFile | None = None


_FACTS: Final = ("slip", "midnight", "index", "kwh", "first_day", "total", "discount", "other_items")


def packaged() -> Path:
    """The folder of the practice files that come with Sodien."""
    return shipped("config/practices")


def permitted(company: str | None, paths: Sequence[Path] = ()) -> Permitted:
    """What the company's utility may do, from the packaged files and then ``paths``, files or folders.

    A file for the company wins over one for everybody. ``company`` None is one that nobody knows: then only
    what is said of everybody counts.

    Raises:
        SettingsError: a file cannot be read or used.
        TariffError: a folder cannot be listed.
    """
    facts: dict[str, object] = {}
    for folder in ([packaged()], paths):
        known = [parse(read_text(file, _missing()), file) for path in folder for file in files_in(path)]
        for one in _for(company, known):
            facts |= {name: fact for name in _FACTS if (fact := getattr(one, name)) is not None}
    return _permitted(PracticeFile(**facts))  # type: ignore[arg-type]


def _missing() -> str:
    return tr("name a practice file, or a folder that holds some")


def _for(company: str | None, known: Iterable[PracticeFile]) -> list[PracticeFile]:
    """Those for everybody, then those for this company."""
    ours = [one for one in known if not one.companies or company in one.companies]
    return sorted(ours, key=lambda one: bool(one.companies))


def parse(text: str, file: Path) -> PracticeFile:
    """What a file says; ``file`` is named in errors. Raises SettingsError."""
    content, _ = read(text, PracticeFile, file, {}, example=tr("config/practices/vn.yaml of the project"))
    return content


def _permitted(facts: PracticeFile) -> Permitted:
    percents = facts.discount.possible if facts.discount else ()
    return Permitted(
        printed_slip_days=facts.slip.most if facts.slip else 0,
        margin_minutes=facts.midnight.most if facts.midnight else 0,
        truncations=facts.index.possible if facts.index else (),
        kwh_from=facts.kwh.possible if facts.kwh else (),
        first_days=facts.first_day.possible if facts.first_day else (),
        total_steps=facts.total.possible if facts.total else (),
        discounts=tuple(Fraction(percent, 100) for percent in percents),
        other_items=facts.other_items.possible if facts.other_items else False,
    )
