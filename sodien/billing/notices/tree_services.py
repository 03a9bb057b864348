"""Electricity among other services, in a program's document: a group or line of water is not its bill's."""

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
_GROUPS = frozenset(
    {"NUOC", "TIENNUOC", "HOADONNUOC", "WATER", "RAC", "TIENRAC", "INTERNET", "GAS", "PARKING"}
)
#: Names of the value that says what a group or line is; of a line its own name does as well.
_WHAT = re.compile(r"(?:MA|TEN|STR)?(?:LOAI|DICHVU|DV|KHOAN|HANGMUC|TYPE|SERVICE|CATEGORY)\w{0,12}")
_GOODS = frozenset({"THHDVU", "TEN", "NAME"})
#: Names of the price in a line of the charge.
PRICES = frozenset(name for name, field in PORTAL_TIER.items() if field[0] == "price")
_UNITS = frozenset({"m3", "m³", "khoi", "m2", "nguoi", "phong", "xe", "chiec", "goi", "gb", "kg"})
_UNIT = frozenset({"DVTINH", "DVT", "DONVITINH", "DONVI", "UNIT", "UNITNAME"})


def is_other_service(node: Node) -> bool:
    """Whether a group, or a line of the charge, is of water, the room, the internet …"""
    if node.name in _GROUPS and node.children:
        return True
    is_line = is_priced(node)
    for leaf in node.leaves():
        said = " ".join(fold(leaf.text[:80]).text.split())
        if leaf.name in _UNIT and said in _UNITS:
            return True
        if (_WHAT.fullmatch(leaf.name) or (is_line and leaf.name in _GOODS)) and _OTHER.fullmatch(said):
            return True
    return False


def is_priced(node: Node) -> bool:
    """Whether a group is a line of the charge: it has a price."""
    return any(leaf.name in PRICES for leaf in node.leaves())


def walk_power(top: Node) -> Iterator[Node]:
    """It and everything below that is not another service's, in the order of the text."""
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if node is not top and node.children and is_other_service(node):
            continue
        yield node
        waiting.extend(reversed(node.children))


def has_other_line(top: Node) -> bool:
    """Whether a priced line below is another service's, so that the sums are of both."""
    return any(node is not top and is_priced(node) and is_other_service(node) for node in top.walk())
