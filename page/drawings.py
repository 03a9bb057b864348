"""The page's drawings as SVG: pure text from plain numbers, coloured by the style sheet alone.

No ``style`` attributes: the page's content policy forbids them. Every drawing stands beside the same numbers
as text or table, so a drawing without links is one image with a description.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from sodien import formats

#: More bars than these become one path, without a link each.
MOST_LINKS = 120


@dataclass(frozen=True, slots=True)
class Digit:
    """One place of the dial: what stands there, behind the point or not, and whether it is certain."""

    text: str
    fraction: bool
    sure: bool


def digits(low: str, best: str, high: str) -> list[Digit]:
    """A register as the dial shows it; from the first place on at which the bounds differ nothing is certain.

    All three are written with as many places and a point, such as ``01234.5``.
    """
    sure, fraction, found = True, False, []
    for lowest, shown, highest in zip(low, best, high, strict=True):
        if shown == ".":
            fraction = True
            continue
        sure = sure and lowest == highest
        found.append(Digit(shown, fraction, sure))
    return found


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: kWh with bounds, the share of its time that was counted, its name, and where it leads."""

    name: str
    low: float
    best: float
    high: float
    counted: float
    title: str
    link: str | None = None


def bars(
    found: Sequence[Bar], *, describe: str, unit: str = "kWh", labels: int = 6, places: int = 0
) -> Markup:
    """Bars with whiskers; what was not counted is hatched, and a bar of which nothing is known is a band.

    ``describe`` says in words what the drawing shows; ``places`` is how many bars there is room for, where
    the last ones are still to come.
    """
    width, height, top, bottom = 600.0, 230.0, 26.0, 26.0
    most = nice(
        max((bar.high if bar.high < 8 * max(bar.best, 0.001) else bar.best for bar in found), default=1.0)
    )
    middle_text = formats.number(most / 2)
    left = max(48.0, 14.0 + 11.0 * len(middle_text))
    plot_w, plot_h = width - left - 4, height - top - bottom
    step = plot_w / max(1, places, len(found))
    thick = min(72.0, max(0.6, step * 0.72))

    def y(value: float) -> float:
        return top + plot_h * (1 - min(max(value, 0.0), most) / most)

    out = [_axis(most, unit, left, width, y)]
    linked = len(found) <= MOST_LINKS
    path = []
    for number, bar in enumerate(found):
        x = left + number * step + (step - thick) / 2
        middle = x + thick / 2
        if not linked:
            path.append(f"M{_n(middle)} {_n(y(0))}V{_n(y(bar.best))}")
            continue
        inner = []
        kind = "bar" if bar.counted >= 0.999 else "bar part"
        inner.append(_rect(x, y(bar.best), thick, y(0) - y(bar.best), kind))
        if bar.counted < 0.999:
            inner.append(_rect(x, y(bar.high), thick, y(0) - y(bar.high), "hatch"))
        if y(bar.low) - y(bar.high) > 1.5:
            inner.append(
                f'<path class="whisker" d="M{_n(middle)} {_n(y(bar.low))}V{_n(y(bar.high))}'
                f'M{_n(middle - 3)} {_n(y(bar.high))}h6M{_n(middle - 3)} {_n(y(bar.low))}h6"/>'
            )
        body = f"<title>{escape(bar.title)}</title>" + "".join(inner)
        if bar.link:
            target = _rect(left + number * step, top, step, plot_h, "target")
            out.append(f'<a href="{escape(bar.link)}">{body}{target}</a>')
        else:
            out.append(f"<g>{body}</g>")
    if path:
        out.append(f'<path class="bar line" stroke-width="{_n(thick)}" d="{"".join(path)}"/>')
    every = max(1, math.ceil(len(found) / labels))
    for number, bar in enumerate(found):
        if number % every == 0:
            x = left + (number + 0.5) * step
            anchor = "start" if number == 0 and step < 40 else "end" if x > width - 30 else "middle"
            x += {"start": -step / 2, "end": step / 2}.get(anchor, 0.0)
            out.append(_text(x, height - 7, bar.name, "axis", anchor))
    return _svg(width, height, "bars", describe, "".join(out), image=not linked)


def _axis(most: float, unit: str, left: float, width: float, y: object) -> str:
    assert callable(y)
    out = []
    for share in (0.0, 0.5, 1.0):
        value = most * share
        at = y(value)
        out.append(f'<path class="grid" d="M{_n(left)} {_n(at)}H{_n(width - 4)}"/>')
        text = formats.number(value) + (f" {unit}" if share == 1.0 else "")
        out.append(
            _text(left - 5, at + 4, text, "axis", "end")
            if share < 1
            else _text(2, at - 6, text, "axis", "start")
        )
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Step:
    """One tier: kWh up to which it goes (None: without end), its price, and both as text."""

    end: float | None
    price: float
    name: str
    text: str


def staircase(
    steps: Sequence[Step], low: float, best: float, high: float, *, describe: str, here: str
) -> Markup:
    """The tiers as stairs of rising price, filled up to what was used; hatched what the bounds leave open."""
    width, height, top, left, bottom = 600.0, 230.0, 26.0, 8.0, 26.0
    ends = [step.end for step in steps if step.end is not None]
    last = max([*ends, high]) if ends else high
    most_x = max(last * 1.18, high * 1.1, 1.0)
    most_y = max((step.price for step in steps), default=1.0) * 1.12
    plot_w, plot_h = width - left - 8, height - top - bottom

    def x(value: float) -> float:
        return left + plot_w * min(max(value, 0.0), most_x) / most_x

    def y(price: float) -> float:
        return top + plot_h * (1 - price / most_y)

    stairs, texts, begin = [], [], 0.0
    for number, step in enumerate(steps, 1):
        end = most_x if step.end is None else step.end
        middle, wide = (x(begin) + x(end)) / 2, x(end) - x(begin)
        stairs.append(_rect(x(begin), y(step.price), wide, y(0) - y(step.price), "tier"))
        if best > begin:
            used = x(min(best, end)) - x(begin)
            stairs.append(_rect(x(begin), y(step.price), used, y(0) - y(step.price), "tier used"))
        if wide > 34:
            texts.append(_text(middle, y(step.price) - 5, step.text, "price", "middle"))
        if wide > 16:
            kind = "tiername used" if x(best) > middle + 8 else "tiername"
            texts.append(_text(middle, height - bottom - 6, str(number), kind, "middle"))
        if step.end is not None:
            texts.append(_text(x(end), height - 8, step.name, "axis", "middle"))
        begin = end
    if x(high) - x(low) > 2:
        stairs.append(_rect(x(low), top - 4, x(high) - x(low), y(0) - top + 4, "hatch"))
    stairs.append(f'<path class="here" d="M{_n(x(best))} {_n(top - 12)}V{_n(y(0))}"/>')
    anchor, shift = ("end", -6) if x(best) > width * 0.6 else ("start", 6)
    texts.append(_text(x(best) + shift, top - 9, here, "heretext", anchor))
    return _svg(width, height, "stairs", describe, "".join([*stairs, *texts]), image=True)


def nice(value: float) -> float:
    """The next of 1, 2, 2.5, 5 × a power of ten that is not below: where an axis ends."""
    if value < 1e-6:  # a watt-second: nothing
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * 0.999999)


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return (
        f'<rect class="{kind}" x="{_n(x)}" y="{_n(y)}" width="{_n(max(0.0, width))}" '
        f'height="{_n(max(0.0, height))}"/>'
    )


def _text(x: float, y: float, said: str, kind: str, anchor: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(said)}</text>'


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _svg(width: float, height: float, kind: str, describe: str, body: str, *, image: bool) -> Markup:
    role = (
        f'role="img" aria-label="{escape(describe)}"'
        if image
        else f'role="group" aria-label="{escape(describe)}"'
    )
    pattern = (
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="hatchline" d="M0 0V6"/></pattern></defs>'
        if 'class="hatch"' in body
        else ""
    )
    return Markup(  # noqa: S704  (every text above is escaped)
        f'<svg class="drawing {kind}" viewBox="0 0 {_n(width)} {_n(height)}" {role}>{pattern}{body}</svg>'
    )
