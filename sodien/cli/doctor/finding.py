"""What one check of `sodien doctor` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sodien.errors import SodienError
from sodien.i18n import tr

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


def broken(name: str, error: SodienError) -> Finding:
    """An error as a finding: its sentence says "what is wrong; what to do"."""
    sentence, _, remedy = str(error).rpartition("; ")
    if not sentence:
        sentence, remedy = remedy, tr("fix this first, then run 'sodien doctor' again.")
    return Finding(name, "fail", sentence, remedy)
