"""Household bills of Viet Nam worked out line by line, đồng. An id says which figures nobody has published.

``published``: the net (and, where given, the total) was printed by somebody else. ``computed``: worked out
from the published rules only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

OCTOBER_2025 = (dt.date(2025, 10, 1), dt.date(2025, 10, 31))


@dataclass(frozen=True)
class Vector:
    id: str
    kwh: int
    net: int
    tax: int
    total: int
    first: dt.date = OCTOBER_2025[0]
    last: dt.date = OCTOBER_2025[1]
    households: Fraction = Fraction(1)
    prorate: bool = False
    #: Of each part: kWh, net, quotas (None: not looked at), kWh of the tiers.
    parts: tuple[tuple[int, int, tuple[int, ...] | None, tuple[int, ...] | None], ...] = ()


def one(quotas: tuple[int, ...], tiers: tuple[int, ...] | None = None) -> tuple:
    return ((0, 0, quotas, tiers),)


VECTORS = [
    Vector("100-published", 100, 201_700, 16_136, 217_836),
    Vector("200-published-net-total-computed", 200, 439_700, 35_176, 474_876),
    Vector("250-published", 250, 589_600, 47_168, 636_768),
    Vector("350-published", 350, 907_000, 72_560, 979_560),
    Vector("500-published-net-total-computed", 500, 1_420_500, 113_640, 1_534_140),
    Vector("0-computed", 0, 0, 0, 0),
    Vector("50-computed", 50, 99_200, 7_936, 107_136),
    Vector("51-computed", 51, 101_250, 8_100, 109_350),
    Vector("201-computed", 201, 442_698, 35_416, 478_114),
    Vector("401-computed", 401, 1_077_960, 86_237, 1_164_197),
    Vector("1000-computed", 1000, 3_150_500, 252_040, 3_402_540),
    Vector(
        "three-people-computed",
        250,
        637_042,
        50_963,
        688_005,
        households=Fraction(3, 4),
        parts=one((38, 38, 75, 75, 75)),
    ),
    Vector(
        "two-households-computed",
        250,
        522_400,
        41_792,
        564_192,
        households=Fraction(2),
        parts=one((100, 100, 200, 200, 200)),
    ),
    Vector(
        "tet-2015-inputs-published-result-computed",
        400,
        774_215,
        77_422,
        851_637,
        dt.date(2015, 1, 16),
        dt.date(2015, 2, 11),
        prorate=True,
        parts=one((44, 44, 87, 87, 87), (44, 44, 87, 87, 87, 51)),
    ),
    Vector(
        "hanoi-2024-48-days-computed",
        450,
        1_003_418,
        80_273,
        1_083_691,
        dt.date(2024, 1, 13),
        dt.date(2024, 2, 29),
        prorate=True,
        parts=one((77, 77, 155, 155, 155)),
    ),
    Vector(
        "hanoi-2024-56-days-computed",
        450,
        965_588,
        77_247,
        1_042_835,
        dt.date(2024, 1, 5),
        dt.date(2024, 2, 29),
        prorate=True,
        parts=one((90, 90, 181, 181, 181)),
    ),
    Vector(
        "price-change-2024-10-computed",
        350,
        852_549,
        68_204,
        920_753,
        dt.date(2024, 10, 1),
        dt.date(2024, 10, 31),
        parts=(
            (113, 267_274, (16, 16, 32, 32, 32), (16, 16, 32, 32, 17, 0)),
            (237, 585_275, (34, 34, 68, 68, 68), (34, 34, 68, 68, 33, 0)),
        ),
    ),
    Vector(
        "price-change-2025-05-computed",
        350,
        894_920,
        71_594,
        966_514,
        dt.date(2025, 5, 1),
        dt.date(2025, 5, 31),
        parts=(
            (102, 251_292, (15, 15, 29, 29, 29), (15, 15, 29, 29, 14, 0)),
            (248, 643_628, (35, 35, 71, 71, 71), (35, 35, 71, 71, 36, 0)),
        ),
    ),
    Vector(
        "price-change-all-in-first-tier-computed",
        40,
        78_268,
        6_261,
        84_529,
        dt.date(2025, 5, 1),
        dt.date(2025, 5, 31),
        parts=((12, 22_716, None, None), (28, 55_552, None, None)),
    ),
]

#: Periods whose quotas are the plain widths although they are prorated; computed.
FLAT = [
    (dt.date(2026, 10, 1), dt.date(2026, 10, 31)),
    (dt.date(2026, 10, 15), dt.date(2026, 11, 14)),
    (dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
]
