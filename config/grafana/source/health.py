"""*Health*: whether everything that was counted is here, what was not counted, and what wears out."""

from __future__ import annotations

from days import REASONS
from now import NOW, SILENT
from shapes import (
    COUNT,
    KWH,
    LENGTH,
    MEGABYTE,
    MOMENT,
    TZ,
    WHERE,
    Json,
    colour,
    column,
    dashboard,
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

EXPECTED, STORED, MISSING = "expected", "stored", "missing"

#: The points of a meter are numbered in the ledger, so what is between the first and the last one is known.
AUDIT = """last("number") - first("number") + 1"""


#: Why a flash was not counted, or not for certain.
REFUSED: dict[str, Text] = {
    "rejected_short": "too short",
    "rejected_dark": "light hardly out before",
    "rejected_flicker": "in the rhythm of the mains",
    "rejected_spacing": "too soon after another",
    "rejected_same_level": "no change seen",
    "rejected_lost": "edges lost",
    "rejected_order": "out of order",
    "undecided": "undecided",
    "late": "came late",
}
#: What the household can say of a gap, and what the device notes of itself.
SAID: dict[str, Text] = {
    "energy": "so much flowed",
    "supply_out": "the supply was out",
    "supply_on": "the supply was on",
    "undo": "withdrawn",
}
EVENTS: dict[str, Text] = {
    "started": "program started",
    "stopped": "program stopped",
    "clock": "the clock was set",
    "meter": "settings of the meter",
    "power": "more power than the settings allow",
    "counter": "counter carried on",
}


def build() -> Json:
    alarm = {"mode": "absolute", "steps": [{"value": None, "color": "green"}, {"value": 1, "color": "red"}]}
    panels = [
        stat(
            "Newest entry",
            "A minute in which nothing was counted has no entry, but every full hour has.",
            (0, 0, 4, 5),
            f'SELECT last("pulses") AS "pulses" FROM "meter" WHERE {WHERE}',
            MOMENT,
            table=True,
            fields="/^Time$/",
            timeFrom="7d",
            defaults={"noValue": SILENT},
        ),
        stat(
            "Everything here today?",
            (
                "Minute entries since local midnight: how many of those in the device's ledger are "
                "not in this database. Missing ones come again by themselves, or after a replay."
            ),
            (4, 0, 8, 5),
            f"""SELECT {AUDIT} - count("number") AS "{MISSING}", {AUDIT} AS "{EXPECTED}" FROM "meter"
            WHERE {WHERE} GROUP BY time(1d) fill(null) {TZ}""",
            COUNT,
            decimals=0,
            names=True,
            timeFrom="2d",
            overrides=[override(MISSING, color={"mode": "thresholds"}, thresholds=alarm)],
        ),
        stat(
            "Entries not delivered yet",
            "Entries the database had not confirmed at the last hourly report.",
            (12, 0, 4, 5),
            f'SELECT last("queue") AS "queue" FROM "health" WHERE {WHERE}',
            COUNT,
            decimals=0,
            **NOW,
        ),
        stat(
            "Size of the ledger",
            "Size of the ledger's files on the device.",
            (16, 0, 4, 5),
            f'SELECT last("ledger_bytes") / 1000000 AS "ledger" FROM "health" WHERE {WHERE}',
            MEGABYTE,
            decimals=1,
        ),
        stat(
            "Not counted, at most",
            "The most that may have flowed uncounted in the gaps in view; 'sodien gaps' narrows it.",
            (20, 0, 4, 5),
            f'SELECT sum("kwh_high") AS "open" FROM "gap" WHERE {WHERE}',
            KWH,
            decimals=2,
        ),
        series(
            "Entries that arrived, by hour",
            "Where the dots stand above the bars, minute entries are missing here.",
            (0, 5, 12, 8),
            [
                query(
                    f"""SELECT count("number") AS "{STORED}", {AUDIT} AS "{EXPECTED}" FROM "meter" WHERE {WHERE}
                    GROUP BY time(1h) fill(none) {TZ}"""
                )
            ],
            COUNT,
            bars=True,
            defaults={"min": 0, "decimals": 0, "color": colour("green")},
            overrides=[points(EXPECTED, "red", 4)],
        ),
        series(
            "Share of time that was counted",
            "Seconds counted over seconds elapsed, from whole hours.",
            (12, 5, 12, 8),
            [
                query(
                    f"""SELECT sum("counted") / sum("seconds") AS "coverage" FROM "hour" WHERE {WHERE}
                    GROUP BY time($__interval) fill(none)"""
                )
            ],
            "percentunit",
            bars=True,
            interval="1h",
            defaults={"min": 0, "max": 1, "color": colour("green")},
        ),
        table(
            "When nothing was counted",
            "Stretches in which pulses could have been missed, and the energy that may have flowed.",
            (0, 13, 24, 8),
            f"""SELECT "end_ms", "seconds", "reason", "kwh_low", "kwh_high"
            FROM "gap" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("Time", "from"),
                column("end_ms", "to", MOMENT, custom_width=140),
                column("seconds", "length", LENGTH),
                column("reason", "reason", mappings=worded(REASONS)),
                column("kwh_low", "at least", KWH, 2),
                column("kwh_high", "at most", KWH, 2),
            ],
        ),
        series(
            "Flashes that were refused",
            (
                "Since the program started: edges refused by the filter, by reason; edges it could "
                "not decide; pulses that came late."
            ),
            (0, 21, 12, 7),
            [
                query(
                    f"""SELECT last(/^(rejected_.*|undecided|late)$/) FROM "health" WHERE {WHERE}
                    GROUP BY time($__interval) fill(none)"""
                )
            ],
            COUNT,
            interval="1h",
            custom={"lineInterpolation": "stepAfter", "showPoints": "auto"},
            defaults={"min": 0, "decimals": 0},
            overrides=[override(f"last_{name}", displayName=words) for name, words in REFUSED.items()],
        ),
        series(
            "Not delivered, and size of the ledger",
            (
                "Entries not confirmed (left) and the size of the ledger's files (right): how fast it"
                " grows is what the card has to bear."
            ),
            (12, 21, 12, 7),
            [
                query(
                    f"""SELECT max("queue") AS "waiting", last("ledger_bytes") / 1000000 AS "ledger" FROM "health"
                    WHERE {WHERE} GROUP BY time($__interval) fill(none)"""
                )
            ],
            COUNT,
            interval="1h",
            custom={"lineInterpolation": "stepAfter"},
            defaults={"min": 0, "decimals": 0},
            overrides=[override("ledger", unit=MEGABYTE, decimals=1, custom_axisPlacement="right")],
        ),
        table(
            "What you said of it",
            "By the household, with 'sodien gaps'.",
            (0, 28, 12, 7),
            f"""SELECT "of_ms", "what", "low", "high", "by" FROM "resolution" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("of_ms", "of the gap at", MOMENT, custom_width=140),
                column("what", "what", mappings=worded(SAID)),
                column("low", "at least", KWH, 2),
                column("high", "at most", KWH, 2),
                column("by", "by"),
            ],
            transformations=[hidden("Time")],
            timeFrom="400d",
        ),
        table(
            "Starts, stops and the clock",
            "Starts, stops and the clock of the device.",
            (12, 28, 12, 7),
            """SELECT "what" FROM "event" WHERE "device" = '${device:raw}' AND $timeFilter
            ORDER BY time DESC""",
            [
                column("Time", "when"),
                column("what", "what", mappings=worded(EVENTS)),
            ],
        ),
    ]
    return dashboard(
        "sodien-health",
        "Sodien: health",
        "Gaps, missing entries, queue and wear.",
        "now-7d",
        panels,
    )
