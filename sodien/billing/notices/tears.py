"""Numbers that the end of a line cuts in two, where nothing but their two halves together makes sense.

A text in which one number is torn was cut without regard to words: there, digits on both sides of a line end
belong together. Nothing else is joined, because a table has a number at the end of each line as well.
"""

from __future__ import annotations

import re

_UNIT = r"[ ]?(?:kwh|kw|d|dong|vnd|vnđ)(?![a-z])"
#: A line end inside a number: neither half could stand there alone.
_TORN = (
    # money or kWh inside its groups: "636.|768d", "1|.335.551 dong"
    re.compile(rf"(?<![0-9.,])[0-9]{{1,3}}(?:[.,][0-9]{{3}})*[.,] ?(\n)[0-9]{{3}}(?:[.,][0-9]{{3}})*{_UNIT}"),
    re.compile(rf"(?<![0-9.,])[0-9]{{1,3}}(?:[.,][0-9]{{3}})* ?(\n)(?:[.,][0-9]{{3}})+{_UNIT}"),
    # money inside a group: "2,1|46,975 dong"
    re.compile(rf"(?<=[0-9][.,][0-9]) ?(\n)[0-9]{{2}}(?:[.,][0-9]{{3}})*{_UNIT}"),
    re.compile(rf"(?<=[0-9][.,][0-9]{{2}}) ?(\n)[0-9](?:[.,][0-9]{{3}})*{_UNIT}"),
    # a month: "thang 1|0/2026", "T10/20|26"
    re.compile(r"\b(?:thang|t)[ ]?1(\n)[0-2][/-](?:20)?[0-9]{2}(?![0-9/])"),
    re.compile(r"(?<![0-9])[0-9]{1,2}/20?(\n)[0-9]{2,3}(?![0-9/])"),
    re.compile(r"(?<![0-9/])[0-9]{1,2}(?:/[0-9]{1,2})?(\n)/[0-9]{1,2}(?:/[0-9]{2,4})?(?![0-9])"),
    re.compile(r"(?<![0-9/])[0-9]{1,2}/(\n)(?:[0-9]{1,2}/)?[0-9]{4}(?![0-9])"),
    # a day: "01/0|5/2026"
    re.compile(r"(?<![0-9/])[0-9]{1,2}/[01]?(\n)[0-9]{1,2}/[0-9]{4}(?![0-9])"),
)
#: A line end between groups of money that stand one blank apart, and inside a group with its marks.
_BETWEEN_GROUPS = re.compile(
    rf"(?<![0-9.,/])[1-9][0-9]{{0,2}}(?: [0-9]{{3}})*(\n)[0-9]{{3}}(?: [0-9]{{3}})*{_UNIT}"
)
_SPACED = re.compile(r"(?<![0-9.,/a-z])[1-9][0-9]{0,2}( [.,] )[0-9]{3}(?![0-9])")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9.,/])\n(?=[0-9])|(?<=[0-9])\n(?=[.,/][0-9])")


def line_ends_in_numbers(text: str) -> set[int]:
    """The places of the line ends that cut a number of this folded text."""
    torn = {match.start(1) for pattern in _TORN for match in pattern.finditer(text)}
    if torn:
        torn |= {match.start() for match in _BETWEEN_DIGITS.finditer(text)}
    return torn


def blanks_in_numbers(text: str) -> set[int]:
    """The places of the blanks around marks in numbers, where a text has more than one such: "15 . 866"."""
    found = [*_SPACED.finditer(text)]
    return {place for one in found for place in (one.start(1), one.end(1) - 1)} if len(found) > 1 else set()


def with_groups(text: str) -> str:
    """The folded text with blanks for line ends between groups of money: "4 800|920 dong"; nothing moves."""
    return _BETWEEN_GROUPS.sub(lambda match: match[0].replace("\n", " "), text)
