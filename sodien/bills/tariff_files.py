"""Tariff files into a book of tariffs: the packaged ones and the household's own.

A file says what it knows of one ``tariff``; the household's comes after the packaged and adds to it: a new
decision, a tax rate, a rule, or that somebody has looked again (``checked_on``). Errors name file, line,
key and remedy. The format is docs/reference/tariff-files.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from sodien.billing.tariff import model as pure
from sodien.billing.tariff.merge import TariffLayer, combine
from sodien.billing.tariff.model import Book, TariffError
from sodien.billing.tariff.rounding import Rounding
from sodien.billing.tariff.tariff_check import table_problems
from sodien.i18n import tr
from sodien.settings.reader import Places, SettingsError, read, read_text
from sodien.settings.rules import Choice, Flag, Number, Word, Wrong, one_line, show

#: The tariff of a household in Viet Nam.
DEFAULT_TARIFF: Final = "vn-residential"
_MOST: Final = 10**9
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)\Z", re.ASCII)
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}\Z", re.ASCII)


def _date(text: str) -> dt.date:
    try:
        if _DATE.match(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise Wrong(tr("is {value}, not a date", value=show(text)))


def _month_day(text: str) -> tuple[int, int]:
    match = _MONTH_DAY.match(text)
    try:
        if match:
            day = dt.date(2024, int(match[1]), int(match[2]))
            return day.month, day.day
    except ValueError:
        pass
    raise Wrong(tr("is {value}, not a day of the year", value=show(text)))


def _id(text: str) -> str:
    if not _ID.match(text):
        raise Wrong(tr("is {value}", value=show(text)))
    return text


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise Wrong(tr("is {value}", value=show(text)))
    return text


def _rounding(text: str) -> Rounding:
    try:
        return Rounding.parse(text)
    except ValueError as error:
        raise Wrong(tr("is {value}: it {error}", value=show(text), error=error)) from None


def _quota_days(text: str) -> str | int:
    if text in ("begin", "end", "before"):
        return text
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 400:
        return int(text)
    raise Wrong(tr("is {value}", value=show(text)))


_Date = Annotated[dt.date, Word("a date as YYYY-MM-DD", _date)]
_MaybeDate = Annotated[dt.date | None, Word("a date as YYYY-MM-DD", _date)]
_Text = Annotated[str, Word("text of one line")]
_Id = Annotated[str, Word("small letters, digits, dots and hyphens, such as vn-residential", _id)]
_Certainty = Annotated[
    pure.Certainty, Choice(("confirmed", "likely", "unknown"), "how sure the source makes it")
]
_Rounding = Annotated[
    Rounding | None,
    Word("a mode and a step, such as half-up 1 (modes: half-up, half-even, down, up)", _rounding),
]
_Price = Number("the price per kWh in units of the currency", 0, _MOST)
_Percent = Annotated[Decimal | None, Number("the percentage of the average price", 0, 10_000)]


class _Struct(msgspec.Struct, frozen=True, kw_only=True):
    pass


class TierFile(_Struct, frozen=True, kw_only=True):
    """A tier; no ``width`` for all the rest."""

    width: Annotated[Decimal | None, Number("the width of the tier in kWh", 0, _MOST, above=True)] = None
    price: Annotated[Decimal | None, _Price] = None
    percent: _Percent = None


class PrepaidFile(_Struct, frozen=True, kw_only=True):
    """The price of prepayment meters."""

    price: Annotated[Decimal, _Price]
    percent: _Percent = None
    certainty: _Certainty = "confirmed"


class SeasonFile(_Struct, frozen=True, kw_only=True):
    """Days of every year."""

    first: Annotated[tuple[int, int], Word("a day of the year as MM-DD", _month_day)]
    last: Annotated[tuple[int, int], Word("a day of the year as MM-DD", _month_day)]


class FixedFile(_Struct, frozen=True, kw_only=True):
    """A charge beside the energy."""

    name: _Text
    per: Annotated[pure.FixedPer, Choice(("month", "day", "period", "kwh"), "what the amount is for")]
    amount: Annotated[Decimal, Number("the money for each, before tax, in units of the currency", 0, _MOST)]


class TableFile(_Struct, frozen=True, kw_only=True):
    """One decision."""

    id: _Id
    decision: _Text
    first: _MaybeDate = None
    last: _MaybeDate = None
    in_force: Annotated[bool, Flag("whether it may be used for a bill")] = True
    issued: _MaybeDate = None
    seen: _MaybeDate = None
    average: Annotated[
        Decimal | None, Number("the average price per kWh of the decision", 0, _MOST, above=True)
    ] = None
    season: SeasonFile | None = None
    tiers: tuple[TierFile, ...]
    prepaid: PrepaidFile | None = None
    undeclared: Annotated[int | None, Number("the number of the tier undeclared tenants pay", 1, 99, int)] = (
        None
    )
    fixed: tuple[FixedFile, ...] = ()
    certainty: _Certainty = "confirmed"
    source: _Text = ""


class RateFile(_Struct, frozen=True, kw_only=True):
    """A tax rate from a day on."""

    first: _Date
    last: _MaybeDate = None
    percent: Annotated[Decimal, Number("the rate in percent, such as 8", 0, 1000)]
    basis: _Text = ""
    certainty: _Certainty = "confirmed"


class TaxFile(_Struct, frozen=True, kw_only=True):
    """A tax with its rates."""

    name: _Text
    on: Annotated[
        str, Choice(("net", "sum"), "the money before taxes, or with the taxes before this one")
    ] = "net"
    rates: tuple[RateFile, ...]


class RulesFile(_Struct, frozen=True, kw_only=True):
    """How quotas and taxes are worked out."""

    quota_per: Annotated[
        pure.Per | None, Choice(("month", "day", "period"), "what the width of a tier is for")
    ] = None
    quota_days: Annotated[
        Any | None, Word("begin, end, before, or a number of days (the days of a month)", _quota_days)
    ] = None
    prorate: Annotated[str | None, Choice(("when-asked", "always"), "quotas by the days used")] = None
    first_tier_whole: Annotated[bool | None, Flag("no tiering per part where all fits the first tier")] = None
    tax_day: Annotated[str | None, Choice(("first", "last"), "the day that picks the rate")] = None


class RoundingFile(_Struct, frozen=True, kw_only=True):
    """How each step is rounded."""

    quota: _Rounding = None
    split: _Rounding = None
    line: _Rounding = None
    fixed: _Rounding = None
    tax: _Rounding = None
    total: _Rounding = None


class TariffFile(_Struct, frozen=True, kw_only=True):
    """A whole file."""

    tariff: _Id
    name: Annotated[str | None, Word("what people call the tariff")] = None
    currency: Annotated[str | None, Word("the currency's three letters, such as VND", _currency)] = None
    decimals: Annotated[int | None, Number("the decimals of the currency", 0, 3, int)] = None
    checked_on: _MaybeDate = None
    margin_days: Annotated[
        int | None, Number("the days a check is good for a later period", 0, 1000, int)
    ] = None
    confirm_months: Annotated[int | None, Number("the months a check is good for", 1, 1000, int)] = None
    people_per_household: Annotated[int | None, Number("the people that have one quota", 1, 1000, int)] = None
    rules: RulesFile = RulesFile()
    rounding: RoundingFile = RoundingFile()
    tables: tuple[TableFile, ...] = ()
    taxes: tuple[TaxFile, ...] = ()


def packaged() -> Path:
    """The folder of the tariff files that come with Sodien: in the package, or in a clone's config."""
    here = Path(__file__).parents[1]
    inside = here / "data" / "tariffs"
    return inside if inside.is_dir() else here.parent / "config" / "tariffs"


def load_book(paths: Sequence[Path] = (), tariff: str | None = None) -> Book:
    """The book of a tariff from the packaged files and then ``paths``, each a file or a folder of them.

    ``tariff`` None is the one that ``paths`` define beside the packaged ones, else vn-residential.

    Raises:
        TariffError: a file cannot be read or used, or there is no such tariff.
    """
    decimals: dict[str, int] = {}
    shipped = _sheets([packaged()], decimals)
    own = _sheets(paths, decimals)
    books = combine([*shipped, *own])
    if tariff is None:
        known = {sheet.tariff for sheet in shipped}
        new = list(dict.fromkeys(sheet.tariff for sheet in own if sheet.tariff not in known))
        if len(new) > 1:
            raise TariffError(
                tr(
                    "The tariff files define {tariffs}; keep one of them, or choose by its name.",
                    tariffs=", ".join(new),
                )
            )
        tariff = new[0] if new else DEFAULT_TARIFF
    if tariff not in books:
        raise TariffError(
            tr(
                "There is no tariff {tariff}; those known are {known}.",
                tariff=show(tariff),
                known=", ".join(sorted(books)),
            )
        )
    return books[tariff]


def _sheets(paths: Iterable[Path], decimals: dict[str, int]) -> list[TariffLayer]:
    """The files' contents; ``decimals`` remembers each tariff's, for files that add to it."""
    found = []
    for path in paths:
        for file in _files(path):
            sheet = parse(_text(file), file, decimals)
            if sheet.decimals is not None:
                decimals[sheet.tariff] = sheet.decimals
            found.append(sheet)
    return found


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        return sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml") and file.is_file())
    except OSError as error:
        raise TariffError(
            tr(
                "{path} cannot be listed ({why}); {remedy}.",
                path=one_line(path),
                why=error.strerror,
                remedy=_missing(),
            )
        ) from None


def _missing() -> str:
    return tr("name a tariff file, or a folder that holds some")


def _text(file: Path) -> str:
    try:
        return read_text(file, _missing())
    except SettingsError as error:
        raise TariffError(str(error)) from None


def parse(text: str, file: Path, decimals: Mapping[str, int] | None = None) -> TariffLayer:
    """What a file says; ``file`` is named in errors.

    ``decimals`` are those of the tariffs that earlier files defined.

    Raises:
        TariffError: the text is not a tariff file, or a table in it cannot be.
    """
    example = tr("config/tariffs/vn-residential.yaml of the project")
    try:
        content, places = read(text, TariffFile, file, {}, example=example)
        known = content.decimals if content.decimals is not None else (decimals or {}).get(content.tariff)
        return _sheet(content, places, file, known)
    except SettingsError as error:
        raise TariffError(str(error)) from None


def _sheet(content: TariffFile, places: Places, file: Path, decimals: int | None) -> TariffLayer:
    tables: list[pure.PriceTable] = []
    for index, written in enumerate(content.tables):
        table = _table(written)
        if table.id in [other.id for other in tables]:
            raise places.error(
                f"tables[{index}].id",
                tr("is {value} once more", value=table.id),
                tr("give each table its own"),
            )
        for problem in table_problems(table, decimals):
            raise places.error(f"tables[{index}].{problem.key}", problem.what, problem.remedy)
        tables.append(table)
    for index, tax in enumerate(content.taxes):
        firsts = [rate.first for rate in tax.rates]
        for number, first in enumerate(firsts):
            if first in firsts[:number]:
                raise places.error(
                    f"taxes[{index}].rates[{number}].first",
                    tr("is {value} once more", value=first),
                    tr("keep one"),
                )
    return TariffLayer(
        where=one_line(file),
        tariff=content.tariff,
        name=content.name,
        currency=content.currency,
        decimals=content.decimals,
        checked_on=content.checked_on,
        margin_days=content.margin_days,
        confirm_months=content.confirm_months,
        people_per_household=content.people_per_household,
        rules=_written(content.rules),
        rounding=_written(content.rounding),
        tables=tuple(tables),
        taxes=tuple(_tax(tax) for tax in content.taxes),
    )


def _written(group: msgspec.Struct) -> dict[str, Any]:
    return {key: value for key, value in msgspec.structs.asdict(group).items() if value is not None}


def _table(written: TableFile) -> pure.PriceTable:
    values = msgspec.structs.asdict(written)
    values["tiers"] = tuple(pure.Tier(**msgspec.structs.asdict(tier)) for tier in written.tiers)
    values["fixed"] = tuple(pure.Fixed(**msgspec.structs.asdict(fixed)) for fixed in written.fixed)
    if written.prepaid is not None:
        values["prepaid"] = pure.Prepaid(**msgspec.structs.asdict(written.prepaid))
    if written.season is not None:
        values["season"] = pure.Season(**msgspec.structs.asdict(written.season))
    return pure.PriceTable(**values)


def _tax(written: TaxFile) -> pure.Tax:
    rates = tuple(pure.TaxRate(**msgspec.structs.asdict(rate)) for rate in written.rates)
    return pure.Tax(written.name, rates, "sum" if written.on == "sum" else "net")
