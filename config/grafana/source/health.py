"""*Health*: whether everything that was counted is here, what was not counted, and what wears out."""

from __future__ import annotations

from shapes import (
    KWH,
    NUMBER,
    TZ,
    WHERE,
    Json,
    both,
    colour,
    column,
    dashboard,
    override,
    points,
    query,
    series,
    stat,
    table,
)  # fmt: skip

EXPECTED, STORED, MISSING = "in the ledger · trong sổ", "here · đã có", "missing · thiếu"

#: The points of a meter are numbered in the ledger, so what is between the first and the last one is known.
AUDIT = """last("number") - first("number") + 1"""


def build() -> Json:
    alarm = {"mode": "absolute", "steps": [{"value": None, "color": "green"}, {"value": 1, "color": "red"}]}
    panels = [
        stat(
            both("Newest entry", "Lần ghi mới nhất"),
            both(
                "A minute in which nothing was counted has no entry, but every full hour has.",
                "Phút không có xung thì không có bản ghi, nhưng giờ tròn nào cũng có.",
            ),
            (0, 0, 4, 5),
            f'SELECT last("pulses") AS "pulses" FROM "meter" WHERE {WHERE}',
            "dateTimeFromNow",
            table=True,
            fields="/^Time$/",
            timeFrom="90d",
        ),
        stat(
            both("Entries today", "Bản ghi hôm nay"),
            both(
                "Minute entries since local midnight: how many of those in the device's ledger are not in this "
                "database. Missing ones come again by themselves, or after a replay.",
                "Bản ghi phút từ nửa đêm: bao nhiêu bản ghi trong sổ của thiết bị chưa có ở đây. "
                "Bản ghi thiếu sẽ tự đến, hoặc sau khi yêu cầu gửi lại.",
            ),
            (4, 0, 8, 5),
            f"""SELECT {AUDIT} - count("number") AS "{MISSING}", {AUDIT} AS "{EXPECTED}" FROM "meter"
            WHERE {WHERE} GROUP BY time(1d) fill(none) {TZ}""",
            NUMBER,
            decimals=0,
            names=True,
            timeFrom="2d",
            overrides=[override(MISSING, color={"mode": "thresholds"}, thresholds=alarm)],
        ),
        stat(
            both("Waiting", "Chờ xác nhận"),
            both(
                "Entries the database had not confirmed at the last hourly report.",
                "Số bản ghi chưa được xác nhận ở báo cáo gần nhất.",
            ),
            (12, 0, 4, 5),
            f'SELECT last("queue") AS "queue" FROM "health" WHERE {WHERE}',
            NUMBER,
            decimals=0,
        ),
        stat(
            both("Ledger", "Sổ"),
            both("Size of the ledger's files on the device.", "Dung lượng sổ trên thiết bị."),
            (16, 0, 4, 5),
            f'SELECT last("ledger_bytes") AS "ledger" FROM "health" WHERE {WHERE}',
            "bytes",
        ),
        stat(
            both("Open energy", "Điện năng chưa rõ"),
            both(
                "The most that can have flowed uncounted in the gaps in view; sodien gaps narrows it.",
                "Tối đa có thể đã dùng mà không đếm được trong các khoảng mất đếm; sodien gaps thu hẹp lại.",
            ),
            (20, 0, 4, 5),
            f'SELECT sum("kwh_high") AS "open" FROM "gap" WHERE {WHERE}',
            KWH,
            decimals=2,
        ),
        series(
            both("Entries per hour", "Bản ghi mỗi giờ"),
            both(
                "Where the dots stand above the bars, minute entries are missing here.",
                "Chấm cao hơn cột là ở đây thiếu bản ghi phút.",
            ),
            (0, 5, 12, 8),
            [
                query(
                    f"""SELECT count("number") AS "{STORED}", {AUDIT} AS "{EXPECTED}" FROM "meter" WHERE {WHERE}
                    GROUP BY time(1h) fill(none) {TZ}"""
                )
            ],
            NUMBER,
            bars=True,
            defaults={"min": 0, "decimals": 0, "color": colour("green")},
            overrides=[points(EXPECTED, "red", 4)],
        ),
        series(
            both("Coverage", "Tỷ lệ thời gian có đếm"),
            both(
                "Seconds counted over seconds elapsed, from whole hours.", "Số giây có đếm trên tổng số giây."
            ),
            (12, 5, 12, 8),
            [
                query(
                    f"""SELECT sum("counted") / sum("seconds") AS "coverage · có đếm" FROM "hour" WHERE {WHERE}
                    GROUP BY time($__interval) fill(none)"""
                )
            ],
            "percentunit",
            bars=True,
            interval="1h",
            defaults={"min": 0, "max": 1, "color": colour("green")},
        ),
        table(
            both("Gaps", "Khoảng mất đếm"),
            both(
                "Stretches in which pulses could have been missed, and the energy that can have flowed.",
                "Khoảng có thể đã lỡ xung và điện năng có thể đã dùng.",
            ),
            (0, 13, 24, 8),
            f"""SELECT "end_ms", "seconds", "reason", "supply", "kwh_low", "kwh_high", "pulses_max", "counted"
            FROM "gap" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("Time", "from", "từ"),
                column("end_ms", "to", "đến", "dateTimeAsIso"),
                column("seconds", "length", "thời lượng", "dtdurations"),
                column("reason", "reason", "lý do"),
                column("supply", "supply", "nguồn điện"),
                column("kwh_low", "kWh ≥", unit=KWH, decimals=3),
                column("kwh_high", "kWh ≤", unit=KWH, decimals=3),
                column("pulses_max", "pulses ≤", "số xung ≤", decimals=0),
                column("counted", "counted inside", "đếm được trong đó", decimals=0),
            ],
        ),
        series(
            both("Refused edges", "Xung bị loại"),
            both(
                "Since the program started: edges refused by the filter, by reason; edges it could not decide; pulses "
                "that came late.",
                "Từ khi chạy: xung bị loại theo lý do, chưa quyết được, đến muộn.",
            ),
            (0, 21, 12, 7),
            [
                query(
                    f"""SELECT last(/^(rejected_.*|undecided|late)$/) FROM "health" WHERE {WHERE}
                    GROUP BY time($__interval) fill(none)"""
                )
            ],
            NUMBER,
            interval="1h",
            custom={"lineInterpolation": "stepAfter", "showPoints": "auto"},
            defaults={"min": 0, "decimals": 0},
            transformations=[
                {
                    "id": "renameByRegex",
                    "options": {"regex": "^last_(?:rejected_)?(.*)$", "renamePattern": "$1"},
                }
            ],
        ),
        series(
            both("Waiting and ledger", "Chờ xác nhận và dung lượng sổ"),
            both(
                "Entries not confirmed (left) and the size of the ledger's files (right): how fast it grows is what "
                "the card has to bear.",
                "Số bản ghi chưa xác nhận (trái) và dung lượng sổ (phải): sổ lớn nhanh thì thẻ nhớ mòn nhanh.",
            ),
            (12, 21, 12, 7),
            [
                query(
                    f"""SELECT max("queue") AS "waiting · chờ", last("ledger_bytes") AS "ledger · sổ" FROM "health"
                    WHERE {WHERE} GROUP BY time($__interval) fill(none)"""
                )
            ],
            NUMBER,
            interval="1h",
            custom={"lineInterpolation": "stepAfter"},
            defaults={"min": 0, "decimals": 0},
            overrides=[override("ledger · sổ", unit="bytes", custom_axisPlacement="right")],
        ),
        table(
            both("What was said of gaps", "Ghi chú về khoảng mất đếm"),
            both("By the household, with sodien gaps.", "Do gia đình ghi, bằng lệnh sodien gaps."),
            (0, 28, 12, 7),
            f"""SELECT "of_ms", "what", "low", "high", "by" FROM "resolution" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("Time", "said", "lúc ghi"),
                column("of_ms", "of the gap at", "khoảng lúc", "dateTimeAsIso"),
                column("what", "what", "nội dung"),
                column("low", "kWh ≥", unit=KWH, decimals=3),
                column("high", "kWh ≤", unit=KWH, decimals=3),
                column("by", "by", "người ghi"),
            ],
            timeFrom="400d",
        ),
        table(
            both("Events", "Sự kiện"),
            both("Starts, stops and the clock of the device.", "Khởi động, dừng và đồng hồ của thiết bị."),
            (12, 28, 12, 7),
            """SELECT "what", "detail" FROM "event" WHERE "device" = '${device:raw}' AND $timeFilter
            ORDER BY time DESC""",
            [
                column("Time", "when", "lúc"),
                column("what", "what", "việc"),
                column("detail", "detail", "chi tiết"),
            ],
        ),
    ]
    return dashboard(
        "sodien-health",
        both("Sodien: health", "Số điện: sức khỏe hệ thống"),
        both("Gaps, missing entries, queue and wear.", "Khoảng mất đếm, bản ghi thiếu, hàng đợi và độ mòn."),
        "now-7d",
        panels,
    )
