"""How long to wait before the next attempt, and how often to say so."""

from __future__ import annotations

import logging
import random

log = logging.getLogger(__name__)

FIRST_S = 0.5
CAP_S = 30.0
REMIND_S = 3600.0


class Backoff:
    """Waits that double from ``first`` to ``cap`` seconds, each with jitter (half to all of it)."""

    def __init__(
        self, first: float = FIRST_S, cap: float = CAP_S, source: random.Random | None = None
    ) -> None:
        self._first, self._cap = first, cap
        # Jitter needs no secrecy.
        self._random = source or random.Random()  # noqa: S311
        self._next = first

    def wait(self, at_least: float | None = None) -> float:
        """Seconds to wait now; ``at_least`` is what the other side asked for."""
        base, self._next = self._next, min(self._cap, self._next * 2)
        return max(base * self._random.uniform(0.5, 1.0), at_least or 0.0)

    def reset(self) -> None:
        """It worked: begin with ``first`` again."""
        self._next = self._first


class Trouble:
    """One log line when a trouble begins or changes its kind, one an hour while it lasts, one at its end."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._kind = ""
        self._since = 0.0
        self._said = 0.0

    @property
    def kind(self) -> str:
        """The present trouble's kind, empty when there is none."""
        return self._kind

    def begin(self, kind: str, text: str, now: float) -> None:
        """The trouble is there (now: monotonic seconds); repeats of it stay silent."""
        if kind != self._kind:
            self._since = self._since if self._kind else now
            self._kind = kind
        elif now - self._said < REMIND_S:
            return
        self._said = now
        log.error("%s", text)

    def end(self, now: float) -> None:
        """It works (again)."""
        if self._kind:
            log.info("%s works again after %.0f s", self._what, now - self._since)
            self._kind = ""
