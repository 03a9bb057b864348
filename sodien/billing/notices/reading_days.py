"""The day of the reading and the next one; days that are printed without their month or year."""

from __future__ import annotations

import datetime as dt
import re

from sodien.billing.notices import nature
from sodien.billing.notices.bind import Binder
from sodien.billing.notices.dates import PrintedDate

#: Labels of quantities, which a bill has even where their numbers are not clear.
_OF_BILLS = frozenset({"old", "new", "kwh", "row_kwh", "net", "tax", "total", "amount"})
#: Words of a reading that is still to be done.
_READING = re.compile(
    r"(?<!da )(?<!duoc )(?<!vua )\b(?:ghi|doc|chot|thu thap) (?:chi so|so|cs|dien|cong to)\b"
)


def bind_schedules(binder: Binder) -> None:
    """The days that are announced for the next reading."""
    pieces = binder.pieces
    quantities = any(one.kind in ("kwh", "index", "money") for one in binder.found.finds) or any(
        one.label in _OF_BILLS for one in pieces
    )
    for at, piece in enumerate(pieces):
        announced = piece.label == "schedule" or (piece.label == "last" and not quantities)
        if piece.kind != "label" or not announced or nature.moved_day(binder.text) is not None:
            continue
        ahead = _date_ahead(binder, at) or _date_before(binder, at)
        if ahead is None:
            continue
        one = pieces[ahead]
        binder.used.add(at)
        if any(two.kind == "month" for two in pieces[:at]):
            binder.used |= {
                between for between in range(at, ahead) if pieces[between].kind in ("month", "term")
            }
        _announced(binder, ahead)
        binder.cover(min(piece.start, one.whole[0]), max(piece.end, one.whole[1]))
    if (
        not quantities
        and nature.moved_day(binder.text) is None
        and not any(one.group == "schedule" for one in binder.found.finds)
    ):
        _only_day(binder)


def _announced(binder: Binder, at: int) -> None:
    """Bind the day or days of this piece as those of the next reading."""
    one = binder.pieces[at]
    binder.used.add(at)
    dates = one.parts if one.kind == "range" else (("first", one.text, one.start, one.end),)
    printed = (one.first, one.last) if one.kind == "range" else (one.first,)
    for name, part, day in zip(("day", "until"), dates, completed(binder, printed), strict=False):
        if isinstance(day, dt.date):
            binder.find("schedule", name, "date", part[1], part[2], part[3], value=day)
        else:
            binder.problem(day, name, part[1])
    binder.cover(*one.whole)


def _only_day(binder: Binder) -> None:
    """The only day of a message that tells nothing but that the meter is read then."""
    days = [at for at, one in enumerate(binder.pieces) if one.kind in ("date", "range")]
    if len(days) == 1 and days[0] not in binder.used and _READING.search(binder.text):
        _announced(binder, days[0])


def bind_moved_day(binder: Binder) -> None:
    """The new day of "… ngay GCS chuyen tu ngay 15 sang ngay 31/07/2026" is the next reading day."""
    if nature.moved_day(binder.text) is None:
        return
    for at, piece in enumerate(binder.pieces):
        if piece.kind != "date" or at in binder.used or at == 0:
            continue
        back = at - 1
        while back > 0 and binder.pieces[back].text in ("ngay", ":", "la"):
            back -= 1
        if binder.pieces[back].text not in ("sang", "thanh", "vao", "toi", "den"):
            continue
        (day,) = completed(binder, (piece.first,))
        if isinstance(day, dt.date):
            binder.find("schedule", "day", "date", piece.text, piece.start, piece.end, value=day)
            binder.used.add(at)
            binder.cover(*piece.whole)
            return


def _date_ahead(binder: Binder, at: int) -> int | None:
    lines = 0
    for ahead in range(at + 1, min(at + 24, len(binder.pieces))):
        one = binder.pieces[ahead]
        lines += one.kind == "line"
        if one.kind in ("date", "range"):
            if one.kind == "date" and one.label == "from":
                continue
            return None if ahead in binder.used else ahead
        if lines > 2 or (one.text == "." and binder.reach.ends_sentence(ahead)) or one.kind == "table":
            return None
        if one.kind == "label" and one.label in ("old", "new", "total", "money", "kwh"):
            return None
    return None


def _date_before(binder: Binder, at: int) -> int | None:
    """The day in front of the words of its own sentence: "ngay 31/10/2026 … se den ghi chi so"."""
    for back in range(at - 1, max(-1, at - 16), -1):
        one = binder.pieces[back]
        if one.kind in ("date", "range"):
            return None if back in binder.used else back
        if one.kind in ("line", "number", "table") or (
            one.text in ".;!" and binder.reach.ends_sentence(back)
        ):
            return None
    return None


def bind_reading_day(binder: Binder) -> None:
    """The day of "Ngày ghi chỉ số: 31/10/2026 lúc 08:30"."""
    pieces = binder.pieces
    for at, piece in enumerate(pieces):
        if piece.kind != "label" or piece.label != "last":
            continue
        ahead = at + 1
        time: int | None = None
        while (
            ahead < len(pieces)
            and ahead - at < 6
            and (
                pieces[ahead].text in (":", "=", "la", "ngay", "luc", "(", ",", "\n", "-")
                or pieces[ahead].kind == "time"
            )
        ):
            time = ahead if pieces[ahead].kind == "time" else time
            ahead += 1
        if ahead >= len(pieces) or pieces[ahead].kind != "date" or ahead in binder.used:
            continue
        one = pieces[ahead]
        (day,) = completed(binder, (one.first,))
        if not isinstance(day, dt.date):
            binder.problem(day, "last", one.text)
            continue
        binder.find("", "last", "date", one.text, one.start, one.end, value=day)
        binder.used |= {at, ahead}
        binder.cover(piece.start, one.end)
        read_at(binder, ahead, time)


def bind_day_of_index(binder: Binder) -> None:
    """The day of the last index: "chi so ngay 12/09/2026: 4.506"."""
    if any(one.name in ("last", "old") for one in binder.found.finds):
        return
    pieces = binder.pieces
    for at, piece in enumerate(pieces):
        if piece.kind != "label" or piece.label not in ("index", "new") or at not in binder.used:
            continue
        ahead = binder.past_signs(at + 1)
        one = pieces[ahead] if ahead < len(pieces) else None
        if one is None or one.kind != "date" or ahead in binder.used or one.label:
            continue
        (day,) = completed(binder, (one.first,))
        if isinstance(day, dt.date):
            binder.find("", "last", "date", one.text, one.start, one.end, value=day)
            binder.used.add(ahead)
            binder.cover(*one.whole)
        return


def read_at(binder: Binder, at: int, time: int | None) -> None:
    """The time of the reading, in front of its day or behind it."""
    pieces = binder.pieces
    if time is None:
        ahead = at + 1
        while (
            ahead < len(pieces)
            and ahead - at < 3
            and pieces[ahead].text in ("luc", "at", ",", "-", "(", "vao")
        ):
            ahead += 1
        time = ahead if ahead < len(pieces) and pieces[ahead].kind == "time" else None
    if time is not None:
        one = pieces[time]
        binder.find("", "read_at", "time", one.text, one.start, one.end)
        binder.cover(min(binder.pieces[at].end, one.start), max(binder.pieces[at].start, one.end))
        binder.used.add(time)


def printed(binder: Binder, name: str) -> int | None:
    """The month or year of the bill, when one is printed."""
    found = {one.raw for one in binder.found.finds if one.name == name and not one.group}
    return int(found.pop()) if len(found) == 1 else None


def completed(binder: Binder, days: tuple[PrintedDate | None, ...]) -> tuple[dt.date | str, ...]:
    """The days, with what is not printed taken from the later day and from the printed month."""
    month, year = printed(binder, "month"), printed(binder, "year")
    found: list[dt.date | str] = []
    last = days[-1]
    assert last is not None
    if (
        last.month is not None
        and last.year is None
        and year is not None
        and month in (last.month, last.month % 12 + 1, (last.month - 2) % 12 + 1, None)
    ):
        before, behind = month == 1 and last.month == 12, month == 12 and last.month == 1
        last = last.completed(None, year - before + behind)
    for one in days:
        assert one is not None
        done = last if one is days[-1] else one.completed(last.month, None)
        if done.year is None and last.year is not None and done.month is not None and last.month is not None:
            done = done.completed(None, last.year - (done.month > last.month))
        day = done.date()
        found.append(
            day
            if day is not None
            else "no_year"
            if done.year is None or done.month is None
            else "impossible_date"
        )
    return tuple(found)
