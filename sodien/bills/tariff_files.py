"""Tariff files into a book of tariffs: the packaged ones and the household's own.

A file says what it knows of one ``tariff``; the household's comes after the packaged and adds to it: a new
decision, a tax rate, a rule, or that somebody has looked again (``checked_on``). Errors name file, line,
key and remedy. The format is docs/reference/tariff-files.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from sodien.billing.tariff.merge import TariffFile, TariffLayer, combine
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import TariffError, table_problems
from sodien.files import shipped
from sodien.i18n import tr
from sodien.settings.reader import Places, SettingsError, read, read_text
from sodien.value_rules import one_line, show

#: The tariff of a household in Viet Nam.
DEFAULT_TARIFF: Final = "vn-residential"


def packaged() -> Path:
    """The folder of the tariff files that come with Sodien, each named by its tariff."""
    return shipped("config/tariffs")


def load_book(paths: Sequence[Path] = (), tariff: str | None = None) -> Book:
    """The book of a tariff from the packaged files and then ``paths``, each a file or a folder of them.

    ``tariff`` None is the one that ``paths`` define beside the packaged ones, else vn-residential.

    Raises:
        TariffError: a file cannot be read or used, or there is no such tariff.
    """
    shipped = {file.stem: file for file in files_in(packaged())}
    decimals: dict[str, int] = {}
    wanted = tariff if tariff is not None else DEFAULT_TARIFF
    layers = _layers([shipped[wanted]] if wanted in shipped else [], decimals)
    layers += _layers(paths, decimals)
    names = list(dict.fromkeys(layer.file.tariff for layer in layers))
    if tariff is None:
        new = [name for name in names if name not in shipped]
        if len(new) > 1:
            raise TariffError(
                tr(
                    "The tariff files define {tariffs}; keep one of them, or choose by its name.",
                    tariffs=", ".join(new),
                )
            )
        tariff = new[0] if new else DEFAULT_TARIFF
    if tariff not in names:
        raise TariffError(
            tr(
                "There is no tariff {tariff}; those known are {known}.",
                tariff=show(tariff),
                known=", ".join(sorted({*shipped, *names})),
            )
        )
    return combine(layer for layer in layers if layer.file.tariff == tariff)[tariff]


def _layers(paths: Iterable[Path], decimals: dict[str, int]) -> list[TariffLayer]:
    """The files' contents; ``decimals`` remembers each tariff's, for files that add to it."""
    found = []
    for path in paths:
        for file in files_in(path):
            layer = parse(_text(file), file, decimals)
            if layer.file.decimals is not None:
                decimals[layer.file.tariff] = layer.file.decimals
            found.append(layer)
    return found


def files_in(path: Path, remedy: str | None = None) -> list[Path]:
    """The YAML files of a folder by name; of a file, itself. Raises TariffError with this remedy."""
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
                remedy=remedy or _missing(),
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
        return _layer(content, places, file, known)
    except SettingsError as error:
        raise TariffError(str(error)) from None


def _layer(content: TariffFile, places: Places, file: Path, decimals: int | None) -> TariffLayer:
    ids: list[str] = []
    for index, table in enumerate(content.tables):
        if table.id in ids:
            raise places.error(
                f"tables[{index}].id",
                tr("is {value} once more", value=table.id),
                tr("give each table its own"),
            )
        ids.append(table.id)
        for problem in table_problems(table, decimals):
            raise places.error(f"tables[{index}].{problem.key}", problem.what, problem.remedy)
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
        file=content,
        rules=_written(content.rules, "rules", places),
        rounding=_written(content.rounding, "rounding", places),
    )


def _written(group: msgspec.Struct, key: str, places: Places) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(group).items() if f"{key}.{name}" in places}
