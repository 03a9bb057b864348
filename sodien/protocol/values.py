"""kWh and money with their bounds, as the payloads carry them: decimal strings."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from sodien.protocol.fields import NOT_STORED, FieldRule


class Bounds(msgspec.Struct, frozen=True):
    """kWh as decimal strings on the wire: ``low ≤ true ≤ high``, with a best estimate in between."""

    low: Decimal
    best: Decimal
    high: Decimal


class Money(msgspec.Struct, frozen=True):
    """Money in units of the currency as decimal strings, with its bounds as :class:`Bounds`."""

    low: Decimal
    best: Decimal
    high: Decimal


class NextTier(msgspec.Struct, frozen=True):
    """The tier after the one reached: above ``starts_at_kwh`` billed kWh each costs ``price`` before tax."""

    tier: int
    starts_at_kwh: Decimal
    price: Decimal


class Projection(msgspec.Struct, frozen=True):
    """Billed kWh and money at the end of ``day``, the next reading day, if the days until then are usual."""

    day: Annotated[str, NOT_STORED]
    kwh: Bounds
    cost: Money


class Instant(msgspec.Struct, frozen=True, omit_defaults=True):
    """The register at one instant; ``why`` says why there is none."""

    at: Annotated[str, NOT_STORED]
    register: Annotated[Bounds | None, FieldRule(name="")] = None
    why: Annotated[str | None, NOT_STORED] = None
