"""*Days and months*: kWh and cost per day, month against month, and how much of the time was counted."""

from __future__ import annotations

from now import DAILY_COST, STACK, pale
from shapes import (
    BEST,
    DAY,
    HIGH,
    KWH,
    LENGTH,
    LOW,
    MONEY,
    NAMES,
    TZ,
    WHERE,
    Json,
    bounds,
    colour,
    column,
    dashboard,
    dated,
    hidden,
    override,
    query,
    series,
    table,
)  # fmt: skip

from sodien.i18n import Text

#: Why seconds were not counted: the reasons of a gap, and the time before counting began.
REASONS: dict[str, Text] = {
    "power": "power cut",
    "killed": "program crashed",
    "stopped": "program stopped",
    "overflow": "flashes lost",
    "restored": "ledger restored",
    "damaged": "ledger damaged",
    "before": "before counting began",
}
COLOURS = dict(
    zip(REASONS, ("red", "orange", "yellow", "purple", "light-red", "dark-red", "gray"), strict=True)
)


def blind_columns() -> list[Json]:
    """Names and colours for the seconds of each reason."""
    return [
        override(f"blind_{reason}", displayName=name, color=colour(COLOURS[reason]))
        for reason, name in REASONS.items()
    ]


def grouped(panel: Json, by: str, calc: str, *before: Json) -> Json:
    """A table's rows of one month or period as a group of bars: at least, about, at most."""
    panel["fieldConfig"]["defaults"]["custom"] = {"fillOpacity": 60, "lineWidth": 0}
    panel["fieldConfig"]["overrides"] = [
        override(f"{name} ({calc})", displayName=NAMES[name], color=colour(hue))
        for name, hue in ((LOW, "blue"), (BEST, "green"), (HIGH, "red"))
    ]
    sums = {name: {"aggregations": [calc], "operation": "aggregate"} for name in (LOW, BEST, HIGH)}
    groups = {by: {"aggregations": [], "operation": "groupby"}, **sums}
    return panel | {
        "type": "barchart",
        "transformations": [*before, {"id": "groupBy", "options": {"fields": groups}}],
        "options": {
            "orientation": "auto",
            "xField": by,
            "showValue": "auto",
            "stacking": "none",
            "groupWidth": 0.7,
            "barWidth": 0.9,
            "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
            "tooltip": {"mode": "multi", "sort": "none"},
        },
    }


def build() -> Json:
    # A bound of a sum is the sum of the bounds.
    monthly = grouped(
        series(
            "kWh per month",
            "This month and the twelve before it, from whole days, with bounds; the browser's time zone decides where a "
            "month ends.",
            (0, 9, 12, 9),
            [query(f'SELECT {bounds("kwh")} FROM "day" WHERE {WHERE}', table=True)],
            KWH,
            timeFrom="12M/M",
            defaults={"min": 0, "decimals": 0},
        ),
        "Time",
        "sum",
        {
            "id": "formatTime",
            "options": {"timeField": "Time", "outputFormat": "YYYY-MM", "useTimezone": True},
        },
    )
    # An entry at midnight closes the day before it.
    periods = grouped(
        series(
            "kWh per billing period",
            "What would be billed of each period, by its reading day; the last one is the period so far.",
            (12, 9, 12, 9),
            [
                query(
                    f"""SELECT last("last") AS "period", {bounds("kwh", "last")} FROM "cost" WHERE {WHERE}
                    GROUP BY time(1d, 1s) fill(none) {TZ}""",
                    table=True,
                )
            ],
            KWH,
            timeFrom="400d",
            defaults={"min": 0, "decimals": 0},
        ),
        "period",
        "lastNotNull",
    )
    panels = [
        series(
            "kWh per day",
            "Whole local days. Green: counted for certain. Pale with a dashed edge: what else may have flowed while "
            "nothing was counted; the true value ends somewhere in it.",
            (0, 0, 12, 9),
            [query(f'SELECT {STACK} FROM "day" WHERE {WHERE}')],
            KWH,
            bars=True,
            stacked=True,
            defaults={"min": 0, "decimals": 2, "color": colour("green")},
            overrides=[pale("open")],
        ),
        series(
            "Cost per day (¤)",
            "The best estimate, taxes included: by how much the cost of the period grew; higher tiers come later in a "
            "period. On the first day of a period its first hour is not in it.",
            (12, 0, 12, 9),
            [query(DAILY_COST)],
            MONEY,
            bars=True,
            defaults={"min": 0, "decimals": 0, "color": colour("purple")},
        ),
        monthly,
        periods,
        series(
            "Share of the day that was counted",
            "Seconds counted over seconds elapsed, of whole days.",
            (0, 18, 12, 7),
            [query(f'SELECT "counted" / "seconds" AS "coverage" FROM "day" WHERE {WHERE}')],
            "percentunit",
            bars=True,
            defaults={"min": 0, "max": 1, "color": colour("green")},
        ),
        series(
            "Not counted, by reason",
            "Time of each day in which nothing was counted, and why. Empty is good.",
            (12, 18, 12, 7),
            [query(f'SELECT /^blind_/ FROM "day" WHERE {WHERE}')],
            LENGTH,
            bars=True,
            stacked=True,
            defaults={"min": 0},
            overrides=blind_columns(),
        ),
        table(
            "Days",
            "Energy with bounds, and the share of the day that was counted.",
            (0, 25, 24, 9),
            f"""SELECT "day", "kwh_low", "kwh", "kwh_high", "counted" / "seconds" AS "coverage" FROM "day"
            WHERE {WHERE} ORDER BY time DESC""",
            [
                column("day", "day", DAY),
                column("kwh_low", "at least", KWH, 2),
                column("kwh", "best estimate", KWH, 2),
                column("kwh_high", "at most", KWH, 2),
                column("coverage", "counted", "percentunit", 0),
            ],
            transformations=[hidden("Time"), dated("day")],
        ),
    ]
    return dashboard(
        "sodien-days",
        "Sodien: days and months",
        "kWh, cost and coverage by day and month.",
        "now-60d/d",
        panels,
        "15m",
    )
