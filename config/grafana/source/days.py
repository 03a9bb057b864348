"""*Days and months*: kWh and cost per day, month against month, and how much of the time was counted."""

from __future__ import annotations

from now import COST_SHORTCOMING, DAILY_COST
from shapes import (
    BEST,
    HIGH,
    KWH,
    LOW,
    MONEY,
    WHERE,
    Json,
    band,
    both,
    bounds,
    colour,
    column,
    dashboard,
    dots_for_bounds,
    override,
    query,
    series,
    table,
)  # fmt: skip

#: Why seconds were not counted: the reasons of a gap, and the time before counting began.
REASONS = {
    "power": ("power cut", "mất điện", "red"),
    "killed": ("program died", "chương trình chết", "orange"),
    "stopped": ("program stopped", "chương trình dừng", "yellow"),
    "overflow": ("edges lost", "mất xung", "purple"),
    "damaged": ("ledger damaged", "sổ hỏng", "dark-red"),
    "before": ("before counting began", "trước khi bắt đầu đếm", "gray"),
}


def blind_columns() -> list[Json]:
    """Names and colours for the seconds of each reason."""
    return [
        override(f"blind_{reason}", displayName=both(english, vietnamese), color=colour(name))
        for reason, (english, vietnamese, name) in REASONS.items()
    ]


def months() -> Json:
    """Days summed up by calendar month; a bound of a sum is the sum of the bounds."""
    sums = {name: {"aggregations": ["sum"], "operation": "aggregate"} for name in (LOW, BEST, HIGH)}
    return {
        "type": "barchart",
        "transformations": [
            {
                "id": "formatTime",
                "options": {"timeField": "Time", "outputFormat": "YYYY-MM", "useTimezone": True},
            },
            {
                "id": "groupBy",
                "options": {"fields": {"Time": {"aggregations": [], "operation": "groupby"}, **sums}},
            },
        ],
        "options": {
            "orientation": "auto",
            "xField": "Time",
            "showValue": "auto",
            "stacking": "none",
            "groupWidth": 0.7,
            "barWidth": 0.9,
            "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
            "tooltip": {"mode": "multi", "sort": "none"},
        },
    }


def build() -> Json:
    monthly = series(
        both("kWh per month", "Điện năng mỗi tháng"),
        both(
            "Calendar months of whole days, with bounds; the browser's time zone decides where a month ends.",
            "Tháng dương lịch từ các ngày trọn vẹn, với giới hạn; ranh giới tháng theo múi giờ của trình duyệt.",
        ),
        (0, 9, 12, 9),
        [query(f'SELECT {bounds("kwh")} FROM "day" WHERE {WHERE}', table=True)],
        KWH,
        timeFrom="800d",
        defaults={"min": 0, "decimals": 0},
        overrides=[
            override(f"{LOW} (sum)", displayName=LOW, color=colour("blue")),
            override(f"{BEST} (sum)", displayName=BEST, color=colour("green")),
            override(f"{HIGH} (sum)", displayName=HIGH, color=colour("red")),
        ],
    )
    monthly |= months()
    monthly["fieldConfig"]["defaults"]["custom"] = {"fillOpacity": 60, "lineWidth": 0}
    panels = [
        series(
            both("kWh per day", "Điện năng mỗi ngày"),
            both(
                "Whole local days; the dots are the bounds.",
                "Ngày trọn vẹn theo giờ địa phương; chấm là giới hạn.",
            ),
            (0, 0, 12, 9),
            [query(f'SELECT {bounds("kwh")} FROM "day" WHERE {WHERE}')],
            KWH,
            bars=True,
            defaults={"min": 0, "decimals": 2, "color": colour("green")},
            overrides=dots_for_bounds(),
        ),
        series(
            both("Cost per day", "Tiền điện mỗi ngày"),
            both(
                "The best estimate, in the tariff's currency, taxes included: by how much the sum of the period grew; "
                "higher tiers come later in a period.",
                "Ước tính theo đồng tiền của biểu giá, gồm thuế: phần tăng thêm của kỳ; bậc cao rơi vào cuối kỳ.",
            )
            + " "
            + COST_SHORTCOMING,
            (12, 0, 12, 9),
            [query(DAILY_COST)],
            MONEY,
            bars=True,
            defaults={"min": 0, "decimals": 0, "color": colour("purple")},
        ),
        monthly,
        series(
            both("Period against period", "Kỳ này với kỳ trước"),
            both(
                "Billed kWh since the last reading day; each period begins at nothing.",
                "Điện tính tiền từ ngày ghi trước; mỗi kỳ bắt đầu từ 0.",
            ),
            (12, 9, 12, 9),
            [
                query(
                    f"""SELECT {bounds("kwh", "last")} FROM "cost" WHERE {WHERE}
                    GROUP BY time($__interval) fill(none)"""
                )
            ],
            KWH,
            timeFrom="180d",
            interval="1h",
            custom={"lineInterpolation": "stepBefore"},
            defaults={"min": 0, "decimals": 0, "color": colour("green")},
            overrides=band(),
        ),
        series(
            both("Coverage", "Tỷ lệ thời gian có đếm"),
            both(
                "Seconds counted over seconds elapsed, of whole days.",
                "Số giây có đếm trên tổng số giây, theo ngày trọn vẹn.",
            ),
            (0, 18, 12, 7),
            [query(f'SELECT "counted" / "seconds" AS "coverage · có đếm" FROM "day" WHERE {WHERE}')],
            "percentunit",
            bars=True,
            defaults={"min": 0, "max": 1, "color": colour("green")},
        ),
        series(
            both("Not counted, by reason", "Không đếm, theo lý do"),
            both(
                "Time of each day in which nothing was counted, and why. Empty is good.",
                "Thời gian mỗi ngày không đếm được và lý do. Trống là tốt.",
            ),
            (12, 18, 12, 7),
            [query(f'SELECT /^blind_/ FROM "day" WHERE {WHERE}')],
            "dtdurations",
            bars=True,
            stacked=True,
            defaults={"min": 0},
            overrides=blind_columns(),
        ),
        table(
            both("Days", "Từng ngày"),
            both(
                "Energy with bounds, pulses and seconds counted.",
                "Điện năng với giới hạn, số xung và số giây có đếm.",
            ),
            (0, 25, 24, 9),
            f"""SELECT "day", "kwh_low", "kwh", "kwh_high", "pulses", "counted", "seconds" FROM "day"
            WHERE {WHERE} ORDER BY time DESC""",
            [
                column("day", "day", "ngày", "string"),
                column("kwh_low", "kWh ≥", unit=KWH, decimals=3),
                column("kwh", "kWh ≈", unit=KWH, decimals=3),
                column("kwh_high", "kWh ≤", unit=KWH, decimals=3),
                column("pulses", "pulses", "số xung", decimals=0),
                column("counted", "counted", "có đếm", "dtdurations"),
                column("seconds", "length", "thời lượng", "dtdurations"),
            ],
            transformations=[{"id": "organize", "options": {"excludeByName": {"Time": True}}}],
        ),
    ]
    return dashboard(
        "sodien-days",
        both("Sodien: days and months", "Số điện: ngày và tháng"),
        both(
            "kWh, cost and coverage by day and month.", "Điện năng, tiền và tỷ lệ có đếm theo ngày và tháng."
        ),
        "now-60d",
        panels,
        "15m",
    )
