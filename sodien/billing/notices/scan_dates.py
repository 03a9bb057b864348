"""The days and the month of a bill, in the ways they are printed."""

from __future__ import annotations

import re
from dataclasses import replace

from sodien.billing.notices.cursor import Cursor, Waiting
from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import PLACES, attached, unit_after


class DateScanner(Cursor):
    """Reads dates, terms and months."""

    def _month(self, at: int, first: Token, cut: int) -> int:
        """Read "tháng 6 năm 2016", "tháng: 6, năm: 2016", "tháng 06/2016" or "T6/2016".

        ``at`` is behind the word; ``cut`` is where the number begins in a word that holds it, else 0.
        """
        if cut:  # the number is glued to its word
            month, text, at = first, first.text[cut:], at + 1
            follows = self._tokens[at].text in ("/", "-", ".") and self._tokens[at + 1].kind == "number"
            year = self._tokens[at + 1 if follows else at]
            glued = self._tokens[at].start == first.end and not attached(self._text, year)
            if not follows or len(year.text) != 4 or not glued:
                self._waiting.clear()
                return at
            start = first.start + cut
            self._find("month", "int", replace(month, start=start), text=text)
            self._find("year", "int", year)
            self._cover(first.start, year.end)
            return at + 2
        said, at = at, self._colon(at)
        token = self._tokens[at]
        match = re.fullmatch(r"([0-9]{1,2})[ ]?[/\-.][ ]?([0-9]{4})", token.text)
        if token.kind in ("month", "number") and match and not attached(self._text, token):
            for name, part in (("month", 1), ("year", 2)):
                piece = Token(
                    "number", match[part], token.start + match.start(part), token.start + match.end(part)
                )
                self._find(name, "int", piece)
            self._cover(first.start, token.end)
            return at + 1
        if token.kind != "number" or len(token.text) > 2 or attached(self._text, token):
            return at
        if unit_after(self._tokens, at + 1)[0]:
            return at
        if at > said and self._waiting and self._waiting[-1].label in PLACES:  # "tiêu thụ trong tháng: 12"
            self._problem("unreadable", PLACES[self._waiting[-1].label][1], token.text)
            return self._end(at + 1)
        if not 1 <= int(token.text) <= 12:
            self._problem("impossible_month", "month", token.text)
            return at + 1
        self._find("month", "int", token)
        self._cover(first.start, token.end)
        at += 1
        behind = at
        while self._tokens[behind].text in (",", "/", "-", ".", "nam", "year", ":") and behind - at < 4:
            behind += 1
        year = self._tokens[behind]
        whole = year.kind == "number" and not attached(self._text, year)
        if behind > at and whole and len(year.text) == 4 and year.text.isdecimal():
            self._find("year", "int", year)
            self._cover(first.start, year.end)
            return behind + 1
        return at

    def _term(self, at: int, end: int) -> int:
        """Read "kỳ 1", "kỳ: 10/2026", "kỳ 16/09/2026 - 15/10/2026"."""
        first, behind = self._tokens[at], self._colon(end)
        token = self._tokens[behind]
        if token.kind == "month":
            return self._month(behind, first, 0)
        if token.kind == "number" and token.text in ("1", "2", "3", "01", "02", "03"):
            if not attached(self._text, token):
                self._find("term", "int", token)
                self._cover(first.start, token.end)
                behind += 1
                if self._tokens[behind].text in ("-", "/", ",") and self._tokens[behind + 1].kind == "month":
                    return self._month(behind + 1, self._tokens[behind + 1], 0)
                return behind
        elif token.kind == "date":
            self._waiting = [Waiting("period", first.start, self._tokens[end - 1].end, self._line)]
        elif self._tokens[end].kind == "word" and self._tokens[end].text not in ("thang", "hoa", "t"):
            return end
        return behind

    # Dates

    def _written_date(self, at: int) -> tuple[Token, int] | None:
        """Read "15 tháng 11 năm 2026" as one date."""
        parts = self._tokens[at : at + 5]
        if [p.kind for p in parts] != ["number", "word", "number", "word", "number"]:
            return None
        if parts[1].text != "thang" or parts[3].text != "nam" or len(parts[4].text) != 4:
            return None
        if any(attached(self._text, part) for part in parts[::2]):
            return None
        return Token("date", self._text[parts[0].start : parts[4].end], parts[0].start, parts[4].end), at + 5

    def _date(self, token: Token, end: int) -> int:
        label = self._waiting[-1].label if self._waiting else None
        waiting = self._waiting[-1] if self._waiting else None
        second = self._range_end(end)
        if label == "schedule" and waiting:
            self._claim("schedule", "day", "date", token, waiting)
            self._waiting.clear()
            if second:
                self._find("until", "date", second[0], group="schedule")
                return second[1]
            return end
        if second and (
            label == "period" or (label is None and not self._skip_range and self._near_period(token))
        ):
            if not self._skip_range:
                self._find("first", "date", token)
                self._find("last", "date", second[0])
                self._cover(waiting.start if waiting else token.start, second[0].end)
            self._waiting.clear()
            return second[1]
        if label == "from" and waiting:
            if self._from is not None:
                self._problem("half_range", "first", self._from.text)
            self._from = token
            self._cover(waiting.start, token.end)
        elif label == "to" and waiting:
            if self._from is not None and not self._skip_range:
                self._find("first", "date", self._from)
                self._claim("", "last", "date", token, waiting)
                end = self._read_at(token, end)
            elif not self._skip_range:
                self._problem("half_range", "last", token.text)
            self._from = None
        elif label == "last" and waiting:
            self._claim("", "last", "date", token, waiting)
            end = self._read_at(token, end)
        self._waiting.clear()
        if label == "skip" and second:
            return second[1]
        self._time = None
        return end

    def _range_end(self, at: int) -> tuple[Token, int] | None:
        """The other date of "16/10/2026 - 15/11/2026", also with "đến" between."""
        if self._tokens[at].text in ("-", "~", ">", "den", "to"):
            at += 1
            if self._tokens[at].text in ("ngay", ">"):
                at += 1
            if self._tokens[at].kind == "date":
                return self._tokens[at], at + 1
        return None

    def _near_period(self, token: Token) -> bool:
        """The bill's month or term stands just in front: "tháng 10/2026 (16/09/2026 - 15/10/2026)"."""
        place = self._span(token.start, token.end)[0]
        return any(
            one.name in ("month", "year", "term") and 0 <= place - one.end < 12
            for one in self.found.finds[-3:]
        )

    def _read_at(self, day: Token, end: int) -> int:
        """The time of the reading, in front of its day or behind it."""
        time, self._time = self._time, None
        if time is not None and day.start - time.end < 12:
            self._find("read_at", "time", time)
            return end
        at = end
        while self._tokens[at].text in ("luc", "at", ",", "-", "(") and at - end < 2:
            at += 1
        if self._tokens[at].kind == "time":
            self._find("read_at", "time", self._tokens[at])
            self._cover(day.start, self._tokens[at].end)
            return at + 1
        return end

    def _date_without_year(self, at: int, waiting: Waiting) -> int:
        """Pass "16/10": a day whose year is not printed."""
        field = {"from": "first", "to": "last", "schedule": "day"}.get(waiting.label, waiting.label)
        end = at + 1
        if self._tokens[end].text in ("/", "-") and self._tokens[end + 1].kind == "number":
            end += 2
        text = self._text[self._tokens[at].start : self._tokens[end - 1].end]
        self._problem("no_year" if end > at + 1 or "." in text else "unreadable", field, text)
        self._waiting.clear()
        return end
