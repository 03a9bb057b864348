"""*Now*: what flows, what today and this billing period have come to, where it is heading."""

from __future__ import annotations

from shapes import (
    BEST,
    HIGH,
    KWH,
    LOW,
    MONEY,
    NUMBER,
    TZ,
    WATT,
    WHERE,
    Json,
    band,
    both,
    bounds,
    colour,
    dashboard,
    override,
    points,
    query,
    series,
    stat,
)  # fmt: skip

#: Cost of a local day: the hourly steps of the sum so far. An entry at midnight closes the day before it.
DAILY_COST = f"""
    SELECT sum("step") AS "cost · tiền"
    FROM (SELECT non_negative_difference("cost") AS "step" FROM "cost" WHERE {WHERE})
    WHERE $timeFilter GROUP BY time(1d, 1s) fill(none) {TZ}"""
COST_SHORTCOMING = both(
    "On the first day of a period its first hour is not in it.", "Ngày đầu kỳ thiếu tiền của giờ đầu tiên."
)

POWER = [
    query(
        f'SELECT max("power_w") AS "peak · đỉnh" FROM "meter" WHERE {WHERE} GROUP BY time($__interval) fill(none)'
    ),
    query(
        f"""SELECT "kwh" * 3600000 / "seconds" AS "hourly mean · trung bình giờ" FROM "hour" WHERE {WHERE}""",
        "B",
    ),
]


def register_chart(place: tuple[int, int, int, int]) -> Json:
    return series(
        both("Register with bounds", "Chỉ số và giới hạn"),
        both(
            "Values at the end of each interval; the true register is inside the band. Points: dial readings.",
            "Giá trị cuối mỗi khoảng; chỉ số thật nằm trong dải; chấm là lần đọc mặt công tơ.",
        ),
        place,
        [
            query(
                f"""SELECT {bounds_of_register()} FROM "meter" WHERE {WHERE}
                GROUP BY time($__interval) fill(none)"""
            ),
            query(f'SELECT "low" AS "dial · mặt công tơ" FROM "dial" WHERE {WHERE}', "B"),
        ],
        KWH,
        interval="1m",
        defaults={"decimals": 2, "color": colour("green")},
        overrides=[*band(), points("dial · mặt công tơ", "red", 8)],
    )


def bounds_of_register() -> str:
    return f'last("low") AS "{LOW}", last("register") AS "{BEST}", last("high") AS "{HIGH}"'


def build() -> Json:
    tier = [{"value": None, "color": "green"}, {"value": 3, "color": "yellow"}, {"value": 5, "color": "red"}]
    panels = [
        stat(
            both("Power", "Công suất"),
            both("Mean power up to the newest entry.", "Công suất trung bình đến lần ghi mới nhất."),
            (0, 0, 4, 4),
            f'SELECT last("power_w") AS "power" FROM "meter" WHERE {WHERE}',
            WATT,
        ),
        stat(
            both("Register", "Chỉ số công tơ"),
            both(
                "What the dial shows, with its bounds. Empty until a first dial reading: sodien dial.",
                "Chỉ số trên mặt công tơ với giới hạn; trống cho đến lần đọc đầu tiên.",
            ),
            (4, 0, 8, 4),
            f'SELECT {bounds_of_register()} FROM "meter" WHERE {WHERE}',
            KWH,
            decimals=2,
            names=True,
        ),
        stat(
            both("Today, whole hours", "Hôm nay, đủ giờ"),
            both(
                "Energy of the local day in view, from its completed hours, with bounds.",
                "Điện năng trong ngày, tính đến giờ tròn gần nhất.",
            ),
            (12, 0, 6, 4),
            f"""SELECT {bounds("kwh", "sum")} FROM "hour" WHERE {WHERE} GROUP BY time(1d) fill(0) {TZ}""",
            KWH,
            decimals=2,
            names=True,
            timeFrom="2d",
        ),
        stat(
            both("Cost today", "Tiền điện hôm nay"),
            both(
                "In the tariff's currency (đồng), taxes included, up to the last whole hour.",
                "Theo đồng tiền của biểu giá, gồm thuế, đến giờ tròn gần nhất.",
            )
            + " "
            + COST_SHORTCOMING,
            (18, 0, 3, 4),
            DAILY_COST,
            MONEY,
            decimals=0,
            timeFrom="2d",
        ),
        stat(
            both("Newest entry", "Lần ghi mới nhất"),
            both(
                "A minute in which nothing was counted has no entry.",
                "Phút không có xung thì không có bản ghi.",
            ),
            (21, 0, 3, 4),
            f'SELECT last("pulses") AS "pulses" FROM "meter" WHERE {WHERE}',
            "dateTimeFromNow",
            table=True,
            fields="/^Time$/",
            timeFrom="90d",
        ),
        stat(
            both("Period so far", "Kỳ này đến nay"),
            both(
                "Billed kWh since the last reading day, after the multiplier, with bounds.",
                "Điện tiêu thụ tính tiền từ ngày ghi trước, đã nhân hệ số, với giới hạn.",
            ),
            (0, 4, 6, 4),
            f'SELECT {bounds("kwh", "last")} FROM "cost" WHERE {WHERE}',
            KWH,
            decimals=0,
            names=True,
            timeFrom="2d",
        ),
        stat(
            both("Cost so far", "Tiền kỳ này đến nay"),
            both(
                "What is to be paid for it by the tariff, taxes included, with bounds.",
                "Số tiền phải trả theo biểu giá, gồm thuế, với giới hạn.",
            ),
            (6, 4, 6, 4),
            f'SELECT {bounds("cost", "last")} FROM "cost" WHERE {WHERE}',
            MONEY,
            decimals=0,
            names=True,
            timeFrom="2d",
        ),
        stat(
            both("Tier", "Bậc thang"),
            both("The tier of the tariff that the period has reached.", "Bậc giá mà kỳ này đã lên tới."),
            (12, 4, 3, 4),
            f'SELECT last("tier") AS "tier" FROM "cost" WHERE {WHERE}',
            NUMBER,
            decimals=0,
            timeFrom="2d",
            defaults={"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": tier}},
        ),
        stat(
            both("kWh at the reading day", "kWh đến ngày ghi"),
            both(
                "If the days until then are as usual; bounds from the quietest and the busiest of the last days.",
                "Nếu những ngày còn lại như thường lệ; giới hạn theo ngày dùng ít nhất và nhiều nhất gần đây.",
            ),
            (15, 4, 4, 4),
            f'SELECT {bounds("projected_kwh", "last")} FROM "cost" WHERE {WHERE}',
            KWH,
            decimals=0,
            names=True,
            timeFrom="2d",
        ),
        stat(
            both("Cost at the reading day", "Tiền đến ngày ghi"),
            both("The bill to expect, with bounds.", "Hóa đơn dự kiến, với giới hạn."),
            (19, 4, 5, 4),
            f'SELECT {bounds("projected_cost", "last")} FROM "cost" WHERE {WHERE}',
            MONEY,
            decimals=0,
            names=True,
            timeFrom="2d",
        ),
        series(
            both("Power", "Công suất"),
            both(
                "Peak: highest power of any entry in the interval. Hourly mean: energy of the hour over its length. "
                "Shaded: gaps.",
                "Đỉnh trong khoảng và trung bình theo giờ; vùng tô là khoảng mất đếm.",
            ),
            (0, 8, 24, 9),
            POWER,
            WATT,
            interval="1m",
            custom={"lineInterpolation": "stepAfter", "fillOpacity": 10, "spanNulls": False},
            defaults={"min": 0, "color": colour("yellow")},
            overrides=[
                override(
                    "hourly mean · trung bình giờ",
                    custom_lineWidth=2,
                    custom_fillOpacity=0,
                    color=colour("orange"),
                )
            ],
        ),
        register_chart((0, 17, 24, 8)),
    ]
    return dashboard(
        "sodien",
        both("Sodien: now", "Số điện: hiện tại"),
        both(
            "The household's own witness to the electricity meter.",
            "Nhân chứng của gia đình cho công tơ điện.",
        ),
        "now-24h",
        panels,
    )
