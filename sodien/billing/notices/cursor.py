"""What a reader knows while it goes through one document, and how it writes down what it found."""

from __future__ import annotations

from dataclasses import dataclass

from sodien.billing.notices.assemble import Match, Matches
from sodien.billing.notices.model import Problem
from sodien.billing.notices.text import Folded
from sodien.billing.notices.tokens import Token, tokens
from sodien.billing.notices.units import NUMBER_KINDS

#: Ends behind the last token, so that looking ahead needs no care.
_LOOKAHEAD = 12


@dataclass(slots=True)
class Waiting:
    """A label that waits for its value."""

    label: str
    start: int
    end: int
    line: int
    colon: bool = False


class Cursor:
    """One document: its tokens, the labels that wait, what was found and which stretches were used."""

    def __init__(self, folded: Folded, original: str, begin: int, finish: int) -> None:
        self._folded = folded
        self._original = original
        self._base = begin
        self._text = folded.text[begin:finish]
        end = Token("end", "", len(self._text), len(self._text))
        self._tokens = [*tokens(self._text), *[end] * _LOOKAHEAD]
        self._waiting: list[Waiting] = []
        self._line = 0
        self._blank_lines = 0
        self._row = 0
        self._row_named = False
        self._tier = 0
        self._from: Token | None = None
        self._time: Token | None = None
        self._skip_range = False
        self.outage = False
        self.found = Matches()
        self.covered: list[tuple[int, int]] = []

    def _end(self, at: int) -> int:
        self._waiting.clear()
        return at

    def _colon(self, at: int) -> int:
        """Behind one colon or equals sign, if there is one."""
        return at + 1 if self._tokens[at].text in (":", "=", ".") else at

    def _waited(self, labels: frozenset[str]) -> Waiting | None:
        return self._waiting[-1] if self._waiting and self._waiting[-1].label in labels else None

    # Writing down

    def _span(self, start: int, end: int) -> tuple[int, int]:
        return self._folded.span(self._base + start, self._base + end)

    def _cover(self, start: int, end: int) -> None:
        self.covered.append(self._span(start, end))

    def _problem(self, key: str, field: str, text: str) -> None:
        self.found.problems.append(Problem(key, field, {"text": text.strip()[:40]}))

    def _claim(self, group: str, name: str, kind: str, token: Token, waiting: Waiting) -> None:
        start = self._span(waiting.start, token.end)[0]
        dated = any(one.name == "month" and one.start >= start for one in self.found.finds[-3:])
        index = self._row if group == "rows" else 0
        self._find(name, kind, token, group=group, index=index, dated=dated)
        self._cover(waiting.start, token.end)

    def _find(
        self,
        name: str,
        kind: str,
        token: Token,
        *,
        group: str = "",
        index: int = 0,
        text: str = "",
        dated: bool = False,
    ) -> None:
        before = self._text[max(0, token.start - 3) : token.start]
        if before.endswith("~") or self._text.startswith("~", token.end):  # not the whole of what is printed
            self._problem("unreadable", name, self._text[max(0, token.start - 1) : token.end + 1])
            return
        negative = kind in NUMBER_KINDS and before.endswith("-") and (before[:-1].strip() or ":")[-1] in ":=("
        start, end = self._span(token.start, token.end)
        self.found.finds.append(
            Match(group, index, name, kind, text or token.text, start, end, negative, dated)
        )
        self._cover(token.start, token.end)

    def _text_find(
        self, name: str, start: int, end: int, cover: int, *, group: str = "", index: int = 0
    ) -> None:
        first, last = self._span(start, end)
        raw = self._original[first:last]
        if name != "name":
            raw = "".join(self._text[start:end].split()).upper()
        self.found.finds.append(Match(group, index, name, "text", raw, first, last))
        self._cover(min(cover, start), end)
