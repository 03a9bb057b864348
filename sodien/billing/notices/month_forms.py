"""The forms in which a month is printed with its year, and a term with both, as they stand in a text."""

from __future__ import annotations

import re

#: Fields that stand inside a stretch: name, what is printed (as digits), start and end.
Parts = tuple[tuple[str, str, int, int], ...]

#: English names by their first three letters, in the order of the calendar.
NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_END = r"(?![0-9a-z~]|[./,-][0-9])"
_MONTH_FORMS = (
    re.compile(rf"(?P<month>0?[1-9]|1[0-2])\.(?P<year>2[0-9]){_END}"),
    re.compile(rf"(?P<year>20[0-9]{{2}})[-/.](?P<month>0?[1-9]|1[0-2]){_END}"),
    re.compile(rf"(?P<year>20[0-9]{{2}})(?P<month>0[1-9]|1[0-2]){_END}"),
    re.compile(rf"(?P<month>{_NAME})[ ,./-]{{0,2}}(?P<year>20[0-9]{{2}}){_END}"),
)
_TERM_FORMS = (
    re.compile(
        rf"(?P<term>0?[1-3])[ ]?[/-][ ]?t?(?P<month>0?[1-9]|1[0-2])[/-](?P<year>20[0-9]{{2}}|2[0-9]){_END}"
        r"(?![ ]{0,2}(?:-|>|~|den|toi|to)(?![a-z])[ ]{0,2}(?:ngay )?[0-9])"
    ),
    re.compile(
        r"thang ?[/-] ?nam ?:? ?(?P<term>[1-3]) ?[/-] ?(?P<month>0?[1-9]|1[0-2]) ?[/-] ?"
        rf"(?P<year>20[0-9]{{2}}){_END}"
    ),
    re.compile(rf"(?P<term>0?[1-3])[ ]?[/-][ ]?(?P<year>20[0-9]{{2}})-(?P<month>0?[1-9]|1[0-2]){_END}"),
)


def month_form(text: str, at: int) -> tuple[Parts, int] | None:
    """Month and year of "10.26", "2026-10" or "October 2026" at this place, and where it ends."""
    return _parts(_MONTH_FORMS, text, at)


def term_form(text: str, at: int) -> tuple[Parts, int] | None:
    """Term, month and year of "1/10/2026" or "1/2026-10", which the word "kỳ" stands in front of.

    "01/10/2026" may as well be the first day, which tells the same month: its term is left out.
    """
    found = _parts(_TERM_FORMS, text, at)
    if found is None:
        return None
    parts, end = found
    return tuple(one for one in parts if one[0] != "term" or not one[1].startswith("0")), end


def _parts(forms: tuple[re.Pattern[str], ...], text: str, at: int) -> tuple[Parts, int] | None:
    for form in forms:
        if match := form.match(text, at):
            return tuple(
                (name, _digits(name, value), *match.span(name)) for name, value in match.groupdict().items()
            ), match.end()
    return None


def _digits(name: str, value: str) -> str:
    if name == "year" and len(value) == 2:
        return f"20{value}"
    return value if value[0].isdigit() else f"{NAMES.index(value[:3]) + 1}"
