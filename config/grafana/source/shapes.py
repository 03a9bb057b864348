"""The shapes of Grafana's classic dashboard JSON (schemaVersion 39, which Grafana 10 to 13 read)."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

SOURCE: Json = {"type": "influxdb", "uid": "sodien"}
#: The dashboards, by the uid that Grafana keeps; all carry the tag, which makes the links between them.
TAG = "sodien"
WHERE = """"device" = '${device:raw}' AND "meter" = '${meter:raw}' AND $timeFilter"""
TZ = "tz('${tz:raw}')"

LOW, BEST, HIGH = "low · thấp nhất", "best · ước tính", "high · cao nhất"
KWH, WATT, NUMBER = "kwatth", "watt", "short"
#: The currency is that of the tariff; the dashboards say which in a panel of its own.
MONEY = "locale"


def both(english: str, vietnamese: str) -> str:
    """One label in both languages."""
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
        override(HIGH, **edge, custom_fillBelowTo=LOW, custom_fillOpacity=25),
    ]


def _panel(
    kind: str,
    title: str,
    description: str,
    place: tuple[int, int, int, int],
    targets: list[Json],
    defaults: Json,
    overrides: list[Json],
    options: Json,
    more: Json,
) -> Json:
    x, y, w, h = place
    panel: Json = {
        "type": kind,
        "title": title,
        "description": description,
        "gridPos": {"x": x, "y": y, "w": w, "h": h},
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": defaults, "overrides": overrides},
        "options": options,
        **more,
    }
    if "timeFrom" in more:
        panel["hideTimeOverride"] = True
    return panel


def stat(
    title: str,
    description: str,
    place: tuple[int, int, int, int],
    text: str,
    unit: str,
    *,
    decimals: int | None = None,
    names: bool = False,
    table: bool = False,
    fields: str = "",
    defaults: Json | None = None,
    overrides: list[Json] | None = None,
    **more: object,
) -> Json:
    """The last value of each column, with its name when there are several."""
    own: Json = {"unit": unit, "color": colour("text")}
    if decimals is not None:
        own["decimals"] = decimals
    options = {
        "reduceOptions": {"values": False, "calcs": ["lastNotNull"], "fields": fields},
        "orientation": "auto",
        "textMode": "value_and_name" if names else "value",
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
    }
    targets = [query(text, table=table)]
    return _panel(
        "stat", title, description, place, targets, own | (defaults or {}), overrides or [], options, more
    )


def series(
    title: str,
    description: str,
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
    title: str,
    description: str,
    place: tuple[int, int, int, int],
    text: str,
    columns: list[Json],
    *,
    defaults: Json | None = None,
    **more: object,
) -> Json:
    """Rows, newest first; ``columns`` are the overrides that name them."""
    field: Json = {"custom": {"align": "auto", "filterable": False}, **(defaults or {})}
    options = {"showHeader": True, "cellHeight": "sm"}
    return _panel(
        "table", title, description, place, [query(text, table=True)], field, columns, options, more
    )


def column(
    name: str, english: str, vietnamese: str = "", unit: str = "", decimals: int | None = None
) -> Json:
    """A table's column with its title, and its unit if it has one."""
    changes: dict[str, object] = {"displayName": both(english, vietnamese) if vietnamese else english}
    if unit:
        changes["unit"] = unit
    if decimals is not None:
        changes["decimals"] = decimals
    return override(name, **changes)


def hidden(*names: str) -> Json:
    """A transformation that leaves columns out."""
    return {"id": "organize", "options": {"excludeByName": dict.fromkeys(names, True)}}


def _variable(name: str, label: str, text: str) -> Json:
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
    """Device, meter, and the meter's time zone: every dashboard has them, and the links hand them on."""
    zone = {"selected": True, "text": "Asia/Ho_Chi_Minh", "value": "Asia/Ho_Chi_Minh"}
    return [
        _variable("device", both("Device", "Thiết bị"), 'SHOW TAG VALUES FROM "meter" WITH KEY = "device"'),
        _variable(
            "meter",
            both("Meter", "Công tơ"),
            """SHOW TAG VALUES FROM "meter" WITH KEY = "meter" WHERE "device" = '${device:raw}'""",
        ),
        {
            "name": "tz",
            "label": both("Time zone", "Múi giờ"),
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
            "name": both("Gaps", "Khoảng mất đếm"),
            "enable": True,
            "iconColor": "red",
            "datasource": SOURCE,
            "target": target,
        },
    ]


def dashboard(
    uid: str, title: str, description: str, begin: str, panels: list[Json], refresh: str = "1m"
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
