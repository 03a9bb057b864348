"""What rows of the ledger say, as plain values."""

from __future__ import annotations

from typing import Any

import msgspec

from sodien.ledger.rows import NewRow, encoded


def body_of(row: NewRow) -> dict[str, Any]:
    """The body as the ledger holds it, decoded."""
    found: dict[str, Any] = msgspec.json.decode(encoded(row.body) or b"{}")
    return found
