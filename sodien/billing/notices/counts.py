"""What is counted, and what is numbered: "31 ngay", "4 ho"; "so nha 31", "tram 5"."""

from __future__ import annotations

from collections.abc import Sequence

from sodien.billing.notices.tokens import Token
from sodien.billing.notices.vocabulary import label_at, word_set

#: Nouns that are counted: the number in front of them is no quantity of energy or money.
COUNTED = word_set(
    """ngay thang ky ho pha lan nam nguoi gio phut giay tuan bac phong tang day cot dot thanh nhan khau
    days months month times years people hours"""
)
#: What is numbered: the number behind them is a name.
NUMBERED = word_set(
    """so phuong p quan q to ap khu kp tang duong ngo hem ngach nha toa block can phong bac dieu khoan cau
    quay cum doi lo tram tba trang muc cap lan dot thon xom xa ban khoi kiot tru cot lop nhom vung mien
    loai mau dinh qd nd tt no nr pha ho buu phan phien tuyen"""
)
#: Nouns that are counted and never numbered, and words in front of a count.
_ALWAYS = word_set("ho pha lan nguoi gio phut giay tuan phong tang nhan khau days months years people hours")
_WITHIN = word_set("trong cho cua het du gom suot tron khoang moi")
#: A larger number counts nothing of these.
MOST_COUNTED = 400
_YEARS = ("19", "20")


def _is_month(token: Token) -> bool:
    return token.text.isdecimal() and 1 <= int(token.text[:4]) <= 12


def is_count(tokens: Sequence[Token], at: int) -> bool:
    """Whether a noun behind a small number says what it counts."""
    token, noun, behind = tokens[at], tokens[at + 1], tokens[at + 2]
    if noun.kind != "word" or noun.text not in COUNTED or noun.start - token.end > 2:
        return False
    label = label_at(tokens, at + 1)
    if label is not None and label[1] != at + 2:
        return False
    if behind.text in (":", "=", "la"):
        behind = tokens[at + 3]
    if behind.kind in ("date", "month", "short"):
        return False
    if behind.kind != "number" or noun.text in _ALWAYS or tokens[at - 1].text in _WITHIN:
        return True
    if noun.text == "thang" and tokens[at + 3].text == "," and all(map(_is_month, (token, tokens[at + 4]))):
        return True  # "3 thang 4, 5, 6/2026"
    # "9918 ngay 30", "250 ky 1", "31 thang 10 nam 2026": what follows is a day, a term, a month.
    most = {"ngay": 31, "thang": 12, "ky": 3}.get(noun.text, 0)
    named = behind.text.isdecimal() and int(behind.text[:4]) <= most
    return not named and not (noun.text == "nam" and behind.text[:2] in _YEARS and len(behind.text) == 4)
