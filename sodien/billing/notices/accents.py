"""Accents that are typed or stored in another way than Unicode's: TELEX, VNI, VIQR and TCVN3 (ABC).

What is read has no accents anyway, so nothing is put in: the signs that stand for accents are taken out. A
text is taken for one of these only where three of its words are words of bills in that way of writing and
in no other; then those words alone are changed, whole words that are known. A number next to a word is
never part of it: a digit goes only from inside a known word of a text in VNI, and where it could be a
number as well ("ky2") it becomes a sign that nobody reads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

#: Words of notices, with their accents.
_WORDS: Final = """
    tiền điện đơn vị lực công ty tổng thông báo kính gửi xin quý khách hàng mã số sổ hộ kỳ tháng năm
    từ ngày đến hết chỉ cũ mới đầu cuối trước này sau nay hệ nhân lượng năng tiêu thụ sản dụng sử
    dùng đã cộng thanh toán phải trả cần thu nộp nợ thuế suất giá trị gia tăng chưa gồm bao và là
    của được đồng bậc thành bằng chữ hạn ghi chốt lịch dự kiến tạm tính ước đo đếm tơ treo tháo bộ
    giờ bình thường thấp cao điểm toàn thời gian mục đích sinh hoạt địa họ tên cảm ơn trân trọng hợp
    tác xã phát sinh hóa hoá tại quầy trực tuyến vui lòng đề nghị"""

_MODS: Final = {"̂": "^", "̆": "(", "̛": "+"}
_TONES: Final = {"̀": "`", "́": "'", "̉": "?", "̃": "~", "̣": "."}
_DISTINCT: Final = 3
#: Words of which a number may be the next thing, without a blank: "ky2", "thang1".
_NUMBERED: Final = frozenset({"ky", "thang", "bac", "nam", "so"})
_MONTH: Final = re.compile(r"[ ]{1,2}[0-9]{1,2}[ ]?[/-][ ]?20[0-9]{2}(?![0-9/-])")

_Key = tuple[tuple[str, ...], str]


def _key(word: str) -> _Key:
    """A word's letters with their signs, and its tone, wherever that was typed."""
    letters: list[str] = []
    tone = ""
    for char in unicodedata.normalize("NFD", word.lower().replace("đ", "d-")):
        if char in _TONES:
            tone = _TONES[char]
        elif char in _MODS or char == "-":
            letters[-1] += _MODS.get(char, "-")
        else:
            letters.append(char)
    return tuple(letters), tone


_KNOWN: Final = {_key(word) for word in _WORDS.split()} - {((letter,), "") for letter in "abcd"} | {
    (("d-",), "")
}
_PLAIN: Final = {"".join(letter[0] for letter in letters) for letters, _tone in _KNOWN}


@dataclass(slots=True)
class _Syllable:
    """A word as it is typed: the letters so far, their tone, and which characters are accents."""

    letters: list[str] = field(default_factory=list)
    tone: str = ""
    signs: list[int] = field(default_factory=list)

    def put(self, sign: str, letters: str) -> bool:
        """Put a sign on the last of these letters that has none; the horn takes "uo" together."""
        for at in range(len(self.letters) - 1, -1, -1):
            if self.letters[at] in letters:
                self.letters[at] += sign
                if sign == "+" and self.letters[at] == "o+" and at and self.letters[at - 1] == "u":
                    self.letters[at - 1] += sign
                return True
        return False

    def say(self, tone: str) -> bool:
        """Give the word its one tone."""
        if self.tone or not any(letter[0] in "aeiouy" for letter in self.letters):
            return False
        self.tone = tone
        return True


def _telex(word: _Syllable, char: str) -> bool:
    if char == "w":
        return word.put("+", "uo") or word.put("(", "a")
    if char in "aeo" and char in word.letters:
        return word.put("^", char)
    if char == "d" and word.letters[:1] == ["d"]:
        return word.put("-", "d")
    return char in "sfrxj" and word.say(dict(zip("sfrxj", "'`?~.", strict=True))[char])


def _vni(word: _Syllable, char: str) -> bool:
    if char in "12345":
        return word.say("'`?~."[int(char) - 1])
    signs = {"6": ("^", "aeo"), "7": ("+", "uo"), "8": ("(", "a"), "9": ("-", "d")}
    return char in signs and word.put(*signs[char])


def _viqr(word: _Syllable, char: str) -> bool:
    if char in "'`?~.":
        return word.say(char)
    signs = {"^": ("^", "aeo"), "+": ("+", "uo"), "*": ("+", "uo"), "(": ("(", "a")}
    if char in signs:
        return word.put(*signs[char])
    return char == "d" and word.letters == ["d"] and word.put("-", "d")


def _decoded(run: str, typed: Callable[[_Syllable, str], bool]) -> _Syllable | None:
    """The known word that is typed by this run, with at least one sign; None for any other run."""
    word = _Syllable()
    for at, char in enumerate(run):
        if typed(word, char):
            word.signs.append(at)
        elif char.isalpha():
            word.letters.append(char)
        else:
            return None
    if not word.signs:
        return None
    # "^" is in no word of ordinary text, so that other accents of the word may be left out.
    partly = "^" in run and "".join(letter[0] for letter in word.letters) in _PLAIN
    return word if partly or (tuple(word.letters), word.tone) in _KNOWN else None


@dataclass(frozen=True, slots=True)
class _Way:
    """A way of typing accents: its runs, what its characters do, and which runs can be nothing else."""

    runs: re.Pattern[str]
    typed: Callable[[_Syllable, str], bool]
    sure: re.Pattern[str]

    def words(self, text: str) -> Iterator[tuple[int, str, _Syllable]]:
        """The known words of a text, each with its place; the longest that is one."""
        for match in self.runs.finditer(text):
            run = match.group()
            while run:
                if run in _PLAIN:
                    break
                if word := _decoded(run, self.typed):
                    yield match.start(), run, word
                    break
                if run[-1].isalnum():
                    break
                run = run[:-1]

    def is_way_of(self, text: str) -> bool:
        """Whether a text is typed like this."""
        seen: set[str] = set()
        for _at, run, _word in self.words(text):
            if self.sure.search(run):
                seen.add(run)
                if len(seen) >= _DISTINCT:
                    return True
        return False


_WAYS: Final = (
    _Way(re.compile(r"(?<![a-z0-9_~])[a-z]{2,9}(?![a-z0-9_~])"), _telex, re.compile("")),
    _Way(
        re.compile(r"(?<![a-z_~])[a-z][a-z0-9]{1,9}(?![a-z0-9_~])"), _vni, re.compile("[0-9][a-z]|[6-9][1-5]")
    ),
    _Way(
        re.compile(r"(?<![a-z_])[a-z][a-z^(+*'`~?.]{1,12}(?![a-z])"),
        _viqr,
        re.compile(r"[\^+*(]|['`?~.][a-z]"),
    ),
)


def typed_accents(text: str) -> dict[int, str]:
    """The places of a folded text where characters stand for accents, each with what is read instead.

    That is nothing, or "~" for a digit that may be a number.
    """
    if not text.isascii():
        return {}
    for way in _WAYS:
        if not way.is_way_of(text):
            continue
        found: dict[int, str] = {}
        for start, run, word in way.words(text):
            digits = [at for at in word.signs if run[at].isdigit()]
            doubt = digits == [len(run) - 1] and run[:-1] in _NUMBERED
            if doubt and run.startswith("thang"):  # "thang1 10/2026": no month has two numbers
                doubt = _MONTH.match(text, start + len(run)) is None
            found.update({start + at: "~" if doubt else "" for at in word.signs})
        return found
    return {}


_TCVN3: Final = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ¡¢£¤¥¦§",
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂÊÔƠƯĐ",
        strict=True,
    )
)
_TCVN3_RUN: Final = re.compile(f"[a-zA-Z{''.join(map(re.escape, _TCVN3))}]+")
_UNICODE_ONLY: Final = re.compile("[ăđơưĂĐƠƯ\u0300-\u0323\u1ea0-\u1ef9]")
#: Signs that stand beside words in ordinary text.
_ORDINARY: Final = frozenset("×÷·«»¹¼½¾§\xad")


def from_tcvn3(text: str) -> str:
    """A text whose letters are those of the TCVN3 fonts (".VnTime") in Unicode; any other as it is.

    Each character becomes one.
    """
    if text.isascii() or _UNICODE_ONLY.search(text):
        return text
    words: dict[str, str] = {}
    seen: set[str] = set()
    for run in set(_TCVN3_RUN.findall(text)):
        if run.isascii():
            continue
        word = "".join(_TCVN3.get(char, char) for char in run)
        known = _key(word) in _KNOWN
        if known and _key(run) not in _KNOWN:
            seen.add(word.lower())
        if known or (any(char.isascii() for char in run) and not _ORDINARY & set(run)):
            words[run] = word
    if len(seen) < _DISTINCT:
        return text
    return _TCVN3_RUN.sub(lambda match: words.get(match[0], match[0]), text)
