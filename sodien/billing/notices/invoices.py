"""Which e-invoice a bill is, and which one it replaces or adjusts: as programs name it, and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sodien.billing.bill import Bill, Invoice
from sodien.billing.notices.dates import local_day, read_date
from sodien.billing.notices.machine_names import ADJUSTED_SINCE, CHANGED, CHANGES, INVOICE, REPLACED_SINCE
from sodien.billing.notices.model import Document, Field, Problem
from sodien.billing.notices.text import fold, without_glosses
from sodien.billing.notices.tree import Node, place_in
from sodien.billing.notices.tree_services import GOODS, is_priced

Places = Mapping[str, tuple[int, int]]

_SHAPES = {
    "form": re.compile(r"[0-9][0-9A-Z/]{0,14}"),
    "series": re.compile(r"[A-Z0-9]{1,8}(?:/[A-Z0-9]{1,8})?"),
    "number": re.compile(r"[0-9]{1,12}"),
}
_JOINED = re.compile(r"(?P<series>[1-9]?[CK][0-9]{2}[A-Z]{3}|[A-Z]{2}/[0-9]{2}[A-Z])(?P<number>[0-9]{1,8})")
#: The national series, perhaps with the form in front; and the one of before 2022.
_NATIONAL = r"(?:[1-9]?[ck][0-9]{2}[a-z]{3}|[a-z]{2}/[0-9]{2}[a-z]{1,2})"
_WITH_FORM = re.compile(r"([1-9])([CK][0-9]{2}[A-Z]{3})")

#: Between two parts of an invoice's number in words.
_GLUE = (
    r"[\s,;.:()\[\]-]{0,12}"
    r"(?:(?:va|co|voi|da lap|duoc lap|lap|phat hanh|dien tu|goc|nay|tren)[\s:,]{1,6}){0,2}"
)
_OF = r"(?:\s?\([a-z .']{1,20}\))?[\s:]{0,24}"
_PART = re.compile(
    _GLUE
    + r"(?:"
    + rf"(?:mau(?: so)?(?: hoa don| hd)?|form){_OF}(?P<form>[0-9][0-9a-z/]{{0,14}})(?![0-9a-z])"
    + rf"|k[yi] hieu(?: hoa don| hd)?{_OF}(?P<series>{_NATIONAL})(?![0-9a-z])"
    + rf"|(?:so(?: hoa don| hd| sery| seri)?|sery|seri){_OF}(?P<number>[0-9]{{1,10}})(?![0-9a-z]|[./-][0-9])"
    + rf"|ngay(?: lap| phat hanh| hoa don)?{_OF}"
    + r"(?P<date>[0-9]{1,2}\s?[/.-]\s?[0-9]{1,2}\s?[/.-]\s?[0-9]{4}|"
    + r"[0-9]{1,2}\s{1,24}thang\s{1,24}[0-9]{1,2}\s{1,24}nam\s{1,24}[0-9]{4})(?![0-9])"
    + r")"
)
#: "Điều chỉnh giảm cho hóa đơn …", "Là hóa đơn lập lại của hóa đơn …", and not "bị thay thế bởi hóa đơn …".
_CHANGE = re.compile(
    r"(?<![a-z])(?<!bi )(?<!duoc )(?P<how>thay the|lap lai|dieu chinh|truy thu|thoai hoan)"
    r"(?: (?:tang|giam|thong tin|sai sot))?(?: (?:cho|cua))? hoa don"
    r"(?: (?:dien tu|gtgt|gia tri gia tang|goc|da lap|co ma|tien dien))*(?![a-z])"
)
#: What became of this invoice since: "Hóa đơn đã bị thay thế bởi hóa đơn …".
_SINCE = re.compile(
    r"(?:bi|duoc) (?P<how>thay the|huy bo|dieu chinh)(?: (?:tang|giam))? (?:boi|bang) hoa don(?![a-z])"
)
#: The same as a stamp, in a line of its own.
_STAMP = re.compile(
    r"(?:^|\n)[^a-z0-9\n]{0,6}hoa don(?: da)? bi "
    r"(?P<how>thay the|huy(?: bo)?|dieu chinh)[^a-z0-9\n]{0,6}(?=\n|$)"
)
#: Words of a line that names another invoice.
_OTHER = re.compile(r"thay the|lap lai|dieu chinh|truy thu|thoai hoan|huy bo|hoa don (?:goc|cu|lien quan)")
#: A line that is such an invoice's title.
_TITLE = re.compile(
    r"(?:^|\n)[^a-z0-9\n]{0,6}hoa don(?: (?:tien dien|gtgt|gia tri gia tang|dien tu))*[^a-z0-9\n]{0,3}"
    r"(?P<how>thay the|dieu chinh)(?: (?:tang|giam|thong tin))?[^a-z0-9\n]{0,6}(?=\n|$)"
)
#: What the goods of such an invoice are called.
_DIFFERENCE = re.compile(r"(?:dieu chinh|truy thu|thoai (?:hoan|thu)|hoan tra|giam tru)(?![a-z])")
_BEGINS = re.compile(r"(?<![a-z])(?:mau(?: so)?|k[yi] hieu)(?![a-z])")
_LEAST_PHRASE = 12
_UNKNOWN = Invoice()
#: What was done to this invoice since → the problem that tells it.
_BECAME = {"replaces": Problem("invoice_replaced"), "adjusts": Problem("invoice_adjusted")}


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document says of invoices.

    Attributes:
        invoice: its own number, as far as it is printed.
        change: what it does to another one (``replaces`` or ``adjusts``); empty where it is said of none.
        changed: that other one.
        places: field (``invoice.number``, ``replaces.series``) → where it stands.
        phrase: the sentence that names the other one, which is no part of the bill.
        problems: what is not clear of it, and what became of it since.
    """

    invoice: Invoice | None = None
    change: str = ""
    changed: Invoice = _UNKNOWN
    places: Places = field(default_factory=dict)
    phrase: tuple[int, int] | None = None
    problems: tuple[Problem, ...] = ()

    def on(self, document: Document) -> Document:
        """The document with it, where that is a bill."""
        bill = document.content
        if not isinstance(bill, Bill):
            return document
        said: dict[str, Any] = {"invoice": self.invoice}
        if self.change:
            said[self.change] = self.changed
        fields = (*document.fields, *(Field(path, *place) for path, place in self.places.items()))
        return msgspec.structs.replace(
            document,
            content=msgspec.structs.replace(bill, **said),
            fields=tuple(sorted(fields, key=lambda one: (one.start, one.path))),
        )


# -- a program's document ------------------------------------------------------------------------------


def identity_of(text: str, top: Node) -> Identity:
    """What a branch of a document, which is one bill, says of invoices."""
    own = [one for node in top.walk() if "number" in (one := _parts(node, INVOICE))]
    groups = [node for node in top.walk() if _parts(node, CHANGED) or _is_changing(node)]
    invoice, places = _one(own, "invoice")
    since = {
        leaf.text.strip() for node in top.walk() if _parts(node, INVOICE) for leaf in node.leaves()
        if leaf.name == "TTHAI"
    }  # fmt: skip
    problems = [_BECAME["replaces"]] if since & REPLACED_SINCE else []
    problems += [_BECAME["adjusts"]] if since & ADJUSTED_SINCE else []
    said = [found for leaf in top.walk() if (found := _said(text, leaf)) is not None]
    if not said and not groups and (way := _by_name(top)):
        return Identity(invoice, way, places=places, problems=tuple(problems))
    if not groups:
        if len({(one.change, one.changed) for one in said}) != 1:
            return Identity(invoice, places=places, problems=tuple(problems))
        return Identity(
            invoice, said[0].change, said[0].changed, {**places, **said[0].places}, problems=tuple(problems)
        )
    ways = {way for node in groups for way in _ways(node)} or {one.change for one in said}
    changed, others = _one([_parts(node, CHANGED) for node in groups], "")
    if len(ways) != 1:
        return Identity(invoice, places=places, problems=(*problems, Problem("invoice_change")))
    (change,) = ways
    moved = {f"{change}{path}": place for path, place in others.items()}
    return Identity(invoice, change, changed or _UNKNOWN, {**places, **moved}, problems=tuple(problems))


def _parts(node: Node, names: Mapping[str, str]) -> dict[str, tuple[Any, Node]]:
    """The parts of an invoice's number right in a group, each with its value and where that stands.

    Zeros and what has no such shape are none. Series and number may be one: K26TSD4711.
    """
    found: dict[str, tuple[Any, Node]] = {}
    for leaf in node.leaves():
        part = names.get(leaf.name)
        if part is None:
            continue
        joined = _JOINED.fullmatch(leaf.text.strip().upper()) if part == "number" else None
        if joined is not None:
            found["number"] = joined["number"].lstrip("0"), leaf
            found.setdefault("series", (joined["series"], leaf))
        elif (value := _value(part, leaf.text)) is not None:
            found[part] = value, leaf
    return found


def _value(part: str, text: str) -> object:
    """One part of an invoice's number; None for what is none."""
    text = text.strip()
    if part == "date":
        day = local_day(text)
        found = read_date(day) if day is not None else ""
        return None if isinstance(found, str) else found
    text = text.upper()
    if not text.strip("0") or not _SHAPES[part].fullmatch(text):
        return None
    return text.lstrip("0") if part == "number" else text


def _one(groups: Sequence[Mapping[str, tuple[Any, Node]]], prefix: str) -> tuple[Invoice | None, Places]:
    """The invoice that all the groups name; none where they name several."""
    found = {_invoice({part: value for part, (value, _) in one.items()}) for one in groups}
    if len(found) != 1 or not groups:
        return None, {}
    (invoice,) = found
    return invoice, _with_form(
        invoice, {part: _place(part, leaf) for part, (_, leaf) in groups[0].items()}, prefix
    )


def _place(part: str, leaf: Node) -> tuple[int, int]:
    """Where a part stands; of a stamp the day alone, where that is printed."""
    day = local_day(leaf.text.strip()) if part == "date" else None
    return (
        (leaf.start, leaf.start + len(day)) if day and leaf.text.startswith(day) else (leaf.start, leaf.end)
    )


def _with_form(invoice: Invoice, places: Places, prefix: str) -> Places:
    """Where each part stands; the form may be printed in front of the series."""
    if invoice.form is not None and "form" not in places:
        places = {**places, "form": places["series"]}
    return {f"{prefix}.{part}": place for part, place in places.items()}


def _invoice(parts: Mapping[str, Any]) -> Invoice:
    """The form may stand in front of the series: 1K26TSD."""
    match = _WITH_FORM.fullmatch(parts.get("series") or "")
    if match is None:
        return Invoice(**parts)
    return Invoice(**{**parts, "form": parts.get("form") or match[1], "series": match[2]})


def _ways(node: Node) -> Iterator[str]:
    """How the group says that it changes the other invoice."""
    for leaf in node.leaves():
        way = CHANGES.get(leaf.name, {}).get(leaf.text.strip().upper())
        if way is not None:
            yield way


def _is_changing(node: Node) -> bool:
    """Whether a group says that it changes an invoice, and does not say which one."""
    names = {leaf.name for leaf in node.leaves() if leaf.text.strip()}
    return (node.name == "TTHDLQUAN" or "IDHDONDC" in names) and any(True for _ in _ways(node))


def _by_name(top: Node) -> str:
    """What an invoice does to another one by its own name, or by those of all its goods; "" for nothing."""
    titles = [fold(leaf.text).text.strip() for leaf in top.walk() if leaf.name == "THDON"]
    if match := next((one for text in titles if (one := _TITLE.match(text))), None):
        return _way(match["how"])
    goods = [
        fold(leaf.text).text.strip()
        for node in top.walk()
        if is_priced(node)
        for leaf in node.leaves()
        if leaf.name in GOODS
    ]
    return "adjusts" if goods and all(_DIFFERENCE.match(one) for one in goods) else ""


def _said(text: str, leaf: Node) -> Identity | None:
    """What a value, such as a remark, says of another invoice."""
    if leaf.children or len(leaf.text) < _LEAST_PHRASE:
        return None
    folded = fold(leaf.text)
    found = _phrase(without_glosses(folded.text))
    if found is None:
        return None
    places = {
        path: place_in(text, leaf, start, end)
        for path, place in found.places.items()
        for start, end in [folded.span(*place)]
    }
    return Identity(change=found.change, changed=found.changed, places=places)


# -- free text -----------------------------------------------------------------------------------------


def identity_in(said: str) -> Identity:
    """What a folded text says of invoices; places are in it."""
    other = _phrase(said)
    rest = said if other is None or other.phrase is None else _blanked(said, *other.phrase)
    own = [
        (parts, places)
        for match in _BEGINS.finditer(rest)
        if not _OTHER.search(rest, rest.rfind("\n", 0, match.start()) + 1, match.start())
        for parts, places, _ in [_parts_at(rest, match.start())]
        if parts.keys() >= {"series", "number"}
    ]
    found = {_invoice(parts) for parts, _ in own}
    if len(found) > 1 and len({(one.series, one.number) for one in found}) == 1:
        own = [max(own, key=lambda one: len(one[0]))]  # "Mẫu số … Ký hiệu …" begins twice
        found = {_invoice(own[0][0])}
    invoice = found.pop() if len(found) == 1 else None
    places = _with_form(invoice, own[0][1], "invoice") if invoice is not None else {}
    since = {_way(match["how"]) for match in _STAMP.finditer(said)}
    since |= {_way(one["how"]) for one in _SINCE.finditer(said) if "number" in _parts_at(said, one.end())[0]}
    problems = tuple(_BECAME[way] for way in sorted(since))
    if other is None:
        title = _TITLE.search(said)
        change = _way(title["how"]) if title is not None else ""
        return Identity(invoice, change, places=places, problems=problems)
    return Identity(invoice, other.change, other.changed, {**places, **other.places}, other.phrase, problems)


def without_changed(said: str, identity: Identity) -> str:
    """The text with blanks for the invoice that is replaced or adjusted; nothing moves."""
    return said if identity.phrase is None else _blanked(said, *identity.phrase)


def _phrase(said: str) -> Identity | None:
    """The sentence that names an invoice which is replaced or adjusted: number, and series or day."""
    for match in _CHANGE.finditer(said):
        parts, places, end = _parts_at(said, match.end())
        if "number" in parts and parts.keys() & {"series", "date"}:
            way, changed = _way(match["how"]), _invoice(parts)
            return Identity(
                change=way,
                changed=changed,
                places=_with_form(changed, places, way),
                phrase=(match.start(), end),
            )
    return None


def _way(how: str) -> str:
    return "replaces" if how in ("thay the", "lap lai", "huy", "huy bo") else "adjusts"


def _parts_at(said: str, at: int) -> tuple[dict[str, Any], dict[str, tuple[int, int]], int]:
    """The parts that follow each other from a place on, where they stand, and where they end."""
    parts: dict[str, Any] = {}
    places: dict[str, tuple[int, int]] = {}
    while (match := _PART.match(said, at)) is not None:
        part = match.lastgroup or ""
        value = _value(part, "/".join(re.findall("[0-9]+", match[part])) if part == "date" else match[part])
        if part in parts or value is None:
            break
        parts[part], places[part], at = value, match.span(part), match.end()
    return parts, places, at


def _blanked(said: str, start: int, end: int) -> str:
    return said[:start] + " " * (end - start) + said[end:]
