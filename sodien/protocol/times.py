"""Times on the wire: RFC 3339 in UTC with milliseconds, and milliseconds since 1970 UTC everywhere else."""

from __future__ import annotations

import datetime as dt

from sodien.errors import BadPayload


def format_time(ms: int) -> str:
    """Milliseconds since 1970 UTC as RFC 3339, e.g. ``2026-11-23T17:00:00.000Z``."""
    seconds, millis = divmod(ms, 1000)
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{millis:03d}Z"


def parse_time(text: str) -> int:
    """RFC 3339 with an offset, to milliseconds since 1970 UTC. Raises BadPayload."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadPayload(f"{text!r} is not an RFC 3339 time") from None
    if moment.tzinfo is None:
        raise BadPayload(f"{text!r} has no offset from UTC")
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
