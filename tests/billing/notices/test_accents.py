"""Accents in other ways than Unicode's: a notice says the same in each, and no number ever changes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.notices.accents import _TCVN3, from_tcvn3, typed_accents
from sodien.billing.notices.plain import plain
from sodien.billing.notices.read import read
from sodien.billing.notices.text import fold

NOTICE = (
    "Điện lực thông báo tiền điện tháng 10/2026 mã KH PB05010034567: chỉ số cũ {old}, chỉ số mới {new}, "
    "điện năng tiêu thụ {kwh} kWh, tổng số tiền {money} đồng. Hạn nộp 12/11/2026."
)
VALUES = {"old": "8021", "new": "8271", "kwh": "250", "money": "636.768"}
_TONES = ["́", "̀", "̉", "̃", "̣"]
_CIRCUMFLEX, _HORN, _BREVE = "̂", "̛", "̆"


def _typed(signs: dict[str, str], double: str | None, d: str) -> Callable[[str, bool], str]:
    """Who types accents with these signs; ``late``: tones at the end of the word."""

    def word(text: str, late: bool) -> str:
        out, tone = "", ""
        for char in unicodedata.normalize("NFD", text.replace("đ", "\0").replace("Đ", "\0")):
            if char == "\0":
                out += d
            elif char in _TONES and late:
                tone = signs[char]
            elif char == _CIRCUMFLEX and double:
                out += out[-1].lower()
            else:
                out += signs.get(char, char)
        return out + tone

    return lambda text, late: re.sub(r"[^\W\d_]+", lambda match: word(match[0], late), text)


_LETTERS = (_CIRCUMFLEX, _HORN, _BREVE)


def _signs(tones: str, letters: str) -> dict[str, str]:
    return dict(zip((*_TONES, *_LETTERS), tones + letters, strict=True))


WAYS = {
    "telex": _typed(_signs("sfrxj", " ww"), "double", "dd"),
    "vni": _typed(_signs("12345", "678"), None, "d9"),
    "viqr": _typed(_signs("'`?~.", "^+("), None, "dd"),
}
_OLD_FONT = str.maketrans({new: old for old, new in _TCVN3.items()})


def _said(text: str | bytes) -> object:
    (document,) = plain(read(text))["documents"]
    return document["bill"]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_a_notice_says_the_same_however_its_accents_are_typed(way: str, late: bool) -> None:
    text = NOTICE.format_map(VALUES)
    assert _said(WAYS[way](text, late)) == _said(text)


def test_a_notice_says_the_same_decomposed_and_in_old_fonts() -> None:
    text = NOTICE.format_map(VALUES)
    assert _said(unicodedata.normalize("NFD", text)) == _said(text)
    old = text.translate(_OLD_FONT)
    assert old != text
    assert _said(old) == _said(text)
    assert _said(old.encode("latin-1")) == _said(text)
    assert from_tcvn3(old) == text


_NUMBER = st.one_of(
    st.integers(0, 99_999_999).map(str),
    st.integers(1000, 9_999_999).map(lambda n: f"{n:,}".replace(",", ".")),
    st.dates().map(lambda d: f"{d:%d/%m/%Y}"),
    st.sampled_from(["08:30", "8%", "10/2026", "1.984", "12,5"]),
)
_WORDS = "chỉ số cũ mới tiền điện kỳ tháng năm mã hàng đồng tiêu thụ nộp từ ngày KH kWh T10 x : , ( ) -"
_WORD = st.sampled_from(_WORDS.split())


@given(st.lists(st.one_of(_NUMBER, _WORD), max_size=30), st.sampled_from(sorted(WAYS)), st.booleans())
def test_no_number_is_made_lost_or_altered(parts: list[str], way: str, late: bool) -> None:
    """Of every number that stands by itself, whatever its text is taken for."""
    text = NOTICE.format_map(VALUES) + "\n" + " ".join(parts)
    typed = WAYS[way](text, late)
    standing = re.compile(r"(?<![\w~])[0-9][0-9.,/:]*(?![\w~])")
    numbers = [one.rstrip(".,:/") for one in standing.findall(text)]
    assert [one.rstrip(".,:/") for one in standing.findall(fold(typed).text)] == numbers


@given(
    st.lists(
        st.one_of(_NUMBER, st.sampled_from(["ky2", "thang1", "so5", "nam2", "chi so cu4", "KH12", "x4"])),
        max_size=20,
    )
)
def test_digits_of_a_text_without_accents_are_its_own(parts: list[str]) -> None:
    text = "chi so cu so tien thang dien " + " ".join(parts)
    assert fold(text).text == text.lower()


def test_a_digit_that_may_be_an_accent_or_a_number_is_neither() -> None:
    text = WAYS["vni"](NOTICE.format_map(VALUES), False) + " ky2"
    assert fold(text).text.endswith("ky~")


@given(st.text(alphabet="abcdeostiux '^?.`~+(*0123456789\n", max_size=200))
def test_only_words_are_ever_touched(text: str) -> None:
    folded = fold(text)
    signs = typed_accents(text)
    assert set(signs.values()) <= {"", "~"}
    for place, instead in signs.items():
        assert not text[place].isdigit() or instead == "~" or text[place - 1].isalnum()
    assert len(folded.text) <= len(text)


def test_ordinary_text_is_left_alone() -> None:
    english = "max 30 for usage, has 4 phases (sum of the last meters): dd/mm/yyyy, soon. Axe as box."
    assert fold(english).text == english.lower()
    latin = "Consommation élevée: 2345 kWh × 2 = «4690», café à 10 £"
    assert from_tcvn3(latin) == latin
