"""*Now*: what flows, what today and this billing period have come to, where it is heading."""

from __future__ import annotations

from shapes import (
    BEST,
    HIGH,
    KWH,
    LOW,
    MONEY,
    TZ,
    WATT,
    WHERE,
    Json,
    band,
    bounds,
    colour,
    dashboard,
    gauge,
    override,
    points,
    query,
    series,
    stat,
)  # fmt: skip

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
#: How old what stands for now may be: an entry of the meter and of the cost comes every hour at least.
FRESH = "2h"


def register_chart(place: tuple[int, int, int, int]) -> Json:
    return series(
        "Register with bounds",
        "Values at the end of each interval; the true register is inside the band. Points: dial readings.",
        place,
        [
            query(
                f"""SELECT {bounds_of_register()} FROM "meter" WHERE {WHERE}
                GROUP BY time($__interval) fill(none)"""
            ),
            query(f'SELECT "low" AS "dial" FROM "dial" WHERE {WHERE}', "B"),
        ],
        KWH,
        interval="1m",
        defaults={"decimals": 1, "color": colour("green")},
        overrides=[*band(), points("dial", "red", 8)],
    )


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
            timeFrom=FRESH,
        ),
        stat(
            "Register",
            "What the dial shows. Nothing until a first dial reading: sodien dial.",
            (4, 0, 5, 5),
            f'SELECT last("register") AS "register" FROM "meter" WHERE {WHERE}',
            KWH,
            decimals=1,
            timeFrom=FRESH,
        ),
        stat(
            "The register is certainly",
            "The dial shows a number between these two. A dial reading brings them together.",
            (9, 0, 5, 5),
            f'SELECT last("low") AS "{LOW}", last("high") AS "{HIGH}" FROM "meter" WHERE {WHERE}',
            KWH,
            decimals=1,
            names=True,
            timeFrom=FRESH,
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
            timeFrom=FRESH,
        ),
        stat(
            "Cost so far (¤)",
            "What is to be paid for it by the tariff, taxes included, with bounds.",
            (6, 5, 7, 5),
            of_cost(bounds("cost", "last")),
            MONEY,
            decimals=0,
            names=True,
            timeFrom=FRESH,
        ),
        gauge(
            "Tier",
            "The tier of the tariff that the period has reached.",
            (13, 5, 4, 5),
            of_cost('last("tier") AS "tier"'),
            [(None, "green"), (3, "yellow"), (5, "red")],
            6,
            timeFrom=FRESH,
        ),
        stat(
            "Period ends",
            "The next reading day: the meter is read then.",
            (17, 5, 3, 5),
            of_cost('last("last") AS "day"'),
            "string",
            table=True,
            fields="/^day$/",
            timeFrom=FRESH,
        ),
        stat(
            "Newest entry",
            "When the newest entry was counted. A minute in which nothing was counted has none, but every full hour has.",
            (20, 5, 4, 5),
            f'SELECT last("pulses") AS "pulses" FROM "meter" WHERE {WHERE}',
            "dateTimeAsIso",
            table=True,
            fields="/^Time$/",
            timeFrom="7d",
        ),
        stat(
            "kWh at the reading day",
            "If the days until then are as usual; bounds from the quietest and the busiest of the last days.",
            (0, 10, 12, 4),
            of_cost(bounds("projected_kwh", "last")),
            KWH,
            decimals=0,
            names=True,
            timeFrom=FRESH,
        ),
        stat(
            "The bill to expect (¤)",
            "If the days until the reading day are as usual, with bounds, taxes included.",
            (12, 10, 12, 4),
            of_cost(bounds("projected_cost", "last")),
            MONEY,
            decimals=0,
            names=True,
            timeFrom=FRESH,
        ),
        series(
            "Power over time",
            "Highest: of any entry in the interval. Mean of the hour: its energy over its length. Shaded: not counted.",
            (0, 14, 24, 9),
            POWER,
            WATT,
            interval="1m",
            custom={"lineInterpolation": "stepAfter", "fillOpacity": 10, "spanNulls": False},
            defaults={"min": 0, "decimals": 0, "color": colour("yellow")},
            overrides=[
                override("hourly", custom_lineWidth=2, custom_fillOpacity=0, color=colour("orange")),
            ],
        ),
        register_chart((0, 23, 24, 8)),
    ]
    return dashboard(
        "sodien",
        "Sodien: now",
        "The household's own witness to the electricity meter.",
        "now-24h",
        panels,
    )
