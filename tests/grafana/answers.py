"""What each query of the dashboards must answer of the hand-made household, for the range START to NOW."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sodien.protocol.times import parse_time
from tests.grafana import money
from tests.grafana.household import (
    CONSTANT,
    DAYS,
    DIAL_LOW,
    GAP_END,
    GAP_KWH,
    GAP_START,
    HOUR,
    NOW,
    START,
    Household,
    local,
)

Row = dict[str, Any]

LOW, BEST, HIGH = "low", "best", "high"
MAIN = Household("main", scale=1)
#: Share of each hour in which pulses were counted: the gap took 13:10 to 14:40 of the 22nd.
COVERAGE = dict.fromkeys(MAIN.hours, 1.0) | {local(22, 13): 10 / 60, local(22, 14): 20 / 60}


def close(value: object) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def devices(rows: list[Row]) -> None:
    assert {row["value"] for row in rows} == {"nha-toi", "nha-ban"}


def meters(rows: list[Row]) -> None:
    assert {row["value"] for row in rows} == {"main", "solar"}


def gap_annotation(rows: list[Row]) -> None:
    assert rows == [{"time": GAP_START, "reason": "power", "end_ms": GAP_END}]


def power_now(rows: list[Row]) -> None:
    assert rows == [{"time": NOW, "power": close(MAIN.powers[NOW])}]


def register_now(rows: list[Row]) -> None:
    assert [row["register"] for row in rows] == [close(float(MAIN.registers[NOW].best))]


def register_between(rows: list[Row]) -> None:
    register = MAIN.registers[NOW]
    assert [(row[LOW], row[HIGH]) for row in rows] == [close((float(register.low), float(register.high)))]


def today(rows: list[Row]) -> None:
    newest = rows[-1]
    assert newest["time"] == local(24)
    hours = [MAIN.hours[local(24, hour)] for hour in range(10)]
    assert newest[LOW] == close(float(sum(hour.low for hour in hours)))
    assert newest[BEST] == close(float(sum(hour.best for hour in hours)))
    assert newest[HIGH] == close(float(sum(hour.high for hour in hours)))
    # The same from the counted pulses of midnight and 10:00.
    counted = MAIN.counts[local(24, 10)] - MAIN.counts[local(23, 24 - 1) + HOUR]
    assert newest[LOW] == close(counted / CONSTANT)


def newest_entry(rows: list[Row]) -> None:
    assert rows == [{"time": NOW, "pulses": MAIN.counts[NOW]}]


def queue(rows: list[Row]) -> None:
    (row,) = rows
    assert (row["time"], row["queue"]) == (local(24, 10), (len(range(START + HOUR, NOW, HOUR)) - 1) % 5)


def peak_power(rows: list[Row]) -> None:
    assert {row["time"]: row["peak"] for row in rows} == close(MAIN.powers)


def hourly_mean(rows: list[Row]) -> None:
    expected = {start: float(energy.best) * 1000 for start, energy in MAIN.hours.items()}
    assert {row["time"]: row["hourly"] for row in rows} == close(expected)


def per_day(rows: list[Row]) -> None:
    assert [row["time"] for row in rows] == [local(day) for day in DAYS]
    for row in rows:
        energy = MAIN.days[row["time"]]
        assert (row[LOW], row[BEST], row[HIGH]) == close(
            tuple(map(float, (energy.low, energy.best, energy.high)))
        )
    assert rows[0][HIGH] == close(rows[0][LOW])
    assert rows[1][HIGH] - rows[1][LOW] == close(float(GAP_KWH))


def stacked(rows: list[Row]) -> None:
    assert [row["time"] for row in rows] == [local(day) for day in DAYS]
    for row in rows:
        energy = MAIN.days[row["time"]]
        assert (row["known"], row["known"] + row["open"]) == close((float(energy.low), float(energy.high)))
    assert rows[1]["open"] == close(float(GAP_KWH))


def stacked_hours(rows: list[Row]) -> None:
    assert {row["time"]: (row["known"], row["open"]) for row in rows} == {
        start: close((float(energy.low), float(energy.high - energy.low)))
        for start, energy in MAIN.hours.items()
    }


def hourly_register(rows: list[Row]) -> None:
    last: dict[int, int] = {}
    for at in MAIN.registers:
        last[at // HOUR * HOUR] = at
    assert {row["time"]: row[BEST] for row in rows} == close(
        {hour: float(MAIN.registers[at].best) for hour, at in last.items()}
    )
    assert all(row[LOW] <= row[BEST] <= row[HIGH] for row in rows)


def dial_points(rows: list[Row]) -> None:
    assert rows == [{"time": START, "dial": float(DIAL_LOW)}]


def coverage(rows: list[Row]) -> None:
    assert {row["time"]: row["coverage"] for row in rows} == close(COVERAGE)


def gap_table(rows: list[Row]) -> None:
    (row,) = rows
    assert row == {
        "time": GAP_START,
        "end_ms": GAP_END,
        "seconds": 5400,
        "reason": "power",
        "kwh_low": 0,
        "kwh_high": close(13.2),
    }


def snapshots(rows: list[Row]) -> None:
    (row,) = rows
    assert (row["time"], row["day"]) == (local(23), "2026-11-22")
    for name, at in (("start", local(22)), ("end", local(23))):
        register = MAIN.register(at)
        shown = row[f"{name}_low"], row[f"{name}_high"]
        assert shown == close((float(register.low), float(register.high)))


def refused(rows: list[Row]) -> None:
    assert len(rows) == len(range(START + HOUR, NOW, HOUR))
    newest = rows[-1]
    assert newest.pop("time") == local(24, 10)
    assert newest == {
        "last_rejected_short": (len(rows) - 1) // 10,
        "last_rejected_spacing": 2,
        "last_undecided": 1,
        "last_late": 0,
    }


def daily_cost(rows: list[Row]) -> None:
    # Of the first day no hour comes before the first entry; of the 23rd the period's first hour is left out.
    hours = {21: 23, 22: 24, 23: 23, 24: 10}
    assert {row["time"]: row["step"] for row in rows if row["step"] is not None} == close(
        {local(day) + 1000: count * money.PER_HOUR for day, count in hours.items()}
    )


def cost_today(rows: list[Row]) -> None:
    assert (rows[-1]["time"], rows[-1]["step"]) == (local(24) + 1000, 10 * money.PER_HOUR)


def newest_cost(*names: str) -> Callable[[list[Row]], None]:
    """The newest cost entry's values of a name with its bounds, or of one name alone."""

    def check(rows: list[Row]) -> None:
        newest = money.costs()[local(24, 10)]
        (row,) = rows
        row.pop("time")
        assert list(row.values()) == close([newest[name] for name in names])

    return check


def tiers(rows: list[Row]) -> None:
    """All of the period's course, the one before it too; the next tier is none where the last is reached."""
    costs = money.costs()
    assert {row["time"]: row["step_at"] for row in rows} == {
        at: cost["next_tier_kwh"] for at, cost in costs.items()
    }
    assert {row["time"]: (row[LOW], row[BEST], row[HIGH]) for row in rows} == {
        at: close((cost["kwh_low"], cost["kwh"], cost["kwh_high"])) for at, cost in costs.items()
    }


def of_cost(name: str) -> Callable[[list[Row]], None]:
    return newest_cost(f"{name}_low", name, f"{name}_high")


def periods(rows: list[Row]) -> None:
    """The last values of each day; those of midnight belong to the day, and the period, that it ends."""
    ends = [(22, 0, "2026-11-22"), (23, 0, "2026-11-22"), (24, 0, "2026-12-22"), (24, 10, "2026-12-22")]
    assert [row["period"] for row in rows] == [last for *_, last in ends]
    for row, (day, hour, _) in zip(rows, ends, strict=True):
        entry = money.costs()[local(day, hour)]
        assert (row[LOW], row[BEST], row[HIGH]) == (entry["kwh_low"], entry["kwh"], entry["kwh_high"])


def daily_coverage(rows: list[Row]) -> None:
    assert {row["time"]: row["coverage"] for row in rows} == close(
        {local(21): 1, local(22): 1 - 1.5 / 24, local(23): 1}
    )


def blind(rows: list[Row]) -> None:
    assert [row for row in rows if row["blind_power"] is not None] == [
        {"time": local(22), "blind_power": 5400}
    ]


def day_table(rows: list[Row]) -> None:
    assert [row["day"] for row in rows] == list(reversed(DAYS.values()))
    for row in rows:
        energy = MAIN.days[row["time"]]
        assert (row["kwh_low"], row["kwh"], row["kwh_high"]) == close(
            tuple(map(float, (energy.low, energy.best, energy.high)))
        )
    assert [row["coverage"] for row in rows] == close([1, 1 - 1.5 / 24, 1])


def index_point(rows: list[Row]) -> None:
    (row,) = rows
    assert row["last"] == "2026-11-22"
    index = row["index"]
    assert index == 12386.0
    # The household of the example was billed more than its dial can have shown on that day.
    assert index > MAIN.register(local(23)).high


def next_reading_day(rows: list[Row]) -> None:
    assert [row["day"] for row in rows] == ["2026-12-22"]


def last_verdict(rows: list[Row]) -> None:
    assert rows == [{"time": money.VERDICT_AT, "verdict": "disagrees"}]


def beside_verdict(name: str, value: float) -> Callable[[list[Row]], None]:
    def check(rows: list[Row]) -> None:
        assert [(row["time"], row[name]) for row in rows] == [(money.VERDICT_AT, value)]

    return check


def difference(rows: list[Row]) -> None:
    (row,) = rows
    own = {name: money.VERDICT[name] for name in ("own_kwh_low", "own_kwh", "own_kwh_high")}
    assert row["difference"] == close(money.VERDICT["billed_kwh"] - own["own_kwh"])
    assert row["least"] == close(own["own_kwh_low"] - own["own_kwh"])
    assert row["most"] == close(own["own_kwh_high"] - own["own_kwh"])
    assert row["least"] <= 0 <= row["most"]


def claim_difference(rows: list[Row]) -> None:
    (row,) = rows
    assert row["time"] == parse_time(money.CLAIM_ENTRY.at)
    assert (row["least"], row["difference"], row["most"]) == (close(-5.1), close(1.2), close(5.1))


def as_stored(at: int, fields: dict[str, Any], **absent: None) -> Callable[[list[Row]], None]:
    def check(rows: list[Row]) -> None:
        (row,) = rows
        assert row == {"time": at, **{name: fields.get(name) for name in row if name != "time"}}
        assert [name for name, value in row.items() if value is None] == list(absent)

    return check


def dial_table(rows: list[Row]) -> None:
    assert rows == [{"time": START, "reading": "12345.6", "within_s": 0, "by": "Lan"}]


def replaced(rows: list[Row]) -> None:
    assert rows == [
        {
            "time": START,
            "old_final": "98765.4",
            "new_initial": "12345.6",
            "constant": CONSTANT,
            "serial": "A17",
        }
    ]


def ticks(start: int, end: int) -> int:
    return sum(start <= at < end for at in MAIN.counts)


def audit_today(rows: list[Row]) -> None:
    newest = rows[-1]
    assert newest["time"] == local(24)
    assert newest["missing"] == 0
    assert newest["expected"] == ticks(local(24), NOW + 1) > 300


def audit_hours(rows: list[Row]) -> None:
    expected = {at: ticks(at, at + HOUR) for at in range(START, NOW, HOUR) if ticks(at, at + HOUR)}
    for name in ("stored", "expected"):
        assert {row["time"]: row[name] for row in rows} == expected


def ledger_size(rows: list[Row]) -> None:
    assert [row["ledger"] for row in rows] == [0.04096]


def open_energy(rows: list[Row]) -> None:
    assert [row["open"] for row in rows] == close([float(GAP_KWH)])


def queue_and_ledger(rows: list[Row]) -> None:
    assert [row["waiting"] for row in rows] == [number % 5 for number in range(len(rows))]
    assert {row["ledger"] for row in rows} == {0.04096}
    assert len(rows) == len(range(START + HOUR, NOW, HOUR))


def resolutions(rows: list[Row]) -> None:
    assert rows == [
        {"time": local(23, 8), "of_ms": GAP_START, "what": "energy", "low": 0.1, "high": 0.4, "by": "Lan"}
    ]


def events(rows: list[Row]) -> None:
    assert {(row["time"], row["what"]) for row in rows} == {(START, "started")}


EXPECTED: dict[str, Callable[[list[Row]], None]] = {
    "sodien Power stat A": power_now,
    "sodien Register stat A": register_now,
    "sodien The register is certainly stat A": register_between,
    "sodien Today stat A": today,
    "sodien Cost today (đ) stat A": cost_today,
    "sodien Newest entry stat A": newest_entry,
    "sodien Period ends stat A": next_reading_day,
    "sodien Period so far stat A": of_cost("kwh"),
    "sodien Cost so far (đ) stat A": of_cost("cost"),
    "sodien Tier stat A": newest_cost("cost", "tier", "next_tier_kwh"),
    "sodien This period and its tiers timeseries A": tiers,
    "sodien kWh at the reading day stat A": of_cost("projected_kwh"),
    "sodien The bill to expect (đ) stat A": of_cost("projected_cost"),
    "sodien Power over time timeseries A": peak_power,
    "sodien Power over time timeseries B": hourly_mean,
    "sodien kWh by the hour timeseries A": stacked_hours,
    "sodien-days kWh per day timeseries A": stacked,
    "sodien-days Cost per day (đ) timeseries A": daily_cost,
    "sodien-days kWh per month barchart A": per_day,
    "sodien-days kWh per billing period barchart A": periods,
    "sodien-days Share of the day that was counted timeseries A": daily_coverage,
    "sodien-days Not counted, by reason timeseries A": blind,
    "sodien-days Days table A": day_table,
    "sodien-reading-day Our register and the utility's reading timeseries A": hourly_register,
    "sodien-reading-day Our register and the utility's reading timeseries B": dial_points,
    "sodien-reading-day Our register and the utility's reading timeseries C": index_point,
    "sodien-reading-day Next reading day stat A": next_reading_day,
    "sodien-reading-day Last verdict stat A": last_verdict,
    "sodien-reading-day Off by at least stat A": beside_verdict("disagrees_by_kwh", 3.2),
    "sodien-reading-day Errors show from stat A": beside_verdict("detectable_kwh", 14),
    "sodien-reading-day Billed less counted timeseries A": difference,
    "sodien-reading-day The utility's daily readings less your register timeseries A": claim_difference,
    "sodien-reading-day Verdicts table A": as_stored(money.VERDICT_AT, money.VERDICT),
    "sodien-reading-day Bills table A": as_stored(money.BILL_AT, money.BILL),
    "sodien-reading-day Reading days table A": snapshots,
    "sodien-reading-day Dial readings table A": dial_table,
    "sodien-reading-day Meters replaced table A": replaced,
    "sodien-health Newest entry stat A": newest_entry,
    "sodien-health Everything here today? stat A": audit_today,
    "sodien-health Entries not delivered yet stat A": queue,
    "sodien-health Size of the ledger stat A": ledger_size,
    "sodien-health Not counted, at most stat A": open_energy,
    "sodien-health Entries that arrived, by hour timeseries A": audit_hours,
    "sodien-health Share of time that was counted timeseries A": coverage,
    "sodien-health When nothing was counted table A": gap_table,
    "sodien-health Flashes that were refused timeseries A": refused,
    "sodien-health Not delivered, and size of the ledger timeseries A": queue_and_ledger,
    "sodien-health What you said of it table A": resolutions,
    "sodien-health Starts, stops and the clock table A": events,
}
for _stem in ("sodien", "sodien-days", "sodien-health", "sodien-reading-day"):
    EXPECTED |= {
        f"{_stem} variable device": devices,
        f"{_stem} variable meter": meters,
        f"{_stem} annotation Gaps": gap_annotation,
    }
