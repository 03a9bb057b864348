"""What a database's HTTP answer means for the lines that were sent. Pure."""

from __future__ import annotations

import json
import re

from collector.outputs.base import Denied, Expired, OutputError, Refused, Unreachable

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
    whole = _whole_text_of(body)
    said = whole[:_TEXT_LIMIT]
    sentence = f"{where} answered {status}: {said}" if said else f"{where} answered {status}"
    if status in (400, 422) and _older_than_kept(whole):
        return Expired(sentence)
    if status in (400, 413, 422):
        return Refused(said or f"HTTP {status}")
    if status in (401, 403):
        return Denied(
            f"{sentence}; check influxdb.token_file (or influxdb.user and its password), and that it may "
            "write to this bucket"
        )
    # InfluxDB 1.x answers 500 when the retention policy named in the bucket does not exist.
    if status == 404 or "retention policy not found" in said:
        return Denied(f"{sentence}; {remedy}")
    if status == 429 or status >= 500:
        return Unreachable(sentence, _seconds(retry_after))
    return Denied(f"{sentence}; check influxdb.url and influxdb.api")


def _older_than_kept(said: str) -> bool:
    """Whether points were dropped for their age, and for nothing else, in the words of any version.

    Names of ours or of others stand in quotes and say nothing. A point too far in the future is outside the
    retention policy too, but is not old: it is told apart by trying it alone.
    """
    said = re.sub(r'"(?:[^"\\]|\\.)*"', "", said)
    dropped = re.search(r"\bdropped\b", said) and re.search(r"\b(?:beyond|outside)\b.*\bretention\b", said)
    return bool(dropped) and not re.search(r"conflict|unable to parse|upper bound", said, re.IGNORECASE)


def text_of(body: str) -> str:
    """What the database says in its answer, in one line."""
    return _whole_text_of(body)[:_TEXT_LIMIT]


def _whole_text_of(body: str) -> str:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    text = body
    if isinstance(parsed, dict):
        text = str(parsed.get("error") or parsed.get("message") or body)
    return " ".join(text.split())


def _seconds(retry_after: str | None) -> float | None:
    try:
        return min(_WAIT_LIMIT_S, max(0.0, float(retry_after))) if retry_after else None
    except ValueError:
        return None
