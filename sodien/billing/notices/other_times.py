"""What was used or told at another time, and by how much it rose or fell since: none of it is this bill's.

Only quantities that say what they are (kWh, money, percentages) are taken out, and the months of comparisons:
an index of the month before is the old one of this bill. Blanks stand for them: nothing moves.
"""

from __future__ import annotations

import re

_QUANTITY = (
    r"((?<![0-9.,])[0-9]{1,3}(?:[., ]?[0-9]{3})*(?:[.,][0-9]{1,2})?[ ]?"
    r"(?:kwh|kw|so|d|dong|vnd|₫|%)(?![a-z]|/[a-z]))"
)
_CODE = re.compile("(?<![0-9a-z])p[a-z][0-9]{2}[0-9a-z]{7,9}(?![0-9a-z])")
_MONTH = r"(?:thang|t|ky)[ ]?[0-9]{1,2}[/.-](?:20)?[0-9]{2}(?![0-9])"
#: Several months together.
_MONTHS = r"[0-9]{1,2} thang (?:qua|dau|gan|cuoi|nam 20|20)"
_WITHIN = r"(?:[^.;\n)]|\.(?=[0-9]))"
_THEN = rf"(?:(?!(?:thang|ky) nay|rieng|{_MONTH}){_WITHIN})"
#: Where the next value of a bill begins.
_NEXT = (
    r"(?<![a-z])(?:tong|so|tien|dien|chi so|cs|san luong|sl|tieu thu|thanh|dntt|st|cong|phai|can)(?![a-z])"
)
_SAID = rf"(?:(?!(?:thang|ky) nay|, | - |\||{_NEXT})[^0-9.;\n])"
#: Where what is right begins.
_RIGHT = r"(?:noi dung|so lieu|thong tin|nay|sua|dieu chinh)[^.;\n]{0,20}(?:dung|thanh|lai)(?![a-z])"
#: The group of each is what is taken out.
_ELSEWHERE = (
    re.compile(rf"[⬇⬆↓↑▲▼🔻🔺🔼🔽]\ufe0f?[ ]{{0,2}}{_QUANTITY}"),
    re.compile(rf"(?:daily|average)[^.;,\n0-9]{{0,20}}{_QUANTITY}"),
    re.compile(rf"(?:cao|thap|nhieu|it) nhat[^;\n]{{0,30}}?{_QUANTITY}"),
    re.compile(
        rf"(?<![a-z])(?:du (?:bao|kien|toan|doan)|uoc (?:tinh )?(?:den|toi|ca|het|tien)|"
        rf"hien tai[^.;,\n0-9]{{0,14}} da (?:su )?dung|"
        rf"chenh lech|lech|vuot|goi|cung ky|hom (?:qua|nay)|muc tieu(?! thu)|"
        rf"(?<![0-9] )nam 20[0-9]{{2}}|tuan (?:qua|nay|truoc)|nam (?:ngoai|truoc)|"
        rf"[0-9]{{1,2}} thang (?:qua|dau nam|gan)|luy ke|tu dau nam)"
        rf"[^.;,\n0-9]{{0,20}}(?:20[0-9]{{2}}|[0-9]{{1,2}}(?:/[0-9]{{2,4}})?(?= la |:))?[^.;,\n0-9]{{0,14}}"
        rf"({_QUANTITY}(?:[ ]?[/(][ ]?{_QUANTITY})?)"
    ),
    re.compile(
        rf"(?<![a-z])(?<!cs )(?<!so )(?<!chot )(?<!no )(?<!kwh )(?<!dong )(?<!d )(?:thang|ky) truoc"
        rf"[^.;,\n]{{0,44}}?"
        rf"({_QUANTITY}(?:, (?:so tien|tien dien|tien|tong|thanh tien)[^.;,\n0-9]{{0,12}}{_QUANTITY})?)"
    ),
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
    re.compile(rf"(?:quyet toan|bu tru|tinh bu|dieu chinh|chuyen)[^.;\n0-9]{{0,16}} (?:vao|sang) ({_MONTH})"),
    re.compile(r"du (?:bao|kien) ((?:thang|t)[ ]?[0-9]{1,2}(?:/[0-9]{2,4})?)"),
    re.compile(r"(?<![a-z])(?:so sanh|vi du|gia su|neu (?:su )?dung)([^\n]{0,160})"),
    re.compile(
        rf"(?<![a-z])(?:so voi|compared (?:to|with)|(?:cao|thap|nhieu|it|lon|nho) hon)({_SAID}{{0,30}}"
        r"(?:[0-9]{1,2}(?:/[0-9]{2,4})?(?![0-9]|[.,][0-9])(?: ?(?:la|[:=(]))?)?"
        rf"{_SAID}{{0,12}}(?:{_QUANTITY})?)"
    ),
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
