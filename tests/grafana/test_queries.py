"""Every query of every dashboard, asked of a real InfluxDB, answers what the household's entries say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.line_protocol import of_entry
from tests.grafana import money
from tests.grafana.answers import BEST, COVERAGE, EXPECTED, HIGH, LOW, MAIN, Row, close, ticks
from tests.grafana.dashboards import DASHBOARDS, Query, load, panels, queries, read_yaml
from tests.grafana.household import (
    DAYS,
    HOUR,
    MINUTE,
    NOW,
    START,
    Household,
    local,
)
from tests.grafana.store import write
from tests.support.servers import Influx

DATABASE = read_yaml("datasources")["datasources"][0]["jsonData"]["dbName"]
VARIABLES = {"device": "nha-toi", "meter": "main", "tz": "Asia/Ho_Chi_Minh"}

OTHERS = [("nha-toi", Household("solar", scale=3)), ("nha-ban", Household("main", scale=2, anchored=False))]

QUERIES = {query.name: query for path in DASHBOARDS for query in queries(path)}
ZOOMED = [query for query in QUERIES.values() if "$__interval" in query.text]


@pytest.fixture(scope="module")
def influxdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """One server for the module: ``sodien`` holds three meters, ``empty`` nothing."""
    with Influx(tmp_path_factory.mktemp("influxdb")) as server:
        for name in (DATABASE, "empty"):
            server.query(f"CREATE DATABASE {name}")
        for device, household in [("nha-toi", MAIN), *OTHERS]:
            lines = [of_entry(device, entry) for entry in household.entries]
            if household is MAIN:
                lines += money.lines(device)
            write(server, DATABASE, lines)
        yield server


def test_every_query_has_an_expected_answer() -> None:
    assert sorted(QUERIES) == sorted(EXPECTED)


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_the_answer_is_right(influxdb: Influx, query: Query) -> None:
    rows = influxdb.query(query.render(VARIABLES, START, NOW), DATABASE)
    assert rows, "no rows"
    EXPECTED[query.name](rows)


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_an_empty_database_answers_with_nothing_and_no_error(influxdb: Influx, query: Query) -> None:
    assert influxdb.query(query.render(VARIABLES, START, NOW), "empty") == []


@pytest.mark.parametrize("interval", ["2m", "30m", "2h", "1d"])
@pytest.mark.parametrize("query", ZOOMED, ids=lambda query: query.name)
def test_zooming_out_keeps_the_extremes(influxdb: Influx, query: Query, interval: str) -> None:
    rows = influxdb.query(query.render(VARIABLES, START, NOW, interval), DATABASE)
    names = set(rows[-1])
    if "peak" in names:
        assert max(row["peak"] for row in rows) == close(max(MAIN.powers.values()))
    elif '"meter" WHERE' in query.text:
        assert all(row[LOW] <= row[BEST] <= row[HIGH] for row in rows)
        assert rows[-1][BEST] == close(float(MAIN.registers[NOW].best))
    elif "coverage" in names:
        width = int(interval[:-1]) * {"m": MINUTE, "h": HOUR, "d": 24 * HOUR}[interval[-1]]
        hours: dict[int, list[float]] = {}
        for start in MAIN.hours:
            hours.setdefault(start // width * width, []).append(COVERAGE[start])
        expected = {start: sum(shares) / len(shares) for start, shares in hours.items()}
        assert {row["time"]: row["coverage"] for row in rows} == close(expected)
    elif "waiting" in names:
        assert max(row["waiting"] for row in rows) == 4
    elif "last_rejected_spacing" in names:
        assert rows[-1]["last_rejected_spacing"] == 2
    else:
        assert rows[-1][BEST] == close(money.costs()[local(24, 10)]["kwh"])


def test_a_meter_without_a_dial_reading_has_days_but_no_register(influxdb: Influx) -> None:
    def ask(name: str) -> list[Row]:
        return influxdb.query(QUERIES[name].render(VARIABLES | {"device": "nha-ban"}, START, NOW), DATABASE)

    chart = "sodien-reading-day Our register and the utility's reading timeseries"
    assert ask("sodien Register stat A") == ask(f"{chart} A") == ask(f"{chart} B") == []
    assert len(ask("sodien-days kWh per day timeseries A")) == len(DAYS)
    (snapshot,) = ask("sodien-reading-day Reading days table A")
    assert snapshot["day"] == "2026-11-22"
    assert snapshot["end_low"] is None


def test_today_is_the_local_day(influxdb: Influx) -> None:
    query = QUERIES["sodien Today stat A"]
    # Just after local midnight it is a new day, though it is 17:00 of the day before in UTC.
    rows = influxdb.query(query.render(VARIABLES, START, local(24, 0, 1)), DATABASE)
    assert (rows[-1]["time"], rows[-1][BEST]) == (local(24), close(float(MAIN.hours[local(24)].best)))
    # A day without a whole hour shows nothing: not the day before, and not 0, as nothing may have come.
    rows = influxdb.query(query.render(VARIABLES, START, local(25, 0, 5)), DATABASE)
    assert (rows[-1]["time"], rows[-1][BEST]) == (local(25), None)
    rows = influxdb.query(query.render(VARIABLES | {"tz": "UTC"}, START, NOW), DATABASE)
    assert rows[-1]["time"] == local(24, 7)


def test_a_missing_entry_is_seen(influxdb: Influx) -> None:
    influxdb.query("CREATE DATABASE holes")
    lost = {local(24, 3, 8), local(24, 7, 1), local(24, 7, 2)}
    assert lost <= set(MAIN.counts)
    lines = [of_entry("nha-toi", entry) for entry in MAIN.entries]
    write(influxdb, "holes", [one for one in lines if int(one.rsplit(" ", 1)[1]) not in lost])
    query = QUERIES["sodien-health Everything here today? stat A"]
    newest = influxdb.query(query.render(VARIABLES, START, NOW), "holes")[-1]
    assert newest["missing"] == 3
    assert newest["expected"] == ticks(local(24), NOW + 1)
    query = QUERIES["sodien-health Entries that arrived, by hour timeseries A"]
    rows = influxdb.query(query.render(VARIABLES, START, NOW), "holes")
    short = {row["time"]: row["expected"] - row["stored"] for row in rows if row["expected"] != row["stored"]}
    assert short == {local(24, 7): 2} | ({local(24, 3): 1} if ticks(local(24, 3), local(24, 3, 8)) else {})


def shown_names(panel: dict[str, Any]) -> set[str]:
    """What columns are called in a panel."""
    changes = (change for one in panel["fieldConfig"]["overrides"] for change in one["properties"])
    return {change["value"] for change in changes if change["id"] == "displayName"}


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_overrides_and_transformations_name_columns_that_exist(influxdb: Influx, path: Path) -> None:
    mine = list(queries(path))
    for panel in panels(load(path)):
        columns: set[str] = set()
        for target in panel["targets"]:
            (query,) = (
                query for query in mine if query.text == target["query"] and panel["type"] in query.name
            )
            for row in influxdb.query(query.render(VARIABLES, START, NOW), DATABASE):
                columns |= set(row)
        columns = {"Time" if column == "time" else column for column in columns}  # Grafana's name for it
        for change in panel.get("transformations", []):
            options = change["options"]
            named = {*options.get("excludeByName", {}), *options.get("fields", {})}
            named |= {one["targetField"] for one in options.get("conversions", [])}
            assert named <= columns, panel["title"]
            if change["id"] == "groupBy":
                for field, how in options["fields"].items():
                    columns |= {f"{field} ({calc})" for calc in how["aggregations"]}
        for override in panel["fieldConfig"]["overrides"]:
            assert override["matcher"]["id"] == "byName"
            name = override["matcher"]["options"]
            # A reason of which nothing has come yet has no column.
            assert name in columns or name.startswith(("blind_", "last_rejected_")), (panel["title"], name)
            for change in override["properties"]:
                assert change["id"] != "custom.fillBelowTo" or change["value"] in shown_names(panel)


def test_the_time_of_the_newest_entry_is_a_tick_on_a_minute() -> None:
    assert NOW in MAIN.counts
    assert NOW % MINUTE == 0
