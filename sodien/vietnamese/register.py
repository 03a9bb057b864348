"""Vietnamese for the register: gaps, dial readings, meters, seals."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
