"""Two indices beside each other: "12300 -> 12500", "5012-5362", "1350 - 1100 = 250 kWh", one index a day.

A pair is old and new where the printed consumption proves it, or where a label of indices stands in front.
An arrow, and a dash between a smaller and a larger number, go from old to new; a dash between a larger and a
smaller one is a subtraction. What would be a roll-over of the dial is taken only where the consumption proves
it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.charge_lines import LOWEST_PRICE
from sodien.billing.notices.model import Problem
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.reach import PLACES
from sodien.billing.notices.units import register_at
from sodien.billing.notices.values import possible

_JOINTS = frozenset({"-", "/", ">", "->", "=>", "-->", "~", "~>", "den", "toi", "to", "len"})
_SIGNS = frozenset({"-", ">", "=", "~", "/", "den", "toi", "to", "len"})
_LABELS = frozenset({"index", "old", "new", "kwh", "row_kwh", "used", "kwh_or_index", "money"})
#: Of these, the ones behind which two numbers are indices without a proof.
_INDICES = frozenset({"index", "old", "new"})
_BACK = 8
_DAY = re.compile(
    r"(?:ngay[ ]?)?(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})(?:[/.-](?:20)?(?P<year>[0-9]{2}))?"
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two numbers by their places, what is printed as their difference, and what stands in front.

    Attributes:
        at, to: the places of the two numbers.
        arrow: whether what joins them has a direction.
        more: places of what is added: the energy of a removed meter.
        factor: the place of what the difference is multiplied by; None when it is not.
        result: the place of the printed difference; None when there is none.
        register: the register named in front, and where its name begins.
        label: the place of the label of indices in front; None when there is none.
    """

    at: int
    to: int
    arrow: bool
    more: tuple[int, ...]
    factor: int | None
    result: int | None
    register: tuple[str, int] | None
    label: int | None


def bind_pairs(binder: Binder) -> None:
    """Bind the pairs of indices of a message."""
    energies, factors = energies_of(binder), factors_of(binder)
    found: list[tuple[_Pair, bool | None]] = []
    bare: list[tuple[_Pair, bool | None]] = []
    at = 0
    while at < len(binder.pieces):
        pair = _pair(binder, at) if binder.pieces[at].kind == "number" and at not in binder.used else None
        if pair is None:
            at += 1
            continue
        if pair.register is not None and pair.result is None:
            pair = replace(pair, result=_labelled_result(binder, pair, factors))
        at = (pair.result or (*pair.more, pair.to)[-1]) + 1
        if pair.result is None and pair.label is None and _is_tier(binder, pair):
            binder.used |= {pair.at, pair.to}
            continue
        rising = _rising(binder, pair, energies, factors)
        proven = rising is not None
        label = None if pair.label is None else binder.pieces[pair.label].label
        if not proven and (label in _INDICES or pair.register is not None):
            rising = _by_signs(binder, pair)
        if proven or pair.label is not None or pair.register is not None:
            found.append((pair, rising))
        elif pair.result is None and (rising := _by_signs(binder, pair)) is not None:
            bare.append((pair, rising))
    if not found and 2 <= len(bare) <= 3 and _are_parts(binder, bare, energies):
        found = bare
    _bind(binder, found, energies)
    _bind_days(binder)


# Finding


def _pair(binder: Binder, at: int) -> _Pair | None:
    pieces = binder.pieces
    if (
        at in binder.exported
        or not is_index(pieces[at])
        or (at and pieces[at - 1].text in ("-", "/", "+", "*", "x"))
    ):
        return None
    joint, to = "", at + 1
    while to < len(pieces) and to - at < 5 and pieces[to].text in _SIGNS:
        joint += pieces[to].text
        to += 1
    if joint not in _JOINTS or to >= len(pieces) or pieces[to].kind != "number" or to in binder.used:
        # "7062 - (chi so cu) 6623": a label of the second number may stand between
        minus = pieces[at].unit is None and bool(pieces[at + 1 : at + 2]) and pieces[at + 1].text == "-"
        to = _past_label(binder, at + 1) if minus else 0
        joint = "-"
    if not to or not is_index(pieces[to]) or pieces[to].start - pieces[at].end > 40:
        return None
    more: list[int] = []
    behind = to + 1
    while behind + 1 < len(pieces) and pieces[behind].text == "+" and len(more) < 2:
        term = behind + 1
        while term < len(pieces) and term - behind < 5 and pieces[term].kind in ("word", "label", "sign"):
            term += 1
        if term >= len(pieces) or pieces[term].kind != "number":
            return None
        more.append(term)
        behind = term + 1
    result = None
    factor = _factor(pieces, at, to) if not more else None
    behind = behind if factor is None else factor + 1
    if behind + 1 < len(pieces) and pieces[behind].text in ("=", ":") and pieces[behind + 1].kind == "number":
        result = behind + 1 if pieces[behind + 1].unit in (None, "kwh") else None
        if pieces[behind].text == ":" and not _meters(binder, at):
            result = None  # "Muc 0-50: 50 kWh"
    elif (
        behind + 1 < len(pieces)
        and not more
        and pieces[behind].text in ("-", "/", "*", "x")
        and pieces[behind + 1].kind == "number"
        and pieces[behind + 1].unit not in ("kwh", "money")
    ):
        return None  # a longer sum; between values of other types such a sign only parts them
    if binder.is_spoilt(at) or binder.is_spoilt(to):
        return None
    register, label = _in_front(binder, at)
    if label is not None and pieces[label].label in ("old", "new") and pieces[to].unit != pieces[at].unit:
        return None  # "CSM 1184 - 245 kWh"
    if joint == "/" and (label is None or pieces[label].label not in _INDICES) and register is None:
        return None
    return _Pair(at, to, joint not in ("-", "/"), tuple(more), factor, result, register, label)


def _meters(binder: Binder, at: int) -> set[int]:
    """The label of a meter with its serial number right in front of a number."""
    return set(range(at - 4, at)) & binder.serials.keys()


def _factor(pieces: Sequence[Piece], at: int, to: int) -> int | None:
    """The place of the multiplier of "1.520 - 1.400 x 60 = 7.200", if the product proves it."""
    signs = [one.text for one in pieces[to + 1 : to + 5]]
    times = to + 2 if signs[:1] == [")"] else to + 1
    if len(pieces) < times + 4 or pieces[times].text not in ("x", "*") or pieces[times + 2].text != "=":
        return None
    by, result = pieces[times + 1], pieces[times + 3]
    if by.kind != "number" or result.kind != "number" or by.unit or result.unit not in (None, "kwh"):
        return None
    if result.unit is None and max(values_of(by), default=LOWEST_PRICE) >= LOWEST_PRICE:
        return None  # the price
    known = itertools.product(*(values_of(one) for one in (pieces[at], pieces[to], by, result)))
    return times + 1 if any(a != b and abs(a - b) * c == d for a, b, c, d in known) else None


def _labelled_result(binder: Binder, pair: _Pair, factors: set[Decimal]) -> int | None:
    """The consumption of a register behind its pair and a label: "BT 3012.4-2980.1 SL 2584"."""
    pieces = binder.pieces
    label = pair.to + 1
    while label < len(pieces) and pieces[label].text in (",", "(", ":"):
        label += 1
    number = binder.past_signs(label + 1)
    if number >= len(pieces) or pieces[label].label not in ("row_kwh", "kwh"):
        return None
    if pieces[number].kind != "number" or pieces[number].unit not in (None, "kwh"):
        return None
    proven = any(
        abs(a - b) * factor in values_of(pieces[number])
        for a in values_of(pieces[pair.at])
        for b in values_of(pieces[pair.to])
        for factor in factors
    )
    return number if proven else None


def is_index(piece: Piece) -> bool:
    """Whether a piece may be an index by its type."""
    return piece.kind == "number" and piece.unit in (None, "kwh", "doubt") and piece.text[0].isdigit()


def _past_label(binder: Binder, dash: int) -> int:
    """The place of a number behind a dash and its own label of the old index; 0 when there is none."""
    labelled = False
    for at in range(dash + 1, min(dash + 6, len(binder.pieces))):
        one = binder.pieces[at]
        if one.kind == "number":
            return at if labelled else 0
        labelled = labelled or (one.kind == "label" and one.label == "old") or one.text == "ky"
        if one.kind not in ("label", "word", "sign") or one.text == "=":
            return 0
    return 0


def _in_front(binder: Binder, at: int) -> tuple[tuple[str, int] | None, int | None]:
    """The register and the label of indices in front of a number."""
    pieces = binder.pieces
    register: tuple[str, int] | None = None
    for back in range(at - 1, max(-1, at - 1 - _BACK), -1):
        one = pieces[back]
        if one.kind == "word":
            named = register_at(pieces, back)  # type: ignore[arg-type]
            if named is not None and register is None and binder.past_signs(named[1]) == at:
                register = (named[0], back)
        elif one.kind == "label" and one.label not in ("from", "term", "month"):
            usable = one.label in _LABELS and back not in binder.used and one.label != "money"
            return register, back if usable else None
        elif one.kind in ("number", "table") or (
            one.text in (".", ";", ",") and binder.reach.ends_sentence(back) and register is None
        ):
            return register, None
    return register, None


def _is_tier(binder: Binder, pair: _Pair) -> bool:
    """Whether a pair is from so many kWh to so many: "(0-50 kWh)", "Muc 51-100: …"."""
    before = binder.pieces[max(0, pair.at - 3) : pair.at]
    behind = binder.pieces[pair.to + 1 : pair.to + 2]
    if any(one.text == ">" for one in binder.pieces[pair.at + 1 : pair.to]):
        return False
    return (
        binder.pieces[pair.to].unit == "kwh"
        or any(one.label == "tier" for one in before)
        or (pair.register is None and bool(behind) and behind[0].text == ":")
    )


# Proving


def values_of(piece: Piece) -> set[Decimal]:
    """What a printed index may be."""
    return set(possible(piece.text, "index", machine=False).values())


def energies_of(binder: Binder) -> set[Decimal]:
    """What the message may say the consumption is."""
    found = set(binder.printed_kwh)
    for at, piece in enumerate(binder.pieces):
        if (
            piece.kind != "number"
            or piece.unit not in (None, "kwh")
            or at in binder.exported | binder.skipped
        ):
            continue
        where = None if piece.unit == "kwh" else binder.reach.owner(at, piece)
        name = PLACES.get(binder.pieces[where].label, ("", "", ""))[1] if where is not None else ""
        used = at > 0 and binder.pieces[at - 1].label == "used"  # "ky nay 4.890, ky truoc 4.699, dung 191"
        if piece.unit == "kwh" or name == "kwh" or used:
            found |= values_of(piece)
    return found


def factors_of(binder: Binder) -> set[Decimal]:
    """What the multiplier may be: 1, or what is printed."""
    found = {Decimal(1)}
    for at, piece in enumerate(binder.pieces):
        if piece.kind == "number" and piece.unit is None:
            where = binder.reach.owner(at, piece)
            if where is not None and binder.pieces[where].label == "multiplier":
                found |= values_of(piece)
    return found


def _rising(binder: Binder, pair: _Pair, energies: set[Decimal], factors: set[Decimal]) -> bool | None:
    """Whether the first number is the old index, as the consumption proves; None when it does not."""
    pieces = binder.pieces
    wanted = energies if pair.result is None else values_of(pieces[pair.result])
    more = sum((max(values_of(pieces[one]), default=Decimal(0)) for one in pair.more), Decimal(0))
    fits = set()
    for first in values_of(pieces[pair.at]):
        for last in values_of(pieces[pair.to]):
            for factor in factors if pair.factor is None else values_of(pieces[pair.factor]):
                if last >= first and (last - first) * factor + more in wanted:
                    fits.add(True)
                if first >= last and (first - last) * factor + more in wanted:
                    fits.add(False)
    if len(fits) == 1:
        return fits.pop()
    return None


def _by_signs(binder: Binder, pair: _Pair) -> bool | None:
    """The direction of a labelled pair that nothing proves; None for what might be a roll-over."""
    first = max(values_of(binder.pieces[pair.at]), default=None)
    last = max(values_of(binder.pieces[pair.to]), default=None)
    if first is None or last is None or pair.result is not None:
        return None
    if last >= first:
        return True
    return False if not pair.arrow and first - last <= first / 2 else None


# Binding


def _bind(binder: Binder, found: Sequence[tuple[_Pair, bool | None]], energies: set[Decimal]) -> None:
    plain = [(pair, rising) for pair, rising in found if pair.register is None]
    pieces = binder.pieces
    different = {tuple(sorted((pieces[p.at].text, pieces[p.to].text))) for p, _ in plain}
    several = len(different) > 1
    if several and not _are_parts(binder, plain, energies):
        texts = ", ".join(dict.fromkeys(f"{pieces[p.at].text}-{pieces[p.to].text}" for p, _ in plain))
        binder.found.problems.append(Problem("two_values", "old, new", {"values": texts[:60]}))
        for pair, _ in plain:
            _use(binder, pair)
        found = [one for one in found if one[0].register is not None]
    seen: set[tuple[str, ...]] = set()
    for pair, rising in found:
        if rising is None:
            binder.problem("unreadable", "old, new", binder.text[pieces[pair.at].start : pieces[pair.to].end])
            _use(binder, pair)
            continue
        key = (pair.register[0] if pair.register else "", pieces[pair.at].text, pieces[pair.to].text)
        if key in seen:
            _use(binder, pair)
            continue
        seen.add(key)
        _bind_one(binder, pair, rising, several)


def _are_parts(binder: Binder, plain: Iterable[tuple[_Pair, bool | None]], energies: set[Decimal]) -> bool:
    """Whether the differences of several pairs, each with its own result, are parts of the consumption."""
    results = []
    for pair, rising in plain:
        if rising is None:
            return False
        ends = [max(values_of(binder.pieces[one])) for one in (pair.at, pair.to)]
        results.append(abs(ends[1] - ends[0]))
    return sum(results, Decimal(0)) in energies


def _bind_one(binder: Binder, pair: _Pair, rising: bool, several: bool) -> None:
    pieces = binder.pieces
    old, new = (pieces[pair.at], pieces[pair.to]) if rising else (pieces[pair.to], pieces[pair.at])
    rows = binder.rows
    if pair.register is not None:
        name, begin = pair.register
        known = name in rows.by_name
        row = rows.register(name)
        rows.named = rows.shared = True
        if not known and name != "KT":
            end = binder.past_signs(begin)
            while pieces[end + 1].kind == "word" and end + 1 < pair.at:
                end += 1
            binder.find("rows", "register", "text", name, pieces[begin].start, pieces[end].end, index=row)
    elif several:
        row = rows.another()
        rows.shared = True
        for label in _meters(binder, pair.at):
            raw, start, end = binder.serials[label]
            binder.find("rows", "serial", "text", raw, start, end, index=row)
    else:
        row = rows.current
        rows.used = max(1, rows.used)
    for name, one in (("old", old), ("new", new)):
        binder.find("rows", name, "index", one.text, one.start, one.end, index=row)
    if pair.factor is not None:
        one = pieces[pair.factor]
        binder.find("rows", "multiplier", "factor", one.text, one.start, one.end, index=row)
    if pair.result is not None:
        one = pieces[pair.result]
        group, at = ("rows", row) if several or pair.register else ("", 0)
        binder.find(group, "kwh", "kwh", one.text, one.start, one.end, index=at, label="sum")
    _use(binder, pair)


def _use(binder: Binder, pair: _Pair) -> None:
    """Use up a pair with its label, its register and its result."""
    last = pair.result if pair.result is not None else (*pair.more, pair.to)[-1]
    first = min(one for one in (pair.at, pair.label, pair.register and pair.register[1]) if one is not None)
    between = range(first, last + 1)
    binder.used |= set(between)
    binder.cover(binder.pieces[first].start, binder.pieces[last].whole[1])


# One index a day


def _bind_days(binder: Binder) -> None:
    """The earlier and the later of "chi so 02/10: 1.100, chi so 01/11: 1.350"."""
    found: list[tuple[tuple[int, int, int], int, int]] = []
    pieces = binder.pieces
    for at, piece in enumerate(pieces):
        if piece.kind != "label" or piece.label != "index" or at in binder.used:
            continue
        day: re.Match[str] | None = None
        for ahead in range(at + 1, min(at + 7, len(pieces))):
            one = pieces[ahead]
            if one.kind in ("other", "date") and day is None:
                day = _DAY.fullmatch(one.text)
            elif one.kind == "number":
                if day is not None and ahead not in binder.used and one.unit in (None, "kwh"):
                    when = (int(day["year"] or 0), int(day["month"]), int(day["day"]))
                    found.append((when, at, ahead))
                break
            elif one.kind not in ("sign", "word"):
                break
    days = {when for when, _, _ in found}
    if len(found) != 2 or len(days) != 2 or any(not (1 <= m <= 12 and 1 <= d <= 31) for _, m, d in days):
        return
    found.sort()
    (first, *_), (last, *_) = found
    if not first[0] and (last[1] - first[1]) > 6:
        found.reverse()  # from December to January
    for name, (_, label, at) in zip(("old", "new"), found, strict=True):
        one = pieces[at]
        binder.find("rows", name, "index", one.text, one.start, one.end, index=binder.rows.current)
        binder.used |= set(range(label, at + 1))
        binder.cover(pieces[label].start, one.whole[1])
    binder.rows.used = max(1, binder.rows.used)
