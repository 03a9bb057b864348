"""*Reading day*: our register beside the utility's index, the verdict, and what it stands on."""

from __future__ import annotations

from now import NOW, bounds_of_register
from shapes import (
    DAY,
    KWH,
    LENGTH,
    MONEY,
    WHERE,
    Json,
    band,
    colour,
    column,
    dashboard,
    dated,
    hidden,
    override,
    points,
    query,
    series,
    stat,
    table,
    worded,
)  # fmt: skip

from sodien.i18n import Text

VERDICTS: dict[str, Text] = {
    "consistent": "fits what was counted",
    "cannot_tell": "cannot tell",
    "disagrees": "does not fit what was counted",
}
COLOURS = {"consistent": "green", "cannot_tell": "yellow", "disagrees": "red"}
#: Where the household's page is; the tables lead there.
PAGE = "${page:raw}/bills"


def difference(title: Text, description: Text, place: tuple[int, int, int, int], text: str) -> Json:
    """What the utility says less what was counted, with our own bounds around nothing."""
    return series(
        title,
        description,
        place,
        [query(text)],
        KWH,
        timeFrom="400d",
        defaults={"decimals": 1},
        bars=True,
        custom={"barAlignment": 0, "barWidthFactor": 0.9, "fillOpacity": 30, "axisCenteredZero": True},
        overrides=[
            override("least", color=colour("green")),
            override("most", color=colour("green")),
            points("difference", "red", 14),
        ],
    )


def chart(place: tuple[int, int, int, int]) -> Json:
    """The utility's index is dated by its reading day, which is a text in the database; Grafana turns it to a time."""
    only_bills = {"id": "byRefId", "options": "C"}
    return series(
        "Our register and the utility's reading",
        "The true register is inside the band. A yellow dot stands at the beginning of the reading day that the bill "
        "names: it should be no lower than the band there, and no higher than where the band is a day later.",
        place,
        [
            query(
                f'SELECT {bounds_of_register()} FROM "meter" WHERE {WHERE} GROUP BY time($__interval) fill(none)'
            ),
            query(f'SELECT "low" AS "dial" FROM "dial" WHERE {WHERE}', "B"),
            query(f"""SELECT "last", "index_new" AS "index" FROM "bill" WHERE {WHERE}""", "C", table=True),
        ],
        KWH,
        interval="1h",
        defaults={"decimals": 1, "color": colour("green")},
        overrides=[*band(), points("dial", "red", 7), points("index", "yellow", 11)],
        transformations=[
            {"id": "organize", "filter": only_bills, "options": {"excludeByName": {"Time": True}}},
            {"filter": only_bills, **dated("last")},
        ],
    )


def verdict_words() -> Json:
    return {"mappings": worded(VERDICTS, COLOURS)}


def verdict_column() -> Json:
    return column(
        "verdict", "verdict", custom_cellOptions={"type": "color-text"}, custom_width=230, **verdict_words()
    )


def to_page(name: str, title: Text) -> Json:
    """A column that leads to the bill on the household's page."""
    return column(name, title, DAY, links=[{"title": OPEN, "url": PAGE, "targetBlank": True}])


OPEN: Text = "Open the bills on the household's page"


def build() -> Json:
    panels = [
        stat(
            "Last verdict",
            "On the last bill that was judged, in the colour of the answer.",
            (0, 0, 10, 4),
            f'SELECT last("verdict") AS "verdict" FROM "verdict" WHERE {WHERE}',
            "string",
            table=True,
            fields="/^verdict$/",
            background=True,
            timeFrom="400d",
            defaults=verdict_words(),
        ),
        stat(
            "Off by at least",
            "By how much the last bill that was judged is off for certain. Nothing where it fits.",
            (10, 0, 5, 4),
            f'SELECT last("verdict"), "disagrees_by_kwh" FROM "verdict" WHERE {WHERE}',
            KWH,
            decimals=1,
            table=True,
            fields="/^disagrees_by_kwh$/",
            timeFrom="400d",
        ),
        stat(
            "Errors show from",
            "An error of this size in the last bill would have been noticed.",
            (15, 0, 5, 4),
            f'SELECT last("verdict"), "detectable_kwh" FROM "verdict" WHERE {WHERE}',
            KWH,
            decimals=1,
            table=True,
            fields="/^detectable_kwh$/",
            timeFrom="400d",
        ),
        stat(
            "Next reading day",
            "The end of the billing period that runs now; the meter is read on that day.",
            (20, 0, 4, 4),
            f'SELECT last("last") AS "day" FROM "cost" WHERE {WHERE}',
            DAY,
            table=True,
            fields="/^day$/",
            transformations=[dated("day")],
            **NOW,
        ),
        difference(
            "Billed less counted",
            "One dot for each bill that was judged: what was billed less our best estimate. Inside the green bar our "
            "record cannot tell the two apart; outside of it the bill does not fit what was counted.",
            (0, 4, 24, 9),
            f"""SELECT "own_kwh_low" - "own_kwh" AS "least", "own_kwh_high" - "own_kwh" AS "most",
            "billed_kwh" - "own_kwh" AS "difference" FROM "verdict" WHERE {WHERE}""",
        ),
        table(
            "Verdicts",
            "Every bill that was judged, the newest first; a bill that was corrected later stays in the list.",
            (0, 13, 14, 8),
            f"""SELECT "last", "verdict", "disagrees_by_kwh", "billed_kwh", "own_kwh" FROM "verdict" WHERE {WHERE}
            ORDER BY time DESC""",
            [
                to_page("last", "read on"),
                verdict_column(),
                column("disagrees_by_kwh", "off by at least", KWH, 1),
                column("billed_kwh", "billed", KWH, 0),
                column("own_kwh", "counted", KWH, 1),
            ],
            transformations=[hidden("Time"), dated("last")],
            timeFrom="400d",
        ),
        table(
            "Bills",
            "As the utility says it.",
            (14, 13, 10, 8),
            f"""SELECT "last", "index_new", "kwh", "total" FROM "bill" WHERE {WHERE}
            ORDER BY time DESC""",
            [
                to_page("last", "read on"),
                column("index_new", "current reading", "none", 1),
                column("kwh", "billed", KWH, 0),
                column("total", "to pay (¤)", MONEY, 0),
            ],
            transformations=[hidden("Time"), dated("last")],
            timeFrom="400d",
        ),
        chart((0, 21, 24, 10)),
        table(
            "Reading days",
            "The register at the start and at the end of the day on which the utility read it, as known then.",
            (0, 31, 24, 7),
            f"""SELECT "day", "start_low", "start_high", "end_low", "end_high" FROM "snapshot" WHERE {WHERE}
            ORDER BY time DESC""",
            [
                column("day", "day", DAY),
                column("start_low", "start, at least", KWH, 1),
                column("start_high", "start, at most", KWH, 1),
                column("end_low", "end, at least", KWH, 1),
                column("end_high", "end, at most", KWH, 1),
            ],
            timeFrom="400d",
            transformations=[hidden("Time"), dated("day")],
        ),
        table(
            "Dial readings",
            "Read by the household.",
            (0, 38, 12, 7),
            f"""SELECT "reading", "within_s", "by" FROM "dial" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("Time", "read"),
                column("reading", "shown", "string"),
                column("within_s", "time known to ±", LENGTH),
                column("by", "by"),
            ],
            timeFrom="400d",
        ),
        table(
            "Meters replaced",
            "Last reading of the old meter, first of the new one.",
            (12, 38, 12, 7),
            f"""SELECT "old_final", "new_initial", "constant", "serial" FROM "replacement" WHERE {WHERE}
            ORDER BY time DESC""",
            [
                column("Time", "replaced"),
                column("old_final", "old, last", "string"),
                column("new_initial", "new, first", "string"),
                column("constant", "imp/kWh", decimals=0),
                column("serial", "serial", "string"),
            ],
            timeFrom="4000d",
        ),
        difference(
            "The utility's daily readings less your register",
            "One dot for each reading that its app or portal told: less our best estimate at that time. Inside the green "
            "bar it may be right; 'sodien claims' says what may be wrong. It proves nothing and moves nothing of ours.",
            (0, 45, 24, 9),
            f"""SELECT "low" - "register" AS "least", "high" - "register" AS "most",
            "index" - "register" AS "difference" FROM "claim" WHERE {WHERE}""",
        ),
    ]
    return dashboard(
        "sodien-reading-day",
        "Sodien: reading day",
        "Our register beside the utility's reading, and the verdict on each bill.",
        "now-70d",
        panels,
        "15m",
    )
