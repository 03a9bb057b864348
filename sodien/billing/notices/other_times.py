"""What a text says of several months, of an example, and of what was told wrongly before: none of it is read.

Blanks stand for it: nothing moves. Single numbers of other times are left out by their clauses
(:mod:`sodien.billing.notices.clauses`).
"""

from __future__ import annotations

import re

_CODE = re.compile("(?<![0-9a-z])p[a-z][0-9]{2}[0-9a-z]{7,9}(?![0-9a-z])")
_MONTH = r"(?:thang|t|ky)[ ]?[0-9]{1,2}[/.-](?:20)?[0-9]{2}(?![0-9])"
#: Several months together.
_MONTHS = r"[0-9]{1,2} thang (?:qua|dau|gan|cuoi|nam 20|20)"
_WITHIN = r"(?:[^.;\n)]|\.(?=[0-9]))"
_THEN = rf"(?:(?!(?:thang|ky) nay|rieng|{_MONTH}){_WITHIN})"
#: Where what is right begins.
_RIGHT = r"(?:noi dung|so lieu|thong tin|nay|sua|dieu chinh)[^.;\n]{0,20}(?:dung|thanh|lai)(?![a-z])"
#: The group of each is what is taken out.
_ELSEWHERE = (
    re.compile(
        rf"(?<![0-9/]){_MONTHS}({_THEN}{{0,90}})(?=.{{0,200}}{_MONTH})",
        re.DOTALL,
    ),
    re.compile(
        rf"(?<![a-z])(?:truoc day|truoc do|ban dau|truoc giam|truoc khi giam)({_WITHIN}{{0,90}}?)"
        r"(?=,? (?:nay|sua|dung la)(?![a-z])|[.;)](?![0-9])|\n|\Z)"
    ),
    re.compile(
        rf"(?<![a-z])(?:noi dung|so lieu|thong tin|da ghi|ghi|da lap) sai[ ]?:?"
        rf"({_WITHIN}{{0,160}}?)(?={_RIGHT}|\n)"
    ),
    re.compile(
        rf"cam on{_WITHIN}{{0,60}} da (?:thanh toan|nop)({_WITHIN}{{0,60}})(?=[.;].{{0,80}}{_MONTH})",
        re.DOTALL,
    ),
    re.compile(r"(?<![a-z])(?:so sanh|vi du|gia su)([^\n]{0,160})"),
    re.compile(rf"(?<![a-z])neu (?:su )?dung({_WITHIN}{{0,160}})"),
)


#: Of what an estimate is the mean: "tam tinh bang binh quan 3 thang truoc la 208 kWh".
_MEAN = re.compile(
    r"(?:bang|theo) (?:muc )?(?:binh quan|trung binh)(?: cua)?(?: [0-9]{1,2})? "
    r"(?:thang|ky)(?: truoc| gan nhat| lien ke)*"
)


def without_other_times(text: str) -> str:
    """The folded text with blanks for the quantities of other times."""
    text = _MEAN.sub(lambda match: " " * len(match[0]), text)
    chars = list(text)
    spans = [match.span(1) for pattern in _ELSEWHERE for match in pattern.finditer(text)]
    kept = {place for code in _CODE.finditer(text) for place in range(*code.span())}
    for start, end in spans:
        for place in set(range(start, end)) - kept:
            chars[place] = " " if chars[place].isdigit() else chars[place]
    return "".join(chars)
