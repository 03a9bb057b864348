"""What stands around a number: its clause, its sentence, and whether they are about something else.

The words are a closed list; it is asked last, of what every other rule has let through.
"""

from __future__ import annotations

import re

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.vocabulary import ENERGY

_TIMES = r"""
    (?:thang|ky|nam|lan)[ ](?:truoc|sau|toi|ngoai|lien[ ]ke) | cung[ ]ky | hom[ ]qua
  | gan[ ]nhat | luy[ ]ke | ca[ ]nam
  | trung[ ]binh | binh[ ]quan | du[ ](?:kien|bao|tinh|toan|doan) | uoc[ ](?:tinh|chung|khoang)
  | (?:[2-9]|1[0-2]|cac|nhieu)[ ](?:thang|ky) | (?:moi|mot|1|ngay)[ ]ngay | /[ ]?ngay
  | tam[ ]tinh[ ]den
  | (?:tinh[ ])?(?:den|toi)[ ](?:ngay[ ]|het[ ])*<day>[ ](?:ban[ ])?da
  | quyet[ ]toan[ ]nam | nguong | dinh[ ]muc | han[ ]muc | toi[ ]thieu | toi[ ]da
  | muc[ ]tieu(?![ ]thu) | dang[ ]ky | cam[ ]ket"""
_CHANGES = r"""
    so[ ]voi | (?:cao|thap|nhieu|it|lon|nho)[ ](?:hon|nhat) | nam[ ]20[0-9]{2} | da[ ]ghi | sai
  | [⬇⬆↓↑▲▼🔻🔺🔼🔽]"""
_HOUSEHOLDS = r"""
    nha[ ]ben | ben[ ]canh | hang[ ]xom | moi[ ](?:ho|nha|nguoi) | /[ ]?(?:ho|nguoi) | dien[ ]chung
  | (?:ca|toan)[ ](?:ap|xom|xa|thon|to|khu|lang|toa|truong|nuoc|tinh|huyen)
  | (?:hai|ba|bon|cac|nhieu)[ ](?:nha|ho|phong|can)"""
_EXAMPLES = r"vi[ ]du | gia[ ]su | neu | tuong[ ]duong"
_APPLIANCES = r"may[ ]lanh | tu[ ]lanh"
_SERVICES = r"""
    coc | ky[ ]quy | sac | truy[ ]thu | trom[ ]dien | boi[ ]thuong | vi[ ]pham | (?:duoc|tien|giai)[ ]thuong
  | hoan[ ](?:lai|tra|tien) | duoc[ ]hoan | thoi[ ]tien | tiet[ ]kiem | (?:tang|tra)[ ]them
  | that[ ]thoat | hao[ ]hut | ban[ ]dien[ ](?:cho|len|du|mat) | dien[ ]mat[ ]troi | phat[ ]len[ ]luoi
  | dien[ ]du
  | nap[ ](?:the|vao) | tra[ ]truoc | (?:da|bi)[ ]huy | huy[ ](?:bo|don|giao|hoa[ ]don|hd)
  | phi[ ](?:thu|dich|chuyen|giao|phat|bao|van|quan)"""
_PAYMENTS = r"""
    da[ ](?:nop|tra|dong|thu|tt|thanh[ ]toan|ung) | con[ ]lai | tra[ ]gop | tam[ ]ung | (?<!tieu[ ])thu[ ]ho
  | tra[ ]cham"""
#: What a clause says that makes its energy and its money another's than this bill's.
_FOREIGN = re.compile(
    rf"(?<![a-z0-9])(?:{_TIMES}|{_HOUSEHOLDS}|{_EXAMPLES}|{_APPLIANCES}|{_SERVICES}|{_PAYMENTS})(?![a-z])",
    re.VERBOSE,
)
#: The same of other times and of examples alone, and what is of this bill all the same.
_ELSEWHEN = re.compile(rf"(?<![a-z0-9])(?:{_TIMES}|{_EXAMPLES}|{_CHANGES})(?![a-z])", re.VERBOSE)
_OF_BILL = re.compile(r"(?<![a-z])(?:no|chi so|cs|cu|moi)(?![a-z])")
#: Words right in front of a difference or of a limit.
_CHANGE = re.compile(
    r"(?<![a-z])(?:giam|tang|qua|vuot|tren|duoi|hon|lech|chenh lech|them|mien|tru|toi|khoang|gan)$"
)
#: What is told of a day, with decimals: bills have whole kWh.
_OF_A_DAY, _DECIMALS = re.compile("(?:luong|thu|dien|dung) ngay <day>"), re.compile("[.,][0-9]{1,2}$")
#: The same right behind a number.
_BEHIND = re.compile(
    r"[ ]?(?:so )?(?:/ ?(?:ngay|ho|nguoi|thang)|(?:mot|moi|trong) ngay|dau tien|moi ho|co2)(?![a-z])"
)
#: What a clause says of a part of the bill that was paid, or is left to pay.
_PAID = re.compile(r"(?<![a-z])(?:da|gui|ung|dua|coc|con)(?![a-z])")
#: What a sentence says of numbers that somebody made up.
_MADE_UP = re.compile(r"gia mao|mao danh|lua dao")
_SIGNS = frozenset("/:⬇⬆↓↑▲▼🔻🔺🔼🔽")
_ENDS = frozenset({",", "vnd", "dong"})
_MOST_BACK = 40
_MOST_BEHIND = 16
_MOST_OF_SENTENCE = 200


def leave_out_rivals(binder: Binder) -> None:
    """Leave out the kWh and the money of other times and of examples, with their months, beside this bill's.

    An old debt is of another time, and a part of this bill; so is the index of the time before.
    """
    for unit in ("kwh", "money"):
        places = [at for at, one in enumerate(binder.pieces) if one.kind == "number" and one.unit == unit]
        others = {at: begin for at in places if (begin := _other_time(binder, at)) is not None}
        for at, begin in others.items():
            binder.used |= {one for one in range(begin, at) if binder.pieces[one].kind == "month"}
        if len(others) < len(places):
            binder.used.update(others)
            binder.skipped.update(others)


def _other_time(binder: Binder, at: int) -> int | None:
    """Where the words begin by which a number is of another time or an example; None where it is of none."""
    words = clause(binder, at)
    if _OF_BILL.search(words) or not _ELSEWHEN.search(words):
        return None
    begin = at
    while begin and not _ELSEWHEN.search(_words(binder, begin, at)):
        begin -= 1
    return begin


def is_foreign(binder: Binder, at: int) -> bool:
    """Whether a number is of another time, household, part, service or payment, or made up."""
    words, end = clause(binder, at), binder.pieces[at].whole[1]
    return bool(
        _FOREIGN.search(words)
        or _CHANGE.search(words)
        or (_OF_A_DAY.search(words) and _DECIMALS.search(binder.pieces[at].text))
        or (at > 1 and binder.pieces[at - 1].text == "+" and binder.pieces[at - 2].kind != "number")
        or _BEHIND.match(binder.text[end : end + _MOST_BEHIND])
        or is_made_up(binder, at)
    )


def is_made_up(binder: Binder, at: int) -> bool:
    """Whether the sentence around a number warns of it."""
    text, place = binder.text, binder.pieces[at].start
    begin = max(0, place - _MOST_OF_SENTENCE)
    around = text[begin : place + _MOST_OF_SENTENCE]
    ends = [begin, *(begin + one.end() for one in re.finditer(r"[.!?](?= )|\n", around)), begin + len(around)]
    sentence = text[max(one for one in ends if one <= place) : min(one for one in ends if one > place)]
    return _MADE_UP.search(sentence) is not None


def is_payment(binder: Binder, at: int) -> bool:
    """Whether a sum is a part of a bill that was paid, or what is left of it."""
    return _PAID.search(clause(binder, at)) is not None


def clause(binder: Binder, at: int) -> str:
    """The words in front of a piece, back to the number, the comma or the sentence before; days as <day>.

    Where nothing stands between a number and the comma or number before, it shares that one's clause.
    """
    return _words(binder, max(0, at - _MOST_BACK + 1), at)


def _words(binder: Binder, begin: int, at: int) -> str:
    """The words of the clause that ends in front of a piece, from the piece ``begin`` on."""
    words: list[str] = []
    for back in range(at - 1, begin - 1, -1):
        one = binder.pieces[back]
        if one.kind == "line" or ends_sentence(binder, back):
            break
        if _is_bar(binder, back) or (set(words) - {"/", ":"} and _ends_clause(binder, back)):
            break
        if one.kind in ("word", "label"):
            words.append(" ".join(one.text.replace("_", " ").split()))
            if words[-1].partition(" ")[0] in ENERGY:
                break  # the unit of a number in front
        elif one.kind == "date" or (one.kind == "other" and one.label != "count" and len(one.text) != 4):
            front = binder.text[one.whole[0] : one.start]
            words.append(" ".join([*re.findall("[a-z]+", front), "<day>"]))
        elif one.kind == "other":
            words.append(" ".join(binder.text[one.start : one.end].split()))
        elif one.text in _SIGNS:
            words.append(one.text)
    return " ".join(reversed(words))


def _ends_clause(binder: Binder, at: int) -> bool:
    """Whether a clause ends here: with a number or its unit, or with a comma."""
    one = binder.pieces[at]
    number = one.kind == "number" and (one.unit in ("kwh", "money") or sum(map(str.isdigit, one.text)) > 2)
    return number or one.label == "rate" or one.text in _ENDS


def _is_bar(binder: Binder, at: int) -> bool:
    """Whether a bar, or a dash between blanks, parts what stands on its sides."""
    one = binder.pieces[at]
    return one.text == "|" or (one.text == "-" and binder.text[one.start - 1 : one.end + 1] == " - ")


def ends_sentence(binder: Binder, at: int) -> bool:
    """Whether a sentence ends with this sign."""
    return binder.pieces[at].text in (".", "!", "?", ";") and binder.reach.ends_sentence(at)


def is_one_sentence(binder: Binder, at: int, other: int) -> bool:
    """Whether two pieces stand in one sentence of one line."""
    start, end = sorted((at, other))
    return not any(
        binder.pieces[one].kind == "line" or ends_sentence(binder, one) for one in range(start, end)
    )
