"""Every query of every dashboard, asked of a real InfluxDB, answers what the household's entries say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.lines import of_entry
from tests.grafana import money
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
from tests.grafana.store import write
from tests.support.servers import Influx

DATABASE = read_yaml("datasources")["datasources"][0]["jsonData"]["dbName"]
VARIABLES = {"device": "nha-toi", "meter": "main", "tz": "Asia/Ho_Chi_Minh"}
LOW, BEST, HIGH = "low · thấp nhất", "best · ước tính", "high · cao nhất"

MAIN = Household("main", scale=1)
OTHERS = [("nha-toi", Household("solar", scale=3)), ("nha-ban", Household("main", scale=2, anchored=False))]

QUERIES = {query.name: query for path in DASHBOARDS for query in queries(path)}
ZOOMED = [query for query in QUERIES.values() if "$__interval" in query.text]

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
            lines = [of_entry(device, entry) for entry in household.entries]
            if household is MAIN:
                lines += money.lines(device, household.meter)
            write(server, DATABASE, lines)
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


def hourly_register(rows: list[Row]) -> None:
    last: dict[int, int] = {}
    for at in MAIN.registers:
        last[at // HOUR * HOUR] = at
    assert {row["time"]: row[BEST] for row in rows} == close(
        {hour: float(MAIN.registers[at].best) for hour, at in last.items()}
    )
    assert all(row[LOW] <= row[BEST] <= row[HIGH] for row in rows)


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
        "supply": None,
        "kwh_low": 0,
        "kwh_high": close(13.2),
        "pulses_max": 21120,
        "counted": 0,
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


def daily_cost(rows: list[Row]) -> None:
    # Of the first day no hour comes before the first entry; of the 23rd the period's first hour is left out.
    hours = {21: 23, 22: 24, 23: 23, 24: 10}
    assert {row["time"]: row["cost · tiền"] for row in rows} == close(
        {local(day) + 1000: count * money.PER_HOUR for day, count in hours.items()}
    )


def cost_today(rows: list[Row]) -> None:
    assert (rows[-1]["time"], rows[-1]["cost · tiền"]) == (local(24) + 1000, 10 * money.PER_HOUR)


def newest_cost(*names: str) -> Callable[[list[Row]], None]:
    """The newest cost entry's values of a name with its bounds, or of one name alone."""

    def check(rows: list[Row]) -> None:
        newest = money.costs()[local(24, 10)]
        (row,) = rows
        row.pop("time")
        assert list(row.values()) == close([newest[name] for name in names])

    return check


def of_cost(name: str) -> Callable[[list[Row]], None]:
    return newest_cost(f"{name}_low", name, f"{name}_high")


def periods(rows: list[Row]) -> None:
    entries = money.costs()
    assert {row["time"]: (row[LOW], row[BEST], row[HIGH]) for row in rows} == {
        at: close((values["kwh_low"], values["kwh"], values["kwh_high"])) for at, values in entries.items()
    }


def daily_coverage(rows: list[Row]) -> None:
    assert {row["time"]: row["coverage · có đếm"] for row in rows} == close(
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
        assert row["pulses"] == close(row["kwh_low"] * CONSTANT)
    assert [(row["counted"], row["seconds"]) for row in rows] == [
        (86400, 86400),
        (81000, 86400),
        (86400, 86400),
    ]


def index_point(rows: list[Row]) -> None:
    (row,) = rows
    assert row["last"] == "2026-11-22"
    index = row["utility's index · chỉ số điện lực"]
    assert index == 12386.0
    # The household of the example was billed more than its dial can have shown on that day.
    assert index > MAIN.register(local(23)).high


def next_reading_day(rows: list[Row]) -> None:
    assert [row["day"] for row in rows] == ["2026-12-22"]


def last_verdict(rows: list[Row]) -> None:
    assert rows == [
        {"time": money.VERDICT_AT, "verdict": "disagrees", "disagrees_by_kwh": 3.2, "detectable_kwh": 14}
    ]


def as_stored(at: int, fields: dict[str, Any], **absent: None) -> Callable[[list[Row]], None]:
    def check(rows: list[Row]) -> None:
        (row,) = rows
        assert row == {"time": at, **{name: fields.get(name) for name in row if name != "time"}}
        assert [name for name, value in row.items() if value is None] == list(absent)

    return check


def dial_table(rows: list[Row]) -> None:
    assert rows == [
        {"time": START, "reading": "12345.6", "low": 12345.6, "high": 12345.7, "within_s": 0, "by": "Lan"}
    ]


def replaced(rows: list[Row]) -> None:
    assert rows == [
        {
            "time": START,
            "old_final": "98765.4",
            "new_initial": "12345.6",
            "constant": CONSTANT,
            "serial": "A17",
            "by": "Lan",
        }
    ]


def ticks(start: int, end: int) -> int:
    return sum(start <= at < end for at in MAIN.counts)


def audit_today(rows: list[Row]) -> None:
    newest = rows[-1]
    assert newest["time"] == local(24)
    assert newest["missing · thiếu"] == 0
    assert newest["in the ledger · trong sổ"] == ticks(local(24), NOW + 1) > 300


def audit_hours(rows: list[Row]) -> None:
    expected = {at: ticks(at, at + HOUR) for at in range(START, NOW, HOUR) if ticks(at, at + HOUR)}
    for name in ("here · đã có", "in the ledger · trong sổ"):
        assert {row["time"]: row[name] for row in rows} == expected


def ledger_size(rows: list[Row]) -> None:
    assert [row["ledger"] for row in rows] == [40960]


def open_energy(rows: list[Row]) -> None:
    assert [row["open"] for row in rows] == close([float(GAP_KWH)])


def queue_and_ledger(rows: list[Row]) -> None:
    assert [row["waiting · chờ"] for row in rows] == [number % 5 for number in range(len(rows))]
    assert {row["ledger · sổ"] for row in rows} == {40960}
    assert len(rows) == len(range(START + HOUR, NOW, HOUR))


def resolutions(rows: list[Row]) -> None:
    assert rows == [
        {"time": local(23, 8), "of_ms": GAP_START, "what": "energy", "low": 0.1, "high": 0.4, "by": "Lan"}
    ]


def events(rows: list[Row]) -> None:
    assert {(row["time"], row["what"], row["detail"]) for row in rows} == {
        (START, "started", '{"version":"0.1"}')
    }


EXPECTED: dict[str, Callable[[list[Row]], None]] = {
    "sodien Power stat A": power_now,
    "sodien Register stat A": register_now,
    "sodien Today, whole hours stat A": today,
    "sodien Cost today stat A": cost_today,
    "sodien Newest entry stat A": newest_entry,
    "sodien Period so far stat A": of_cost("kwh"),
    "sodien Cost so far stat A": of_cost("cost"),
    "sodien Tier stat A": newest_cost("tier"),
    "sodien kWh at the reading day stat A": of_cost("projected_kwh"),
    "sodien Cost at the reading day stat A": of_cost("projected_cost"),
    "sodien Power timeseries A": peak_power,
    "sodien Power timeseries B": hourly_mean,
    "sodien Register with bounds timeseries A": register_band,
    "sodien Register with bounds timeseries B": dial_points,
    "sodien-days kWh per day timeseries A": per_day,
    "sodien-days Cost per day timeseries A": daily_cost,
    "sodien-days kWh per month barchart A": per_day,
    "sodien-days Period against period timeseries A": periods,
    "sodien-days Coverage timeseries A": daily_coverage,
    "sodien-days Not counted, by reason timeseries A": blind,
    "sodien-days Days table A": day_table,
    "sodien-reading-day Our register and the utility's index timeseries A": hourly_register,
    "sodien-reading-day Our register and the utility's index timeseries B": dial_points,
    "sodien-reading-day Our register and the utility's index timeseries C": index_point,
    "sodien-reading-day Next reading day stat A": next_reading_day,
    "sodien-reading-day Last verdict stat A": last_verdict,
    "sodien-reading-day Verdicts table A": as_stored(money.VERDICT_AT, money.VERDICT, why=None),
    "sodien-reading-day Bills table A": as_stored(money.BILL_AT, money.BILL),
    "sodien-reading-day Reading days table A": snapshots,
    "sodien-reading-day Dial readings table A": dial_table,
    "sodien-reading-day Meters replaced table A": replaced,
    "sodien-health Newest entry stat A": newest_entry,
    "sodien-health Entries today stat A": audit_today,
    "sodien-health Waiting stat A": queue,
    "sodien-health Ledger stat A": ledger_size,
    "sodien-health Open energy stat A": open_energy,
    "sodien-health Entries per hour timeseries A": audit_hours,
    "sodien-health Coverage timeseries A": coverage,
    "sodien-health Gaps table A": gap_table,
    "sodien-health Refused edges timeseries A": refused,
    "sodien-health Waiting and ledger timeseries A": queue_and_ledger,
    "sodien-health What was said of gaps table A": resolutions,
    "sodien-health Events table A": events,
}
for _stem in ("sodien", "sodien-days", "sodien-health", "sodien-reading-day"):
    EXPECTED |= {
        f"{_stem} variable device": devices,
        f"{_stem} variable meter": meters,
        f"{_stem} annotation Gaps": gap_annotation,
    }


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
    if "peak · đỉnh" in names:
        assert max(row["peak · đỉnh"] for row in rows) == close(max(MAIN.powers.values()))
    elif '"meter" WHERE' in query.text:
        assert all(row[LOW] <= row[BEST] <= row[HIGH] for row in rows)
        assert rows[-1][BEST] == close(float(MAIN.registers[NOW].best))
    elif "coverage · có đếm" in names:
        width = int(interval[:-1]) * {"m": MINUTE, "h": HOUR, "d": 24 * HOUR}[interval[-1]]
        hours: dict[int, list[float]] = {}
        for start in MAIN.hours:
            hours.setdefault(start // width * width, []).append(COVERAGE[start])
        expected = {start: sum(shares) / len(shares) for start, shares in hours.items()}
        assert {row["time"]: row["coverage · có đếm"] for row in rows} == close(expected)
    elif "waiting · chờ" in names:
        assert max(row["waiting · chờ"] for row in rows) == 4
    elif "last_rejected_fast" in names:
        assert rows[-1]["last_rejected_fast"] == 2
    else:
        assert rows[-1][BEST] == close(money.costs()[local(24, 10)]["kwh"])


def test_a_meter_without_a_dial_reading_has_days_but_no_register(influxdb: Influx) -> None:
    def ask(name: str) -> list[Row]:
        return influxdb.query(QUERIES[name].render(VARIABLES | {"device": "nha-ban"}, START, NOW), DATABASE)

    assert ask("sodien Register stat A") == ask("sodien Register with bounds timeseries A") == []
    assert ask("sodien Register with bounds timeseries B") == []
    assert len(ask("sodien-days kWh per day timeseries A")) == len(DAYS)
    (snapshot,) = ask("sodien-reading-day Reading days table A")
    assert snapshot["day"] == "2026-11-22"
    assert snapshot["end"] is None


def test_today_is_the_local_day(influxdb: Influx) -> None:
    query = QUERIES["sodien Today, whole hours stat A"]
    # Just after local midnight it is a new day, though it is 17:00 of the day before in UTC.
    rows = influxdb.query(query.render(VARIABLES, START, local(24, 0, 1)), DATABASE)
    assert (rows[-1]["time"], rows[-1][BEST]) == (local(24), close(float(MAIN.hours[local(24)].best)))
    # A day without a whole hour shows 0, not the day before.
    rows = influxdb.query(query.render(VARIABLES, START, local(25, 0, 30)), DATABASE)
    assert (rows[-1]["time"], rows[-1][BEST]) == (local(25), 0)
    rows = influxdb.query(query.render(VARIABLES | {"tz": "UTC"}, START, NOW), DATABASE)
    assert rows[-1]["time"] == local(24, 7)


def test_a_missing_entry_is_seen(influxdb: Influx) -> None:
    influxdb.query("CREATE DATABASE holes")
    lost = {local(24, 3, 8), local(24, 7, 1), local(24, 7, 2)}
    assert lost <= set(MAIN.counts)
    lines = [of_entry("nha-toi", entry) for entry in MAIN.entries]
    write(influxdb, "holes", [one for one in lines if int(one.rsplit(" ", 1)[1]) not in lost])
    query = QUERIES["sodien-health Entries today stat A"]
    newest = influxdb.query(query.render(VARIABLES, START, NOW), "holes")[-1]
    assert newest["missing · thiếu"] == 3
    assert newest["in the ledger · trong sổ"] == ticks(local(24), NOW + 1)
    query = QUERIES["sodien-health Entries per hour timeseries A"]
    rows = influxdb.query(query.render(VARIABLES, START, NOW), "holes")
    short = {
        row["time"]: row["in the ledger · trong sổ"] - row["here · đã có"]
        for row in rows
        if row["in the ledger · trong sổ"] != row["here · đã có"]
    }
    assert short == {local(24, 7): 2} | ({local(24, 3): 1} if ticks(local(24, 3), local(24, 3, 8)) else {})


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
                summed = {name for name, how in options["fields"].items() if how["aggregations"] == ["sum"]}
                columns |= {f"{name} (sum)" for name in summed}
        for override in panel["fieldConfig"]["overrides"]:
            assert override["matcher"]["id"] == "byName"
            name = override["matcher"]["options"]
            # A reason of which nothing has come yet has no column.
            assert name in columns or name.startswith("blind_"), (panel["title"], name)
            for change in override["properties"]:
                assert change["id"] != "custom.fillBelowTo" or change["value"] in columns


def test_the_time_of_the_newest_entry_is_a_tick_on_a_minute() -> None:
    assert NOW in MAIN.counts
    assert NOW % MINUTE == 0
