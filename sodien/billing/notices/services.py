"""Electricity among other services: what water, the room, parking or the internet cost is not its bill's.

Rents and apartment bills list them beside electricity. What stands in their stretches, and the grand total of
all of them, is no money and no quantity of electricity. Blanks stand for what is taken out: nothing moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sodien.billing.notices.vocabulary import LABELS, REGISTER_NAMES

#: Where electricity, another service or a grand total begins, or a stretch ends.
_ANCHOR = re.compile(
    r"""(?<![a-z])(?:
    (?P<total> tien[ ]dien[ ,+/&-]{1,3}(?:va[ ])?nuoc
      | (?:tong|cong)(?:[ ]cong)?(?:[ ]tien(?![ ](?:nuoc|rac|phong|nha|mang|net|wifi))
          |[ ]so[ ]tien|[ ]phi|[ ]thanh[ ]toan|[ ]thu|[ ]tat[ ]ca
          |[ ]phai[ ](?:tra|nop|thu|dong)|[ ]can[ ](?:tra|nop))*
      | total|phai[ ](?:tra|dong|thu|nop)|thanh[ ]toan)(?![a-z])
  | (?P<power> (?:tien[ ]|so[ ]|chi[ ]so[ ])?dien(?![ ]thoai|[ ]?luc|[ ]tu|[ ]tich)(?![a-z])|kwh|electricity)
  | (?P<service>
        (?: (?:tien|phi|cuoc|phu[ ]phi|so|chi[ ]so|dong[ ]ho)[ ]
          | (?: (?<=[.,;:+(|*•\n-]) | (?<=[.,;:+(|*•\n-][ ]) | (?<=[ ]{3})
              | (?<=[0-9k][ ]) | (?<=d[ ]) | \A ) (?:va[ ])? )
        (?: nuoc(?:[ ]sinh[ ]hoat|[ ]nong|[ ]sach)?|rac|ve[ ]sinh|wifi|internet
          | net(?![ ](?:amount|total|charge))|mang(?:[ ]internet)?
          | truyen[ ]hinh(?:[ ]cap)?|gui[ ]xe|giu[ ]xe|thang[ ]may|dich[ ]vu|gas|giat|quan[ ]ly|ql|dv|bao[ ]ve
          | thue[ ]nha|thue[ ]phong
          | (?:phong|nha|coc|xe(?:[ ]may|[ ]dap|[ ]o[ ]?to|[ ]hoi)?)
            (?=[ :=]{1,4}(?:[0-9]{1,3}(?:[.,][0-9]{3}|[ ]?tr|k)|[0-9]{5,8}(?![0-9]))) )
      | water|room|rent|parking|(?<=[\n;,][ ])n(?=[ ]?:[ ]?[0-9]))(?![a-z])
  | (?P<item>(?:(?<=\n)|(?<=\n[*•+-])|(?<=\n[*•+-][ ]))[a-z]{2,12}
      (?=:[^\n]*[0-9]{1,3}(?:[.,][0-9]{3})+(?![0-9]|[.,][0-9])))
  | (?P<end>\n|;|\.[ ](?=[a-z])) )""",
    re.VERBOSE,
)
#: Money, or a quantity that a service has a price for.
_PRICED = re.compile(
    r"[0-9]{1,3}(?:[.,][0-9]{3})+|(?<![0-9/])[1-9][0-9]{4,6}(?![0-9/])"
    r"|[0-9][ ]?(?:nghin|ngan|k|tr|trieu|m3|khoi|m2|d|dong|vnd)(?![a-z])"
)
#: A small fee that a bill of electricity alone may mention.
_FEE = re.compile(
    r"(?:phi |phu phi )?(?:dich vu|dv)[^0-9\n]{0,12}[0-9]{0,2}[.,]?[0-9]{1,3}[ ]?(?:d|dong|vnd)(?![a-z])"
)
#: A month, a term or a day: it is of all services.
_DATED = re.compile(
    r"(?:thang|t|ky)[ ]?[:.]?[ ]?[0-9]{1,2}(?:[ ]?[/-][ ]?[0-9]{4}|(?: nam [0-9]{4})?)(?![0-9.,])|"
    r"[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?"
)
_NUMBER = re.compile(r"[0-9]")

_Part = tuple[str, int, int]


def without_services(text: str) -> str:
    """Without the numbers of other services and of their grand total, when some are priced beside power."""
    parts = list(_parts(text))
    others = [one for one in parts if one[0] == "service"]
    priced = [one for one in others if _PRICED.search(text, one[1], one[2])]
    if all(_FEE.match(text, one[1], one[2]) for one in priced) or all(kind != "power" for kind, *_ in parts):
        return text
    totals = [
        one
        for at, one in enumerate(parts)
        if one[0] == "total" and not _is_powers(text, one, parts[at + 1 :])
    ]
    chars = list(text)
    items = [one for one in parts if one[0] == "item" and not _is_label(text, one)]
    for _, start, end in [*others, *totals, *items]:
        kept = {place for match in _DATED.finditer(text, start, end) for place in range(*match.span())}
        for match in _NUMBER.finditer(text, start, end):
            if match.start() not in kept:
                chars[match.start()] = " "
    return "".join(chars)


def _parts(text: str) -> Iterator[_Part]:
    """The stretches of power, service, total and plain text: each reaches to the next anchor."""
    kind, start = "plain", 0
    for match in _ANCHOR.finditer(text):
        found = match.lastgroup or "plain"
        yield kind, start, match.start()
        kind, start = ("plain" if found == "end" else found), match.start()
    yield kind, start, len(text)


def _is_label(text: str, item: _Part) -> bool:
    """Whether the word in front of a colon is a bill's own: other lines of a list are other services."""
    name = "".join(re.findall("[a-z]", text[item[1] : item[2]].partition(":")[0]))
    return name in LABELS or name in REGISTER_NAMES


def _is_powers(text: str, total: _Part, behind: list[_Part]) -> bool:
    """Whether a sum is electricity's own: "Tổng tiền điện"."""
    return bool(behind) and behind[0][0] == "power" and not _NUMBER.search(text, total[1], total[2])
