"""Vietnamese for capturing pulses: GPIO, self-test, aiming."""

from __future__ import annotations

TEXTS: dict[str, str] = {}
