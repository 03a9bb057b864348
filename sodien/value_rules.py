"""What one written value of a settings or tariff file may be: rules that say what is wrong and what to write.

A rule judges the text that the person wrote and names unit, range or words in its remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from sodien.i18n import Text, tr

_MAX_TEXT = 1024
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)\Z", re.ASCII)
_WITH_UNIT = re.compile(r"[-+]?\d+(?:[.,]\d+)?\s*[^\W\d_]+[^\d]*\Z")


class Wrong(ValueError):  # noqa: N818  (it is told as "<key> <what>", not raised to a person)
    """What is wrong with one value, told after its key; ``remedy`` replaces the rule's own."""

    def __init__(self, what: str, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True)
class Scalar:
    """One value as the person wrote it. ``folder`` is the settings file's, for relative paths."""

    text: str
    quoted: bool
    folder: Path


class Rule(Protocol):
    """Turns a scalar into a value or raises Wrong; ``remedy`` says what to write instead."""

    @property
    def remedy(self) -> str: ...  # noqa: D102
    def parse(self, scalar: Scalar) -> Any: ...  # noqa: D102


def show(text: str) -> str:
    """A value for a sentence: quoted, on one line, not longer than 40 characters."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


def one_line(text: object) -> str:
    """A path or message for a sentence, on one line whatever it holds."""
    plain = str(text)
    return plain if plain.isprintable() else ascii(plain)


@dataclass(frozen=True)
class Number:
    """A number in decimal notation; ``what`` names it with its unit.

    ``kind`` is int (whole numbers only), Decimal (exact) or float. ``low`` and ``high`` are allowed
    themselves, unless ``above`` excludes ``low``.
    """

    what: Text
    low: int | Decimal
    high: int | Decimal
    kind: type[int] | type[Decimal] | type[float] = Decimal
    above: bool = False

    @property
    def remedy(self) -> str:
        """Name, unit and range."""
        what = tr(self.what)
        if self.above:
            return tr(
                "write {what}, more than {low} and at most {high}", what=what, low=self.low, high=self.high
            )
        if self.kind is int:
            return tr(
                "write {what}, a whole number from {low} to {high}", what=what, low=self.low, high=self.high
            )
        return tr("write {what}, from {low} to {high}", what=what, low=self.low, high=self.high)

    def parse(self, scalar: Scalar) -> Any:
        """The number; Wrong for text, quotes, units, a decimal comma, or out of range."""
        text = scalar.text
        if scalar.quoted and _NUMBER.match(text):
            raise Wrong(
                tr("is the text {value}, not a number", value=show(text)),
                tr("{remedy}, without quotes", remedy=self.remedy),
            )
        if not _NUMBER.match(text) or len(text) > 40:
            if _NUMBER.match(text.replace(",", ".", 1)):
                raise Wrong(
                    tr("is {value}, with a comma", value=show(text)),
                    tr("{remedy}, with a decimal point", remedy=self.remedy),
                )
            if _WITH_UNIT.match(text):
                raise Wrong(
                    tr("is {value}, not a number alone", value=show(text)),
                    tr("{remedy}, without a unit behind it", remedy=self.remedy),
                )
            raise Wrong(tr("is {value}, not a number", value=show(text)))
        value = Decimal(text)
        if self.kind is int and value != value.to_integral_value():
            raise Wrong(tr("is {value}, not a whole number", value=text))
        if value < self.low or (self.above and value == self.low):
            raise Wrong(tr("is {value}, which is too small", value=text))
        if value > self.high:
            raise Wrong(tr("is {value}, which is too large", value=text))
        return self.kind(value)


@dataclass(frozen=True)
class Choice:
    """One of a few words; ``what`` says what they choose."""

    words: tuple[str, ...]
    what: Text

    @property
    def remedy(self) -> str:
        """The words."""
        words, last = ", ".join(self.words[:-1]), self.words[-1]
        return tr("write {words} or {last} ({what})", words=words, last=last, what=tr(self.what))

    def parse(self, scalar: Scalar) -> str:
        """The word; Wrong for any other."""
        if scalar.text not in self.words:
            raise Wrong(tr("is {value}", value=show(scalar.text)))
        return scalar.text


def _same(text: str) -> str:
    return text


@dataclass(frozen=True)
class Word:
    """Text of one line; ``check`` makes the value of it or raises Wrong."""

    what: Text
    check: Callable[[str], Any] = _same

    @property
    def remedy(self) -> str:
        """What it is."""
        return tr("write {what}", what=tr(self.what))

    def parse(self, scalar: Scalar) -> Any:
        """The value; Wrong for empty text, control characters, and whatever ``check`` refuses."""
        return self.check(_text(scalar))


@dataclass(frozen=True)
class File:
    """A path; a relative one starts at the settings file's folder. ``find`` may look elsewhere first."""

    what: Text
    find: Callable[[str], Path | None] = lambda _text: None

    @property
    def remedy(self) -> str:
        """What file it is."""
        return tr("write the path of {what}", what=tr(self.what))

    def parse(self, scalar: Scalar) -> Path:
        """The absolute path, whether or not the file exists; Wrong for text no path can be."""
        text = _text(scalar)
        found = self.find(text)
        return found if found is not None else scalar.folder / expand(text)


@dataclass(frozen=True)
class Each:
    """A list, possibly empty, of single values that follow one rule; a single value is a list of one."""

    rule: Rule

    @property
    def remedy(self) -> str:
        """What each of them is."""
        return self.rule.remedy

    def parse(self, scalar: Scalar) -> tuple[Any, ...]:
        """The list of this one value; Wrong as the rule says."""
        return (self.rule.parse(scalar),)


@dataclass(frozen=True)
class Flag:
    """true or false."""

    what: Text

    @property
    def remedy(self) -> str:
        """Both words."""
        return tr("write true or false ({what})", what=tr(self.what))

    def parse(self, scalar: Scalar) -> bool:
        """The flag; Wrong for anything but true and false."""
        if scalar.quoted or scalar.text not in ("true", "false"):
            raise Wrong(tr("is {value}", value=show(scalar.text)))
        return scalar.text == "true"


def _text(scalar: Scalar) -> str:
    text = scalar.text
    if not text.strip():
        raise Wrong(tr("is empty"))
    if not text.isprintable():
        raise Wrong(tr("holds a line break or another character that cannot be seen"))
    if len(text) > _MAX_TEXT:
        raise Wrong(tr("is longer than {most} characters", most=_MAX_TEXT))
    return text


def expand(text: str) -> Path:
    """The path with a leading ~ expanded where that user exists."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def nearest(word: str, words: list[str]) -> str | None:
    """The one of ``words`` that ``word`` was probably meant to be."""
    import difflib

    found = difflib.get_close_matches(word.lower().replace("-", "_"), words, n=1, cutoff=0.6)
    return found[0] if found else None
