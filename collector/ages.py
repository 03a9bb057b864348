"""How old an entry may be for the database to keep it, found by trying, never by what the database says.

Each version words it otherwise, and a token that may only write may not ask. So where lines are refused, a
line of ours with nothing wrong in it is tried at the same time. If that is refused too, while one of this
hour is taken, it is the age. What is found holds for everything older, or newer: few lines are tried, and
those that a database takes are one measurement, :data:`MEASUREMENT`, that nothing reads.

A crash forgets what was found, and it is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from collector.outputs.base import Refused

MEASUREMENT = "sodien_probe"
_HOUR_MS = 3_600_000
#: What was found holds for so long: somebody may change the retention.
_HOLDS_MS = 6 * _HOUR_MS


class Ages:
    """What a database keeps; times are ms UTC."""

    def __init__(self, write: Callable[[Sequence[str]], None], now_ms: Callable[[], int]) -> None:
        """Prepare; ``write`` stores lines or raises Refused."""
        self._write, self._now = write, now_ms
        self._too_old: int | None = None
        self._kept: int | None = None
        self._found_at = 0

    def all_too_old(self, oldest: int, newest: int) -> bool:
        """Whether lines of these times, of which at least one was refused, are all older than is kept."""
        now = self._now()
        if now - self._found_at > _HOLDS_MS:
            self._too_old = self._kept = None
            self._found_at = now
        old = self._is_too_old(newest, now)
        if not old:
            self._is_too_old(oldest, now)  # so that what lies between need not be tried one by one
        return old

    def _is_too_old(self, time: int, now: int) -> bool:
        if time > now - _HOUR_MS or (self._kept is not None and time >= self._kept):
            return False  # no database keeps less than an hour
        if self._too_old is not None and time <= self._too_old:
            return True
        if self._takes(time):
            self._kept = time if self._kept is None else min(self._kept, time)
            return False
        if not self._takes(now - now % _HOUR_MS):
            return False  # it takes nothing at all: that is no matter of age
        self._too_old = time if self._too_old is None else max(self._too_old, time)
        return True

    def _takes(self, time: int) -> bool:
        try:
            self._write([f"{MEASUREMENT} tried=1i {time}"])
        except Refused:
            return False
        return True
