"""Hours, days and months as bars and as a table: what was not counted is hatched, and said."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from page import drawings
from page.drawings import Bar
from page.household import Snapshot
from page.now import between
from sodien import formats
from sodien.history import bars
from sodien.history.bars import Span
from sodien.i18n import tr
from sodien.metering import calendar
from sodien.protocol.times import format_time
from sodien.protocol.values import Bounds

#: How many bars each view has; months go back as far as the ledger does.
SHOWN = {"hour": 24, "day": 31, "month": 60}
_DAY = dt.timedelta(days=1)
_HOUR_MS = 3_600_000
_BASE_DAYS = 7
#: What always flows is looked for anew after so long.
_AGAIN_MS = 600_000


@dataclass(frozen=True, slots=True)
class DaysScreen:
    """The screen's values.

    Attributes:
        by: ``hour``, ``day`` or ``month``.
        title: which stretch.
        chart: None where nothing was counted in it.
        rows: (name, kWh, what was not counted, where it leads).
        earlier, later: the ``end`` of the neighbouring stretches; None at the ledger's ends.
        end: of this one: its last day.
        base: what always flows, in words; None where nothing tells.
        delivered: the kWh are those that were delivered to the grid.
    """

    by: str
    title: str
    chart: Markup | None
    rows: list[tuple[str, str, str, str | None]]
    earlier: str | None
    later: str | None
    end: str
    base: str | None
    delivered: bool


def days_of(seen: Snapshot, by: str, end: dt.date | None, link: Callable[[str, dt.date], str]) -> DaysScreen:
    """The stretch that ends with the day ``end`` (None: the newest), by hours, days or months.

    ``link`` gives the address of another view: of what, and its last day.
    """
    zone, history = seen.settings.zone, seen.history
    oldest, last, newest = reach(seen, end)
    delivered = seen.meter.delivery_of is not None
    if history.start is None:
        return DaysScreen(by, "", None, [], None, None, last.isoformat(), None, delivered)
    found = list(spans_of(seen, by, last))
    first = calendar.date_of(found[0].start, zone) if found else last
    names = [bars.name_of(by, span.start, zone) for span in found]
    drawn = [
        Bar(
            _short(by, span.start, seen),
            float(span.energy.low),
            float(span.energy.best),
            float(span.energy.high),
            span.counted,
            f"{name}: {between(span.energy, 2)}" + (f" · {span.why}" if span.why else ""),
            _leads(by, span, seen, link),
        )
        for name, span in zip(names, found, strict=True)
    ]
    title = formats.date(last) if by == "hour" else f"{formats.date(first)} – {formats.date(last)}"
    before = first - _DAY
    after = last + _after(by)
    return DaysScreen(
        by=by,
        title=title,
        chart=drawings.bars(drawn, describe=_describe(by, title), places=SHOWN["hour"] * (by == "hour"))
        if drawn
        else None,
        rows=[
            (name, between(span.energy, 2), span.why, bar.link)
            for name, span, bar in zip(names, found, drawn, strict=True)
        ][::-1],
        earlier=before.isoformat() if before >= oldest else None,
        later=min(after, newest).isoformat() if last < newest else None,
        end=last.isoformat(),
        base=base_load(seen) if by != "month" and not delivered else None,
        delivered=delivered,
    )


def reach(seen: Snapshot, end: dt.date | None) -> tuple[dt.date, dt.date, dt.date]:
    """The oldest day that was counted, the day ``end`` (None: the newest) within reach, and the newest."""
    newest = calendar.day_up_to(seen.at, seen.settings.zone)
    start = seen.history.start
    oldest = calendar.date_of(start, seen.settings.zone) if start is not None else newest
    return oldest, max(min(end or newest, newest), oldest), newest


def spans_of(seen: Snapshot, by: str, last: dt.date) -> Iterator[Span]:
    """The hours of a day, or the days or months up to and with ``last``, by time; cut to what is known."""
    return bars.spans_of(seen.history, seen.settings.zone, by, last, SHOWN[by], seen.at)


def base_load(seen: Snapshot) -> str | None:
    """What always flows: the hour of the last week with the least, of those that were counted whole."""
    now = seen.at // _AGAIN_MS, seen.history.stamp
    quietest = seen.memory.once("quietest hour", now, lambda: _quietest(seen))
    if quietest is None:
        return None
    start, energy = quietest
    low, high = formats.watts(energy.low * 1000, "down"), formats.watts(energy.high * 1000, "up")
    return tr(
        "The quietest hour of the last week began at {time}: {low} to {high}. What is always on is no "
        "more than that.",
        time=formats.instant(start, seen.settings.zone),
        low=low,
        high=high,
    )


def _quietest(seen: Snapshot) -> tuple[int, Bounds] | None:
    """Start (ms UTC) and kWh of that hour; a week of hours takes a tenth of a second on a PC."""
    zone = seen.settings.zone
    end = calendar.hour_start(seen.at, zone)
    start = calendar.hour_start(end - _BASE_DAYS * 24 * _HOUR_MS, zone)
    hours = bars.whole_hours(seen.history, start, end, zone)
    return min(hours, key=lambda one: (one[1].high, -one[0]), default=None)


def as_csv(seen: Snapshot, by: str, last: dt.date) -> str:
    """The bars as CSV with RFC 3339 times: start, end, kWh low, best and high, share counted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("start", "end", "kwh_low", "kwh", "kwh_high", "counted"))
    if seen.history.start is not None:
        for span in spans_of(seen, by, last):
            energy = span.energy
            writer.writerow(
                (
                    format_time(span.start),
                    format_time(min(span.end, seen.at)),
                    energy.low,
                    energy.best,
                    energy.high,
                    f"{span.counted:.4f}",
                )
            )
    return out.getvalue()


def _short(by: str, start: int, seen: Snapshot) -> str:
    day = calendar.date_of(start, seen.settings.zone)
    if by == "hour":
        return formats.instant(start, seen.settings.zone)[-5:-3]
    return formats.day_of_month(day) if by == "day" else f"{day.month}/{day.year % 100:02}"


def _leads(by: str, span: Span, seen: Snapshot, link: Callable[[str, dt.date], str]) -> str | None:
    zone = seen.settings.zone
    if by == "day":
        return link("hour", calendar.date_of(span.start, zone))
    if by == "month":
        return link("day", calendar.date_of(span.end - 1, zone))
    return None


def _after(by: str) -> dt.timedelta:
    return _DAY if by == "hour" else SHOWN["day"] * _DAY


def _describe(by: str, title: str) -> str:
    unit = {"hour": tr("kWh of each hour"), "day": tr("kWh of each day"), "month": tr("kWh of each month")}[
        by
    ]
    return f"{unit}, {title}"
