"""What was used or told at another time, and by how much it rose or fell since: none of it is this bill's.

Only quantities that say what they are (kWh, money, percentages) are taken out, and the months of comparisons:
an index of the month before is the old one of this bill. Blanks stand for them: nothing moves.
"""

from __future__ import annotations

import re

_QUANTITY = (
    r"((?<![0-9.,])[0-9]{1,3}(?:[., ]?[0-9]{3})*(?:[.,][0-9]{1,2})?[ ]?"
    r"(?:kwh|kw|so|d|dong|vnd|₫|%)(?![a-z/]))"
)
_WITHIN = r"(?:[^.;\n)]|\.(?=[0-9]))"
#: The group of each is what is taken out.
_ELSEWHERE = (
    re.compile(rf"[⬇⬆↓↑▲▼🔻🔺🔼🔽]\ufe0f?[ ]{{0,2}}{_QUANTITY}"),
    re.compile(rf"(?:cao|thap|nhieu|it) nhat[^;\n]{{0,30}}?{_QUANTITY}"),
    re.compile(
        rf"(?<![a-z])(?:du (?:bao|kien)|chenh lech|lech|vuot|goi|cung ky|nam (?:ngoai|truoc))"
        rf"[^.;,\n]{{0,30}}?{_QUANTITY}"
    ),
    re.compile(
        rf"(?<![a-z])(?:tang|giam|nhieu hon|it hon)(?: them)? {_QUANTITY}"
        r"(?=[^.;\n]{0,12} (?:so voi|so)(?![a-z]))"
    ),
    re.compile(rf"(?<![a-z])(?<!cs )(?<!chi so )(?<!no )(?:thang|ky) truoc[^.;,\n]{{0,24}}?{_QUANTITY}"),
    re.compile(
        rf"(?<![a-z])(?:truoc day|truoc do|ban dau|truoc giam|truoc khi giam)({_WITHIN}{{0,90}}?)"
        r"(?=,? (?:nay|sua|dung la)(?![a-z])|[.;)](?![0-9])|\n|\Z)"
    ),
    re.compile(r"(?<![a-z])so sanh([^\n]{0,160})"),
)


def without_other_times(text: str) -> str:
    """The folded text with blanks for the quantities of other times."""
    chars = list(text)
    for pattern in _ELSEWHERE:
        for match in pattern.finditer(text):
            for place in range(*match.span(1)):
                chars[place] = " " if chars[place].isdigit() else chars[place]
    return "".join(chars)
