"""Vietnamese for installing, setting up, backing up, integrating."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
