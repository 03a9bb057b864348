"""Vietnamese for notices, bills, tariffs, verdicts and the evidence sheet."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
