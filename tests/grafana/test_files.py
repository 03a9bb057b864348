"""What must hold for the Grafana files without a server."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.grafana.dashboards import CONFIG, DASHBOARDS, MACRO, load, panels, queries, read_yaml

EACH = pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
SOURCE: dict[str, Any] = read_yaml("datasources")["datasources"][0]


def test_there_are_dashboards_with_uids_of_their_own() -> None:
    uids = [load(path)["uid"] for path in DASHBOARDS]
    assert "sodien" in uids
    assert len(set(uids)) == len(uids)


@EACH
def test_grafana_10_to_13_read_it_as_a_classic_dashboard(path: Path) -> None:
    dashboard = load(path)
    assert 39 <= dashboard["schemaVersion"] <= 42
    assert dashboard["id"] is None  # an id belongs to one installation
    assert not {"__inputs", "__requires", "elements", "layout", "spec"} & set(dashboard)
    modern = {"stat", "timeseries", "table", "row", "text", "barchart", "bargauge", "gauge", "state-timeline"}
    assert {panel["type"] for panel in panels(dashboard)} <= modern


@EACH
def test_panels_have_ids_of_their_own_and_do_not_overlap(path: Path) -> None:
    found = list(panels(load(path)))
    assert len({panel["id"] for panel in found}) == len(found)
    places = [panel["gridPos"] for panel in found]
    for place in places:
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24, place
        assert place["y"] >= 0 < place["h"], place
    for one, two in itertools.combinations(places, 2):
        apart = (
            one["x"] + one["w"] <= two["x"]
            or two["x"] + two["w"] <= one["x"]
            or one["y"] + one["h"] <= two["y"]
            or two["y"] + two["h"] <= one["y"]
        )
        assert apart, (one, two)


@EACH
def test_everything_asks_the_provisioned_source(path: Path) -> None:
    dashboard = load(path)
    wanted = {"type": SOURCE["type"], "uid": SOURCE["uid"]}
    for panel in panels(dashboard):
        assert panel["datasource"] == wanted, panel["title"]
        assert all(target["datasource"] == wanted for target in panel["targets"]), panel["title"]
    for variable in dashboard["templating"]["list"]:
        assert variable["type"] != "query" or variable["datasource"] == wanted
    for annotation in dashboard["annotations"]["list"]:
        assert annotation.get("builtIn") or annotation["datasource"] == wanted


@EACH
def test_every_target_is_a_raw_query(path: Path) -> None:
    for panel in panels(load(path)):
        targets = panel["targets"]
        assert targets, panel["title"]
        assert len({target["refId"] for target in targets}) == len(targets), panel["title"]
        for target in targets:
            assert target["rawQuery"] is True
            assert target["query"].startswith("SELECT ")
            assert target["resultFormat"] == "table" or panel["type"] != "table", panel["title"]
            # Without it Grafana puts the measurement before the name, and overrides by name miss.
            assert target["resultFormat"] == "table" or target["alias"] == "$col"


@EACH
def test_queries_mind_what_grafana_and_influxql_do_to_them(path: Path) -> None:
    dashboard = load(path)
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    assert {"device", "meter", "tz"} <= variables
    for query in queries(dashboard):
        for found in MACRO.finditer(query.text):
            name = found["braced"] or found["plain"] or found["old"]
            # Some versions escape a plain variable as for a regular expression: Asia\/Ho_Chi_Minh.
            assert name in {"timeFilter", "__interval"} or found["format"] == "raw", query
            assert name in variables | {"timeFilter", "__interval"}, query
        assert query.text.startswith("SHOW ") or "$timeFilter" in query.text, query
        assert query.text.count("time(1d)") == query.text.count("tz('${tz:raw}')"), query
        assert "spread(" not in query.text, f"spread() loses the step between two buckets: {query}"
        assert "difference(" not in query.text, f"the first bucket would have no value: {query}"


@EACH
def test_titles_are_in_both_languages(path: Path) -> None:
    dashboard = load(path)
    texts = [dashboard["title"], *(variable["label"] for variable in dashboard["templating"]["list"])]
    for panel in panels(dashboard):
        texts += [panel["title"], panel["description"]]
    assert all(" · " in text for text in texts), texts


def test_the_source_has_a_fixed_uid_and_no_secret() -> None:
    assert SOURCE["uid"] == "sodien"
    assert SOURCE["jsonData"] == {"version": "InfluxQL", "dbName": "sodien", "httpMode": "GET"}
    assert not {"password", "user", "secureJsonData", "basicAuthPassword"} & set(SOURCE)
    assert not SOURCE.get("isDefault"), "two defaults keep Grafana from starting"


def test_the_source_becomes_one_with_a_token_by_removing_comment_marks() -> None:
    text = (CONFIG / "provisioning/datasources/sodien.yaml").read_text()
    text = text.replace("      # httpHeaderName1", "      httpHeaderName1")
    before, marked = text.split("    # secureJsonData:\n", 1)
    line, after = marked.split("\n", 1)
    source = yaml.safe_load(f"{before}    secureJsonData:\n{line.replace('#', ' ', 1)}\n{after}")[
        "datasources"
    ][0]
    assert source["jsonData"]["httpHeaderName1"] == "Authorization"
    assert source["secureJsonData"] == {
        "httpHeaderValue1": "Token $__file{/etc/grafana/sodien-influxdb-token}"
    }


def test_the_provider_reads_files() -> None:
    (provider,) = read_yaml("dashboards")["providers"]
    assert provider["type"] == "file"
    assert provider["options"]["path"].startswith("/var/lib/grafana/dashboards")
