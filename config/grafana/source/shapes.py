"""The shapes of Grafana's classic dashboard JSON (schemaVersion 39, which Grafana 10 to 13 read)."""

from __future__ import annotations

import re
from typing import Any

from sodien.i18n import Text

Json = dict[str, Any]

SOURCE: Json = {"type": "influxdb", "uid": "sodien"}
#: The dashboards, by the uid that Grafana keeps; all carry the tag, which makes the links between them.
TAG = "sodien"
WHERE = """"device" = '${device:raw}' AND "meter" = '${meter:raw}' AND $timeFilter"""
TZ = "tz('${tz:raw}')"

LOW, BEST, HIGH = "low", "best", "high"
#: Units that never rescale, so that a number can be compared with the dial and the bill.
KWH, WATT, MEGABYTE, COUNT, MONEY, LENGTH = "suffix:kWh", "suffix:W", "suffix:MB", "locale", "locale", "dthms"
#: Days and times as the language has them.
DAY: Text = "time:YYYY-MM-DD"
MOMENT: Text = "time:YYYY-MM-DD HH:mm"
#: What a panel says where there is nothing to say; the second one where something stands for now.
NOTHING: Text = "nothing yet"
UNKNOWN: Text = "not known"

#: What a column of a query is called; the English set and the Vietnamese one ask the same.
NAMES: dict[str, Text] = {
    LOW: "at least",
    BEST: "about",
    HIGH: "at most",
    "peak": "highest",
    "hourly": "mean of the hour",
    "dial": "dial reading",
    "index": "the utility's reading",
    "step": "cost (¤)",
    "coverage": "counted",
    "known": "counted",
    "open": "not counted, at most",
    "step_at": "the next tier begins",
    "difference": "utility − ours",
    "least": "our bounds, from",
    "most": "our bounds, to",
    "waiting": "waiting",
    "ledger": "ledger",
    "expected": "in the ledger",
    "stored": "arrived",
    "missing": "missing",
}


def both(english: str, vietnamese: str) -> str:
    """One label in both languages: of alerts, which go to everybody."""
    return f"{english} · {vietnamese}"


def query(text: str, ref: str = "A", *, table: bool = False) -> Json:
    """A raw InfluxQL query; as a table, or as series that are named by their columns."""
    shape: Json = {"resultFormat": "table"} if table else {"resultFormat": "time_series", "alias": "$col"}
    return {"refId": ref, "datasource": SOURCE, "rawQuery": True, **shape, "query": " ".join(text.split())}


def bounds(name: str, function: str = "") -> str:
    """The columns of a value with its bounds, e.g. ``last("kwh_low") AS …``."""
    columns = ((f"{name}_low", LOW), (name, BEST), (f"{name}_high", HIGH))
    return ", ".join(
        f'{function}("{column}") AS "{label}"' if function else f'"{column}" AS "{label}"'
        for column, label in columns
    )


def override(column: str, **properties: object) -> Json:
    """What is different about one column; ``_`` in a property's name stands for the dot."""
    changes = [{"id": name.replace("_", ".", 1), "value": value} for name, value in properties.items()]
    return {"matcher": {"id": "byName", "options": column}, "properties": changes}


def colour(name: str) -> Json:
    return {"mode": "fixed", "fixedColor": name}


def points(column: str, name: str, size: int = 5, **more: object) -> Json:
    """A column drawn as dots."""
    return override(
        column,
        custom_drawStyle="points",
        custom_showPoints="always",
        custom_pointSize=size,
        color=colour(name),
        **more,
    )


def dots_for_bounds() -> list[Json]:
    """Bars for the best estimate, dots for the bounds."""
    return [points(LOW, "blue"), points(HIGH, "red")]


def band() -> list[Json]:
    """The bounds as a shaded band around the best estimate."""
    edge: Json = {"custom_lineWidth": 0, "color": colour("blue")}
    return [
        override(LOW, **edge),
        override(HIGH, **edge, custom_fillBelowTo=NAMES[LOW], custom_fillOpacity=25),
    ]


def _panel(
    kind: str,
    title: Text,
    description: Text,
    place: tuple[int, int, int, int],
    targets: list[Json],
    defaults: Json,
    overrides: list[Json],
    options: Json,
    more: Json,
) -> Json:
    x, y, w, h = place
    columns = [found for target in targets for found in re.findall(r'AS "(\w+)"', target["query"])]
    known = [column for column in dict.fromkeys(columns) if column in NAMES]
    # Last: what comes before finds the columns by the names that the query gives them.
    overrides = [*overrides, *(override(column, displayName=NAMES[column]) for column in known)]
    panel: Json = {
        "type": kind,
        "title": title,
        "description": description,
        "gridPos": {"x": x, "y": y, "w": w, "h": h},
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {
            "defaults": {"noValue": "–" if kind == "table" else NOTHING} | defaults,
            "overrides": overrides,
        },
        "options": options,
        **more,
    }
    if "timeFrom" in more:
        panel["hideTimeOverride"] = True
    return panel


def stat(
    title: Text,
    description: Text,
    place: tuple[int, int, int, int],
    text: str,
    unit: str,
    *,
    decimals: int | None = None,
    names: bool = False,
    table: bool = False,
    fields: str = "",
    background: bool = False,
    defaults: Json | None = None,
    overrides: list[Json] | None = None,
    **more: object,
) -> Json:
    """The last value of each column, with its name when there are several.

    The last one, and nothing where that is empty: today's bucket is empty before anything is known of today, and
    yesterday's must not stand for it.
    """
    own: Json = {"unit": unit, "color": colour("text")}
    if decimals is not None:
        own["decimals"] = decimals
    options = {
        "reduceOptions": {"values": False, "calcs": ["last"], "fields": fields},
        "orientation": "auto",
        "textMode": "value_and_name" if names else "value",
        "colorMode": "background" if background else "value",
        "graphMode": "none",
        "justifyMode": "auto",
    }
    # One of three columns says that there is nothing.
    overrides = [*(override(name, noValue="–") for name in (LOW, HIGH) if BEST in text), *(overrides or [])]
    targets = [query(text, table=table)]
    return _panel(
        "stat", title, description, place, targets, own | (defaults or {}), overrides, options, more
    )


def series(
    title: Text,
    description: Text,
    place: tuple[int, int, int, int],
    targets: list[Json],
    unit: str,
    *,
    bars: bool = False,
    stacked: bool = False,
    custom: Json | None = None,
    overrides: list[Json] | None = None,
    defaults: Json | None = None,
    **more: object,
) -> Json:
    """Lines or bars over time."""
    own: Json
    if bars:
        own = {
            "drawStyle": "bars",
            "barAlignment": 1,
            "barWidthFactor": 0.8,
            "fillOpacity": 60,
            "lineWidth": 0,
        }
        own["showPoints"] = "never"
    else:
        own = {"drawStyle": "line", "lineInterpolation": "linear", "lineWidth": 1, "fillOpacity": 0}
        own |= {"showPoints": "never", "spanNulls": True}
    if stacked:
        own["stacking"] = {"mode": "normal", "group": "A"}
    field: Json = {"unit": unit, "custom": own | (custom or {}), **(defaults or {})}
    options = {
        "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
        "tooltip": {"mode": "multi", "sort": "none"},
    }
    return _panel("timeseries", title, description, place, targets, field, overrides or [], options, more)


def table(
    title: Text,
    description: Text,
    place: tuple[int, int, int, int],
    text: str,
    columns: list[Json],
    *,
    defaults: Json | None = None,
    **more: object,
) -> Json:
    """Rows, newest first; ``columns`` are the overrides that name them."""
    field: Json = {"custom": {"align": "auto", "filterable": False, "minWidth": 110}, **(defaults or {})}
    columns = [override("Time", unit=MOMENT, custom_width=140), *columns]
    options = {"showHeader": True, "cellHeight": "sm"}
    return _panel(
        "table", title, description, place, [query(text, table=True)], field, columns, options, more
    )


def column(name: str, title: Text, unit: str = "", decimals: int | None = None, **more: object) -> Json:
    """A table's column with its title, and its unit if it has one."""
    changes: dict[str, object] = {"displayName": title, **more}
    if unit:
        changes["unit"] = unit
    if decimals is not None:
        changes["decimals"] = decimals
    return override(name, **changes)


def worded(words: dict[str, str], colours: dict[str, str] | None = None) -> list[Json]:
    """Mappings that say in plain words what a column holds."""
    options = {
        word: {"text": text, "index": index} | ({"color": colours[word]} if colours else {})
        for index, (word, text) in enumerate(words.items())
    }
    return [{"type": "value", "options": options}]


def dated(*names: str) -> Json:
    """A transformation that makes times of columns with days, so that they read as the language has them."""
    conversions = [
        {"targetField": name, "destinationType": "time", "dateFormat": "YYYY-MM-DD"} for name in names
    ]
    return {"id": "convertFieldType", "options": {"fields": {}, "conversions": conversions}}


def hidden(*names: str) -> Json:
    """A transformation that leaves columns out."""
    return {"id": "organize", "options": {"excludeByName": dict.fromkeys(names, True)}}


_ZONE: Text = "Time zone"
_GAPS: Text = "Not counted"
_PAGE: Text = "The household's page"
#: Where that is, as long as nobody says otherwise.
PAGE = "http://localhost:8470"


def _variable(name: str, label: Text, text: str) -> Json:
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "query": text,
        "definition": text,
        "refresh": 1,
        "sort": 1,
        "multi": False,
        "includeAll": False,
        "hide": 0,
        "regex": "",
        "options": [],
    }


def variables() -> list[Json]:
    """Device, meter, and the meter's time zone: every dashboard has them, and the links hand them on.

    Asked of ``event``, which has few points: InfluxDB 3 reads all files of a measurement for it. The settings of a
    meter are one, noted when counting begins.
    """
    zone = {"selected": True, "text": "Asia/Ho_Chi_Minh", "value": "Asia/Ho_Chi_Minh"}
    return [
        _variable("device", "Device", 'SHOW TAG VALUES FROM "event" WITH KEY = "device" WHERE time > 0'),
        _variable(
            "meter",
            "Meter",
            """SHOW TAG VALUES FROM "event" WITH KEY = "meter" WHERE "device" = '${device:raw}' AND time > 0""",
        ),
        {
            "name": "page",
            "label": _PAGE,
            "type": "textbox",
            "query": PAGE,
            "hide": 0,
            "current": {"selected": True, "text": PAGE, "value": PAGE},
            "options": [{"selected": True, "text": PAGE, "value": PAGE}],
        },
        {
            "name": "tz",
            "label": _ZONE,
            "type": "textbox",
            "query": zone["value"],
            "hide": 0,
            "current": zone,
            "options": [zone],
        },
    ]


def annotations() -> list[Json]:
    """Gaps, shaded on every chart."""
    target = {
        "refId": "Gaps",
        "fromAnnotations": True,
        "rawQuery": True,
        "textColumn": "reason",
        "timeEndColumn": "gap.end_ms",
        "tagsColumn": "",
        "titleColumn": "",
        "query": f'SELECT "reason", "end_ms" FROM "gap" WHERE {WHERE}',
    }
    return [
        {
            "name": "Annotations & Alerts",
            "type": "dashboard",
            "builtIn": 1,
            "enable": True,
            "hide": True,
            "iconColor": "rgba(0, 211, 255, 1)",
            "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        },
        {
            "name": _GAPS,
            "enable": True,
            "iconColor": "red",
            "datasource": SOURCE,
            "target": target,
        },
    ]


def dashboard(
    uid: str, title: Text, description: Text, begin: str, panels: list[Json], refresh: str = "1m"
) -> Json:
    """A whole dashboard; panels are numbered in their order."""
    return {
        "uid": uid,
        "id": None,
        "title": title,
        "tags": [TAG],
        "schemaVersion": 39,
        "version": 1,
        "description": description,
        "editable": True,
        "graphTooltip": 1,
        "refresh": refresh,
        "timezone": "browser",
        "time": {"from": begin, "to": "now"},
        "links": [
            {
                "type": "dashboards",
                "title": "Sodien",
                "tags": [TAG],
                "asDropdown": False,
                "includeVars": True,
                "keepTime": False,
                "targetBlank": False,
                "icon": "external link",
                "tooltip": "",
                "url": "",
            }
        ],
        "templating": {"list": variables()},
        "annotations": {"list": annotations()},
        "panels": [{"id": number, **panel} for number, panel in enumerate(panels, 1)],
    }
