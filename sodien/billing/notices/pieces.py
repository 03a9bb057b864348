"""Typed pieces: what each number of a text counts, before any label may have it.

"31 ngay", "thang 06/18", "ky 2", "so nha 31", "8%", "4,9 kWh/ngay", "1900 1234" are no indices, no kWh and no
money, whatever stands in front of them; "243kWh" and "614.103d" say themselves what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sodien.billing.notices.counts import COUNTED, MOST_COUNTED, NUMBERED, is_count
from sodien.billing.notices.dates import YEARS, PrintedDate, printed_date
from sodien.billing.notices.month_forms import NAMES, Parts, month_form, term_form
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.short_labels import is_one
from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import attached, unit_after, with_end
from sodien.billing.notices.vocabulary import label_at

#: What stands between the two ends of a range.
_TO = frozenset({"-", "~", ">", "den", "to", "toi", "va"})
_PHONE = re.compile(r"(?:1[89]00[0-9]{4,6}|0[0-9]{8,10}|84[0-9]{9})")
#: Currencies that stand in front of their sum: "VND 1,204,115".
_CURRENCIES = frozenset({"vnd", "vnđ"})
#: The day of a value, behind its label: "CS dau 21-8: 445".
_DAY_OF = re.compile(r"(?<![0-9])((?:[12]?[0-9]|0[1-9]|3[01])-(?:0?[1-9]|1[0-2]))[ ]?:")
#: Numbers behind words that say what they are: a year, a day.
_WORDED = {"nam": re.compile("(?:19|20)[0-9]{2}"), "ngay": re.compile("[0-9]{1,2}(?:[.,][0-9]{1,2})*")}
#: The first year that a notice may print with two digits behind its month.
_LEAST_YEAR = 2015


class Typist:
    """Goes through tokens once and types them."""

    def __init__(self, text: str, found: Sequence[Token], taken: Mapping[int, int]) -> None:
        """``taken``: stretches of tokens (from, to) that a table has already."""
        self._text = text
        self._tokens = with_end(text, found)
        self._taken = taken
        self._last: Piece | None = None

    def pieces(self) -> Iterator[Piece]:
        """The pieces, in the order of the text."""
        at = 0
        while self._tokens[at].kind != "end":
            if (behind := self._taken.get(at, at)) > at:
                piece = Piece("table", "", self._tokens[at].start, self._tokens[behind - 1].end)
            else:
                piece, behind = self._piece(at)
            yield piece
            self._last = piece
            at = max(behind, at + 1)

    def _piece(self, at: int) -> tuple[Piece, int]:
        token = self._tokens[at]
        if token.kind in ("line", "sign", "times", "time", "code"):
            kind = "sign" if token.kind == "times" else token.kind
            return Piece(kind, token.text, token.start, token.end), at + 1
        if token.kind == "word":
            return self._word(at)
        if token.kind == "name":
            return Piece("other", token.text, token.start, token.end, label="ordinal"), at + 1
        if found := self._dates(at, at):
            return found
        if token.kind == "month":
            return self._bare_month(at)
        if token.kind == "short":
            return Piece("other", token.text, token.start, token.end), at + 1
        return self._number(at)

    # Words

    def _word(self, at: int) -> tuple[Piece, int]:
        token = self._tokens[at]
        if token.text == "k" and (form := term_form(self._text, token.end)):
            return self._dated("term", form, at + 1, at)  # "K1-T10/2026"
        if token.text == "t" and self._is_short(at) and (found := self._month(at + 1, at, "t")):
            return found
        headed = [one.text for one in self._tokens[at : at + 3]]
        if headed in (["ky", "-", "thang"], ["ky", "/", "thang"]) and (
            form := term_form(self._text, self._tokens[at + 2].start)
        ):
            return self._dated("term", form, at + 2, at)  # "Kỳ - Tháng - Năm: 1 - 10 - 2026"
        label = label_at(self._tokens, at, wrapped=True)
        if label is None:
            if not token.glued and (found := self._month_form(at, at) or self._year(at)):
                return found
            if token.text in ("ngay", "day") and (found := self._dates(at, at + 1)):
                return found
            return Piece("word", token.text, token.start, token.end), at + 1
        name, end = label
        if not is_one(self._tokens, at, end):
            return Piece("word", token.text, token.start, token.end), end
        if name == "month" and (found := self._month(end, at, "thang")):
            return found
        if (name == "term" or (name == "period" and token.text == "ky")) and (found := self._term(at, end)):
            return found
        if name == "from" and (found := self._dates(at, self._past(end), name=name)):
            return found
        if name == "to" and (found := self._dates(at, self._past(end), name=name)):
            return found
        if name in ("month", "to") and end == at + 1:
            return Piece("word", token.text, token.start, token.end), at + 1
        last = self._tokens[end - 1]
        return Piece("label", self._text[token.start : last.end], token.start, last.end, label=name), end

    def _is_short(self, at: int) -> bool:
        """Whether a letter touches the month behind it: "T9", "T.9/2026"."""
        behind = self._tokens[at + 1]
        dotted = behind.text == "." and self._tokens[at + 2].start == behind.end
        return behind.glued or (dotted and self._tokens[at + 2].kind in ("month", "short"))

    def _past(self, at: int) -> int:
        """Behind the colon, the line end and the word "ngày" in front of a value."""
        for _ in range(4):
            if self._tokens[at].text in (":", "=", ".", "ngay", "\n", "("):
                at += 1
        return at

    def _month(self, at: int, first: int, word: str) -> tuple[Piece, int] | None:
        """A month whose number begins at or soon behind token ``at``; None when none does."""
        while self._tokens[at].text in (":", "=", ".", "/", "\n", "(", "nay") and at - first < 5:
            at += 1
        token = self._tokens[at]
        begin = self._tokens[first].start
        if token.kind in ("month", "short"):
            month, year = re.findall("[0-9]+", token.text)
            gap = token.start + len(token.text) - len(year)
            printed = year if len(year) == 4 else f"20{year}"
            if not 1 <= int(month) <= 12 or int(printed) not in YEARS or self._letter_behind(at):
                return None
            if token.kind == "short" and (int(printed) < _LEAST_YEAR or self._begins_range(at)):
                return None  # "01/11 - 07/11/2026", "3/11"
            parts: Parts = (
                ("month", month, token.start, token.start + len(month)),
                ("year", printed, gap, token.end),
            )
            end = at + 1
            if (
                self._tokens[end].text == "-"
                and self._term_number(end + 1)
                and self._tokens[end + 1].start == token.end + 1
            ):
                one = self._tokens[end + 1]
                parts = (*parts, ("term", one.text, one.start, one.end))
                end += 2
            return Piece(
                "month", token.text, token.start, self._tokens[end - 1].end, parts=parts, begin=begin
            ), end
        if token.kind in ("number", "word") and (form := self._month_form(at, first)):
            return form
        if token.kind != "number" or not re.fullmatch("[0-9]{1,2}", token.text):
            return None
        if unit_after(self._tokens, at + 1)[0] not in (None, "households") or self._touched(at):
            return None
        if not 1 <= int(token.text) <= 12:
            return Piece("month", token.text, token.start, token.end, unit="doubt", begin=begin), at + 1
        parts = (("month", token.text, token.start, token.end),)
        end = behind = at + 1
        while (
            self._tokens[behind].text in (",", "/", "-", ".", "nam", "year", ":", "\n") and behind - end < 5
        ):
            behind += 1
        year_token = self._tokens[behind]
        if (
            year_token.kind == "number"
            and re.fullmatch("(?:19|20)[0-9]{2}", year_token.text)
            and not self._touched(behind)
            and (behind > end or self._ends_month(behind + 1))
        ):
            parts = (*parts, ("year", year_token.text, year_token.start, year_token.end))
            end = behind + 1
        return Piece(
            "month", token.text, token.start, self._tokens[end - 1].end, parts=parts, begin=begin
        ), end

    def _begins_range(self, at: int) -> bool:
        """Whether a day follows, behind a sign or a word that joins two days."""
        joint = self._tokens[at + 1 : at + 4]
        while joint and joint[0].text in _TO | {"ngay"}:
            joint = joint[1:]
        return len(joint) < 3 and bool(joint) and joint[0].kind in ("date", "short")

    def _ends_month(self, at: int) -> bool:
        """Whether what follows lets the number in front be a year without a sign: "t10 2026 kh"."""
        return (
            self._tokens[at].kind in ("word", "line", "end", "sign") and not unit_after(self._tokens, at)[0]
        )

    def _month_form(self, at: int, first: int) -> tuple[Piece, int] | None:
        """A month in one of its rarer forms; the word in front of it begins at token ``first``."""
        form = month_form(self._text, self._tokens[at].start)
        return self._dated("month", form, at, first) if form else None

    def _year(self, at: int) -> tuple[Piece, int] | None:
        """A year behind its own label: "Nam: 2026"."""
        sign, year = self._tokens[at + 1], self._tokens[at + 2]
        if self._tokens[at].text != "nam" or sign.text not in (":", "=") or year.kind != "number":
            return None
        if not re.fullmatch("(?:19|20)[0-9]{2}", year.text) or self._touched(at + 2):
            return None
        parts = (("year", year.text, year.start, year.end),)
        return Piece(
            "month", year.text, year.start, year.end, parts=parts, begin=self._tokens[at].start
        ), at + 3

    def _dated(self, kind: str, form: tuple[Parts, int], at: int, first: int) -> tuple[Piece, int]:
        parts, finish = form
        start, begin = self._tokens[at].start, self._tokens[first].start
        while self._tokens[at].start < finish:
            at += 1
        return Piece(kind, self._text[start:finish], start, finish, parts=parts, begin=begin), at

    def _bare_month(self, at: int) -> tuple[Piece, int]:
        """A month without its word: "10/2026" behind "tiền điện"."""
        found = self._month(at, at, "")
        if found is None:
            token = self._tokens[at]
            return Piece("other", token.text, token.start, token.end), at + 1
        piece, end = found
        return Piece("month", piece.text, piece.start, piece.end, unit="bare", parts=piece.parts), end

    def _letter_behind(self, at: int) -> bool:
        """Whether a letter touches the end of a date, so that it is not whole; a time of ISO 8601 may."""
        behind = self._text[self._tokens[at].end : self._tokens[at].end + 2]
        return (
            behind[:1].isalnum() or behind[:1] == "~"
            if not (behind[:1] == "t" and behind[1:].isdigit())
            else False
        )

    def _term_number(self, at: int) -> bool:
        token = self._tokens[at]
        return token.kind == "number" and token.text in ("1", "2", "3", "01", "02", "03")

    def _term(self, at: int, end: int) -> tuple[Piece, int] | None:
        """A term: "kỳ 1", "kỳ: 1 - 04/2026", "kỳ 2 4/2026"; a month behind the word "kỳ": "kỳ 10/2026"."""
        first, behind = self._tokens[at], end
        while self._tokens[behind].text in (":", "=", ".", "\n", "(", "so") and behind - end < 3:
            behind += 1
        token = self._tokens[behind]
        if form := term_form(self._text, token.start):
            return self._dated("term", form, behind, at)
        if token.kind in ("month", "short", "number", "word") and (
            found := self._month(behind, at, "")
            if token.kind in ("month", "short")
            else self._month_form(behind, at)
        ):
            return found
        if (
            self._term_number(behind)
            and not self._touched(behind)
            and not unit_after(self._tokens, behind + 1)[0]
        ):
            if self._tokens[behind + 1].text in COUNTED - {"thang", "nam", "ngay"}:
                return None
            parts: Parts = (("term", token.text, token.start, token.end),)
            close = behind + 1
            joint = close + (self._tokens[close].text in ("-", "/", ",", "–"))
            if self._tokens[joint].kind == "month" and (found := self._month(joint, joint, "")):
                parts = (*parts, *found[0].parts)
                close = found[1]
            return Piece(
                "term", token.text, token.start, self._tokens[close - 1].end, parts=parts, begin=first.start
            ), close
        if token.kind == "number" and len(token.text) <= 2 and not unit_after(self._tokens, behind + 1)[0]:
            return Piece("other", token.text, token.start, token.end, begin=first.start), behind + 1
        if token.kind == "date" or token.text in ("tu", "ngay"):
            return Piece("label", first.text, first.start, self._tokens[end - 1].end, label="period"), end
        return None

    # Dates

    def _date_at(self, at: int, *, bare: bool) -> tuple[PrintedDate, int] | None:
        """The date that begins here; ``bare`` lets a lone day of the month be one."""
        token = self._tokens[at]
        if token.kind == "date" or (token.kind == "short" and not token.glued):
            printed = None if self._letter_behind(at) else printed_date(token.text)
            return (printed, at + 1) if printed else None
        if token.kind != "number" or token.glued:
            return None
        if re.fullmatch("[0-9]{1,2}", token.text):
            parts = self._tokens[at : at + 5]
            words = [part.text for part in parts]
            if (
                words[1] == "thang"
                and words[3] in ("nam", ",")
                and re.fullmatch("[0-9]{1,2}", words[2])
                and re.fullmatch("(?:19|20)[0-9]{2}", words[4])
            ):
                return PrintedDate(int(words[0]), int(words[2]), int(words[4])), at + 5
            if parts[1].text == parts[3].text == "-" and (form := month_form(self._text, parts[2].start)):
                month, year = (int(part[1]) for part in form[0])
                return PrintedDate(int(words[0]), month, year), at + 5  # "15-Oct-2026"
            named = NAMES.index(words[1][:3]) + 1 if words[1][:3] in NAMES and len(words[1]) > 2 else None
            if named and words[2] in _TO and parts[3].kind == "number":
                return PrintedDate(int(words[0]), named, None), at + 2  # "16 Sep - 15 Oct 2026"
            if parts[1].kind == "word" and (form := month_form(self._text, parts[1].start)):
                month, year = (int(part[1]) for part in form[0])
                return PrintedDate(int(words[0]), month, year), at + 3  # "15 Oct 2026"
            if bare and 1 <= int(token.text) <= 31:
                return PrintedDate(int(token.text), None, None), at + 1
        if (
            bare
            and (match := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})", token.text))
            and 1 <= int(match[2]) <= 12
        ):
            return PrintedDate(int(match[1]), int(match[2]), None), at + 1
        return None

    def _dates(self, begin: int, at: int, *, name: str = "") -> tuple[Piece, int] | None:
        """A date, or a range of two, whose first number is at token ``at``."""
        worded = at > begin
        found = self._date_at(at, bare=worded)
        if found is None:
            if (
                not worded
                and self._tokens[at + 1].text == "-"
                and self._tokens[at + 2].kind in ("date", "short")
            ):
                found = self._date_at(at, bare=True)
            if found is None:
                return None
        first, end = found
        start = self._tokens[begin].start
        behind, sign = end, False
        if self._tokens[behind].kind == "time":
            behind += 1
        for _ in range(6):
            text = self._tokens[behind].text
            if text in _TO:
                sign = True
            elif text not in (",", "het", "ngay", "cuoi", "\n", ":", ";") or (not sign and text == ":"):
                break
            behind += 1
        token = self._tokens[at]
        if not sign and (label := label_at(self._tokens, behind)) and label[0] == "to":
            behind, sign = self._past(label[1]), True
        if sign and name != "to" and (other := self._date_at(behind, bare=worded or first.month is None)):
            last, close = other
            if last.month is not None or first.month is not None:
                return Piece(
                    "range",
                    self._text[token.start : self._tokens[close - 1].end],
                    token.start,
                    self._tokens[close - 1].end,
                    first=first,
                    last=last,
                    begin=start,
                    parts=(
                        (
                            "first",
                            self._text[token.start : self._tokens[end - 1].end],
                            token.start,
                            self._tokens[end - 1].end,
                        ),
                        (
                            "last",
                            self._text[self._tokens[behind].start : self._tokens[close - 1].end],
                            self._tokens[behind].start,
                            self._tokens[close - 1].end,
                        ),
                    ),
                ), close
        text = self._text[token.start : self._tokens[end - 1].end]
        if token.kind == "short" and not worded:
            return None  # "06/18" alone may be a month or a day
        if first.month is None:
            if (
                worded
                and self._tokens[begin].text in ("ngay", "day")
                and not unit_after(self._tokens, end)[0]
            ):
                return Piece("other", text, token.start, self._tokens[end - 1].end, begin=start), end
            return None
        return Piece(
            "date", text, token.start, self._tokens[end - 1].end, first=first, begin=start, label=name
        ), end

    # Numbers

    def _touched(self, at: int) -> bool:
        return attached(self._text, self._tokens, at)

    def _number(self, at: int) -> tuple[Piece, int]:
        token = self._tokens[at]
        if token.kind != "number":
            return Piece("other", token.text, token.start, token.end), at + 1
        before = self._tokens[at - 1] if at else None
        if (
            self._last is not None
            and self._last.kind == "label"
            and (day := _DAY_OF.match(self._text, token.start))
        ):
            return Piece("other", day[1], token.start, day.end(1)), at + 3
        unit, end = unit_after(self._tokens, at + 1)
        close = self._tokens[end - 1].end
        if self._touched(at):
            return Piece(
                "number", token.text, token.start, token.end, unit="doubt", glued=token.glued
            ), at + 1
        if unit in ("scale", "rate", "power"):
            kind = "other" if unit == "rate" else "number"
            return Piece(kind, token.text, token.start, close, unit="doubt", label=unit), end
        if unit is None and before is not None and before.text in _CURRENCIES and before.end < token.start:
            unit = "money"
        if unit is not None:
            return Piece(
                "number", token.text, token.start, token.end, unit=unit, glued=token.glued, close=close
            ), end
        small = token.text.isdecimal() and len(token.text) <= 3 and int(token.text) <= MOST_COUNTED
        if small and not token.glued and is_count(self._tokens, at):
            noun = self._tokens[at + 1]
            return Piece("other", token.text, token.start, noun.end, label="count"), at + 2
        named = (
            before is not None
            and before.text in NUMBERED
            and token.text.isdecimal()
            and self._tokens[at - 2].text != "dong"  # "dong ho": the meter
            and (self._after_word() or (small and self._names_a_tier(at)))
        )
        if named and before is not None and 0 < token.start - before.end <= 2:
            return Piece("other", token.text, token.start, token.end, label="ordinal"), at + 1
        shape = _WORDED.get(before.text) if before is not None and self._after_word() else None
        if shape is not None and shape.fullmatch(token.text):
            return Piece("other", token.text, token.start, token.end), at + 1
        unit = "phone" if _PHONE.fullmatch(token.text) else None
        return Piece("number", token.text, token.start, token.end, unit=unit, glued=token.glued), at + 1

    def _after_word(self) -> bool:
        """Whether the token before is a word by itself, no part of a label or a count."""
        return self._last is not None and self._last.kind == "word"

    def _names_a_tier(self, at: int) -> bool:
        """Whether words go on behind the number of a tier ("bac 3 gia …"): in its line a value would."""
        last, behind = self._last, self._tokens[at + 1]
        return last is not None and last.label == "tier" and behind.kind == "word"
