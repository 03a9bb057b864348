"""What a database's HTTP answer means for the lines that were sent. Pure.

By its status alone: what it says is for a person. Versions word the same thing in many ways, and cut it.
"""

from __future__ import annotations

import json

from collector.outputs.base import Denied, OutputError, Refused, Unreachable

#: Longest text of a database that goes into a message of ours.
_TEXT_LIMIT = 300
_WAIT_LIMIT_S = 300.0


def error_of(status: int, body: str, retry_after: str | None, where: str, remedy: str) -> OutputError:
    """The error an HTTP status other than 2xx stands for.

    Args:
        status: HTTP status.
        body: the answer's text; InfluxDB puts JSON with ``error`` or ``message`` there.
        retry_after: the header of that name, in seconds (an HTTP date is ignored).
        where: the database, for the message, e.g. ``InfluxDB at http://localhost:8086``.
        remedy: what a person does when the bucket or database is missing.
    """
    said = text_of(body)
    sentence = f"{where} answered {status}: {said}" if said else f"{where} answered {status}"
    if status in (400, 413, 422):
        return Refused(said or f"HTTP {status}", too_long=status == 413)
    if status in (401, 403):
        return Denied(
            f"{sentence}; check influxdb.token_file (or influxdb.user and its password), and that it may "
            "write to this bucket"
        )
    if status == 404:
        return Denied(f"{sentence}; {remedy}", status)
    if status == 429 or status >= 500:
        # InfluxDB 1.x answers 500 also when the retention policy named in the bucket does not exist: both are
        # tried again.
        hint = f"; if that stays: {remedy}" if status == 500 else ""
        return Unreachable(f"{sentence}{hint}", _seconds(retry_after))
    return Denied(f"{sentence}; check influxdb.url and influxdb.api")


def text_of(body: str) -> str:
    """What the database says in its answer, in one line."""
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    text = body
    if isinstance(parsed, dict):
        text = str(parsed.get("error") or parsed.get("message") or body)
    return " ".join(text.split())[:_TEXT_LIMIT]


def _seconds(retry_after: str | None) -> float | None:
    try:
        return min(_WAIT_LIMIT_S, max(0.0, float(retry_after))) if retry_after else None
    except ValueError:
        return None
