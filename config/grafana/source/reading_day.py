"""*Reading day*: our register beside the utility's index, the verdict, and what it stands on."""

from __future__ import annotations

from now import bounds_of_register
from shapes import (
    KWH,
    MONEY,
    WHERE,
    Json,
    band,
    both,
    colour,
    column,
    dashboard,
    hidden,
    points,
    query,
    series,
    stat,
    table,
)  # fmt: skip

INDEX = "utility's index · chỉ số điện lực"
DIAL = "dial · mặt công tơ"


def chart() -> Json:
    """The utility's index is dated by its reading day, which is a text in the database; Grafana turns it to a time."""
    only_bills = {"id": "byRefId", "options": "C"}
    return series(
        both("Our register and the utility's index", "Chỉ số của ta và của điện lực"),
        both(
            "The true register is inside the band. A yellow dot stands at the beginning of the reading day that the bill "
            "names: it should be no lower than the band there, and no higher than where the band is a day later.",
            "Chỉ số thật nằm trong dải. Chấm vàng đứng ở đầu ngày ghi trên hóa đơn: không được thấp hơn dải tại đó "
            "và không được cao hơn dải ở cuối ngày.",
        ),
        (0, 0, 24, 10),
        [
            query(
                f'SELECT {bounds_of_register()} FROM "meter" WHERE {WHERE} GROUP BY time($__interval) fill(none)'
            ),
            query(f'SELECT "low" AS "{DIAL}" FROM "dial" WHERE {WHERE}', "B"),
            query(f"""SELECT "last", "index_new" AS "{INDEX}" FROM "bill" WHERE {WHERE}""", "C", table=True),
        ],
        KWH,
        interval="1h",
        defaults={"decimals": 1, "color": colour("green")},
        overrides=[*band(), points(DIAL, "red", 7), points(INDEX, "yellow", 11)],
        transformations=[
            {"id": "organize", "filter": only_bills, "options": {"excludeByName": {"Time": True}}},
            {
                "id": "convertFieldType",
                "filter": only_bills,
                "options": {
                    "fields": {},
                    "conversions": [
                        {"targetField": "last", "destinationType": "time", "dateFormat": "YYYY-MM-DD"}
                    ],
                },
            },
        ],
    )


def verdict_colours() -> Json:
    words = {
        "consistent": ("consistent · khớp", "green"),
        "cannot_tell": ("cannot tell · chưa thể nói", "yellow"),
        "disagrees": ("disagrees · lệch", "red"),
    }
    return {
        "matcher": {"id": "byName", "options": "verdict"},
        "properties": [
            {"id": "displayName", "value": both("verdict", "kết luận")},
            {"id": "custom.cellOptions", "value": {"type": "color-text"}},
            {
                "id": "mappings",
                "value": [
                    {
                        "type": "value",
                        "options": {
                            word: {"text": text, "color": name, "index": index}
                            for index, (word, (text, name)) in enumerate(words.items())
                        },
                    }
                ],
            },
        ],
    }


def build() -> Json:
    panels = [
        chart(),
        stat(
            both("Next reading day", "Ngày ghi chỉ số tới"),
            both(
                "The end of the billing period that runs now; the reading day is in it.",
                "Ngày cuối của kỳ hiện tại, cũng là ngày ghi.",
            ),
            (0, 10, 6, 4),
            f'SELECT last("last") AS "day" FROM "cost" WHERE {WHERE}',
            "string",
            table=True,
            fields="/^day$/",
            timeFrom="2d",
        ),
        stat(
            both("Last verdict", "Kết luận gần nhất"),
            both(
                "On the last bill that was judged; red: it is off by at least this many kWh.",
                "Về hóa đơn gần nhất; đỏ: lệch ít nhất chừng này kWh.",
            ),
            (6, 10, 18, 4),
            f'SELECT last("verdict") AS "verdict", "disagrees_by_kwh", "detectable_kwh" FROM "verdict" WHERE {WHERE}',
            KWH,
            names=True,
            table=True,
            fields="/.*/",
            timeFrom="400d",
            overrides=[
                verdict_colours(),
                column("disagrees_by_kwh", "off by at least", "lệch ít nhất", KWH, 1),
                column("detectable_kwh", "would be noticed from", "phát hiện được từ", KWH, 1),
            ],
            transformations=[hidden("Time")],
        ),
        table(
            both("Verdicts", "Kết luận"),
            both(
                "Every verdict: whose bill, what it says, our own consumption with bounds, what did not agree and why.",
                "Mọi kết luận: hóa đơn nào, nói gì, lượng điện của ta với giới hạn, điều gì không khớp và vì sao.",
            ),
            (0, 14, 24, 8),
            f"""SELECT "first", "last", "verdict", "why", "direction", "disagrees_by_kwh", "disagrees_by_money",
            "billed_kwh", "own_kwh_low", "own_kwh", "own_kwh_high", "detectable_kwh", "read_from_ms", "read_to_ms",
            "wrong", "reason"
            FROM "verdict" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("Time", "judged", "lúc kết luận"),
                column("first", "from", "từ ngày", "string"),
                column("last", "to", "đến ngày", "string"),
                verdict_colours(),
                column("why", "in the way", "vướng ở"),
                column("direction", "over or under", "thừa hay thiếu"),
                column("disagrees_by_kwh", "off by ≥", "lệch ≥", KWH, 1),
                column("disagrees_by_money", "money ≥", "tiền lệch ≥", MONEY, 0),
                column("billed_kwh", "billed", "hóa đơn", KWH, 0),
                column("own_kwh_low", "ours ≥", "của ta ≥", KWH, 1),
                column("own_kwh", "ours ≈", "của ta ≈", KWH, 1),
                column("own_kwh_high", "ours ≤", "của ta ≤", KWH, 1),
                column("detectable_kwh", "would be noticed from", "phát hiện được từ", KWH, 1),
                column("read_from_ms", "read, from", "lúc ghi, từ", "dateTimeAsIso"),
                column("read_to_ms", "read, to", "lúc ghi, đến", "dateTimeAsIso"),
                column("wrong", "disagree", "mục lệch"),
                column("reason", "likeliest reason", "lý do dễ xảy ra nhất"),
            ],
            timeFrom="400d",
        ),
        table(
            both("Bills", "Hóa đơn"),
            both("As the utility says it.", "Theo thông báo của điện lực."),
            (0, 22, 24, 7),
            f"""SELECT "first", "last", "index_old", "index_new", "multiplier", "kwh", "net", "tax", "total",
            "estimated", "source" FROM "bill" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("Time", "noted", "lúc nhập"),
                column("first", "from", "từ ngày", "string"),
                column("last", "to", "đến ngày", "string"),
                column("index_old", "old index", "chỉ số cũ", KWH, 1),
                column("index_new", "new index", "chỉ số mới", KWH, 1),
                column("multiplier", "multiplier", "hệ số nhân", decimals=0),
                column("kwh", "billed", "điện tiêu thụ", KWH, 0),
                column("net", "net", "chưa thuế", MONEY, 0),
                column("tax", "tax", "thuế", MONEY, 0),
                column("total", "total", "tổng cộng", MONEY, 0),
                column("estimated", "estimated (1: yes)", "tạm tính (1: có)", decimals=0),
                column("source", "from what", "nguồn"),
            ],
            timeFrom="400d",
        ),
        table(
            both("Reading days", "Ngày ghi chỉ số"),
            both(
                "The register at the start and end of the utility's reading day, and at its usual hour, as known when "
                "written.",
                "Chỉ số lúc đầu và cuối ngày ghi điện, và vào giờ ghi thường lệ.",
            ),
            (0, 29, 24, 7),
            f"""SELECT "day", "start_low", "start", "start_high", "end_low", "end", "end_high",
            "hour_low", "hour", "hour_high" FROM "snapshot" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("day", "day", "ngày", "string"),
                *(
                    column(f"{key}{end}", english, f"{vietnamese} {sign}")
                    for key, english, vietnamese in (
                        ("start", "start", "đầu"),
                        ("end", "end", "cuối"),
                        ("hour", "hour", "giờ ghi"),
                    )
                    for end, sign in (("_low", "≥"), ("", "≈"), ("_high", "≤"))
                ),
            ],
            defaults={"unit": KWH, "decimals": 2},
            timeFrom="400d",
            transformations=[hidden("Time")],
        ),
        table(
            both("Dial readings", "Các lần đọc mặt công tơ"),
            both("Read by the household.", "Do gia đình đọc."),
            (0, 36, 12, 7),
            f"""SELECT "reading", "low", "high", "within_s", "by" FROM "dial" WHERE {WHERE} ORDER BY time DESC""",
            [
                column("Time", "read", "lúc đọc"),
                column("reading", "shown", "hiển thị", "string"),
                column("low", "kWh ≥", unit=KWH, decimals=2),
                column("high", "kWh <", unit=KWH, decimals=2),
                column("within_s", "time known to ±", "sai số giờ ±", "dtdurations"),
                column("by", "by", "người đọc"),
            ],
            timeFrom="400d",
        ),
        table(
            both("Meters replaced", "Thay công tơ"),
            both(
                "Last reading of the old meter, first of the new one.",
                "Chỉ số cuối công tơ cũ, đầu công tơ mới.",
            ),
            (12, 36, 12, 7),
            f"""SELECT "old_final", "new_initial", "constant", "serial", "by" FROM "replacement" WHERE {WHERE}
            ORDER BY time DESC""",
            [
                column("Time", "replaced", "lúc thay"),
                column("old_final", "old, last", "cũ, cuối", "string"),
                column("new_initial", "new, first", "mới, đầu", "string"),
                column("constant", "imp/kWh", decimals=0),
                column("serial", "serial", "số công tơ", "string"),
                column("by", "by", "người ghi"),
            ],
            timeFrom="4000d",
        ),
    ]
    return dashboard(
        "sodien-reading-day",
        both("Sodien: reading day", "Số điện: ngày ghi chỉ số"),
        both(
            "Our register beside the utility's index, and the verdict on each bill.",
            "Chỉ số của ta bên chỉ số của điện lực, và kết luận về từng hóa đơn.",
        ),
        "now-70d",
        panels,
        "15m",
    )
