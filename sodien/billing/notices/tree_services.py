"""What in a program's document is not the electricity that is billed: water, rooms, goods, energy fed in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sodien.billing.notices.machine_names import PORTAL_TIER
from sodien.billing.notices.text import fold
from sodien.billing.notices.tree import Node

#: What names another service: of a group, or the value that says what a group or line is.
_OTHER = re.compile(
    r"(?:tien |phi |cuoc |dich vu |phu phi )*"
    r"(?:nuoc|rac|ve sinh|wifi|internet|mang|truyen hinh|gui xe|giu xe|thang may|gas|giat|quan ly|bao ve|"
    r"thue nha|thue phong|water|garbage|trash|parking|rent|management|cleaning)(?![a-z]).{0,60}"
)
#: Electricity alone, and with water in one.
_POWER = re.compile(r"(?<![a-z])dien(?! ?(?:thoai|tu|lanh|may))(?![a-z])|kwh|electric")
_BOTH = re.compile(r"(?<![a-z])dien[ ,+/&-]{1,4}(?:va )?nuoc|nuoc[ ,+/&-]{1,4}(?:va )?dien(?![a-z])")
#: The direction in which a household with solar energy feeds in; the other one is billed.
_FED_IN = re.compile(
    r"(?:chieu |dien |huong )?(?:nhan|phat)|(?:phat|ban|day) (?:len|ra|nguoc)? ?luoi|dien mat troi|mat troi|"
    r"export|exported|feed[ -]?in|solar"
)
_GROUPS = frozenset({
    "NUOC", "TIENNUOC", "HOADONNUOC", "WATER", "RAC", "TIENRAC", "INTERNET", "GAS", "PARKING", "NHAN",
    "CHIEUNHAN", "DIENNHAN", "PHAT", "CHIEUPHAT", "PHATLENLUOI", "EXPORT", "EXPORTED", "FEEDIN", "SOLAR",
    "MATTROI", "DIENMATTROI",
})  # fmt: skip
#: Names of the value that says what a group or line is; of a line its own name does as well.
_WHAT = re.compile(
    r"(?:MA|TEN|STR)?(?:LOAI|DICHVU|DV|KHOAN|HANGMUC|TYPE|SERVICE|CATEGORY)\w{0,12}|CHIEU|HUONG|DIRECTION"
)
GOODS = frozenset({"THHDVU", "TEN", "NAME", "ITEMNAME", "PRODNAME"})
#: Names of the price in a line of the charge.
PRICES = frozenset(name for name, field in PORTAL_TIER.items() if field[0] == "price")
_UNIT = frozenset({"DVTINH", "DVT", "DONVITINH", "DONVI", "UNIT", "UNITNAME", "PRODUNIT"})
#: Units of kWh, as they are printed; of other energy; and of what is certainly none.
_KWH = frozenset({"", "kwh", "kw.h", "kw h", "kw", "kwgio", "kw gio", "so", "so dien", "chu", "ky", "so kwh"})
_REACTIVE = frozenset({"kvarh", "kvar.h", "kvar"})
_UNITS = frozenset({"m3", "m³", "khoi", "m2", "nguoi", "phong", "xe", "chiec", "goi", "gb", "kg"})


def is_other_service(node: Node) -> bool:
    """Whether a group, or a line of the charge, is of water, the room, the internet, energy fed in …"""
    if node.name in _GROUPS and node.children:
        return True
    is_line = is_priced(node)
    names = [leaf for leaf in node.leaves() if _WHAT.fullmatch(leaf.name) or (is_line and leaf.name in GOODS)]
    said = [_plain(leaf) for leaf in names]
    if any(_OTHER.fullmatch(one) or _BOTH.search(one) or _FED_IN.fullmatch(one) for one in said):
        return True
    units = {_plain(leaf) for leaf in node.leaves() if leaf.name in _UNIT}
    if any(map(_POWER.search, said)):
        return False
    return bool(units - _KWH - _REACTIVE) if is_line else bool(units & _UNITS)


def _plain(leaf: Node) -> str:
    return " ".join(fold(leaf.text[:80]).text.split())


def is_priced(node: Node) -> bool:
    """Whether a group is a line of the charge: it has a price."""
    return any(leaf.name in PRICES for leaf in node.leaves())


def is_discount(node: Node) -> bool:
    """Whether a line is a discount, as the national format tells it: TChat 3."""
    leaves = {leaf.name: leaf.text.strip() for leaf in node.leaves()}
    return node.name == "HHDVU" and leaves.get("TCHAT") == "3"


def counts_kwh(node: Node, *, told: bool = False) -> bool:
    """Whether a line counts kWh: its unit says so, or (unless it must have been ``told``) it has none."""
    units = [_plain(leaf) for leaf in node.leaves() if leaf.name in _UNIT]
    return all(one in _KWH for one in units) and (any(units) or not told)


def walk_power(top: Node) -> Iterator[Node]:
    """It and everything below that is not another service's, in the order of the text."""
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if node is not top and node.children and is_other_service(node):
            continue
        yield node
        waiting.extend(reversed(node.children))


def services(top: Node) -> set[bool]:
    """What the priced lines below are of: electricity (True), anything else (False)."""
    return {not is_other_service(node) for node in top.walk() if node is not top and is_priced(node)}
