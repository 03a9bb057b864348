"""A picture of a period day by day, as SVG: kWh with bounds, and how much of each day was counted."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sodien import formats

_WIDTH, _HEIGHT = 720, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 26, 32
_PLOT_W, _PLOT_H = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_STEPS: Final = (1, 2, 5)
_TEXT: Final = 'font-size="11" fill="#4d5d68"'


@dataclass(frozen=True, slots=True)
class DayBar:
    """One local day: kWh with bounds, and the share of it that was counted (0 to 1)."""

    day: dt.date
    low: Decimal
    best: Decimal
    high: Decimal
    counted: float


def chart(days: Sequence[DayBar], title: str) -> str:
    """An SVG picture that needs nothing from elsewhere; ``title`` is read out in its place. "" for no days.

    A bar is the best estimate, a line from low to high its bounds. Below each day a strip is as full as the
    day was counted.
    """
    if not days:
        return ""
    top = _round_up(max(float(day.high) for day in days))
    step = _PLOT_W / len(days)
    wide = max(2.0, min(18.0, step * 0.62))
    out = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="{_escaped(title)}" class="chart">'
    ]
    ticks = [top * k / 4 for k in range(5)]
    for value, label in zip(ticks, formats.evenly(ticks), strict=True):
        y = _y(value, top)
        out.append(
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}" stroke="#ccd6dc" '
            f'class="grid"/>'
        )
        out.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" {_TEXT}>{label}</text>')
    out.append(f'<text x="4" y="{_TOP - 12}" {_TEXT}>kWh</text>')
    every = math.ceil(len(days) / 31)
    named = [index == 0 or day.day.day == 1 for index, day in enumerate(days)]
    for index, day in enumerate(days):
        x = _LEFT + step * (index + 0.5)
        low, best, high = (_y(float(value), top) for value in (day.low, day.best, day.high))
        zero = _y(0, top)
        out.append(
            f'<rect x="{x - wide / 2:.1f}" y="{best:.1f}" width="{wide:.1f}" height="{zero - best:.1f}" '
            f'fill="#1f7a86" class="bar"/>'
        )
        if low - high >= 0.5:
            out.append(
                f'<path d="M{x:.1f} {low:.1f}V{high:.1f}M{x - 3:.1f} {high:.1f}h6M{x - 3:.1f} {low:.1f}h6" '
                f'stroke="#16222b" fill="none" class="whisker"/>'
            )
        strip = zero + 5
        out.append(
            f'<rect x="{x - wide / 2:.1f}" y="{strip:.1f}" width="{wide:.1f}" height="6" fill="#e8b4a0"/>'
            f'<rect x="{x - wide / 2:.1f}" y="{strip:.1f}" width="{wide * min(1.0, day.counted):.1f}" '
            f'height="6" fill="#1b6e2c" class="seen"/>'
        )
        # The name of the month takes the room of its neighbours.
        if index % every == 0 and (named[index] or not any(named[max(index - 1, 0) : index + 2])):
            label = formats.day_of_month(day.day) if named[index] else f"{day.day.day}"
            # On a telephone there is room for every fifth.
            kind = ' class="fine"' if index % (5 * every) else ""
            out.append(
                f'<text{kind} x="{x:.1f}" y="{strip + 20:.1f}" text-anchor="middle" {_TEXT}>{label}</text>'
            )
    return "".join([*out, "</svg>"])


def _y(kwh: float, top: float) -> float:
    return _TOP + _PLOT_H * (1 - kwh / top)


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, … that is not below ``value``; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((s * power for s in _STEPS if s * power >= value), 10 * power)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
