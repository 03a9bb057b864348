"""The alert rules as Grafana's file provisioning reads them; who is told is left to the person (contact points).

Each rule asks one InfluxQL query whose series are the meters (or devices), takes each one's last value, and
compares it. ``$timeFilter`` is filled in by Grafana; no other variable works in an alert.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml
from shapes import SOURCE, both

HOUR, DAY = 3600, 86_400
PER_METER = '"device", "meter"'
_EXPRESSION = {"type": "__expr__", "uid": "__expr__"}

_HEADER = """\
# Grafana 10 to 13: copy to /etc/grafana/provisioning/alerting/ and restart Grafana.
# Written by config/grafana/source/alerts.py. All rules have the label app=sodien; who is told, and how, is a contact
# point and a notification policy of your own (Alerting, Contact points).
"""


@dataclass(frozen=True)
class Rule:
    """One rule: fires for a meter while the last value of its query is above or below the limit for long enough.

    ``no_data`` is the state when the query finds nothing at all.
    """

    uid: str
    title: str
    text: str
    seconds: int
    compare: str
    limit: float
    wait: str
    summary: str
    no_data: str = "OK"


RULES = [
    Rule(
        "sodien-silent",
        both("No entries", "Không có bản ghi"),
        f"""SELECT count("pulses") FROM "meter" WHERE $timeFilter GROUP BY time(1h), {PER_METER} fill(0)""",
        2 * DAY,
        "lt",
        1,
        "90m",
        both(
            "Nothing has come from meter {{ .Labels.meter }} for more than an hour: device, broker or collector",
            "Hơn một giờ không có gì từ công tơ {{ .Labels.meter }}: thiết bị, broker hoặc collector",
        ),
        "NoData",
    ),
    Rule(
        "sodien-no-pulses",
        both("No pulses", "Không có xung"),
        f"""SELECT spread("pulses") FROM "meter" WHERE $timeFilter GROUP BY {PER_METER}""",
        6 * HOUR,
        "lt",
        1,
        "15m",
        both(
            "No flash of meter {{ .Labels.meter }} was counted for six hours: nothing runs, or the sensor has slipped",
            "Sáu giờ không đếm được xung nào của công tơ {{ .Labels.meter }}: không dùng điện, hoặc cảm biến bị lệch",
        ),
    ),
    Rule(
        "sodien-gap",
        both("Gap", "Khoảng không đếm được"),
        f"""SELECT sum("kwh_high") FROM "gap" WHERE $timeFilter GROUP BY {PER_METER}""",
        DAY,
        "gt",
        0.5,
        "0s",
        both(
            'Meter {{ .Labels.meter }}: up to {{ printf "%.1f" .Values.B.Value }} kWh may have flowed uncounted',
            'Công tơ {{ .Labels.meter }}: có thể tới {{ printf "%.1f" .Values.B.Value }} kWh không đếm được',
        ),
    ),
    Rule(
        "sodien-disagrees",
        both("The bill disagrees", "Hóa đơn lệch"),
        f"""SELECT count("verdict") FROM (SELECT last("verdict") AS "verdict" FROM "verdict" WHERE $timeFilter
        GROUP BY {PER_METER}) WHERE "verdict" = 'disagrees' AND $timeFilter GROUP BY {PER_METER}""",
        45 * DAY,
        "gt",
        0,
        "0s",
        both(
            "The last bill of meter {{ .Labels.meter }} cannot be right; see the dashboard Reading day",
            "Hóa đơn gần nhất của công tơ {{ .Labels.meter }} không thể đúng; xem bảng Ngày ghi chỉ số",
        ),
    ),
    Rule(
        "sodien-queue",
        both("Queue growing", "Hàng đợi dài"),
        """SELECT last("queue") FROM "health" WHERE $timeFilter GROUP BY "device\"""",
        3 * HOUR,
        "gt",
        500,
        "2h",
        both(
            'Device {{ .Labels.device }}: {{ printf "%.0f" .Values.B.Value }} entries wait for the database',
            'Thiết bị {{ .Labels.device }}: {{ printf "%.0f" .Values.B.Value }} bản ghi chờ cơ sở dữ liệu',
        ),
    ),
    Rule(
        "sodien-missing",
        both("Entries missing", "Thiếu bản ghi"),
        f"""SELECT last("number") - first("number") + 1 - count("number") FROM "meter"
        WHERE $timeFilter GROUP BY {PER_METER}""",
        DAY,
        "gt",
        0,
        "1h",
        both(
            'Meter {{ .Labels.meter }}: {{ printf "%.0f" .Values.B.Value }} minute entries of the last day are in the '
            "ledger but not here; ask for a replay",
            'Công tơ {{ .Labels.meter }}: {{ printf "%.0f" .Values.B.Value }} bản ghi phút có trong sổ mà không có '
            "ở đây; hãy yêu cầu gửi lại",
        ),
    ),
    Rule(
        "sodien-reading-day-tomorrow",
        both("Reading day tomorrow", "Mai ghi chỉ số"),
        f"""SELECT count("when") FROM "reminder" WHERE "when" = 'tomorrow' AND $timeFilter GROUP BY {PER_METER}""",
        12 * HOUR,
        "gt",
        0,
        "0s",
        both(
            "The utility reads meter {{ .Labels.meter }} tomorrow; read the dial then",
            "Ngày mai điện lực ghi công tơ {{ .Labels.meter }}; hãy đọc mặt công tơ vào ngày đó",
        ),
    ),
]


def _expression(ref: str, kind: str, of: str, **more: object) -> dict[str, Any]:
    model = {"refId": ref, "type": kind, "datasource": dict(_EXPRESSION), "expression": of, **more}
    return {
        "refId": ref,
        "relativeTimeRange": {"from": 0, "to": 0},
        "datasourceUid": "__expr__",
        "model": model,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    ask = {
        "refId": "A",
        "datasource": dict(SOURCE),
        "rawQuery": True,
        "resultFormat": "time_series",
        "query": " ".join(rule.text.split()),
        "intervalMs": 60_000,
        "maxDataPoints": 43_200,
    }
    compare = {"evaluator": {"type": rule.compare, "params": [rule.limit]}}
    return {
        "uid": rule.uid,
        "title": rule.title,
        "condition": "C",
        "data": [
            {
                "refId": "A",
                "relativeTimeRange": {"from": rule.seconds, "to": 0},
                "datasourceUid": SOURCE["uid"],
                "model": ask,
            },
            _expression("B", "reduce", "A", reducer="last", settings={"mode": "dropNN"}),
            _expression("C", "threshold", "B", conditions=[compare]),
        ],
        "noDataState": rule.no_data,
        "execErrState": "Error",
        "for": rule.wait,
        "annotations": {"summary": rule.summary},
        "labels": {"app": "sodien"},
    }


def text() -> str:
    """The provisioning file."""
    group = {
        "orgId": 1,
        "name": "Sodien",
        "folder": "Sodien",
        "interval": "1m",
        "rules": [_rule(rule) for rule in RULES],
    }
    return _HEADER + yaml.safe_dump(
        {"apiVersion": 1, "groups": [group]}, allow_unicode=True, sort_keys=False, width=110
    )
