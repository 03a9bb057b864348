"""Registers of a meter in a program's group of values: by rows, and by names such as CHISO_CU_BT."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sodien.billing.notices.machine_names import PAIRS, REGISTERS, Table
from sodien.billing.notices.tree import Node

_CODES = "|".join(sorted(REGISTERS, key=len, reverse=True))
_BEHIND = re.compile(rf"(?P<base>[A-Z]{{3,30}}?)(?:CUA|GIO|BO)?(?P<code>{_CODES})")
_BEFORE = re.compile(rf"(?P<code>{_CODES})(?P<base>[A-Z]{{3,30}})")
#: Fields that each register has of its own; what else stands beside them is of all.
_OWN = frozenset({"old", "new", "kwh"})
_SHARED = frozenset({"multiplier", "serial"})


def register_in(name: str, table: Table) -> tuple[str, str] | None:
    """The name without its register, and the register's code; None for a name that has none."""
    if name in table:
        return None
    for shape in (_BEHIND, _BEFORE):
        match = shape.fullmatch(name)
        if match is not None and table.get(match["base"], ("", ""))[0] in _OWN:
            return match["base"], REGISTERS[match["code"]]
    return None


def paired(names: set[str], table: Table) -> Table:
    """The table with names that mean an index only beside their opposite: CSC beside CSM is the old one."""
    found = [pair for pair in PAIRS if names.issuperset(pair)]
    if len(found) != 1:
        return table
    ((old, new),) = found
    return {**table, old: ("old", "index"), new: ("new", "index")}


def by_register(leaves: Sequence[Node], table: Table) -> Iterator[tuple[str, Node | None, list[Node]]]:
    """The values of each register whose name has its code: code, the value that says so, all values renamed.

    Without such names there is nothing. Values under plain names come first, with no code: those of the whole
    register, or what is of all registers.
    """
    named: dict[str, list[Node]] = {}
    plain: list[Node] = []
    for leaf in leaves:
        found = register_in(leaf.name, table)
        if found is None:
            plain.append(leaf)
        else:
            named.setdefault(found[1], []).append(replace(leaf, name=found[0]))
    if not named:
        return
    of = [table.get(leaf.name, ("", ""))[0] for leaf in plain]
    yield "", None, plain
    shared = [leaf for leaf, name in zip(plain, of, strict=True) if name in _SHARED]
    for code, group in named.items():
        told = next((leaf for leaf in group if leaf.labelled is not None), None)
        yield code, told, [*group, *shared]
