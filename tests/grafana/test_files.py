"""What must hold for the Grafana files without a server."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.grafana.dashboards import CONFIG, DASHBOARDS, MACRO, begin, load, panels, queries, read_yaml
from tests.grafana.household import NOW

#: What Grafana 10 to 13 all have; a word none of them knows is ignored without a sound.
PANELS = {"stat", "timeseries", "table", "barchart"}
#: None of them rescales, so that a number can be compared with the dial and the bill.
UNITS = {
    "suffix:kWh", "suffix:W", "suffix:MB", "locale", "none", "percentunit", "string", "dthms",
    "time:YYYY-MM-DD", "time:YYYY-MM-DD HH:mm",
}  # fmt: skip
TRANSFORMATIONS = {"organize", "formatTime", "groupBy", "convertFieldType"}
PROPERTIES = {
    "displayName", "unit", "decimals", "color", "mappings", "thresholds", "noValue", "custom.lineWidth",
    "custom.fillOpacity", "custom.fillBelowTo", "custom.drawStyle", "custom.showPoints", "custom.pointSize",
    "custom.axisPlacement", "custom.cellOptions", "custom.lineStyle", "custom.width", "links",
    "custom.lineInterpolation",
}  # fmt: skip

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
    assert {panel["type"] for panel in panels(dashboard)} <= PANELS


@EACH
def test_units_overrides_and_transformations_are_known(path: Path) -> None:
    for panel in panels(load(path)):
        field = panel["fieldConfig"]
        for override in field["overrides"]:
            changes = override["properties"]
            assert changes, panel["title"]
            assert {change["id"] for change in changes} <= PROPERTIES, panel["title"]
            assert {change["value"] for change in changes if change["id"] == "unit"} <= UNITS, panel["title"]
        assert field["defaults"].get("unit", "none") in UNITS, panel["title"]
        assert {change["id"] for change in panel.get("transformations", [])} <= TRANSFORMATIONS
        if panel["type"] == "table":
            assert panel["options"]["showHeader"] is True
        if "timeFrom" in panel:
            assert re.fullmatch(r"[1-9]\d*([mhd]|M/M)", panel["timeFrom"])
            assert panel["hideTimeOverride"] is True


@EACH
def test_the_dashboards_link_to_each_other_and_hand_on_what_was_chosen(path: Path) -> None:
    dashboard = load(path)
    (link,) = dashboard["links"]
    assert (link["type"], link["includeVars"], link["tags"]) == ("dashboards", True, ["sodien-en"])
    assert dashboard["tags"] == ["sodien-en"]


def test_the_files_are_as_their_source_says() -> None:
    done = subprocess.run(
        [sys.executable, str(CONFIG / "source" / "build.py"), "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_that_is_not_as_its_source_says_would_be_named(tmp_path: Path) -> None:
    shutil.copytree(CONFIG, tmp_path / "grafana")
    changed = tmp_path / "grafana" / "dashboards" / "vi" / "sodien-health.json"
    changed.write_text(changed.read_text().replace("queue", "wait"))
    build = [sys.executable, str(tmp_path / "grafana" / "source" / "build.py")]
    check = subprocess.run([*build, "--check"], capture_output=True, text=True)
    assert check.returncode == 1
    assert check.stderr == f"{changed} is not as its source says; run 'make dashboards'\n"
    subprocess.run(build, check=True, capture_output=True)
    assert subprocess.run([*build, "--check"]).returncode == 0


def test_bounded_dashboards_ask_no_more_files_than_influxdb_3_core_reads(tmp_path: Path) -> None:
    """One file for each ten minutes in which a measurement has an entry; see docs/how-to/grafana.md."""
    shutil.copytree(CONFIG, tmp_path / "grafana")
    subprocess.run(
        [sys.executable, str(tmp_path / "grafana" / "source" / "build.py")],
        env={**os.environ, "FILES": "400"}, check=True, capture_output=True,
    )  # fmt: skip
    shortened = set()
    for path in DASHBOARDS:
        board = load(tmp_path / "grafana" / "dashboards" / "en" / path.name)
        for panel, unbounded in zip(panels(board), panels(load(path)), strict=True):
            start = begin(panel.get("timeFrom") or board["time"]["from"].removeprefix("now-"), NOW)
            tables = {name for one in panel["targets"] for name in re.findall(r'FROM "(\w+)"', one["query"])}
            width = min({"meter": 600_000, "day": 86_400_000}.get(name, 3_600_000) for name in tables)
            if tables & {"meter", "hour", "cost", "health", "day"}:
                assert (NOW - start) / width <= 400, panel["title"]
            if panel != unbounded:
                shortened.add(panel["title"])
                assert panel == unbounded | {
                    "timeFrom": panel["timeFrom"], "hideTimeOverride": False
                }  # fmt: skip
    assert {
        "Newest entry",
        "Cost per day (đ)",
        "kWh per billing period",
        "Entries that arrived, by hour",
    } <= shortened
    assert "kWh per month" not in shortened


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
            assert target["resultFormat"] == "table" or panel["type"] not in {"table", "barchart"}
            # Without it Grafana puts the measurement before the name, and overrides by name miss.
            assert target["resultFormat"] == "table" or target["alias"] == "$col"


@EACH
def test_queries_mind_what_grafana_and_influxql_do_to_them(path: Path) -> None:
    dashboard = load(path)
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    assert {"device", "meter", "tz"} <= variables
    for query in queries(path):
        for found in MACRO.finditer(query.text):
            name = found["braced"] or found["plain"] or found["old"]
            # Some versions escape a plain variable as for a regular expression: Asia\/Ho_Chi_Minh.
            assert name in {"timeFilter", "__interval"} or found["format"] == "raw", query
            assert name in variables | {"timeFilter", "__interval"}, query
        assert query.text.startswith("SHOW ") or "$timeFilter" in query.text, query
        assert len(re.findall(r"time\(1[hd]", query.text)) == query.text.count("tz('${tz:raw}')"), query
        assert "spread(" not in query.text, f"spread() loses the step between two buckets: {query}"
        # The first bucket would have no value; hours inside a day are another matter.
        assert "difference(" not in query.text or 'difference("cost")' in query.text, query


#: Where a person's words stand, and what tells the sets apart.
WORDS = {"title", "description", "label", "noValue", "text", "displayName", "custom.fillBelowTo"}
#: A name, a number or a unit is the same in both languages.
SAME = {"–", "Sodien", "http://localhost:8470", "Asia/Ho_Chi_Minh", ""}


def differing(one: Any, other: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every plain value of two dashboards that are built alike: where it stands, and both."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), path
        for key, value in one.items():
            name = one["id"] if key == "value" and isinstance(one.get("id"), str) else key
            yield from differing(value, other[key], f"{path}/{name}")
    elif isinstance(one, list):
        assert len(one) == len(other), path
        for number, (value, another) in enumerate(zip(one, other, strict=True)):
            yield from differing(value, another, f"{path}/{number}")
    else:
        yield path, one, other


@EACH
def test_the_vietnamese_set_is_the_english_one_in_other_words(path: Path) -> None:
    english, vietnamese = load(path), load(path.parents[1] / "vi" / path.name)
    for place, one, other in differing(english, vietnamese):
        key = place.rpartition("/")[2]
        if key == "unit" and one.startswith("time:"):
            assert other == one.replace("YYYY-MM-DD", "DD/MM/YYYY")
        elif place == "/uid":
            assert other == f"{one}-vi"
        elif "/tags/" in place:
            assert (one, other) == ("sodien-en", "sodien-vi")
        elif key in WORDS or re.fullmatch(r"/annotations/list/1/name", place):
            assert "·" not in one
            assert one != other or one in SAME, (place, one)
        else:
            assert one == other, place


@EACH
def test_titles_fit(path: Path) -> None:
    """A column of the grid is 66 pixels at 1,600; a letter of a title is 8."""
    for language in ("en", "vi"):
        for panel in panels(load(path.parents[1] / language / path.name)):
            assert len(panel["title"]) * 8 <= panel["gridPos"]["w"] * 66 - 24, panel["title"]


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
    providers = read_yaml("dashboards")["providers"]
    assert [one["type"] for one in providers] == ["file", "file"]
    assert [one["folder"] for one in providers] == ["Sodien", "Số điện"]
    for one, language in zip(providers, ("en", "vi"), strict=True):
        assert one["options"]["path"] == f"/var/lib/grafana/dashboards/sodien/{language}"
