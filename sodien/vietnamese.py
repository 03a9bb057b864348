"""Vietnamese for every text inside ``tr()``; a test proves that none is missing and that the fields agree."""

from __future__ import annotations

CATALOG: dict[str, str] = {}
