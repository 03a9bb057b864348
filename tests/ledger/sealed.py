"""Random honest lives of a ledger, sealed now and then, for the tests of the chain."""

from __future__ import annotations

import random
from pathlib import Path

from sodien.ledger.opening import open_or_salvage
from sodien.ledger.store import Ledger, NewRow, Save

MINUTE = 60_000
MINUTE_NS = MINUTE * 1_000_000
START = 1_795_478_400_000


class Life:
    """A ledger that is written, dated late, restarted and sealed; nothing in it is ever changed."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.chance = random.Random(seed)
        self.ledger = Ledger.open(path, create=True, durable=False)
        self.boot = 0
        self.mono = 0
        self.pulses = 0
        self.offset: int | None = START * 1_000_000
        self.run = 0
        self._begin()

    def _begin(self) -> None:
        self.run = self.ledger.begin_run(f"boot {self.boot}", self.mono, "1")

    def _at(self) -> int | None:
        return (self.mono + self.offset) // 1_000_000 if self.offset is not None else None

    def write(self, most: int = 20) -> None:
        """Ticks and other rows, dated as far as the clock is known."""
        for _ in range(self.chance.randint(1, most)):
            self.mono += MINUTE_NS
            self.pulses += self.chance.randint(0, 9)
            body = {} if self.chance.random() < 0.7 else {"what": "note", "detail": {"kWh": "1.5", "ô": 2.5}}
            kind = "event" if body else "tick"
            row = NewRow(kind, "main", self.run, self.mono, self._at(), self.pulses, 10, 0, body)
            self.ledger.append([row], [Save("main", self.run, self.mono, self.pulses)])

    def dial(self) -> None:
        """A person's command, another process in real life."""
        other = Ledger.open(self.path, durable=False)
        body = {"reading": "123.4", "low": "123.4", "high": "123.5", "within_ms": 0}
        other.append([NewRow("dial", "main", at=START + self.chance.randint(0, 10**9), body=body)])
        other.close()

    def seal(self, most: int = 7) -> None:
        """Seal once; a backlog may stay."""
        self.ledger.seal(self.run, self.mono, self._at(), most)

    def seal_all(self) -> None:
        """Seal until nothing is left."""
        while self.ledger.seal(self.run, self.mono, self._at(), 7) is not None:
            pass

    def reopen(self, *, power_cut: bool) -> None:
        """A restart, in the same boot or after a power cut without a clock."""
        self.ledger.close()
        self.ledger = Ledger.open(self.path, durable=False)
        if power_cut:
            self.boot += 1
            self.mono = 0
            self.offset = None
        self._begin()

    def clock(self) -> None:
        """The clock becomes known, or steps."""
        if self.offset is None:
            self.offset = START * 1_000_000 + self.chance.randint(-3, 10) * 3600 * 10**9
            self.ledger.date(f"boot {self.boot}", self.offset)
        else:
            self.offset += self.chance.choice([-1, 1]) * self.chance.randint(1, 7200) * 10**9

    def salvage(self) -> None:
        """The card damages the file; what can be read goes on in a new one."""
        self.ledger.close()
        data = bytearray(self.path.read_bytes())
        start = len(data) - self.chance.choice([700, 1024, 3000])
        data[start : start + 500] = bytes(500)
        self.path.write_bytes(data)
        self.ledger, _ = open_or_salvage(self.path, "damaged", durable=False)
        self._begin()

    def live(self, steps: int, *, salvage: bool = False) -> None:
        """Some random steps."""
        for _ in range(steps):
            what = self.chance.choice(
                ["write", "write", "seal", "dial", "restart", "cut", "clock", "salvage"]
            )
            if what == "write":
                self.write()
            elif what == "seal":
                self.seal(self.chance.choice([3, 7, 5000]))
            elif what == "dial":
                self.dial()
            elif what in ("restart", "cut"):
                self.reopen(power_cut=what == "cut")
            elif what == "clock":
                self.clock()
            elif salvage:
                self.salvage()
