"""The alerts: files as Grafana's provisioning reads them, and rules that fire when they must, only then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from collector.line_protocol import of_entry
from sodien.protocol.entries import GapEntry, HealthEntry, TickEntry
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds
from tests.grafana import money
from tests.grafana.dashboards import SOURCE_UID, Alert, alerts, read_yaml, threshold_of
from tests.grafana.household import HOUR, MINUTE, local
from tests.grafana.store import write
from tests.support.servers import Influx

ALERTS = {alert.uid: alert for alert in alerts()}
EACH = pytest.mark.parametrize("alert", ALERTS.values(), ids=lambda alert: alert.uid)
NOW = local(24, 10, 25)
MAIN = ("nha-toi", "main")
DAY = 24 * HOUR
_DURATION = re.compile(r"(\d+h)?(\d+m)?(\d+s)?\Z")


# -- the file ------------------------------------------------------------------------------------------


def test_the_group_is_one_that_grafana_takes() -> None:
    content = read_yaml("alerting")
    assert set(content) == {"apiVersion", "groups"}, "contact points and policies are the person's own"
    assert content["apiVersion"] == 1
    (group,) = content["groups"]
    assert set(group) == {"orgId", "name", "folder", "interval", "rules"}
    assert group["interval"] == "1m"


@EACH
def test_a_rule_has_what_grafana_requires(alert: Alert) -> None:
    rule = alert.rule
    assert set(rule) == {
        "uid", "title", "condition", "data", "noDataState", "execErrState", "for", "annotations", "labels",
    }  # fmt: skip
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", rule["uid"])
    assert " · " in rule["title"], "both languages"
    assert " · " in rule["annotations"]["summary"]
    assert rule["noDataState"] in {"NoData", "Alerting", "OK"}
    assert rule["execErrState"] in {"Error", "Alerting", "OK"}
    assert _DURATION.match(rule["for"]), rule["for"]
    for text in (rule["title"], *rule["annotations"].values(), *rule["labels"].values()):
        assert "$" not in text, "Grafana would put an environment variable there"


@EACH
def test_data_lead_from_the_query_to_the_condition(alert: Alert) -> None:
    query, reduce, threshold = alert.rule["data"]
    assert [one["refId"] for one in alert.rule["data"]] == ["A", "B", "C"]
    assert query["datasourceUid"] == query["model"]["datasource"]["uid"] == SOURCE_UID
    assert query["model"]["rawQuery"] is True
    assert query["model"]["resultFormat"] == "time_series", "a table cannot be reduced"
    assert query["relativeTimeRange"]["from"] > query["relativeTimeRange"]["to"] == 0
    assert set(re.findall(r"\$\w+", query["model"]["query"])) == {"$timeFilter"}, (
        "no other variable works here"
    )
    for one, kind, of in ((reduce, "reduce", "A"), (threshold, "threshold", "B")):
        assert one["datasourceUid"] == one["model"]["datasource"]["uid"] == "__expr__"
        assert (one["model"]["type"], one["model"]["expression"]) == (kind, of)
        assert one["model"]["refId"] == one["refId"]
    (condition,) = threshold_of(alert.rule)["conditions"]
    # gte, lte, eq and ne came after Grafana 10.
    assert condition["evaluator"]["type"] in {"gt", "lt"}
    assert len(condition["evaluator"]["params"]) == 1


def test_no_uid_is_used_twice() -> None:
    assert len(ALERTS) == len(alerts())


# -- what fires ----------------------------------------------------------------------------------------


@dataclass
class World:
    """Two days of one meter, at three pulses a minute until something is changed."""

    begin: int = NOW - 2 * DAY
    until: int = NOW
    still_from: int = NOW
    lost: frozenset[int] = frozenset()
    queue: int = 2
    more: list[str] = field(default_factory=list)

    def lines(self, meter: str = "main") -> list[str]:
        found, pulses, number = [], 0, 0
        first = -(-self.begin // MINUTE) * MINUTE
        for at in range(first, self.until + 1, MINUTE):
            moving = at < self.still_from
            pulses += 3 * moving
            if not moving and at % HOUR:
                continue
            number += 1
            if at not in self.lost:
                found.append(
                    of_entry(
                        MAIN[0],
                        TickEntry(seq=1, at=format_time(at), meter=meter, pulses=pulses, number=number),
                    )
                )
            if at % HOUR == 0:
                health = HealthEntry(
                    seq=1, at=format_time(at), meter=meter, queue=self.queue, ledger_bytes=40960
                )
                found.append(of_entry(MAIN[0], health))
        return found + self.more


def gap(start: int, seconds: int, kwh: str) -> str:
    energy = Bounds(low=Decimal(0), best=Decimal(0), high=Decimal(kwh))
    entry = GapEntry(
        seq=1, at=format_time(start), meter="main", end=format_time(start + seconds * 1000), reason="power",
        seconds=seconds, energy=energy, pulses_max=1,
    )  # fmt: skip
    return of_entry(MAIN[0], entry)


def verdict(at: int, word: str) -> str:
    return of_entry(MAIN[0], money.verdict(at, word))


def reminder(at: int, when: str) -> str:
    return of_entry(MAIN[0], money.reminder(at, when))


WELL = World(
    more=[
        gap(NOW - 20 * HOUR, 40, "0.1"),  # a restart
        gap(NOW - 30 * HOUR, 7200, "17.6"),  # yesterday's news
        verdict(NOW - 9 * DAY, "disagrees"),  # judged anew since
        verdict(NOW - 8 * DAY, "consistent"),
        reminder(NOW - 2 * HOUR, "today"),
        reminder(NOW - 25 * HOUR, "tomorrow"),
    ]
)

MUST_FIRE = {
    "sodien-silent": World(until=NOW - 90 * MINUTE),
    "sodien-no-pulses": World(still_from=NOW - 7 * HOUR),
    "sodien-gap": World(more=[gap(NOW - 10 * HOUR, 3600, "8.8")]),
    "sodien-disagrees": World(
        more=[verdict(NOW - 9 * DAY, "consistent"), verdict(NOW - 20 * MINUTE, "disagrees")]
    ),
    "sodien-queue": World(queue=700),
    "sodien-missing": World(lost=frozenset({NOW - NOW % HOUR - 90 * MINUTE})),
    "sodien-reading-day-tomorrow": World(more=[reminder(NOW - 2 * HOUR, "tomorrow")]),
}

Ask = Callable[[str, str], dict[tuple[str, ...], bool]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Evaluates a rule over the world of a name, as Grafana would now."""
    with Influx(tmp_path_factory.mktemp("influxdb")) as server:
        for name, world in {"well": WELL, **MUST_FIRE}.items():
            write(server, name, world.lines())
        # A second meter, which is well, beside one that is silent.
        write(server, "sodien-silent", World().lines("solar"))
        server.query("CREATE DATABASE empty")

        def evaluate(uid: str, database: str) -> dict[tuple[str, ...], bool]:
            return ALERTS[uid].evaluate(server.query(ALERTS[uid].query(NOW), database))

        yield evaluate


@pytest.mark.parametrize("uid", ALERTS)
def test_it_fires_when_it_must(ask: Ask, uid: str) -> None:
    labels = MAIN[:1] if uid == "sodien-queue" else MAIN
    assert ask(uid, uid)[labels] is True


@pytest.mark.parametrize("uid", ALERTS)
def test_it_is_quiet_when_all_is_well(ask: Ask, uid: str) -> None:
    assert True not in ask(uid, "well").values()


@pytest.mark.parametrize("uid", ALERTS)
def test_it_does_not_fire_for_another_rules_reason(ask: Ask, uid: str) -> None:
    others = [other for other in MUST_FIRE if other != uid]
    assert {other: ask(uid, other) for other in others if True in ask(uid, other).values()} == {}


def test_only_the_silent_meter_is_named(ask: Ask) -> None:
    assert ask("sodien-silent", "sodien-silent") == {MAIN: True, (MAIN[0], "solar"): False}


@pytest.mark.parametrize("uid", ALERTS)
def test_an_empty_database_is_no_error(ask: Ask, uid: str) -> None:
    assert ask(uid, "empty") == {}
    expected = "NoData" if uid == "sodien-silent" else "OK"
    assert ALERTS[uid].rule["noDataState"] == expected


def test_every_full_hour_has_an_entry_so_a_quiet_hour_is_not_silence(ask: Ask) -> None:
    assert True not in ask("sodien-silent", "sodien-no-pulses").values()


def rows_of(*values: Any) -> list[dict[str, Any]]:
    return [{"time": index, "device": "d", "value": value} for index, value in enumerate(values)]


def test_the_evaluation_is_grafanas() -> None:
    queue = ALERTS["sodien-queue"]
    assert queue.evaluate(rows_of(1, 501)) == {("d",): True}
    assert queue.evaluate(rows_of(501, 500)) == {("d",): False}
    assert queue.evaluate(rows_of(501, None)) == {("d",): True}, "what is null is dropped"
    assert queue.evaluate(rows_of(None)) == {}
    with pytest.raises(AssertionError):
        queue.evaluate(rows_of("501"))
    with pytest.raises(ValueError, match="too many values"):
        queue.evaluate([{"time": 1, "device": "d", "one": 1, "two": 2}])
