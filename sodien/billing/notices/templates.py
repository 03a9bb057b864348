"""Message templates: what one sender writes, word by word, with typed slots for the values.

A template is data: literal words, slots such as ``{kwh:energy}`` and optional parts in ``[…]``. It is
matched on the folded text, so accents, case and blanks do not count, and anywhere in it. Nothing of it
becomes a pattern: each type of slot has its own (:mod:`sodien.billing.notices.slots`). All ways in which a
template fits are followed at once, place by place, so time is at most words of the template × characters of
the message; a slot that can have two values has both, and the reader names them instead of choosing.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sodien.billing.notices.slots import SLOTS, Slotted, ends_well
from sodien.billing.notices.text import fold
from sodien.i18n import tr
from sodien.value_rules import Wrong, show

#: Field of a bill or of an announced reading day → type of its slot.
FIELDS = {
    "customer": "code", "serial": "code", "term": "count", "month": "month", "first": "date", "last": "date",
    "old": "index", "new": "index", "multiplier": "factor", "kwh": "energy", "net": "money", "tax": "money",
    "tax_rate": "percent", "total": "money", "households": "count", "day": "date", "until": "date",
}  # fmt: skip
#: Slots that say what stands there and give no field; the last two pass over words.
ANY = "any"
_PASSING = {
    "words": re.compile(r"[ \n\t]*(?:[a-z]+|[^\s0-9a-z~])"),
    "text": re.compile(r"[ \n\t]*(?:[a-z]+|[0-9]+|[^\s])"),
}
#: What a template and a message may hold; together they bound the time.
MOST_WORDS, MOST_PASSING, MOST_OPTIONAL, MOST_MESSAGE = 120, 4, 8, 4000
#: Characters that one ``{any:words}`` passes over, and words of its own that a template must have.
_MOST_PASSED, _LEAST_WORDS = 80, 3

_PART = re.compile(r"\{(?P<name>[a-z_]*):(?P<type>[a-z]*)\}|(?P<mark>[\[\]{}])|(?P<text>[^\[\]{}]+)")
_WORD = re.compile(r"[a-z]+|[0-9]+|[^\s]")

#: From a place of an element: that place, the next element, its place, and what a slot has.
_Step = tuple[int, int, int, Slotted | None]
#: Element and place → the elements and places from which they were reached.
_Ways = dict[tuple[int, int], list[tuple[int, int, Slotted | None]]]


@dataclass(frozen=True, slots=True)
class _Element:
    """A literal word, a slot, or one that passes over words; ``behind`` are the elements that may follow."""

    kind: str
    name: str
    type: str = ""
    behind: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """One message of a sender, ready to be matched; made by :func:`template`.

    Attributes:
        text: as it is written in its file.
        first: the elements that may begin a match.
        elements: the words and slots in their order; a match ends behind the last.
    """

    text: str
    first: tuple[int, ...]
    elements: tuple[_Element, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a slot has, and where; ``name`` is empty for a word of the template."""

    name: str
    found: Slotted


def template(text: str) -> MessageTemplate:
    """The template that a text describes. Raises Wrong with what to write instead."""
    elements: list[_Element] = []
    skips: dict[int, int] = {}
    opened: int | None = None
    for part in _PART.finditer(text):
        if part["type"] is not None:
            elements.append(_slot(part["name"], part["type"]))
        elif part["text"]:
            elements += [_Element("word", word[0]) for word in _WORD.finditer(fold(part["text"]).text)]
        elif part[0] == "[" and opened is None:
            opened = len(elements)
        elif part[0] == "]" and opened is not None:
            if opened < len(elements):
                skips[opened] = len(elements)
            opened = None
        else:
            raise Wrong(
                tr("has {sign} in a wrong place", sign=show(part[0])),
                tr(
                    "write slots as {slot} and optional parts in [ ], none inside another",
                    slot="{kwh:energy}",
                ),
            )
    if opened is not None:
        raise Wrong(tr("has [ without ]"), tr("close the optional part"))
    at = range(len(elements) + 1)
    made = [replace(one, behind=_reached(skips, n + 1)) for n, one in enumerate(elements)]
    done = MessageTemplate(text, _reached(skips, 0), tuple(made))
    optional = {n for begin, end in skips.items() for n in at[begin:end]}
    _check(done, len(skips), [one for n, one in enumerate(made) if n not in optional])
    return done


def _slot(name: str, kind: str) -> _Element:
    if name == ANY and kind in _PASSING:
        return _Element("passing", name, kind)
    if (name == ANY and kind in SLOTS) or FIELDS.get(name) == kind:
        return _Element("slot", name, kind)
    if name in FIELDS:
        remedy = tr("write {slot}", slot=f"{{{name}:{FIELDS[name]}}}")
    elif name == ANY:
        remedy = tr(
            "write {any} with one of the types {types}", any=ANY, types=", ".join((*SLOTS, *_PASSING))
        )
    else:
        remedy = tr("write one of the fields {fields}, or {any}", fields=", ".join(FIELDS), any=ANY)
    raise Wrong(tr("has the slot {slot}, which there is not", slot=show(f"{{{name}:{kind}}}")), remedy)


def _reached(skips: dict[int, int], at: int) -> tuple[int, ...]:
    """This element and those behind optional parts that begin here."""
    found = [at]
    while found[-1] in skips:
        found.append(skips[found[-1]])
    return tuple(found)


def _check(one: MessageTemplate, parts: int, required: Sequence[_Element]) -> None:
    """A template must be of words: one that is too open would bind what it was not written for."""
    elements, end = one.elements, len(one.elements)
    passing = sum(part.kind == "passing" for part in elements)
    if len(elements) > MOST_WORDS or passing > MOST_PASSING or parts > MOST_OPTIONAL:
        raise Wrong(
            tr("is too long"),
            tr(
                "write at most {words} words, {parts} optional parts and {any} slots of words",
                words=MOST_WORDS,
                parts=MOST_OPTIONAL,
                any=MOST_PASSING,
            ),
        )
    own = [part for part in required if part.kind == "word" and len(part.name) > 1 and part.name.isalpha()]
    if len(own) < _LEAST_WORDS or not all(at < end and elements[at].kind == "word" for at in one.first):
        raise Wrong(
            tr("could fit other messages"),
            tr("begin with a word of the message and keep at least {count} of them", count=_LEAST_WORDS),
        )
    for part in elements:
        if part.kind != "word" and any(
            (elements[at].kind != "word") if at < end else part.kind == "passing" for at in part.behind
        ):
            raise Wrong(
                tr(
                    "has nothing behind the slot {slot} that ends it",
                    slot=show(f"{{{part.name}:{part.type}}}"),
                ),
                tr("write a word or sign of the message there"),
            )


def fits(one: MessageTemplate, text: str) -> list[Bound]:
    """What slots and words of a template have in a folded text, in all ways it fits; empty if it does not."""
    if len(text) > MOST_MESSAGE:
        return []
    end = len(one.elements)
    reached: list[set[int]] = [set() for _ in range(end + 1)]
    ways: _Ways = defaultdict(list)
    for at in one.first:
        reached[at] |= _starts(one.elements[at].name, text)
    for at, element in enumerate(one.elements):
        steps = _passed if element.kind == "passing" else _words if element.kind == "word" else _values
        for begin, step, finish, found in steps(element, at, sorted(reached[at]), text):
            if step < end or found is None or ends_well(element.type, text, found):
                reached[step].add(finish)
                ways[step, finish].append((at, begin, found))
    return _walked(one, ways, [(end, place) for place in reached[end]])


def _starts(word: str, text: str) -> set[int]:
    found, at = set(), text.find(word)
    while at >= 0:
        if _is_whole(word, text, at):
            found.add(at)
        at = text.find(word, at + 1)
    return found


def _is_whole(word: str, text: str, at: int) -> bool:
    """Whether a literal word that stands here is no part of a longer one."""
    before, behind = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
    if word.isalpha():
        return not before.isalpha() and not behind.isalpha()
    return not word.isdecimal() or (not before.isdecimal() and not behind.isdecimal())


def _words(element: _Element, at: int, places: list[int], text: str) -> Iterator[_Step]:
    word = element.name
    for place in places:
        begin = _solid(text, place)
        if text.startswith(word, begin) and _is_whole(word, text, begin):
            for step in element.behind:
                yield place, step, begin + len(word), None


def _values(element: _Element, at: int, places: list[int], text: str) -> Iterator[_Step]:
    for place in places:
        for found in SLOTS[element.type](text, _solid(text, place)):
            for step in element.behind:
                yield place, step, found.close, found


def _solid(text: str, at: int) -> int:
    """The first place from here on that is no blank."""
    while text[at : at + 1] in (" ", "\n", "\t"):
        at += 1
    return at


def _passed(element: _Element, at: int, places: list[int], text: str) -> Iterator[_Step]:
    """Word after word, at most so many characters behind the last place that began."""
    entered = {place: place for place in places}
    waiting = list(places)  # in order, which makes it a heap
    while waiting:
        place = heapq.heappop(waiting)
        match = _PASSING[element.type].match(text, place)
        if match is None or match.end() - entered[place] > _MOST_PASSED:
            continue
        finish = match.end()
        if finish not in entered:
            heapq.heappush(waiting, finish)
        entered[finish] = max(entered.get(finish, -1), entered[place])
        for step in (at, *element.behind):
            yield place, step, finish, None


def _walked(one: MessageTemplate, ways: _Ways, waiting: list[tuple[int, int]]) -> list[Bound]:
    """Everything that was bound on a way that arrives, each once, in the order of the text."""
    seen, bounds = set(waiting), set()
    while waiting:
        here = waiting.pop()
        for at, begin, found in ways.get(here, ()):
            element = one.elements[at]
            if found is not None:
                bounds.add(Bound(element.name, found))
            elif element.kind == "word":
                bounds.add(Bound("", Slotted("", here[1] - len(element.name), here[1], here[1])))
            if (at, begin) not in seen:
                seen.add((at, begin))
                waiting.append((at, begin))
    return sorted(bounds, key=lambda one: (one.found.start, one.found.end, one.name))


def all_fits(templates: Iterable[MessageTemplate], text: str) -> list[Bound]:
    """What all templates that fit have in a text."""
    return list(dict.fromkeys(bound for one in templates for bound in fits(one, text)))


def parted(
    templates: Sequence[MessageTemplate], text: str, parts: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """The parts of a text, each cut further where one template fits several messages in it."""
    for begin, finish in parts:
        cuts = next(filter(None, (_cuts(one, text[begin:finish]) for one in templates)), [])
        yield from itertools.pairwise([begin, *(begin + cut for cut in cuts), finish])


def _cuts(one: MessageTemplate, text: str) -> list[int]:
    """Where the second and further messages begin; each must be of another customer, month or day."""
    bounds = fits(one, text)
    words = {one.elements[at].name for at in one.first}
    starts = [
        bound.found.start
        for bound in bounds
        if not bound.name and text[bound.found.start : bound.found.end] in words
    ]
    cuts: list[int] = []
    said: list[dict[str, str]] = [{}]
    behind = 0
    for bound in bounds:
        if bound.name not in FIELDS or bound.found.start < behind:
            continue
        if bound.name in said[-1]:
            cuts += [start for start in starts if behind <= start < bound.found.start][:1]
            said.append({})
        said[-1][bound.name] = bound.found.raw
        behind = bound.found.close
    whose = {tuple(map(part.get, ("customer", "month", "first", "last"))) for part in said}
    if len(cuts) != len(said) - 1 or len(whose) < len(said) or (None,) * 4 in whose:
        return []
    messages = itertools.pairwise([0, *cuts, len(text)])
    return cuts if all(fits(one, text[begin:finish]) for begin, finish in messages) else []
