"""A boarding house: the utility's meter at 400 W, two rooms at 150 and 200 W, 50 W for the stairs."""

from __future__ import annotations

from pathlib import Path

from sodien.ledger.store import Ledger, NewRow
from tests.cli.billed import CUSTOMER, HOUR, NOW, START

#: Watts and imp/kWh.
METERS = {"main": (400, 1600), "room1": (150, 1000), "room2": (200, 1000)}
SETTINGS = f"""\
device: nha-tro
clock: trust
ledger: {{path: ledger.db}}
gpio: {{factory: simulated}}
meters:
  - {{id: main, pin: 17, constant: 1600, billing: {{customer: {CUSTOMER}}}}}
  - {{id: room1, pin: 27, constant: 1000, sub_of: main, tenant: {{name: Lan, people: 2}}}}
  - {{id: room2, pin: 22, constant: 1000, sub_of: main, tenant: {{people: 3}}}}
"""
#: room1 as the other register of the utility's meter: 150 W that are delivered to the grid.
SUN = "\n".join(line for line in SETTINGS.splitlines() if "room2" not in line).replace(
    "sub_of: main, tenant: {name: Lan, people: 2}", "delivery_of: main"
)
#: What the dials showed on the first morning.
DIALS = {"main": 9546, "room1": 312, "room2": 78}


def counted(ledger: Ledger, until: int = NOW, *, dials: tuple[str, ...] = tuple(DIALS)) -> None:
    """Ticks every hour, and a dial reading of each meter on the first morning."""
    run = ledger.begin_run("boot", 0, "1")
    rows = []
    for meter, (watts, constant) in METERS.items():
        an_hour = watts * constant // 1000
        first = HOUR - HOUR // an_hour
        rows += [
            NewRow("tick", meter, run, n * HOUR * 10**6, START + n * HOUR, n * an_hour, first)
            for n in range((until - START) // HOUR + 1)
        ]
    rows.sort(key=lambda row: row.mono or 0)
    for meter in dials:
        dial = DIALS[meter]
        body = {"reading": f"{dial}.0", "low": str(dial), "high": f"{dial}.1", "within_ms": 1000}
        rows.append(NewRow("dial", meter, at=START + 1000, body=body))
    ledger.append(rows)


def house(folder: Path, settings: str = SETTINGS, *, dials: tuple[str, ...] = tuple(DIALS)) -> Path:
    """Settings and a ledger; returns the settings file."""
    config = folder / "sodien.yaml"
    config.write_text(settings, encoding="utf-8")
    ledger = Ledger.open(folder / "ledger.db", create=True)
    try:
        counted(ledger, dials=dials)
    finally:
        ledger.close()
    return config
