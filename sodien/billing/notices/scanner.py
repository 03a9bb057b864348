"""Notices as people get and paste them: SMS, Zalo, an app's screen, the paper typed off.

One pass over the tokens. A label waits for the value that follows it, at most filler words, a unit or the
bill's month away; a word that is none of these ends the waiting, so that prose never gives a label a number.
Several labels in a row are the head of a table, and take values only when their counts agree.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sodien.billing.notices.assemble import MOST_ROWS
from sodien.billing.notices.cursor import Waiting
from sodien.billing.notices.scan_codes import CODE, CodeScanner
from sodien.billing.notices.scan_dates import DateScanner
from sodien.billing.notices.tables import NoticeTable
from sodien.billing.notices.tiers import ordered, printed_tier
from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import NUMBER_KINDS, PLACES, attached, unit_after
from sodien.billing.notices.vocabulary import FILLERS, label_at

_TERM_WORD = re.compile(r"ky([1-3])")
_MONTH_WORD = re.compile(r"t([0-9]{1,2})")
_HARMLESS = frozenset(":=()|*.-_\"'[]{}•+>,;~/₫")
_FIELDS = {
    "from": "first",
    "to": "last",
    "customer_or_name": "customer",
    "schedule": "day",
    "rate": "tax_rate",
}
#: What joins the numbers of one doubtful value.
_SIGNS = frozenset("/+'^~->")
#: Labels whose value is a name or a code, read in ways of their own.
_WORDS = frozenset({"customer", "customer_or_name", "serial", "arising_kind", "invoice_kind", "bcs"})
_DATES = frozenset({"from", "to", "last", "schedule", "skip", "period"})
#: Blank lines and table cells between a label and its value.
_MOST_LINES = 2
#: Columns of a table.
_MOST_COLUMNS = 12


def _field(label: str) -> str:
    """The field that a label is about, for a sentence."""
    return PLACES[label][1] if label in PLACES else _FIELDS.get(label, label)


class NoticeScanner(DateScanner, CodeScanner):
    """Reads one document; what it found stands in ``found``, what it used in ``covered``."""

    def read(self) -> NoticeScanner:
        """Go through the text once."""
        at = 0
        while self._tokens[at].kind != "end":
            at = max(at + 1, self._step(at))
        if self._from is not None:
            self._problem("half_range", "first", self._from.text)
        return self

    # One step

    def _step(self, at: int) -> int:
        token = self._tokens[at]
        if token.kind == "line":
            self._line += 1
            self._blank_lines += 1
            if self._blank_lines > _MOST_LINES:
                self._waiting.clear()
            return at + 1
        if token.kind == "word":
            return self._word(at)
        if token.kind in ("number", "date", "time", "month"):
            return self._value(at)
        if token.text in (":", "=") and self._waiting:
            self._waiting[-1].colon = True
        if token.text not in _HARMLESS:
            self._waiting.clear()
        return at + 1

    def _word(self, at: int) -> int:
        token = self._tokens[at]
        if CODE.fullmatch(token.text) and not attached(self._text, token):
            return self._code(at)
        if (waiting := self._waited(_WORDS)) and (end := self._text_value(at, waiting)):
            return end
        if match := _MONTH_WORD.fullmatch(token.text):
            return self._month(at, token, match.start(1))
        if match := _TERM_WORD.fullmatch(token.text):
            self._find("term", "int", replace(token, text=match[1], start=token.end - 1))
            return at + 1
        if found := label_at(self._tokens, at):
            return self._label(found[0], at, found[1])
        if token.text not in FILLERS:
            self._waiting.clear()
        return at + 1

    # Labels

    def _label(self, label: str, at: int, end: int) -> int:
        first, last = self._tokens[at], self._tokens[end - 1]
        if label == "month":
            return self._month(end, first, 0)
        if label == "term":
            return self._term(at, end)
        if label in ("customer", "customer_or_name") and CODE.fullmatch(self._tokens[end].text):
            # "tien dien … cua khach hang PB… la …": whoever waits, waits on.
            self._text_find("customer", self._tokens[end].start, self._tokens[end].end, first.start)
            return end + 1
        if label == "tier":
            return self._tier_mark(end)
        if label == "estimated":
            if self._tokens[at - 1].text not in ("khong", "not") and self.found.estimated is None:
                self.found.estimated = self._span(first.start, last.end)
                self._cover(first.start, last.end)
            return end
        if label in ("outage", "owing"):
            self.outage = self.outage or label == "outage"
            self._skip_range = self._skip_range or label == "outage"
            self._waiting.clear()
            return end
        new = [Waiting(one, first.start, last.end, self._line) for one in label.split()]
        old = self._waiting[-1] if self._waiting else None
        if old and (old.colon or self._blank_lines > _MOST_LINES - 1 or not self._adjacent(old, first)):
            self._waiting.clear()
        if len(self._waiting) > _MOST_COLUMNS:
            self._waiting.clear()
        self._waiting += new
        self._blank_lines = 0
        if len(self._waiting) > 1 and (behind := self._table(end)):
            return behind
        return end

    def _adjacent(self, old: Waiting, token: Token) -> bool:
        """Nothing but blanks, strokes and units between two labels of a table's head."""
        between = re.sub(
            r"\((?:kwh|vnd|dong|d|dong/kwh|d/kwh|vnd/kwh|%)\)", " ", self._text[old.end : token.start]
        )
        return len(between) < 60 and not between.strip(" \t\n|/-,;")

    def _tier_mark(self, at: int) -> int:
        """Pass "Bậc 1:" in front of a printed line."""
        mark, token = self._tokens[at - 1], self._tokens[at]
        if token.kind == "number" and len(token.text) <= 2:
            self._cover(mark.start, token.end)
            at += 1
            if self._tokens[at].text in (":", ".", "-"):
                at += 1
        self._waiting.clear()
        if (row := self._bare_tier(at)) is not None:
            return row
        return at

    # Values

    def _value(self, at: int) -> int:
        self._blank_lines = 0
        token = self._tokens[at]
        if token.kind == "number" and (date := self._written_date(at)):
            return self._date(date[0], date[1])
        if token.kind == "date":
            return self._date(token, at + 1)
        if token.kind == "time":
            if self._waited(_DATES) or not self._waiting:
                self._time = token
            else:
                self._waiting.clear()
            return at + 1
        if token.kind == "number" and (end := self._tier_line(at)):
            return end
        if not self._waiting:
            return at + 1
        waiting = self._waiting[-1]
        if waiting.label in _WORDS:
            return self._text_value(at, waiting) or self._end(at + 1)
        if waiting.label in ("from", "to", "last", "schedule"):
            return self._date_without_year(at, waiting)
        return self._number(at, waiting)

    def _number(self, at: int, waiting: Waiting) -> int:
        token = self._tokens[at]
        unit, end = unit_after(self._tokens, at + 1)
        label = waiting.label
        if label == "amount":
            label = "money"
        if label in ("tax", "rate") and unit == "percent":
            self._claim("", "tax_rate", "percent", token, waiting)
            waiting.start = self._tokens[end - 1].start
            if label == "rate":
                self._waiting.clear()
            return end
        place = PLACES.get(label)
        if place is None or label == "rate":
            if label != "rate":
                self._waiting.clear()
            else:
                self._problem("unreadable", "tax_rate", self._text[token.start : token.end + 1])
                self._waiting.clear()
            return end
        group, name, kind = place
        if token.kind == "month" and not waiting.colon:
            return at + 1  # "tiền điện 10/2026: …"
        if label == "money" and self._tier and (sums := self._sums(at)):
            self._claim("", "money", "money", sums, waiting)
            return self._end(self._past_numbers(at))
        if unit is not None and unit not in NUMBER_KINDS[kind]:
            if unit in ("scale", "glued", "odd"):
                self._problem("unreadable", name, self._text[token.start : self._tokens[end - 1].end])
                self._waiting.clear()
            return end  # a number of another kind: the label waits on
        if len(self._waiting) > 1 and not self._own_line(waiting):
            names = ", ".join(dict.fromkeys(map(_field, (one.label for one in self._waiting))))
            self._problem("table", names, token.text)
            self._waiting.clear()
            return end
        if reason := self._doubt(at, end):
            self._problem("unreadable", name, reason)
            self._waiting.clear()
            return self._past_numbers(at)
        if group == "rows" or (name == "kwh" and self._row_named):
            group = "rows"
        self._claim(group, name, kind, token, waiting)
        self._cover(token.start, self._tokens[end - 1].end)
        self._waiting.clear()
        return end

    def _sums(self, at: int) -> Token | None:
        """The money of "Cộng 300 739.500" under a table of lines; what it is, the lines must prove."""
        _, end = unit_after(self._tokens, at + 1)
        while self._tokens[end].text in ("|", "-", ","):
            end += 1
        second = self._tokens[end]
        _, end = unit_after(self._tokens, end + 1)
        if second.kind != "number" or self._tokens[end].kind not in ("line", "end"):
            return None
        return None if attached(self._text, second) else second

    def _own_line(self, waiting: Waiting) -> bool:
        """The last label has a colon of its own and the ones before stand on other lines: headings."""
        return waiting.colon and all(one.line < waiting.line for one in self._waiting[:-1])

    def _doubt(self, at: int, end: int) -> str | None:
        """The stretch that makes a number doubtful: glued to letters, a fraction, groups apart, a sum."""
        token, follower = self._tokens[at], self._tokens[end]
        if attached(self._text, token):
            return self._text[max(0, token.start - 3) : token.end + 3].strip()
        gap = self._text[token.end : follower.start]
        if follower.kind == "number" and not gap.strip():
            return self._text[token.start : follower.end]
        if follower.text in ("/", "+", "*", "x", "'", "^", "~", "-", ">") and follower.start - token.end <= 1:
            beyond = self._tokens[end + 1]
            if beyond.kind in ("number", "date", "time", "month") and beyond.start - follower.end <= 1:
                return self._text[token.start : beyond.end]
        return None

    def _past_numbers(self, at: int) -> int:
        """Behind a run of numbers on this line that belong to one doubtful value."""
        while self._tokens[at].kind in ("number", "times") or self._tokens[at].text in _SIGNS:
            at += 1
        return at

    def _tier_line(self, at: int) -> int | None:
        tier = printed_tier(self._text, self._tokens, at)
        if tier is None:
            return None
        self._waiting.clear()
        if tier.problem:
            self._problem(
                tier.problem, "tiers", self._text[self._tokens[at].start : self._tokens[tier.end - 1].end]
            )
        else:
            self._add_tier({"kwh": tier.kwh, "price": tier.price, "amount": tier.amount})
            self._cover(self._tokens[at].start, self._tokens[tier.end - 1].end)
        return tier.end

    def _bare_tier(self, at: int) -> int | None:
        """Three numbers in a line without signs ("Bậc 1  50  1.984  99.200"), taken when they multiply."""
        found: list[Token] = []
        end = at
        while (
            len(found) < 4
            and self._tokens[end].kind == "number"
            and not attached(self._text, self._tokens[end])
        ):
            found.append(self._tokens[end])
            _, end = unit_after(self._tokens, end + 1)
            while self._tokens[end].text in ("|", "-", ",", ";"):
                end += 1
        if len(found) != 3 or self._tokens[end].kind not in ("line", "end", "word"):
            return None
        if (pair := ordered(found[0], found[1], found[2])) is None:
            return None
        self._add_tier({"kwh": pair[0], "price": pair[1], "amount": found[2]})
        return end

    def _add_tier(self, parts: dict[str, Token | None]) -> None:
        if self._tier >= MOST_ROWS:
            return
        for name, token in parts.items():
            if token is not None:
                self._find(name, "kwh" if name == "kwh" else "price" if name == "price" else "money", token,
                           group="tiers", index=self._tier)  # fmt: skip
        self._tier += 1

    # Tables

    def _table(self, at: int) -> int | None:
        """Values in the order of several labels; None when no line fits."""
        table = NoticeTable.below(self._text, self._tokens, at, [one.label for one in self._waiting])
        if table is None:
            return None
        self._cover(self._waiting[0].start, self._tokens[table.end - 1].end)
        self._waiting.clear()
        for row in table.rows:
            self._table_row(table, row)
        return table.end

    def _table_row(self, table: NoticeTable, row: list[Token]) -> None:
        tiered = "price" in table.labels
        if tiered:
            if self._tier >= MOST_ROWS:
                return
        elif "bcs" in table.labels:
            if self._row_named:
                self._row += 1
            self._row_named = True
            if self._row >= MOST_ROWS:
                return
        for label, token in zip(table.labels, row, strict=True):
            if tiered:
                name = {"row_kwh": "kwh", "kwh": "kwh", "price": "price"}.get(label, "amount")
                kind = {"kwh": "kwh", "price": "price"}.get(name, "money")
                if label not in ("ordinal", "tier", "bcs"):
                    self._find(name, kind, token, group="tiers", index=self._tier)
            elif label == "bcs":
                self._text_find(
                    "register", token.start, token.end, token.start, group="rows", index=self._row
                )
            elif label in ("customer", "serial"):
                self._text_find(label, token.start, token.end, token.start)
            elif label in ("from", "to", "last"):
                self._find({"from": "first"}.get(label, "last"), "date", token)
            elif label in PLACES:
                group, name, kind = PLACES[label]
                if name == "kwh" and "bcs" in table.labels:
                    group = "rows"
                self._find(name, kind, token, group=group, index=self._row if group == "rows" else 0)
        if tiered:
            self._tier += 1
