"""A case: what the daemon is set to, what the line does, what happens meanwhile. Plain values, so that it
can be handed into the machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from lab import schedule, truth
from lab.record import Record
from lab.record import read as read_record
from sodien.metering.counting.limits import PulseLimits
from sodien.settings.model import LedgerSettings, MeterSettings, parse

PIN = 17
#: Sodien's own default.
AT_RISK_WH = float(LedgerSettings().at_risk_wh)


class Step(msgspec.Struct, frozen=True):
    """Something done to the machine ``at_s`` seconds after the first edge; see :mod:`lab.guest.drive`."""

    at_s: float
    action: str
    value: float = 0


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One run of the daemon beside the player.

    ``edges`` is what the player drives. Constant and breaker are such that the pulses are possible for the
    meter; everything not named here is Sodien's default.
    """

    name: str
    edges: tuple[tuple[int, bool], ...]
    constant: int = 1600
    amps: int = 40
    phases: int = 1
    min_pulse_ms: float = 5
    active: str = "high"
    at_risk_wh: float = AT_RISK_WH
    clock: str = "auto"
    synchronised: bool = True
    steps: tuple[Step, ...] = ()
    settle_s: float = 3
    aim: dict[str, Any] = {}

    @property
    def slug(self) -> str:
        """The name as a folder."""
        return re.sub(r"[^a-z0-9.]+", "-", self.name.lower()).strip("-")

    @property
    def active_high(self) -> bool:
        """Whether the line is high during a flash."""
        return self.active == "high"

    def yaml(self, ledger: str, factory: str) -> str:
        """The daemon's settings. The broker is one that is not there."""
        return (
            f"device: lab\nclock: {self.clock}\n"
            f"ledger: {{path: {ledger}, at_risk_wh: {self.at_risk_wh}}}\n"
            f"gpio: {{factory: {factory}}}\nmqtt: {{host: 127.0.0.1, port: 1}}\n"
            f"meters:\n  - {{id: main, pin: {PIN}, constant: {self.constant}, breaker_amps: {self.amps}, "
            f"phases: {self.phases}, min_pulse_ms: {self.min_pulse_ms}, active: {self.active}}}\n"
        )

    @property
    def meter(self) -> MeterSettings:
        """The meter's settings, read by the project's own code."""
        return parse(self.yaml("ledger.db", "auto"), Path("lab.yaml")).meters[0]

    @property
    def limits(self) -> PulseLimits:
        """What a pulse is for this meter."""
        return self.meter.limits()


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What the driver inside noted of a case; times are monotonic ns of the machine."""

    name: str
    code: int
    cpu_s: float
    switches: int
    seconds: float
    started: int
    stopped: int
    steps: list[dict[str, Any]] = []
    offsets: list[dict[str, Any]] = []


@dataclass(frozen=True)
class Result:
    """A case with what came of it: the truth, the ledger's rows and its file, the driver's notes."""

    case: Case
    done: Done
    pulses: truth.Pulses
    record: Record
    late_ns: int
    ledger: Path | None = None


def collect(case: Case, folder: Path) -> Result:
    """Read what the machine left in a case's folder."""
    where = folder / case.slug
    done = msgspec.json.decode((where / "done.json").read_bytes(), type=Done)
    log = truth.read((where / "truth.bin").read_bytes(), case.edges)
    pulses = truth.judge(log, case.limits, active_high=case.active_high)
    ledger = where / "ledger.db"
    return Result(case, done, pulses, read_record(ledger), truth.lateness(log, case.edges), ledger)


def train(flashes: list[schedule.Flash], *, active_high: bool = True) -> tuple[tuple[int, bool], ...]:
    """Flashes as a case's edges."""
    return tuple(schedule.levels(flashes, active_high=active_high))
