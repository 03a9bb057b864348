"""Which columns the tables of bills have, by the labels of their heads, and in which order."""

from __future__ import annotations

#: Columns that hold a number, in a table of registers.
REGISTER = {"multiplier": "factor", "new": "index", "old": "index", "kwh": "kwh", "row_kwh": "kwh",
             "kwh_all": "kwh"}  # fmt: skip
#: Columns of energy that did not flow through the meter → field of the register.
APART = {"direct": "direct", "sub_meter": "sub"}
#: Columns between those of the registers and those of the charge.
IDLE = frozenset({*APART, "actual"})
CHARGE = frozenset({"price", "amount"})
HEADS = frozenset(REGISTER) | IDLE | CHARGE | {
    "bcs", "serial", "customer", "ordinal", "tier", "net", "tax", "total", "money", "goods", "unit",
    "quantity", "from", "to", "last",
}  # fmt: skip
#: Words of the row of electricity.
POWER = frozenset({"dien", "tien", "nang", "sinh", "hoat", "luong", "sh"})
#: Columns whose values a bill has fields for.
VALUES = frozenset(REGISTER) | {"net", "tax", "total", "money"}
#: Orders in which registers are printed without a head.
ORDERS = (
    ("multiplier", "new", "old", "kwh"), ("new", "old", "multiplier", "kwh"),
    ("old", "new", "multiplier", "kwh"), ("new", "old", "kwh"), ("old", "new", "kwh"),
)  # fmt: skip
