"""What one check of `sodien doctor` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "info", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        name: what was checked, a word that scripts can rely on.
        level: ok and info need nothing; warn and fail are findings.
        sentence: for people.
        remedy: what to do about it; never empty for warn and fail.
    """

    name: str
    level: Level
    sentence: str
    remedy: str | None = None

    @property
    def bad(self) -> bool:
        """Whether something should be done."""
        return self.level in ("warn", "fail")
