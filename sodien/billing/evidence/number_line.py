"""The bill beside our own register: each of its numbers on a line, with the band in which ours was; pure.

Coloured by ``design.css``, and by attributes for WeasyPrint, which reads no style sheet inside a drawing; no
``style`` attributes, which the page's content policy forbids.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from sodien import formats
from sodien.billing.audit.result import Check, Range, Verdict
from sodien.billing.words.verdict import result_word
from sodien.i18n import tr

_WIDTH, _HEIGHT, _LINE = 600.0, 86.0, 38.0
#: As design.css has them in the light.
_SOFT, _RULE, _BAND = "#4d5d68", "#ccd6dc", "#1f7a86"
_RESULTS = {"agrees": "#1b6e2c", "disagrees": "#a81616", "cannot_tell": "#775700"}


@dataclass(frozen=True, slots=True)
class NumberLine:
    """A number of the bill beside ours: what it is, both in words, and the drawing as SVG."""

    name: str
    said: str
    drawing: str


def number_lines(verdict: Verdict) -> list[NumberLine]:
    """The two readings and the consumption, where both sides are known."""
    found = []
    for key, name in (
        ("index_old", tr("previous reading")),
        ("index_new", tr("current reading")),
        ("consumption", tr("consumption")),
    ):
        check = verdict.check(key)
        if check is not None and check.billed is not None and check.ours is not None:
            # An index without decimals leaves up to 1 kWh open.
            whole = key != "consumption" and check.billed == check.billed.to_integral_value()
            found.append(_number_line(name, check, check.ours, 1.0 if whole else 0.0))
    return found


def _number_line(name: str, check: Check, ours: Range, wide: float) -> NumberLine:
    assert check.billed is not None
    theirs = formats.number(check.billed)
    low, high = formats.low_high(ours.low, ours.high, most=1)
    said = tr(
        "On the bill {theirs}, on your own register {low} … {high}: {word}.",
        theirs=theirs,
        low=low,
        high=high,
        word=result_word(check),
    )
    bill, yours = f"{tr('on the bill')} {theirs}", f"{tr('yours')} {low} … {high}"
    ends = float(ours.low), float(ours.high)
    return NumberLine(
        name, said, _drawn(float(check.billed), wide, *ends, check.result, bill, yours, f"{name}. {said}")
    )


def _drawn(
    theirs: float, wide: float, low: float, high: float, result: str, bill: str, yours: str, describe: str
) -> str:
    least, most = min(low, theirs), max(high, theirs + wide)
    room = max(most - least, 1.0) * 0.35

    def x(value: float) -> float:
        return 10 + (_WIDTH - 20) * (value - least + room) / (most - least + 2 * room)

    def text(at: float, y: float, kind: str, look: str, words: str) -> str:
        place = min(max(at, 90), _WIDTH - 90)
        where = f'x="{_n(place)}" y="{_n(y)}" text-anchor="middle" font-size="13"'
        return f'<text class="{kind}" {where} {look}>{escape(words)}</text>'

    def box(start: float, width: float, half: int, kind: str, look: str) -> str:
        size = f'width="{_n(width)}" height="{2 * half}"'
        return f'<rect class="{kind}" x="{_n(start)}" y="{_n(_LINE - half)}" {size} {look}/>'

    colour = _RESULTS.get(result, _SOFT)

    band, width, at = x(low), max(3.0, x(high) - x(low)), x(theirs)
    parts = [
        f'<path class="grid" d="M10 {_n(_LINE)}H{_n(_WIDTH - 10)}" stroke="{_RULE}" fill="none"/>',
        box(band, width, 9, "band", f'fill="{_BAND}"'),
        text(band + width / 2, _LINE + 37, "band-text", f'fill="{_SOFT}"', yours),
        box(at, x(theirs + wide) - at, 15, f"open {result}", f'fill="{colour}" opacity=".25"')
        if wide
        else "",
        f'<path class="theirs {result}" d="M{_n(at)} {_n(_LINE - 15)}V{_n(_LINE + 15)}" stroke="{colour}" '
        f'stroke-width="4"/>',
        text(at, _LINE - 22, f"theirs-text {result}", f'fill="{colour}" font-weight="700"', bill),
    ]
    return (
        f'<svg class="drawing line" viewBox="0 0 {_n(_WIDTH)} {_n(_HEIGHT)}" role="img" '
        f'aria-label="{escape(describe)}">{"".join(parts)}</svg>'
    )


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
