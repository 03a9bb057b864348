"""Customer codes, serial numbers, registers and names."""

from __future__ import annotations

import re

from sodien.billing.notices.assemble import MOST_ROWS
from sodien.billing.notices.cursor import Cursor, Waiting
from sodien.billing.notices.tables import REGISTERS
from sodien.billing.notices.vocabulary import label_at

#: The utilities' customer codes: P, the company's letter, then digits (the last may hold letters).
CODE = re.compile(r"p[a-z][0-9]{2}[0-9a-z]{7,9}")
_CUSTOMERS = ("customer", "customer_or_name")
#: Labels that are also parts of names.
_NAMES = frozenset({"den", "to", "tu", "muc", "gia", "kh"})


class CodeScanner(Cursor):
    """Reads what is no number and no date."""

    def _code(self, at: int) -> int:
        """A customer code by its shape; a label in front may say that it is something else."""
        token, waiting = self._tokens[at], self._waiting[-1] if self._waiting else None
        if waiting and waiting.label in ("skip", "serial"):
            self._waiting.clear()
            return at + 1
        if waiting and waiting.label in _CUSTOMERS:
            self._text_find("customer", token.start, token.end, waiting.start)
            self._waiting.clear()
        else:  # whoever waits, waits on
            self._text_find("customer", token.start, token.end, token.start)
        return at + 1

    def _text_value(self, at: int, waiting: Waiting) -> int | None:
        """The code, register or name that a label waits for; None when this word is not it."""
        token = self._tokens[at]
        if waiting.label == "bcs":
            return self._register(at) if token.text in REGISTERS else None
        if waiting.label in ("arising_kind", "invoice_kind"):
            if token.kind != "word" or len(token.text) > 8:
                return None
            self._text_find(waiting.label, token.start, token.end, waiting.start, group="debt")
            self._waiting.clear()
            return at + 1
        end = self._run(at)
        text = self._text[token.start : end]
        digits = sum(char.isdigit() for char in text)
        if (
            waiting.label == "customer"
            and re.fullmatch(r"p[a-z]", text)
            and self._tokens[at + 1].kind == "number"
        ):
            end = self._tokens[at + 1].end  # "PB 06010001234"
            text = text + self._tokens[at + 1].text
            digits = len(self._tokens[at + 1].text)
            if not CODE.fullmatch(text):
                return None
        if digits >= 4 and re.fullmatch(r"[0-9a-z][0-9a-z-]{3,19}", text):
            name = "serial" if waiting.label == "serial" else "customer"
            self._text_find(name, token.start, end, waiting.start)
            self._waiting.clear()
            return self._behind(at, end)
        if waiting.label == "customer_or_name" and waiting.colon and token.kind == "word" and not digits:
            behind = self._name(at, waiting)
            return behind if behind > at else None
        if digits and token.kind != "word":
            self._problem("unreadable", "serial" if waiting.label == "serial" else "customer", text)
            self._waiting.clear()
            return self._behind(at, end)
        return None

    def _run(self, at: int) -> int:
        """Where the stretch without blanks that begins at this token ends, signs at its end left out."""
        end = self._tokens[at].end
        while self._tokens[at + 1].start == end and (
            self._tokens[at + 1].kind in ("word", "number", "date", "month", "time")
            or (self._tokens[at + 1].text in ("-", "/") and self._tokens[at + 2].start == end + 1)
        ):
            at += 1
            if self._tokens[at].kind == "end":
                break
            end = self._tokens[at].end
        return end

    def _behind(self, at: int, end: int) -> int:
        while self._tokens[at].kind != "end" and self._tokens[at].start < end:
            at += 1
        return at

    def _name(self, at: int, waiting: Waiting) -> int:
        """A customer's name: words in one line up to a sign, a number or the next label."""
        end = at
        if (label := label_at(self._tokens, at)) and self._tokens[label[1]].text == ":":
            return at
        while self._tokens[end].kind == "word" and end - at < 8:
            if end > at and label_at(self._tokens, end) and self._tokens[end].text not in _NAMES:
                break
            if any(char.isdigit() for char in self._tokens[end].text):
                break
            end += 1
        if end > at:
            self._text_find("name", self._tokens[at].start, self._tokens[end - 1].end, waiting.start)
        self._waiting.clear()
        return max(end, at + 1)

    def _register(self, at: int) -> int:
        """Register codes ("BCS:KT"): what follows belongs to it."""
        token = self._tokens[at]
        if self._row_named:
            self._row += 1
        self._row_named = True
        start = self._waiting[-1].start if self._waiting else token.start
        if self._row < MOST_ROWS:
            self._text_find("register", token.start, token.end, start, group="rows", index=self._row)
        self._waiting.clear()
        return at + 1
