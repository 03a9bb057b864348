"""What a real device counted, rendered, sent, and stored by the collector's own code, as the panels show it.

The truth is the list of flashes that the simulated house made. Two meters: one with a dial reading, a stop of
two hours that is a power cut, and a reading day; one that stands still.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from collector.batch import unpack
from collector.inbox import Message
from sodien.billing.bill import Bill, IndexRow
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.quota import Consumption
from sodien.bills.audit import verdict_on
from sodien.bills.stored import bills, new_row, verdict_row
from sodien.bills.tariff_files import load_book
from sodien.history.wire_entries import WireEntries
from sodien.protocol.entries import MEASUREMENTS, TickEntry
from sodien.protocol.messages import encode_batch
from sodien.protocol.times import parse_time
from sodien.protocol.topics import Topics
from tests.firmware.house import SECOND, House, settings_of, steady
from tests.grafana.dashboards import DASHBOARDS, Alert, alerts, queries
from tests.grafana.store import write
from tests.support.servers import Influx

WATTS = 90
START_KWH = Fraction(12345)
#: 24 November 2026 at 20:20:30 in Viet Nam; the 25th is the reading day.
EVENING = 1_795_526_430 * SECOND
VARIABLES = {"device": "nha-toi", "meter": "main", "tz": "Asia/Ho_Chi_Minh"}
#: What this house has had.
ALWAYS = {"meter", "hour", "day", "gap", "dial", "snapshot", "health", "event", "cost", "bill", "verdict"}
HOUR_MS = 3_600_000

Rows = list[dict[str, Any]]


def entries_of(house: House) -> list[Any]:
    """All entries, as the publisher renders them, in its batches."""
    render = WireEntries(house.settings, house.ledger)
    found: list[Any] = []
    while rows := house.ledger.rows(after=found[-1].seq if found else 0, limit=300):
        found += render(rows)
    return found


def lines_of(house: House, entries: list[Any]) -> list[str]:
    """Their lines, after a trip through a batch and the collector."""
    payload = encode_batch("ledger", entries)
    topic = Topics(house.settings.device).ledger
    lines, bad = unpack(Message(generation=1, mid=1, qos=1, topic=topic, payload=payload))
    assert bad == []
    assert len(lines) == len(entries)
    return [one.text for one in lines]


def begin(house: House) -> None:
    """Start the daemon without its live state: nobody listens to that here, and it takes most of the time."""
    house.start()._next_live = 1 << 62


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Two and a half days, until ten past nine in the morning of the 27th."""
    folder = tmp_path_factory.mktemp("house")
    text = "  - {id: solar, pin: 27, constant: 1000}\n"
    settings = settings_of(folder, text, ", reading_day: 25, reading_hour: '09:30'")
    house = House(settings, steady(WATTS), wall=EVENING)
    begin(house)
    house.play(3 * 60)
    house.read_dial(START_KWH)
    house.play(20 * 3600)
    house.reboot(wall_ns=EVENING)
    house.play(2 * 3600)
    begin(house)
    house.play(40)
    house.clock.synchronise()
    house.play(38 * 3600 + 46 * 60)
    now = now_ms(house)
    enter_bill(house, 12_346, now - 2 * HOUR_MS)
    enter_bill(house, 12_400, now - HOUR_MS)
    return house


def enter_bill(house: House, index: int, at: int) -> None:
    """A person types the bill of the reading day, and it is judged, as `sodien bill add` does."""
    row = IndexRow(old=Decimal(12_100), new=Decimal(index), multiplier=Decimal(1))
    first, last = dt.date(2026, 10, 26), dt.date(2026, 11, 25)
    bill = Bill(first=first, last=last, rows=(row,), kwh=Decimal(index - 12_100), source="typed")
    house.ledger.append([new_row("main", bill, at)])
    stored = next(one for one in bills(house.ledger, "main") if one.at == at)
    meter = house.settings.meters[0]
    verdict = verdict_on(stored, [stored], house.settings, meter, house.view(), None, last)
    house.ledger.append([verdict_row("main", stored, verdict, at + 1000)])


@pytest.fixture(scope="module")
def influxdb(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    with Influx(tmp_path_factory.mktemp("influxdb")) as server:
        write(server, "sodien", lines_of(house, entries_of(house)))
        yield server


@pytest.fixture
def ask(house: House, influxdb: Influx) -> Callable[[str], Rows]:
    """The rows of a panel's query, asked now for all that there is."""
    known = {query.name: query for path in DASHBOARDS for query in queries(path)}
    now, since = now_ms(house), house.wall_ms(0) - 86_400_000

    def answer(name: str) -> Rows:
        return influxdb.query(known[name].render(VARIABLES, since, now), "sodien")

    return answer


def now_ms(house: House) -> int:
    return house.wall_ms(house.clock.now_ns())


def kwh(house: House, start_ms: int, end_ms: int) -> float:
    """The true energy between two wall times, by whole flashes."""
    return house.true_pulses(house.world(start_ms), house.world(end_ms)) / 1600


def inside(row: dict[str, Any], true: float, slack: float = 0.0) -> None:
    low, best, high = (row[name] for name in ("low", "best", "high"))
    assert low - slack <= true <= high + slack, (low, true, high)
    assert low <= best <= high


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_has_rows(ask: Callable[[str], Rows], house: House, path: Path) -> None:
    sent = {MEASUREMENTS[type(entry)] for entry in entries_of(house)}
    assert sent >= ALWAYS
    empty = {query.name for query in queries(path) if not ask(query.name)}
    assert empty == {
        query.name for query in queries(path) if re.findall(r'FROM "(\w+)"', query.text)[0] not in sent
    }


def test_now(ask: Callable[[str], Rows], house: House) -> None:
    assert ask("sodien Power stat A")[0]["power"] == pytest.approx(WATTS, rel=0.5)
    peaks = [row["peak"] for row in ask("sodien Power over time timeseries A")]
    assert sum(peaks) / len(peaks) == pytest.approx(WATTS, rel=0.02)
    (best,), (sure,) = ask("sodien Register stat A"), ask("sodien The register is certainly stat A")
    newest = ask("sodien Newest entry stat A")[0]["time"]
    register = sure | {"best": best["register"]}
    inside(register, float(START_KWH) + kwh(house, house.wall_ms(0), newest), slack=1 / 1600)
    (*_, today) = ask("sodien Today stat A")
    midnight = today["time"]
    inside(today, kwh(house, midnight, midnight + 9 * 3_600_000), slack=1 / 1600)
    # Nothing was missed; of each hour the first and the last pulse may belong to a neighbour.
    assert today["high"] - today["low"] <= 9 * 2 / 1600 + 1e-9


def test_days(ask: Callable[[str], Rows], house: House) -> None:
    rows = ask("sodien-days kWh per day timeseries A")
    first, second, _third = rows
    assert [row["time"] - first["time"] for row in rows] == [0, 86_400_000, 2 * 86_400_000]
    for row in rows:
        start = max(row["time"], house.wall_ms(0))
        true = kwh(house, start, row["time"] + 86_400_000)
        assert row["known"] - 1 / 1600 <= true <= row["known"] + row["open"] + 1 / 1600
    assert second["open"] > 8, "two hours at 8.8 kW or less"
    by_day = {row["time"]: row for row in ask("sodien-days Not counted, by reason timeseries A")}
    assert by_day[first["time"]]["blind_before"] == pytest.approx(20 * 3600 + 20 * 60 + 30, abs=1)
    assert by_day[second["time"]]["blind_power"] == pytest.approx(7200, abs=120)
    shares = [row["coverage"] for row in ask("sodien-days Share of the day that was counted timeseries A")]
    assert shares[1] == pytest.approx(1 - 7200 / 86_400, abs=0.002)
    assert shares[2] == 1


def test_reading_day(ask: Callable[[str], Rows], house: House) -> None:
    (row,) = ask("sodien-reading-day Reading days table A")
    assert row["day"] == "2026-11-25"
    midnight = row["time"]
    for name, at in (("start", midnight - 86_400_000), ("end", midnight)):
        true = float(START_KWH) + kwh(house, house.wall_ms(0), at)
        assert row[f"{name}_low"] - 1 / 1600 <= true <= row[f"{name}_high"] + 1 / 1600, name
    assert [row["reading"] for row in ask("sodien-reading-day Dial readings table A")] == ["12345.0"]


def test_cost(ask: Callable[[str], Rows], house: House) -> None:
    newest = now_ms(house) // HOUR_MS * HOUR_MS
    midnight = newest - 9 * HOUR_MS  # the period began after the reading day, on the 26th
    (kwh_so_far,) = ask("sodien Period so far stat A")
    true = kwh(house, midnight - 86_400_000, newest)
    inside(kwh_so_far, true, slack=1)  # the bill has whole kWh
    (money,) = ask("sodien Cost so far (đ) stat A")
    for name in ("low", "best", "high"):
        use = Consumption(Decimal(kwh_so_far[name]), dt.date(2026, 11, 26), dt.date(2026, 12, 25))
        assert money[name] == pytest.approx(float(charge(load_book(), use).total), abs=1)
    (tier,) = ask("sodien Tier stat A")
    assert (tier["tier"], tier["next_tier_kwh"]) == (1, 50)
    assert ask("sodien-reading-day Next reading day stat A")[0]["day"] == "2026-12-25"
    assert sum(row["step"] or 0 for row in ask("sodien-days Cost per day (đ) timeseries A")[-2:]) > 0


def test_verdicts(ask: Callable[[str], Rows], house: House) -> None:
    wrong, right = ask("sodien-reading-day Verdicts table A")
    assert (wrong["verdict"], wrong["last"]) == ("disagrees", "2026-11-25")
    assert right["verdict"] != "disagrees"
    assert [row["index_new"] for row in ask("sodien-reading-day Bills table A")] == [12_400, 12_346]
    (last,) = ask("sodien-reading-day Last verdict stat A")
    assert (last["time"], last["verdict"]) == (wrong["time"], "disagrees")


def test_health(ask: Callable[[str], Rows], house: House) -> None:
    (gap,) = ask("sodien-health When nothing was counted table A")
    start, end = house.gaps()[0]
    assert (gap["time"], gap["end_ms"]) == pytest.approx((house.wall_ms(start), house.wall_ms(end)), abs=2)
    assert gap["reason"] == "power"
    assert gap["kwh_low"] <= kwh(house, gap["time"], gap["end_ms"]) <= gap["kwh_high"]
    (*_, today) = ask("sodien-health Everything here today? stat A")
    assert today["missing"] == 0
    assert today["expected"] == sum(
        row.meter == "main" and today["time"] <= (row.at or 0) for row in house.rows("tick")
    )
    assert {row["what"] for row in ask("sodien-health Starts, stops and the clock table A")} >= {
        "started",
        "clock",
    }


def test_every_tick_of_the_ledger_has_its_number(house: House) -> None:
    ticks = [entry for entry in entries_of(house) if isinstance(entry, TickEntry) and entry.meter == "main"]
    times = [parse_time(tick.at) for tick in ticks]
    assert [tick.number for tick in ticks] == list(range(1, len(ticks) + 1))
    assert sorted(times) == times
    # Sent again from anywhere, in any order, each has the same one; solar counts on its own.
    render = WireEntries(house.settings, house.ledger)
    rows = [row for row in house.ledger.rows(limit=100_000) if row.kind == "tick"]
    again = [
        render([row])[0] for row in [*rows[40:90], *rows[10:60], rows[10], rows[10], *reversed(rows[:20])]
    ]
    known = {(tick.meter, tick.at): tick.number for tick in entries_of(house) if isinstance(tick, TickEntry)}
    assert all(isinstance(one, TickEntry) and known[one.meter, one.at] == one.number for one in again)


def test_alerts_of_this_house(house: House, influxdb: Influx) -> None:
    def firing(alert: Alert) -> set[tuple[str, ...]]:
        rows = influxdb.query(alert.query(now_ms(house)), "sodien")
        return {labels for labels, over in alert.evaluate(rows).items() if over}

    found = {alert.uid: firing(alert) for alert in alerts()}
    assert found.pop("sodien-no-pulses") == {("nha-toi", "solar")}
    assert found.pop("sodien-disagrees") == {("nha-toi", "main")}
    assert all(not labels for labels in found.values()), found
