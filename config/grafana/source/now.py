"""*Now*: what flows, what today and this billing period have come to, where it is heading."""

from __future__ import annotations

from typing import Any

from shapes import (
    BEST,
    DAY,
    HIGH,
    KWH,
    LOW,
    MOMENT,
    MONEY,
    TZ,
    UNKNOWN,
    WATT,
    WHERE,
    Json,
    band,
    bounds,
    colour,
    dashboard,
    dated,
    hidden,
    override,
    query,
    series,
    stat,
)  # fmt: skip

from sodien.i18n import Text

#: Cost of a local day: the hourly steps of the sum so far. An entry at midnight closes the day before it.
DAILY_COST = f"""
    SELECT sum("step") AS "step"
    FROM (SELECT non_negative_difference("cost") AS "step" FROM "cost" WHERE {WHERE})
    WHERE $timeFilter GROUP BY time(1d, 1s) fill(null) {TZ}"""

POWER = [
    query(
        f'SELECT max("power_w") AS "peak" FROM "meter" WHERE {WHERE} GROUP BY time($__interval) fill(none)'
    ),
    query(f"""SELECT "kwh" * 3600000 / "seconds" AS "hourly" FROM "hour" WHERE {WHERE}""", "B"),
]
#: A bar of energy: what was counted, and on top of it, pale, what else may have flowed uncounted.
STACK = '"kwh_low" AS "known", "kwh_high" - "kwh_low" AS "open"'


def pale(column: str) -> Json:
    """What was not counted: an outline that is hardly filled."""
    return override(
        column,
        color=colour("light-orange"),
        custom_fillOpacity=15,
        custom_lineWidth=1,
        custom_lineStyle={"fill": "dash", "dash": [4, 4]},
    )


#: What the newest entry is where none came for a week.
SILENT: Text = "none for a week"
REACHED: Text = "reached"
ONE_PRICE: Text = "one price"
NEXT: Text = "next one from"
LAST_TIER: Text = "none"
#: How old what stands for now may be: an entry of the meter and of the cost comes every hour at least.
NOW: dict[str, Any] = {"timeFrom": "2h", "defaults": {"noValue": UNKNOWN}}


def bounds_of_register() -> str:
    return f'last("low") AS "{LOW}", last("register") AS "{BEST}", last("high") AS "{HIGH}"'


def of_cost(columns: str) -> str:
    return f'SELECT {columns} FROM "cost" WHERE {WHERE}'


def build() -> Json:
    panels = [
        stat(
            "Power",
            "Mean power up to the newest entry. Nothing where the device has been silent for two hours.",
            (0, 0, 4, 5),
            f'SELECT last("power_w") AS "power" FROM "meter" WHERE {WHERE}',
            WATT,
            decimals=0,
            **NOW,
        ),
        stat(
            "Register",
            "What the dial shows. Nothing until a first dial reading: sodien dial.",
            (4, 0, 5, 5),
            f'SELECT last("register") AS "register" FROM "meter" WHERE {WHERE}',
            KWH,
            decimals=1,
            **NOW,
        ),
        stat(
            "The register is certainly",
            "The dial shows a number between these two. A dial reading brings them together.",
            (9, 0, 5, 5),
            f'SELECT last("low") AS "{LOW}", last("high") AS "{HIGH}" FROM "meter" WHERE {WHERE}',
            KWH,
            decimals=1,
            names=True,
            **NOW,
        ),
        stat(
            "Today",
            "Energy of the local day up to the last whole hour, with bounds. Nothing before the first hour is whole.",
            (14, 0, 6, 5),
            f"""SELECT {bounds("kwh", "sum")} FROM "hour" WHERE {WHERE} GROUP BY time(1d) fill(null) {TZ}""",
            KWH,
            decimals=2,
            names=True,
            timeFrom="2d",
        ),
        stat(
            "Cost today (¤)",
            "Taxes included, up to the last whole hour. On the first day of a period its first hour is not in it.",
            (20, 0, 4, 5),
            DAILY_COST,
            MONEY,
            decimals=0,
            timeFrom="2d",
        ),
        stat(
            "Period so far",
            "What would be billed since the last reading day, with bounds. In the first hour after a reading day it is "
            "still the period that has just ended.",
            (0, 5, 6, 5),
            of_cost(bounds("kwh", "last")),
            KWH,
            decimals=0,
            names=True,
            **NOW,
        ),
        stat(
            "Cost so far (¤)",
            "What is to be paid for it by the tariff, taxes included, with bounds.",
            (6, 5, 7, 5),
            of_cost(bounds("cost", "last")),
            MONEY,
            decimals=0,
            names=True,
            **NOW,
        ),
        stat(
            "Tier",
            "The tier of the tariff that the period has reached, and the kWh of the period above which the next one begins.",
            (13, 5, 4, 5),
            of_cost('last("cost"), "tier", "next_tier_kwh"'),
            "none",
            decimals=0,
            names=True,
            table=True,
            fields="/.*/",
            transformations=[hidden("Time", "last")],
            overrides=[
                override("tier", displayName=REACHED, noValue=ONE_PRICE),
                override("next_tier_kwh", displayName=NEXT, unit=KWH, noValue=LAST_TIER),
            ],
            **NOW,
        ),
        stat(
            "Period ends",
            "The next reading day: the meter is read then.",
            (17, 5, 3, 5),
            of_cost('last("last") AS "day"'),
            DAY,
            table=True,
            fields="/^day$/",
            transformations=[dated("day")],
            **NOW,
        ),
        stat(
            "Newest entry",
            "When the newest entry was counted. A minute in which nothing was counted has none, but every full hour has.",
            (20, 5, 4, 5),
            f'SELECT last("pulses") AS "pulses" FROM "meter" WHERE {WHERE}',
            MOMENT,
            table=True,
            fields="/^Time$/",
            timeFrom="7d",
            defaults={"noValue": SILENT},
        ),
        stat(
            "kWh at the reading day",
            "If the days until then are as usual; bounds from the quietest and the busiest of the last days.",
            (0, 10, 12, 4),
            of_cost(bounds("projected_kwh", "last")),
            KWH,
            decimals=0,
            names=True,
            **NOW,
        ),
        stat(
            "The bill to expect (¤)",
            "If the days until the reading day are as usual, with bounds, taxes included.",
            (12, 10, 12, 4),
            of_cost(bounds("projected_cost", "last")),
            MONEY,
            decimals=0,
            names=True,
            **NOW,
        ),
        series(
            "This period and its tiers",
            "The kWh of the period so far, inside the band. Dashed: where the next tier of the tariff begins; it rises by a "
            "step where the period has reached that tier.",
            (0, 14, 24, 8),
            [query(of_cost(f'{bounds("kwh")}, "next_tier_kwh" AS "step_at"'))],
            KWH,
            custom={"spanNulls": False, "lineWidth": 2},
            defaults={"min": 0, "decimals": 0, "color": colour("green")},
            overrides=[
                *band(),
                override(
                    "step_at",
                    custom_lineStyle={"fill": "dash", "dash": [8, 6]},
                    custom_lineInterpolation="stepAfter",
                    color=colour("red"),
                ),
            ],
            timeFrom="32d",
        ),
        series(
            "Power over time",
            "Highest: of any entry in the interval. Mean of the hour: its energy over its length. Shaded: not counted.",
            (0, 22, 24, 9),
            POWER,
            WATT,
            interval="1m",
            custom={"lineInterpolation": "stepAfter", "fillOpacity": 10, "spanNulls": False},
            defaults={"min": 0, "decimals": 0, "color": colour("yellow")},
            overrides=[
                override("hourly", custom_lineWidth=2, custom_fillOpacity=0, color=colour("orange")),
            ],
        ),
        series(
            "kWh by the hour",
            "Whole hours. Green: counted for certain. Pale with a dashed edge: what else may have flowed while nothing was "
            "counted.",
            (0, 31, 24, 8),
            [query(f'SELECT {STACK} FROM "hour" WHERE {WHERE}')],
            KWH,
            bars=True,
            stacked=True,
            defaults={"min": 0, "decimals": 2, "color": colour("green")},
            overrides=[pale("open")],
        ),
    ]
    return dashboard(
        "sodien",
        "Sodien: now",
        "The household's own witness to the electricity meter.",
        "now-24h",
        panels,
    )
