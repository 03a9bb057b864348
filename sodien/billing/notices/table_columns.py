"""Which columns the tables of bills have, by the labels of their heads, and what is found in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sodien.billing.notices.tokens import Token

#: Columns that hold a number, in a table of registers.
REGISTER = {"multiplier": "factor", "new": "index", "old": "index", "kwh": "kwh", "row_kwh": "kwh",
             "kwh_all": "kwh"}  # fmt: skip
#: Columns of energy that did not flow through the meter → field of the register.
APART = {"direct": "direct", "sub_meter": "sub"}
#: Columns between those of the registers and those of the charge.
IDLE = frozenset({*APART, "actual"})
CHARGE = frozenset({"price", "amount"})
MONEYS = frozenset({"net", "tax", "total", "money"})
HEADS = frozenset(REGISTER) | IDLE | CHARGE | MONEYS | {
    "bcs", "serial", "customer", "ordinal", "tier", "goods", "unit", "quantity", "from", "to", "last",
}  # fmt: skip
#: Words of the row of electricity.
POWER = frozenset({"dien", "tien", "nang", "sinh", "hoat", "luong", "sh"})
#: Columns whose values a bill has fields for.
VALUES = frozenset(REGISTER) | MONEYS
#: Orders in which registers are printed without a head.
ORDERS = (
    ("multiplier", "new", "old", "kwh"), ("new", "old", "multiplier", "kwh"),
    ("old", "new", "multiplier", "kwh"), ("new", "old", "kwh"), ("old", "new", "kwh"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One number (or code) of a table and the field it is."""

    group: str
    index: int
    name: str
    kind: str
    token: Token
    text: str = ""


@dataclass(slots=True)
class Tables:
    """What stands in lines of numbers.

    Attributes:
        cells: the fields.
        taken: stretches of tokens, from and to, that are used up.
        heads: stretches of tokens of the heads and marks that gave them their order.
        unclear: those of ``taken`` in which kWh and price cannot be told apart.
        unfit: heads whose first line has another number of values.
        rows, tiers: how many there are.
    """

    cells: list[Cell] = field(default_factory=list)
    taken: dict[int, int] = field(default_factory=dict)
    heads: list[tuple[int, int]] = field(default_factory=list)
    unclear: set[tuple[int, int]] = field(default_factory=set)
    unfit: list[list[str]] = field(default_factory=list)
    rows: int = 0
    tiers: int = 0
