"""Free text: typed pieces, tables, labels, dates; then what the message is, and its documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import msgspec

from sodien.billing.bill import Bill
from sodien.billing.notices import nature
from sodien.billing.notices.assemble import assemble
from sodien.billing.notices.bind import Binder
from sodien.billing.notices.clauses import leave_out_rivals
from sodien.billing.notices.closure import (
    bind_difference,
    bind_index_sums,
    bind_priced_energy,
    bind_tax_sums,
    part_meters,
)
from sodien.billing.notices.codes import bind_codes
from sodien.billing.notices.company import in_company
from sodien.billing.notices.invoices import identity_in, without_changed
from sodien.billing.notices.leftovers import name_unbound
from sodien.billing.notices.model import Document, Problem
from sodien.billing.notices.pairs import bind_pairs
from sodien.billing.notices.periods import bind_dates
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.pieces import Typist
from sodien.billing.notices.proof import proved
from sodien.billing.notices.reach import PLACES
from sodien.billing.notices.readable import readable
from sodien.billing.notices.tables import find_tables
from sodien.billing.notices.templated import bind_templates
from sodien.billing.notices.templates import MessageTemplate
from sodien.billing.notices.text import Folded
from sodien.billing.notices.tokens import tokens
from sodien.billing.notices.unlabelled import bind_unlabelled
from sodien.billing.notices.unplaced import name_unplaced, used_stretches
from sodien.billing.notices.values import possible

#: Problems that say what a text is that has no document.
TOLD = frozenset({"outage", "receipt", "reminder", "promotion", "payout", "other_goods"})
#: What says that a line of the charge is for all that was used.
_POWER = re.compile(r"(?<![a-z])(?:dien|dien nang|tieu thu)[^0-9\n;.]{0,16}[:=(]?[ ]?$")
_UNIT = re.compile(r"[ ]?(?:kwh|kw|so)\b")
_TIER = re.compile(r"\b(?:bac|muc|tier)\b")
_SHORT = re.compile(r"evn[ ]?(?:spc|hcmc|hanoi|ha noi|npc|cpc)?\b")


def read_message(
    folded: Folded,
    text: str,
    begin: int,
    finish: int,
    templates: Sequence[MessageTemplate] = (),
    *,
    proven: bool = False,
) -> tuple[list[Document], list[Problem], list[tuple[int, int]]]:
    """The documents of one message, what is wrong with them, and the stretches they use.

    ``proven``: without what nothing proves.
    """
    said = readable(folded.text[begin:finish])
    identity = identity_in(said)
    binder = bound(folded, text, begin, without_changed(said, identity))
    for place in (*identity.places.values(), *filter(None, [identity.phrase])):
        binder.cover(*place)
    bind_templates(binder, templates, folded.text[begin:finish])
    found, used = nature.without_water(said, binder.found), used_stretches(binder)
    if nature.is_receipt(said, found):
        return [], [Problem("receipt")], []
    if nature.is_payout(said):
        return [], [Problem("payout")], []
    if nature.is_other_paper(said):
        return [], [], []
    if nature.is_of_water(said):
        return [], [Problem("other_goods")], []
    source = "sms" if _SHORT.match(said.lstrip()) and text.isascii() else "text"
    if nature.is_debt(said, found):
        if not _is_addressed(binder):
            return [], [Problem("reminder")], []
        documents, problems = assemble(nature.owed(found), machine=False, source=source)
        if proven:
            documents, unproven = proved(binder, documents, problems)
            problems += unproven
        told = problems or ([] if documents else [Problem("reminder")])
        return _with_problems(documents, told), told, used
    documents, problems = assemble(
        nature.without_correction(said, nature.without_debt(found)), machine=False, source=source
    )
    if proven:
        documents, unproven = proved(binder, documents, problems)
        problems += unproven
    identity = replace(
        identity, places={path: binder.span(*place) for path, place in identity.places.items()}
    )
    documents = [identity.on(one) for one in documents]
    problems += identity.problems if documents else ()
    bills = [one for one in documents if isinstance(one.content, Bill)]
    others = [one for one in documents if one not in bills]
    empty = not documents and not any(problem.field for problem in problems)
    if (empty or (bills and not nature.tells_a_bill(found.finds))) and (key := nature.no_bill(said)):
        return others, [] if others else [Problem(key)], used if others else []
    for one in bills:
        assert isinstance(one.content, Bill)
        problems += name_unplaced(binder, text, one.content, problems)
    return _with_problems(documents, problems), problems, used


def _is_addressed(binder: Binder) -> bool:
    """Whether a reminder says who owes something, or for which month."""
    known = any(one.name in ("customer", "month") for one in binder.found.finds)
    return known or any(one.label in ("customer", "customer_or_name") for one in binder.pieces)


def _is_all(said: str, start: int, end: int) -> bool:
    """Whether a line of the charge with its unit is of all that was used: no tier, nor full as one."""
    full = said[start:end] in ("50", "100")
    return not full and _UNIT.match(said, end) is not None and not _TIER.search(said, 0, start)


def _is_more(pieces: Sequence[Piece], kwh: str) -> bool:
    """Whether kWh are printed that are more than these: a line of the charge is a part of them."""
    least = max(possible(kwh, "kwh", machine=False).values(), default=Decimal(0))
    return any(
        value > least
        for one in pieces
        if one.kind == "number" and one.unit == "kwh"
        for value in possible(one.text, "kwh", machine=False).values()
    )


def _with_problems(documents: list[Document], problems: Sequence[Problem]) -> list[Document]:
    return [msgspec.structs.replace(one, problems=tuple(problems)) for one in documents]


def bound(folded: Folded, text: str, begin: int, said: str) -> Binder:
    """Everything that is bound in one message."""
    pieces = tokens(said)
    tables = find_tables(said, pieces)
    typed = in_company(list(Typist(said, pieces, tables.taken).pieces()))
    binder = Binder(folded, text, begin, said, typed, tables.rows)
    for cell in tables.cells:
        token = cell.token
        binder.find(cell.group, cell.name, cell.kind, cell.text or token.text, token.start, token.end,
                    index=cell.index, label="table")  # fmt: skip
    named = [one.name for one in tables.cells if one.group == "rows"]
    binder.rows.shared = named.count("register") > 1 and "multiplier" not in named
    for start, end in (*tables.taken.items(), *tables.heads):
        if (start, end) not in tables.unclear:
            binder.cover(pieces[start].start, pieces[end - 1].end)
    for start, end in sorted(tables.unclear):
        binder.problem("tier_unclear", "tiers", said[pieces[start].start : pieces[end - 1].end])
    for head in tables.unfit:
        names = dict.fromkeys(PLACES[label][1] for label in head if label in PLACES)
        binder.found.problems.append(Problem("table", ", ".join(names)))
    if tables.tiers == 1 and len(priced := [one for one in tables.cells if one.group == "tiers"]) == 3:
        start = min(one.token.start for one in priced)
        token = next(one.token for one in priced if one.name == "kwh")
        all_of_it = _POWER.search(said, max(0, start - 40), start) or _is_all(said, token.start, token.end)
        if all_of_it and not _is_more(typed, token.text):
            binder.find("", "kwh", "kwh", token.text, token.start, token.end, label="table")
    binder.printed_kwh = frozenset(
        value
        for cell in tables.cells
        if cell.name == "kwh" and (cell.group != "tiers" or tables.tiers == 1)
        for value in possible(cell.token.text, "kwh", machine=False).values()
    )
    bind_codes(binder)
    leave_out_rivals(binder)
    bind_pairs(binder)
    bind_index_sums(binder)
    binder.bind()
    part_meters(binder)
    bind_dates(binder)
    bind_difference(binder)
    bind_tax_sums(binder)
    bind_priced_energy(binder)
    bind_unlabelled(binder)
    name_unbound(binder)
    return binder
