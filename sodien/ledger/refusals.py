"""Entries that the database refused for good, by reason: marked, and offered again when asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from sodien.printable import printable
from sodien.ranges import Ranges

#: Reasons that are told apart; a database may put the whole line into each of its answers.
MOST_REASONS: Final = 20
OTHER_REASONS: Final = "other reasons"
_LONGEST_WHY: Final = 200


class RefusedFor(msgspec.Struct, frozen=True):
    """Sequence numbers (first, last), both included, that were refused for one reason."""

    why: str
    ranges: list[tuple[int, int]]


class Refusals:
    """Which entries were refused, and why; the first reason an entry was refused for stays."""

    def __init__(self, noted: Iterable[RefusedFor] = ()) -> None:
        self.all = Ranges()
        self._by_why: dict[str, Ranges] = {}
        for one in noted:
            for first, last in one.ranges:
                self._put(first, last, one.why)

    def add(self, seq: int, why: str) -> bool:
        """This entry was refused; False when that is known."""
        if seq in self.all:
            return False
        self._put(seq, seq, printable(why)[:_LONGEST_WHY] or "no reason was given")
        return True

    def _put(self, first: int, last: int, why: str) -> None:
        if why not in self._by_why and len(self._by_why) >= MOST_REASONS:
            why = OTHER_REASONS
        self._by_why.setdefault(why, Ranges()).add(first, last)
        self.all.add(first, last)

    def discard(self, first: int, last: int | None = None) -> None:
        """These are not refused (any more); without ``last`` all from ``first`` on."""
        self.all.remove(first, last)
        for why, ranges in list(self._by_why.items()):
            ranges.remove(first, last)
            if not ranges.total():
                del self._by_why[why]

    def __contains__(self, seq: int) -> bool:
        return seq in self.all

    def total(self) -> int:
        """How many entries are refused."""
        return self.all.total()

    def chief(self) -> str | None:
        """The reason that most of them were refused for; None when there are none."""
        return max(self._by_why, key=lambda why: self._by_why[why].total(), default=None)

    def noted(self) -> list[RefusedFor]:
        """What to keep of it; ``Refusals(noted)`` is the same again."""
        return [RefusedFor(why, ranges.items()) for why, ranges in self._by_why.items()]
