"""Every query of every dashboard, asked of a real InfluxDB, answers what the household's entries say."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from collector.lines import of_entry
from tests.grafana.dashboards import DASHBOARDS, Query, load, panels, queries, read_yaml
from tests.grafana.household import (
    CONSTANT,
    DAYS,
    DIAL_LOW,
    GAP_END,
    GAP_KWH,
    GAP_START,
    HOUR,
    MINUTE,
    NOW,
    START,
    Household,
    local,
)
from tests.support.servers import Influx

DATABASE = read_yaml("datasources")["datasources"][0]["jsonData"]["dbName"]
VARIABLES = {"device": "nha-toi", "meter": "main", "tz": "Asia/Ho_Chi_Minh"}
LOW, BEST, HIGH = "low · thấp nhất", "best · ước tính", "high · cao nhất"

MAIN = Household("main", scale=1)
OTHERS = [("nha-toi", Household("solar", scale=3)), ("nha-ban", Household("main", scale=2, anchored=False))]

DASHBOARD = load(DASHBOARDS[[path.stem for path in DASHBOARDS].index("sodien")])
QUERIES = list(queries(DASHBOARD))
ZOOMED = [query for query in QUERIES if "$__interval" in query.text]

#: Share of each hour in which pulses were counted: the gap took 13:10 to 14:40 of the 22nd.
COVERAGE = dict.fromkeys(MAIN.hours, 1.0) | {local(22, 13): 10 / 60, local(22, 14): 20 / 60}

Row = dict[str, Any]


@pytest.fixture(scope="module")
def influxdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """One server for the module: ``sodien`` holds three meters, ``empty`` nothing."""
    with Influx(tmp_path_factory.mktemp("influxdb")) as server:
        for name in (DATABASE, "empty"):
            server.query(f"CREATE DATABASE {name}")
        for device, household in [("nha-toi", MAIN), *OTHERS]:
            body = "\n".join(of_entry(device, entry) for entry in household.entries).encode()
            url = f"{server.url}/write?db={DATABASE}&precision=ms"
            with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=30) as reply:
                assert reply.status == 204
        yield server


def close(value: object) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


# What each query must answer for the range START..NOW:


def devices(rows: list[Row]) -> None:
    assert {row["value"] for row in rows} == {"nha-toi", "nha-ban"}


def meters(rows: list[Row]) -> None:
    assert {row["value"] for row in rows} == {"main", "solar"}


def gap_annotation(rows: list[Row]) -> None:
    assert rows == [{"time": GAP_START, "reason": "power", "end_ms": GAP_END}]


def power_now(rows: list[Row]) -> None:
    assert rows == [{"time": NOW, "power": close(MAIN.powers[NOW])}]


def register_now(rows: list[Row]) -> None:
    (row,) = rows
    register = MAIN.registers[NOW]
    assert (row[LOW], row[BEST], row[HIGH]) == close(
        tuple(map(float, (register.low, register.best, register.high)))
    )


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
    assert {row["time"]: row["peak · đỉnh"] for row in rows} == close(MAIN.powers)


def hourly_mean(rows: list[Row]) -> None:
    expected = {start: float(energy.best) * 1000 for start, energy in MAIN.hours.items()}
    assert {row["time"]: row["hourly mean · trung bình giờ"] for row in rows} == close(expected)


def per_day(rows: list[Row]) -> None:
    assert [row["time"] for row in rows] == [local(day) for day in DAYS]
    for row in rows:
        energy = MAIN.days[row["time"]]
        assert (row[LOW], row[BEST], row[HIGH]) == close(
            tuple(map(float, (energy.low, energy.best, energy.high)))
        )
    assert rows[0][HIGH] == close(rows[0][LOW])
    assert rows[1][HIGH] - rows[1][LOW] == close(float(GAP_KWH))


def register_band(rows: list[Row]) -> None:
    assert {row["time"]: row[BEST] for row in rows} == close(
        {at: float(r.best) for at, r in MAIN.registers.items()}
    )
    assert all(row[LOW] <= row[BEST] <= row[HIGH] for row in rows)
    widths = [row[HIGH] - row[LOW] for row in rows]
    assert widths[0] == close(0.1)
    assert widths[-1] == close(0.1 + float(GAP_KWH))


def dial_points(rows: list[Row]) -> None:
    assert rows == [{"time": START, "dial · mặt công tơ": float(DIAL_LOW)}]


def coverage(rows: list[Row]) -> None:
    assert {row["time"]: row["coverage · có đếm"] for row in rows} == close(COVERAGE)


def gap_table(rows: list[Row]) -> None:
    (row,) = rows
    assert row == {
        "time": GAP_START,
        "end_ms": GAP_END,
        "seconds": 5400,
        "reason": "power",
        "kwh_low": 0,
        "kwh_high": close(13.2),
        "pulses_max": 21120,
    }


def snapshots(rows: list[Row]) -> None:
    (row,) = rows
    assert (row["time"], row["day"]) == (local(23), "2026-11-22")
    for name, at in (("start", local(22)), ("end", local(23)), ("hour", local(22, 9))):
        register = MAIN.register(at)
        shown = row[f"{name}_low"], row[name], row[f"{name}_high"]
        assert shown == close(tuple(map(float, (register.low, register.best, register.high))))


def refused(rows: list[Row]) -> None:
    assert len(rows) == len(range(START + HOUR, NOW, HOUR))
    newest = rows[-1]
    assert newest.pop("time") == local(24, 10)
    assert newest == {
        "last_rejected_short": (len(rows) - 1) // 10,
        "last_rejected_fast": 2,
        "last_undecided": 1,
        "last_late": 0,
    }


EXPECTED: dict[str, Callable[[list[Row]], None]] = {
    "variable device": devices,
    "variable meter": meters,
    "annotation Gaps": gap_annotation,
    "panel 1 A": power_now,
    "panel 2 A": register_now,
    "panel 3 A": today,
    "panel 4 A": newest_entry,
    "panel 5 A": queue,
    "panel 6 A": peak_power,
    "panel 6 B": hourly_mean,
    "panel 7 A": per_day,
    "panel 8 A": register_band,
    "panel 8 B": dial_points,
    "panel 9 A": coverage,
    "panel 10 A": gap_table,
    "panel 11 A": snapshots,
    "panel 12 A": refused,
}


def test_every_query_has_an_expected_answer() -> None:
    assert [query.name for query in QUERIES] == list(EXPECTED)
    assert [path.stem for path in DASHBOARDS] == ["sodien"], "a new dashboard needs expectations of its own"


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_the_answer_is_right(influxdb: Influx, query: Query) -> None:
    rows = influxdb.query(query.render(VARIABLES, START, NOW), DATABASE)
    assert rows, "no rows"
    EXPECTED[query.name](rows)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_an_empty_database_answers_with_nothing_and_no_error(influxdb: Influx, query: Query) -> None:
    assert influxdb.query(query.render(VARIABLES, START, NOW), "empty") == []


@pytest.mark.parametrize("interval", ["2m", "30m", "2h", "1d"])
@pytest.mark.parametrize("query", ZOOMED, ids=lambda query: query.name)
def test_zooming_out_keeps_the_extremes(influxdb: Influx, query: Query, interval: str) -> None:
    rows = influxdb.query(query.render(VARIABLES, START, NOW, interval), DATABASE)
    if query.name == "panel 6 A":
        assert max(row["peak · đỉnh"] for row in rows) == close(max(MAIN.powers.values()))
    elif query.name == "panel 8 A":
        assert all(row[LOW] <= row[BEST] <= row[HIGH] for row in rows)
        assert rows[-1][BEST] == close(float(MAIN.registers[NOW].best))
    elif query.name == "panel 9 A":
        width = int(interval[:-1]) * {"m": MINUTE, "h": HOUR, "d": 24 * HOUR}[interval[-1]]
        hours: dict[int, list[float]] = {}
        for start in MAIN.hours:
            hours.setdefault(start // width * width, []).append(COVERAGE[start])
        expected = {start: sum(shares) / len(shares) for start, shares in hours.items()}
        assert {row["time"]: row["coverage · có đếm"] for row in rows} == close(expected)
    else:
        assert rows[-1]["last_rejected_fast"] == 2


def test_a_meter_without_a_dial_reading_has_days_but_no_register(influxdb: Influx) -> None:
    rows = {
        query.name: influxdb.query(query.render(VARIABLES | {"device": "nha-ban"}, START, NOW), DATABASE)
        for query in QUERIES
    }
    assert rows["panel 2 A"] == rows["panel 8 A"] == rows["panel 8 B"] == []
    assert len(rows["panel 7 A"]) == len(DAYS)
    (snapshot,) = rows["panel 11 A"]
    assert snapshot["day"] == "2026-11-22"
    assert snapshot["end"] is None


def test_today_is_the_local_day(influxdb: Influx) -> None:
    (query,) = (query for query in QUERIES if query.name == "panel 3 A")
    # Just after local midnight it is a new day, though it is 17:00 of the day before in UTC.
    rows = influxdb.query(query.render(VARIABLES, START, local(24, 0, 1)), DATABASE)
    assert (rows[-1]["time"], rows[-1][BEST]) == (local(24), close(float(MAIN.hours[local(24)].best)))
    # A day without a whole hour shows 0, not the day before.
    rows = influxdb.query(query.render(VARIABLES, START, local(25, 0, 30)), DATABASE)
    assert (rows[-1]["time"], rows[-1][BEST]) == (local(25), 0)
    rows = influxdb.query(query.render(VARIABLES | {"tz": "UTC"}, START, NOW), DATABASE)
    assert rows[-1]["time"] == local(24, 7)


def test_overrides_name_columns_that_exist(influxdb: Influx) -> None:
    for panel in panels(DASHBOARD):
        columns: set[str] = set()
        for query in QUERIES:
            if query.name.rsplit(" ", 1)[0] == f"panel {panel['id']}":
                for row in influxdb.query(query.render(VARIABLES, START, NOW), DATABASE):
                    columns |= set(row)
        columns = {"Time" if column == "time" else column for column in columns}  # Grafana's name for it
        for override in panel["fieldConfig"]["overrides"]:
            assert override["matcher"]["id"] == "byName"
            assert override["matcher"]["options"] in columns, panel["title"]
            for change in override["properties"]:
                assert change["id"] != "custom.fillBelowTo" or change["value"] in columns


def test_the_time_of_the_newest_entry_is_a_tick_on_a_minute() -> None:
    assert NOW in MAIN.counts
    assert NOW % MINUTE == 0
