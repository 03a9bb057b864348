"""A household of 400 W whose register is known to the digit, and the notices it gets."""

from __future__ import annotations

import datetime as dt
import functools
from decimal import Decimal
from pathlib import Path

import pytest

from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.quota import Consumption
from sodien.bills.tariff_files import load_book
from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.times import parse_time

CUSTOMER = "PB05010009999"
HOUR = 3_600_000
#: 2026-09-28 00:00 in Việt Nam; the register is then 9546.0.
START = parse_time("2026-09-27T17:00:00Z")
#: The day on which everything is typed: 4 November 2026, 08:00.
NOW = parse_time("2026-11-04T01:00:00Z")
PULSES_AN_HOUR = 640  # 0.4 kW at 1600 imp/kWh

SETTINGS = """\
device: nha-toi
clock: trust
ledger: {path: ledger.db}
gpio: {factory: simulated}
meters:
  - {id: main, pin: 17, constant: 1600, reading_day: last, billing: {customer: PB05010009999}}
"""


@functools.cache
def total(kwh: int, first: str = "2026-10-01", last: str = "2026-10-31") -> int:
    """What so many kWh cost, in whole đồng."""
    use = Consumption(Decimal(kwh), dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    return round(charge(load_book(), use).total)


def notice(old: int = 9570, new: int = 9868, *, kwh: int | None = None, money: int | None = None) -> str:
    """October's notice; honest as it stands: the register was 9565.2 to 9574.8, and 9862.8 to 9872.4."""
    kwh = new - old if kwh is None else kwh
    money = total(kwh) if money is None else money
    return (
        f"Mã khách hàng: {CUSTOMER}\n"
        "Kỳ 1 tháng 10/2026, từ ngày 01/10/2026 đến ngày 31/10/2026\n"
        f"Chỉ số cũ: {old}\nChỉ số mới: {new}\nHệ số nhân: 1\n"
        f"Điện năng tiêu thụ: {kwh} kWh\nTổng cộng tiền thanh toán: {money} đ\n"
    )


SMS_INDEX = (
    f"EVN SPC xin thong bao chi so cua khach hang {CUSTOMER}, BCS:KT, HSN:1, chi so cu:9570, "
    "chi so moi:9868, dien nang tieu thu:298. Cam on."
)
SMS_MONEY = f"EVN SPC thong bao tien dien ky 1 thang 10 nam 2026 la {total(298)} dong. Cam on."
SMS_SCHEDULE = "EVN SPC thong bao se ghi dien ky:1, thang: 11, nam: 2026 la ngay: 28/11/2026. Cam on."


def counted(ledger: Ledger, until: int = NOW, *, dial: bool = True) -> None:
    """Ticks every hour, and one dial reading on the first morning."""
    run = ledger.begin_run("boot", 0, "1")
    first = HOUR - HOUR // PULSES_AN_HOUR
    rows = [
        NewRow("tick", "main", run, n * HOUR * 10**6, START + n * HOUR, n * PULSES_AN_HOUR, first)
        for n in range((until - START) // HOUR + 1)
    ]
    if dial:
        body = {"reading": "9546.0", "low": "9546", "high": "9546.1", "within_ms": 1000}
        rows.append(NewRow("dial", "main", at=START + 1000, body=body))
    ledger.append(rows)


def usual_days(folder: Path, kwh: float = 9.6) -> None:
    """The days of October as they were written when they ended, each known to 0.02 kWh."""
    energy = {"low": f"{kwh - 0.01:.2f}", "best": f"{kwh:.2f}", "high": f"{kwh + 0.01:.2f}"}
    rows = []
    for number in range(3, 37):
        at = START + number * 24 * HOUR
        day = (dt.date(2026, 9, 28) + dt.timedelta(days=number)).isoformat()
        body = {"end": at + 24 * HOUR, "energy": energy, "counted": 86_400.0, "day": day, "pulses": 15_360}
        rows.append(NewRow("day", "main", at=at, body=body))
    ledger = Ledger.open(folder / "ledger.db")
    ledger.append(rows)
    ledger.close()


def household(folder: Path, settings: str = SETTINGS, *, dial: bool = True) -> Path:
    """Settings and a ledger; returns the settings file."""
    config = folder / "sodien.yaml"
    config.write_text(settings, encoding="utf-8")
    ledger = Ledger.open(folder / "ledger.db", create=True, durable=False)
    counted(ledger, dial=dial)
    ledger.close()
    return config


def freeze(monkeypatch: pytest.MonkeyPatch, at: int = NOW) -> None:
    """Let the commands think that it is ``at`` (ms UTC)."""
    monkeypatch.setattr("sodien.cli.context.now_ms", lambda: at)
