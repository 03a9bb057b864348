"""From a tree of named values to documents: which groups are bills, registers, or lines of the charge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from sodien.billing.bill import Bill
from sodien.billing.notices.assemble import assemble
from sodien.billing.notices.dates import local_day
from sodien.billing.notices.invoices import identity_of
from sodien.billing.notices.machine_names import (
    DAYS,
    HEAD,
    INDEX,
    LINE_TAX,
    PERIODS,
    PORTAL_HEAD,
    PORTAL_INDEX,
    PORTAL_TIER,
    TAXES,
    TIER,
    TOTAL_AMOUNT,
    Table,
)
from sodien.billing.notices.model import Document, Problem, TextSpan
from sodien.billing.notices.settled import MOST_ROWS, NUMBERS, Match, Matches
from sodien.billing.notices.tree import MOST_VALUE, Node
from sodien.billing.notices.tree_free import IN_GOODS, MONEY, free_fields, in_line, read_free, says_period
from sodien.billing.notices.tree_registers import by_register, paired, register_in
from sodien.billing.notices.tree_services import (
    counts_kwh,
    is_discount,
    is_other_service,
    services,
    walk_power,
)
from sodien.billing.notices.unplaced_values import name_unplaced_values

#: What stands above several bills and is of each; sums there are of all together.
_SHARED = frozenset({"customer", "name", "serial", "year", "households"})
#: What stands beside the only register and is the whole bill's.
_OF_ALL = frozenset({*IN_GOODS, "customer", "households"})
#: Stretches of a document that are named as not understood.
MOST_REST = 200

_CODE = re.compile(r"(?P<value>[0-9A-Za-z][0-9A-Za-z./-]{0,29})")
#: What a field may hold; a name may hold anything.
_SHAPES = {
    "number": re.compile(
        r"-?\s?(?P<value>[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]{1,2})?|[0-9.,]{1,30})"
        r"\s?(?:%|kWh|VND|VNĐ|đ|đồng)?",
        re.IGNORECASE,
    ),
    "int": re.compile(r"(?P<value>[0-9]{1,4})(?:\.0)?"),
    "register": re.compile(r"(?P<value>[A-Za-z]{2,4})"),
    "customer": _CODE,
    "serial": _CODE,
}
_EXACT = re.compile(r"-?(?P<value>[0-9]{1,12}(?:\.[0-9]{1,12})?)")


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of document: what its bills say they come from, its names, whether anything may stand in it."""

    source: str
    head: Table
    index: Table
    tier: Table
    portal: bool = False

    def named(self, names: set[str], *fields: str) -> set[str]:
        """Those of the names that mean one of these fields of the head."""
        return {name for name in names if self.head.get(name, ("", ""))[0] in fields}

    def signs(self, names: set[str]) -> set[str]:
        """The names that only the head of a bill has."""
        return self.named(names, "customer", "first", "last", "total")


XML = Format("xml", HEAD, INDEX, TIER)
TOTALS = Format("xml", {**HEAD, **TOTAL_AMOUNT}, INDEX, TIER)
JSON = Format("text", PORTAL_HEAD, PORTAL_INDEX, PORTAL_TIER, portal=True)


def read_tree(text: str, root: Node, kind: Format) -> tuple[list[Document], list[Problem], list[TextSpan]]:
    """Documents, problems and the values that were not used."""
    for node in root.walk() if kind.portal else ():
        whole = node.parent.name + node.name if node.parent is not None else ""
        if node.name not in kind.head and whole in kind.head:
            node.name = whole  # {"customer": {"code": …}}
    documents: list[Document] = []
    problems: list[Problem] = []
    covered: set[int] = set()
    others = False
    for top, shared in _bills(root, kind):
        if services(top) == {False}:
            others = True
            continue
        found = _collect(text, top, kind)
        for leaf in shared:
            _leaf(text, found, leaf, "", 0, kind.head)
        used = read_free(text, found, free_fields(top, kind.head, kind.index))
        new, wrong = assemble(found, machine=True, source=kind.source)
        if kind.portal:
            new = [one for one in new if not _is_empty(one)]
        identity = identity_of(text, top)
        new = [identity.on(one) for one in new]
        wrong += identity.problems if new else ()
        mine = {one.start for one in found.finds} | used | {start for start, _ in identity.places.values()}
        for document in new:
            if isinstance(document.content, Bill) and document.content.adjusts is None:
                wrong += name_unplaced_values(top, mine, document.content, wrong)
        documents += [msgspec.structs.replace(one, problems=tuple(wrong)) for one in new]
        problems += wrong
        covered |= mine
    if others and not documents:
        problems.append(Problem("other_goods"))
    unused = [_trimmed(leaf) for leaf in root.walk() if not leaf.children and leaf.text.strip()]
    return documents, problems, [one for one in unused if one.start not in covered][:MOST_REST]


def _is_empty(document: Document) -> bool:
    """Whether all numbers of a bill are 0, as portals have it for a month that is not billed yet."""
    bill = document.content
    if not isinstance(bill, Bill) or bill.tiers:
        return False
    numbers = [bill.kwh, bill.net, bill.tax, bill.total]
    numbers += [one for row in bill.rows for one in (row.old, row.new, row.kwh)]
    known = [one for one in numbers if one is not None]
    return len(known) > 1 and not any(known)


def _trimmed(leaf: Node) -> TextSpan:
    """Where a value stands, without the blanks around it."""
    start = leaf.start + len(leaf.text) - len(leaf.text.lstrip())
    blanks = len(leaf.text) - len(leaf.text.rstrip())
    return TextSpan(start, max(start, leaf.end - (blanks if len(leaf.text) <= MOST_VALUE else 0)))


# -- which groups are bills -----------------------------------------------------------------------------


def _bills(root: Node, kind: Format) -> list[tuple[Node, list[Node]]]:
    """The branches that hold one bill each, as wide as possible, with what stands beside and is of each."""
    heads = [node for node in walk_power(root) if not is_other_service(node) and _is_head(node, kind)]
    heads = [node for node in heads if not _is_register(node, kind)] or heads
    if _one_bill(heads, kind) or not heads:
        return [(root, [])]
    heads, owners = _owners(heads, kind)
    count: dict[int, int] = {}
    for head in heads:
        for node in (head, *head.above()):
            count[id(node)] = count.get(id(node), 0) + 1
    found: list[tuple[Node, list[Node]]] = []
    for head in heads:
        top = head
        while top.parent is not None and count[id(top.parent)] == 1:
            top = top.parent
        shared = owners[0].leaves() if len(owners) == 1 and owners[0] not in (top, head) else []
        own = kind.named({leaf.name for leaf in head.leaves()}, "customer")
        inside = any(owners and owners[0] is node for node in top.walk())
        found.append(
            (
                top,
                []
                if own or inside
                else [one for one in shared if kind.head.get(one.name, ("", ""))[0] in _SHARED],
            )
        )
    return found


def _is_head(node: Node, kind: Format) -> bool:
    names = {child.name for child in node.leaves()}
    if kind.portal:
        if _of_a_day(names, kind):
            return False
        if kind.named(names, "month") and _measured(names, kind):
            return True
        if not kind.named(names, "customer", "first", "last") and not _measured(names, kind):
            return False  # {"total": 12, "data": […]} counts the bills
    return bool(kind.signs(names))


def _is_register(node: Node, kind: Format) -> bool:
    """Whether it is one register, which may repeat the customer and the days of its bill."""
    names = {leaf.name for leaf in node.leaves()}
    if kind.portal and not any(kind.index.get(name, ("", ""))[0] == "register" for name in names):
        return False
    return _indexed(names, kind) and not kind.named(names, "total")


def _of_a_day(names: set[str], kind: Format) -> bool:
    return bool(names & DAYS) and not kind.named(names, "month", "first", "last")


def _measured(names: set[str], kind: Format) -> bool:
    """Whether energy, or money beside other signs of a bill, stands in this group."""
    return bool(
        kind.named(names, "kwh", "net", "tax", "money")
        or _indexed(names, kind)
        or (kind.named(names, "total") and kind.named(names, "month", "customer", "first", "last"))
    )


def _indexed(names: set[str], kind: Format) -> bool:
    table = paired(names, kind.index)
    return any(
        table.get(found[0] if (found := register_in(name, table)) else name, ("", ""))[0] in ("new", "old")
        for name in names
    )


def _one_bill(heads: Sequence[Node], kind: Format) -> bool:
    """Whether no field of a head stands in two of them: parts of one bill (seller, buyer, sums)."""
    seen: set[str] = set()
    for head in heads:
        names = {child.name for child in head.leaves()}
        signs = kind.signs(names) | (names & {"IDHDON"})
        if kind.portal:
            signs |= kind.named(names, "month", "kwh")
        if signs & seen:
            return False
        seen |= signs
    return True


def _sums_up(head: Node, heads: Sequence[Node], kind: Format) -> bool:
    """Whether a group of a portal has several months inside, so that its own sums are of all of them."""
    if not kind.portal:
        return False
    months = [
        one
        for one in heads
        if kind.named({leaf.name for leaf in one.leaves()}, "month", "first", "last")
        and any(above is head for above in one.above())
    ]
    return len(months) > 1


def _owners(heads: list[Node], kind: Format) -> tuple[list[Node], list[Node]]:
    """The heads of bills, and those that only say whose the bills beside or below them are."""
    owners = [
        head
        for head in heads
        if _sums_up(head, heads, kind)
        or (
            {kind.head[name][0] for name in kind.signs({leaf.name for leaf in head.leaves()})} == {"customer"}
            and not kind.named({leaf.name for leaf in head.leaves()}, "month")
        )
    ]
    bills = [head for head in heads if all(head is not one for one in owners)]
    return (bills, owners) if bills else (heads, [])


# -- fields ---------------------------------------------------------------------------------------------


def _collect(text: str, top: Node, kind: Format) -> Matches:
    found = Matches()
    rows = tiers = 0
    registers: list[Node] = []
    for node in walk_power(top):
        leaves = node.leaves()
        names = {leaf.name for leaf in leaves}
        indexed = _indexed(names, kind) or ("BCS" in names and "SANLUONG" in names)
        priced = any(kind.tier.get(name, ("", ""))[0] == "price" for name in names)
        if is_discount(node):
            for leaf in leaves:
                _leaf(text, found, leaf, "", 0, {"THTIEN": ("discount", "money")})
            continue
        if priced and not indexed and not counts_kwh(node):
            continue
        if priced and not indexed:
            tiers += _rows(text, found, leaves, "tiers", tiers, kind.tier)
            for leaf in leaves:
                _leaf(text, found, leaf, "", 0, LINE_TAX)
        elif indexed and not kind.named(names, "total"):
            table = _row_table(names, kind)
            rows += _registers(text, found, leaves, rows, table, kind)
            registers.append(node)
            if kind.portal:
                for leaf in leaves:
                    _leaf(text, found, leaf, "", 0, _without(kind.head, table))
        elif not kind.portal or _is_head(node, kind) or _part_of_head(names, kind):
            own: Table = {}
            if indexed:  # all in one group: the register beside the sums
                own = {name: field for name, field in _row_table(names, kind).items() if field[0] != "serial"}
                if not names & {"SANLUONG"}:
                    own = {name: field for name, field in own.items() if field[0] != "kwh"}
                rows += _registers(text, found, leaves, rows, own, kind)
            head = _without(kind.head, own)
            if in_line(node):
                head = {name: field for name, field in head.items() if field[1] not in MONEY}
            for leaf in leaves:
                _leaf(text, found, leaf, "", 0, head)
    if not tiers and not any(one.name == "kwh" for one in found.finds):
        _only_line(text, found, top)
    if not kind.portal and len(registers) == 1:
        _days_beside(text, found, registers[0], kind)
    if services(top) == {False, True}:
        _drop_sums(found)
    _spread_serials(found)
    return found


def _only_line(text: str, found: Matches, top: Node) -> None:
    """The kWh of the only line of goods, where it has no price."""
    lines = [node for node in walk_power(top) if node.name == "HHDVU" and counts_kwh(node, told=True)]
    for leaf in lines[0].leaves() if len(lines) == 1 else ():
        _leaf(text, found, leaf, "", 0, {"SLUONG": ("kwh", "kwh")})


def _days_beside(text: str, found: Matches, node: Node, kind: Format) -> None:
    """The days of the only register's group, where the bill has none: they are the bill's."""
    if any(one.name in ("first", "last") for one in found.finds):
        return
    for leaf in node.leaves():
        if kind.head.get(leaf.name, ("", ""))[0] in _OF_ALL:
            _leaf(text, found, leaf, "", 0, kind.head)


def _drop_sums(found: Matches) -> None:
    """Leave out the sums of a bill with lines of other services: they are not electricity's alone."""
    sums = [one for one in found.finds if not one.group and one.name in ("net", "tax", "total", "money")]
    found.finds = [one for one in found.finds if one not in sums]
    for one in sums:
        if one.name in ("total", "money"):
            found.problems.append(Problem("unplaced", "total", {"text": one.raw}))


def _registers(
    text: str, found: Matches, leaves: Sequence[Node], number: int, table: Table, kind: Format
) -> int:
    """The rows of one group: each register that a name tells, else one after the other. Returns how many."""
    count = 0
    for code, told, group in by_register(leaves, table):
        if not code and not _indexed({leaf.name for leaf in group}, kind):
            for leaf in group:  # beside the registers: of the whole bill
                _leaf(text, found, leaf, "", 0, {n: f for n, f in table.items() if f[0] == "kwh"})
            continue
        if code and told is not None and told.labelled is not None and number + count < MOST_ROWS:
            found.finds.append(Match("rows", number + count, "register", "text", code, *told.labelled))
        count += _rows(text, found, group, "rows", number + count, table)
    return count or _rows(text, found, leaves, "rows", number, table)


def _row_table(names: set[str], kind: Format) -> Table:
    """The fields of a register's group; beside SAN_LUONG another consumption is of the whole bill."""
    table = paired(names, kind.index)
    if "SANLUONG" not in names:
        return table
    return {name: field for name, field in table.items() if field[0] != "kwh" or name == "SANLUONG"}


def _without(head: Table, taken: Table) -> Table:
    return {name: field for name, field in head.items() if name not in taken}


def _part_of_head(names: set[str], kind: Format) -> bool:
    """A group of a portal that says one thing of a bill: its customer, its meter, its sums."""
    return not _of_a_day(names, kind) and bool(
        kind.named(names, "customer", "serial", "households", "tax_rate") or _measured(names, kind)
    )


def _rows(text: str, found: Matches, leaves: Sequence[Node], group: str, number: int, table: Table) -> int:
    """Rows of one parent: a name that comes again begins the next row. Returns how many there were."""
    seen: set[str] = set()
    count = 1
    for leaf in leaves:
        if leaf.name not in table:
            continue
        if leaf.name in seen:
            count += 1
            seen = set()
        seen.add(leaf.name)
        if number + count <= MOST_ROWS:
            _leaf(text, found, leaf, group, number + count - 1, table)
    return count


def _leaf(text: str, found: Matches, leaf: Node, group: str, index: int, table: Table) -> None:
    """Write down one value, if its name is known and it stands there as it is."""
    value = leaf.text.strip()
    if leaf.name not in table or not value:
        return
    name, kind = table[leaf.name]
    if leaf.name in TAXES and _is_rate(value):
        name, kind = "tax_rate", "percent"
    path = f"{group}[{index}].{name}" if group else name
    at = leaf.start if leaf.escaped else text.find(value, leaf.start, leaf.end)
    if len(value) > MOST_VALUE or at == -1:
        if kind != "text" or name in ("customer", "serial"):
            found.problems.append(Problem("unreadable", path, {"text": value[:40]}))
        return
    if kind == "int" and leaf.name in PERIODS and says_period(leaf):
        return  # a whole period, which is read as words
    raw, end, negative = value, leaf.end if leaf.escaped else at + len(value), False
    exact = leaf.exact and kind in NUMBERS
    if kind == "date":
        day = local_day(value)
        if day is None:
            found.problems.append(Problem("unreadable", path, {"text": value[:40]}))
            return
        raw, end = day, at + len(day) if value.startswith(day) and not leaf.escaped else end
    shape = _SHAPES.get("number" if kind in NUMBERS else name if name in _SHAPES else kind)
    if exact:
        shape = _EXACT
    if shape is not None:
        match = shape.fullmatch(value)
        within = text.find(match["value"], at, end) if match is not None else -1
        if match is None or within == -1:
            found.problems.append(Problem("unreadable", path, {"text": value[:40]}))
            return
        raw = re.sub(r"\s", " ", match["value"])
        at, end = within, within + len(raw)
        negative = kind in NUMBERS and value.startswith("-")
    if kind == "text" and name != "name":
        raw = raw.upper()
    found.finds.append(Match(group, index, name, kind, raw, at, end, negative=negative, exact=exact))


def _is_rate(value: str) -> bool:
    """Whether what is called tax is its rate: 8, 0.08, 8%."""
    number = value.removesuffix("%").strip().replace(",", ".")
    return re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]{1,4})?", number) is not None and 0 < Decimal(number) <= 20


def _spread_serials(found: Matches) -> None:
    """One meter: its serial is the bill's. Several: each register keeps its own, and the bill has none."""
    rows = [one for one in found.finds if one.group == "rows" and one.name == "serial"]
    head = [one for one in found.finds if not one.group and one.name == "serial"]
    serials = {one.raw for one in rows}
    if len(serials) == 1:
        found.finds = [one for one in found.finds if one not in rows]
        if not head:
            one = rows[0]
            found.finds.append(Match("", 0, "serial", "text", one.raw, one.start, one.end))
        elif head[0].raw not in serials:
            found.finds += rows  # they disagree: the registers keep theirs
    elif len(serials) > 1:
        found.problems.append(Problem("several_meters", "serial", {"values": ", ".join(sorted(serials)[:6])}))
        found.finds = [one for one in found.finds if one not in head]
