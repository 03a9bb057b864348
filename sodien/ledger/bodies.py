"""The bodies of ledger rows: what a row of a kind carries beside its own columns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sodien.metering.register.outage import Boot


def end_ms(at: int, body: Mapping[str, Any]) -> int:
    """The end of a gap that begins ``at`` (ms UTC), by the body of its row."""
    return at + math.ceil(int(body["ns"]) / 1_000_000)


def boot_body(boot: Boot) -> dict[str, Any]:
    """A boot without a time as plain values of a gap row."""
    return {
        "awake_ns": boot.awake_ns,
        "span_ns": boot.span_ns,
        "counted_ns": boot.counted_ns,
        "counts": list(boot.counts),
        "doubt": boot.doubt,
        "clean": boot.clean,
    }
