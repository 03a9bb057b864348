"""Bills, verdicts, costs and reminders of the hand-made household, as the collector's lines."""

from __future__ import annotations

from collector.lines import Field, line
from tests.grafana.household import HOUR, NOW, START, local

#: Cost of an hour, đồng; the reading day is the 22nd, so a new period begins with the 23rd.
PER_HOUR = 1_000.0
PERIOD = local(23)


def cost_at(at: int) -> float:
    """The cost so far at the end of an hour; at the period's last midnight still that of the old one."""
    return PER_HOUR * (at - (START if at <= PERIOD else PERIOD)) / HOUR


def _bounds(name: str, value: float) -> dict[str, Field]:
    return {f"{name}_low": value - 1, name: value, f"{name}_high": value + 2}


def costs() -> dict[int, dict[str, Field]]:
    """The cost entries by time."""
    found: dict[int, dict[str, Field]] = {}
    for at in range(START + HOUR, NOW + 1, HOUR):
        done = cost_at(at)
        old = at <= PERIOD
        found[at] = {
            "first": "2026-10-23" if old else "2026-11-23",
            "last": "2026-11-22" if old else "2026-12-22",
            "currency": "VND",
            "tier": 2 if old else 1,
            **_bounds("kwh", done / 2_000),
            **_bounds("cost", done),
            **_bounds("projected_kwh", 180.0),
            **_bounds("projected_cost", 400_000.0),
        }
    return found


BILL: dict[str, Field] = {
    "source": "sms",
    "first": "2026-10-23",
    "last": "2026-11-22",
    "index_old": 12225.0,
    "index_new": 12386.0,
    "multiplier": 1.0,
    "kwh": 161.0,
    "net": 330_000.0,
    "tax": 26_400.0,
    "total": 356_400.0,
    "estimated": 0,
}
BILL_AT, VERDICT_AT = local(23, 16), local(23, 16, 1)
VERDICT: dict[str, Field] = {
    "of_ms": BILL_AT,
    "verdict": "disagrees",
    "first": "2026-10-23",
    "last": "2026-11-22",
    "direction": "over",
    "disagrees_by_kwh": 3.2,
    "disagrees_by_money": 9_000.0,
    "detectable_kwh": 14.0,
    "billed_kwh": 161.0,
    "own_kwh_low": 144.1,
    "own_kwh": 146.0,
    "own_kwh_high": 157.8,
    "wrong": "index_new consumption",
    "reason": "misread",
}


def lines(device: str, meter: str) -> list[str]:
    """All of them for one meter."""
    tags = {"device": device, "meter": meter}
    return [
        *(line("cost", tags, fields, at) for at, fields in costs().items()),
        line("bill", tags, BILL, BILL_AT),
        line("verdict", tags, VERDICT, VERDICT_AT),
        line("reminder", tags, {"day": "2026-11-22", "when": "tomorrow"}, local(21, 18)),
        line("reminder", tags, {"day": "2026-11-22", "when": "today"}, local(22, 18)),
    ]
