"""Bills, verdicts, costs and reminders of the hand-made household, as the entries a device sends."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from collector.line_protocol import of_entry
from sodien.protocol.entries import BillEntry, ClaimEntry, CostEntry, ReminderEntry, VerdictEntry
from sodien.protocol.times import format_time, parse_time
from sodien.protocol.values import Bounds, Money, Projection
from tests.grafana.household import HOUR, NOW, START, local

#: Cost of an hour, đồng; the reading day is the 22nd, so a new period begins with the 23rd.
PER_HOUR = 1_000.0
PERIOD = local(23)


#: The first midnight of the period before, for a picture of all of it.
OPENED = START - 29 * 24 * HOUR
STEPS = (50, 100, 200, 300, 400)


def cost_at(at: int, since: int = START) -> float:
    """The cost so far at the end of an hour; at the period's last midnight still that of the old one."""
    return PER_HOUR * (at - (since if at <= PERIOD else PERIOD)) / HOUR


def _money(value: float) -> Money:
    return Money(Decimal(value) - 1, Decimal(value), Decimal(value) + 2)


def _kwh(value: float) -> Bounds:
    return Bounds(Decimal(value) - 1, Decimal(value), Decimal(value) + 2)


def cost_entry(at: int, since: int = START) -> CostEntry:
    """The cost entry of the end of an hour; of a period told from START alone the tier is the last."""
    done, old = cost_at(at, since), at <= PERIOD
    reached = 1 + sum(done / 2_000 > step for step in STEPS)
    if old and since == START:
        reached = 6
    last = "2026-11-22" if old else "2026-12-22"
    return CostEntry(
        seq=1,
        at=format_time(at),
        meter="main",
        first="2026-10-23" if old else "2026-11-23",
        last=last,
        kwh=_kwh(done / 2_000),
        cost=_money(done),
        currency="VND",
        tier=reached,
        next_tier_kwh=None if reached > len(STEPS) else Decimal(STEPS[reached - 1]),
        projection=Projection(last, _kwh(180), _money(400_000)),
    )


def costs() -> dict[int, dict[str, Any]]:
    """What the panels must show of the cost entries, by time."""
    return {
        at: {
            "tier": entry.tier,
            "next_tier_kwh": entry.next_tier_kwh and float(entry.next_tier_kwh),
            **_columns("kwh", entry.kwh),
            **_columns("cost", entry.cost),
            **_columns("projected_kwh", entry.projection.kwh),
            **_columns("projected_cost", entry.projection.cost),
        }
        for at in range(START + HOUR, NOW + 1, HOUR)
        if (entry := cost_entry(at)) and entry.projection
    }


def _columns(name: str, value: Bounds | Money) -> dict[str, float]:
    return {f"{name}_low": float(value.low), name: float(value.best), f"{name}_high": float(value.high)}


BILL_AT, VERDICT_AT = local(23, 16), local(23, 16, 1)
BILL_ENTRY = BillEntry(
    seq=1, at=format_time(BILL_AT), meter="main", source="sms", first="2026-10-23", last="2026-11-22",
    old=Decimal(12225), new=Decimal(12386), multiplier=Decimal(1), billed_kwh=Decimal(161),
    net=Decimal(330_000), tax=Decimal(26_400), total=Decimal(356_400),
)  # fmt: skip
#: What the table of bills must show of it.
BILL: dict[str, Any] = {
    "source": "sms", "first": "2026-10-23", "last": "2026-11-22", "index_old": 12225, "index_new": 12386,
    "multiplier": 1, "kwh": 161, "net": 330_000, "tax": 26_400, "total": 356_400, "estimated": 0,
}  # fmt: skip
VERDICT_ENTRY = VerdictEntry(
    seq=1, at=format_time(VERDICT_AT), meter="main", of=format_time(BILL_AT), overall="disagrees",
    first="2026-10-23", last="2026-11-22", direction="over", disagrees_by_kwh=Decimal("3.2"),
    disagrees_by_money=Decimal(9_000), detectable_kwh=Decimal(14), billed_kwh=Decimal(161),
    own_low=Decimal("144.1"), own=Decimal(146), own_high=Decimal("157.8"), wrong=("index_new", "consumption"),
    reason="misread", read_from=format_time(local(23, 9)), read_to=format_time(local(23, 15)),
)  # fmt: skip
VERDICT: dict[str, Any] = {
    "verdict": "disagrees", "first": "2026-10-23", "last": "2026-11-22", "direction": "over",
    "disagrees_by_kwh": 3.2, "disagrees_by_money": 9_000, "detectable_kwh": 14, "billed_kwh": 161,
    "own_kwh_low": 144.1, "own_kwh": 146, "own_kwh_high": 157.8, "wrong": "index_new consumption",
    "reason": "misread", "read_from_ms": local(23, 9), "read_to_ms": local(23, 15),
}  # fmt: skip


CLAIM_ENTRY = ClaimEntry(
    seq=1, at=format_time(local(23, 0)), meter="main", source="EVN", day="2026-11-23",
    index=Decimal("12386.4"), register=Bounds(Decimal("12380.1"), Decimal("12385.2"), Decimal("12390.3")),
)  # fmt: skip


def reminder(at: int, when: str) -> ReminderEntry:
    """A reminder of the reading day."""
    return ReminderEntry(seq=1, at=format_time(at), meter="main", day="2026-11-22", when=when)


def verdict(at: int, word: str) -> VerdictEntry:
    """A verdict reached at another time."""
    of = format_time(parse_time(BILL_ENTRY.at))
    return VerdictEntry(seq=1, at=format_time(at), meter="main", of=of, overall=word)


def lines(device: str, since: int = START) -> list[str]:
    """All of them for the household's main meter, the costs from ``since``."""
    entries = [cost_entry(at, since) for at in range(since + HOUR, NOW + 1, HOUR)]
    told = [reminder(local(21, 18), "tomorrow"), reminder(local(22, 18), "today")]
    more = [BILL_ENTRY, VERDICT_ENTRY, CLAIM_ENTRY, *told]
    return [of_entry(device, entry) for entry in [*entries, *more]]
