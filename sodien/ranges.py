"""A set of whole numbers as ranges: sequence numbers that are confirmed, sealed or still to be sent. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable


class Ranges:
    """A set of whole numbers as sorted ranges, both ends included, none touching the next."""

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        self._first: list[int] = []
        self._last: list[int] = []
        for first, last in ranges:
            self.add(first, last)

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Ranges:
        """The set of these numbers, in any order."""
        return cls((number, number) for number in numbers)

    def add(self, first: int, last: int) -> None:
        """Put in all of first..last, merging with what touches it; nothing where ``last`` comes before."""
        if last < first:
            return
        low = bisect_right(self._last, first - 2)
        high = bisect_right(self._first, last + 1)
        if low < high:
            first = min(first, self._first[low])
            last = max(last, self._last[high - 1])
        self._first[low:high] = [first]
        self._last[low:high] = [last]

    def remove(self, first: int, last: int | None = None) -> None:
        """Take out all of first..last; without ``last``, ``first`` and everything above it."""
        top = last if last is not None else max(first, self._last[-1] if self._last else first)
        low = bisect_right(self._last, first - 1)
        high = bisect_right(self._first, top)
        if top < first or low >= high:
            return
        kept = []
        if self._first[low] < first:
            kept.append((self._first[low], first - 1))
        if self._last[high - 1] > top:
            kept.append((top + 1, self._last[high - 1]))
        self._first[low:high] = [begin for begin, _ in kept]
        self._last[low:high] = [end for _, end in kept]

    def __contains__(self, seq: int) -> bool:
        place = bisect_right(self._first, seq) - 1
        return place >= 0 and seq <= self._last[place]

    def first_missing(self) -> int:
        """The lowest number from 1 on that is not in the set."""
        return self._last[0] + 1 if self._first and self._first[0] == 1 else 1

    def items(self) -> list[tuple[int, int]]:
        """The ranges, in order."""
        return list(zip(self._first, self._last, strict=True))

    def total(self) -> int:
        """How many numbers are in the set."""
        return sum(last - first + 1 for first, last in self.items())
