"""The rows of registers that a message has, while its numbers are bound."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Rows:
    """Which row of the bill a label of a register belongs to.

    Attributes:
        current: the row that the next label belongs to.
        named: whether registers are called by their names.
        blocked: whether a consumption is the current row's, and not the bill's.
        shared: whether all rows are bound already, so that a multiplier is all of theirs.
        by_name: the row of each register.
        used: how many rows there are.
    """

    current: int = 0
    named: bool = False
    blocked: bool = False
    shared: bool = False
    by_name: dict[str, int] = field(default_factory=dict)
    used: int = 0

    def register(self, name: str) -> int:
        """The row of a register; the same one when it comes again."""
        if name not in self.by_name:
            self.by_name[name] = self.used
            self.used += 1
        self.current = self.by_name[name]
        return self.current

    def another(self) -> int:
        """The next row: of another meter, or of a register that is named again with all its numbers."""
        self.current = self.used
        self.used += 1
        return self.current
