"""The month, the term, the days and the next reading day of a notice.

A range of dates is the period of the bill when a word of periods says so, or when it belongs to the month
that is printed beside it. Days on which to pay, to repair or to win something are none.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.dates import PrintedDate
from sodien.billing.notices.model import Problem
from sodien.billing.notices.months import bind_months
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.reach import SENTENCE
from sodien.billing.notices.reading_days import (
    bind_day_of_index,
    bind_moved_day,
    bind_reading_day,
    bind_schedules,
    completed,
    printed,
    read_at,
)
from sodien.billing.notices.vocabulary import ENERGY, word_set

#: Words that say that a range, or the money in front of it, is about something else than the period.
OTHER = word_set(
    """thu nop dong tra toan han hen truoc tai sua chua bao tri cat cup ngung mat khuyen mai uu dai quay
    thuong giam tang du nghi chay chuong trinh su kien tham gia mo lam viec phuc vu phat hanh hieu
    luc ap dung nhan hoan lap dat thi cong xem goi"""
)
#: Of these, the ones that are meant when they stand before the word for money.
_PAYING = frozenset({"thu", "nop", "dong", "tra", "toan", "han", "hen", "truoc", "moi", "moi_nop"})
_LABELS = frozenset({"period", "term", "used", "kwh", "kwh_all", "row_kwh", "index", "new", "old", "goods"})
_PERIOD_WORDS = frozenset({"ky", "gcs", "cskt"})
_PASSED_WORDS = frozenset(
    {"ngay", "la", "trong", "cua", "tu", "nam", "nay", "hd", "tinh", "dien", "sd", "tieu", "ve"}
)
#: Words in front of the colon with which the text of a message begins.
_ANNOUNCING = frozenset({"bao", "tb", "gui", "khach", "hang", "tin"})
_BACK = 16
_LEAST_DAYS, _MOST_DAYS = 5, 100
_MONTH_DAYS = 20


@dataclass(frozen=True, slots=True)
class _Range:
    at: int
    until: int
    piece: Piece
    first: PrintedDate
    last: PrintedDate
    places: tuple[tuple[str, str, int, int], ...]


def bind_dates(binder: Binder) -> None:
    """Bind months and terms, reading days to come, the reading day, the period."""
    bind_months(binder)
    bind_schedules(binder)
    bind_moved_day(binder)
    bind_reading_day(binder)
    _periods(binder)
    bind_day_of_index(binder)


# The period


def _periods(binder: Binder) -> None:
    doubtful: list[_Range] = []
    periods: list[_Range] = []
    taken = False
    for one in _ranges(binder):
        verdict = _verdict(binder, one)
        if verdict == "period":
            periods.append(one)
        elif verdict == "doubt":
            doubtful.append(one)
    for one in _enclosing(binder, periods):
        taken = _take(binder, one) or taken
    if not taken and doubtful:
        for one in doubtful:
            binder.found.problems.append(
                Problem("which_period", "first, last", {"text": one.piece.text[:40]})
            )


def _enclosing(binder: Binder, periods: list[_Range]) -> list[_Range]:
    """The one that holds all others, as the parts of a change of prices; all of them where none does."""
    days = [completed(binder, (one.first, one.last)) for one in periods]
    for one, (first, last) in zip(periods, days, strict=True):
        if isinstance(first, dt.date) and isinstance(last, dt.date):
            inside = [
                isinstance(a, dt.date) and isinstance(b, dt.date) and first <= a and b <= last
                for a, b in days
            ]
            if all(inside):
                return [one]
    return periods


def _heads_days(binder: Binder, at: int) -> bool:
    """Whether two days begin a line under "Từ ngày" and "Đến ngày"."""
    kinds = [one.kind for one in binder.pieces[max(0, at - 1) : at + 2]]
    if kinds != ["line", "date", "date"]:
        return False
    back = at - 1
    while back and binder.pieces[back - 1].kind != "line":
        back -= 1
    return [one.label for one in binder.pieces[back : at - 1] if one.kind == "label"][:2] == ["from", "to"]


def _ranges(binder: Binder) -> list[_Range]:
    found: list[_Range] = []
    begun: tuple[int, Piece] | None = None
    for at, piece in enumerate(binder.pieces):
        if at in binder.used:
            continue
        if piece.kind == "range" and piece.first and piece.last:
            found.append(_Range(at, at, piece, piece.first, piece.last, piece.parts))
        elif _heads_days(binder, at):
            last = binder.pieces[at + 1]
            parts = tuple((n, one.text, one.start, one.end) for n, one in (("first", piece), ("last", last)))
            if piece.first and last.first:
                found.append(_Range(at, at + 1, piece, piece.first, last.first, parts))
        elif piece.kind == "date" and piece.label == "from" and _is_field(binder, at):
            begun = (at, piece)
        elif (
            piece.kind == "date"
            and piece.label == "to"
            and piece.first
            and begun
            and begun[1].first
            and (_is_field(binder, at) or begun[0] == at - 1)
        ):
            first = begun[1]
            assert first.first is not None
            places = (
                ("first", first.text, first.start, first.end),
                ("last", piece.text, piece.start, piece.end),
            )
            found.append(_Range(begun[0], at, piece, first.first, piece.first, places))
            begun = None
    if (
        begun is not None
        and _is_field(binder, begun[0])
        and binder.text[begun[1].whole[0] : begun[1].start].rstrip()[-1:] == ":"
    ):
        binder.problem("half_range", "first", begun[1].text)
    return found


def _is_field(binder: Binder, at: int) -> bool:
    """Whether a date stands at the beginning of its line or cell."""
    return at == 0 or binder.pieces[at - 1].kind in ("line", "sign", "table")


def _verdict(binder: Binder, one: _Range) -> str:
    """``period``, ``other`` or ``doubt``."""
    ahead = _words_ahead(binder, one.until)
    if _is_month(binder, one):
        return "period"
    if ahead[:1] and ahead[0] in OTHER:
        return "other"
    begin = binder.pieces[one.at].whole[0]
    worded = set(re.findall("[a-z]+", binder.text[begin : binder.pieces[one.at].start].replace("_", " ")))
    if worded & {"ky", "dky", "period"}:
        return "period"
    why, words = _before(binder, one.at)
    if why == "other" or set(words[:2]) & OTHER:
        return "other"
    if why == "strong":
        return "period"
    days = _length(binder, one)
    agrees = _agrees(binder, one)
    if why == "month":
        return "period" if agrees is not False and not set(ahead[:3]) & OTHER else "doubt"
    if why == "money":
        paying = set(_sentence_words(binder, one.at)) & _PAYING
        return "other" if paying else "period" if days is None or days >= _MONTH_DAYS else "doubt"
    if why == "start":
        if _stands_alone(binder, one):
            line = _previous_line(binder, one.at)
            if set(line) & OTHER and line[-1:] != ["toan"]:
                return "other"
            return "period" if days is None or _LEAST_DAYS <= days <= _MOST_DAYS else "doubt"
        if days is not None and days < _LEAST_DAYS:
            return "other"
        if agrees and days is not None and days >= _MONTH_DAYS and not set(ahead) & OTHER:
            return "period"
        least = _LEAST_DAYS if agrees and printed(binder, "term") else _MONTH_DAYS
        return "period" if _evidence(binder, one.until) and (days is None or days >= least) else "other"
    if agrees and days is not None and 25 <= days <= 35 and not set(words) & OTHER:
        return "period" if _measures(binder, one.until) else "doubt"
    if (
        agrees is None
        and days is not None
        and 25 <= days <= 35
        and (_heads_row(binder, one.until) or (not set(words) & OTHER and _measures(binder, one.until)))
    ):
        return "period"
    return "other" if set(words) & OTHER or not agrees else "doubt"


def _before(binder: Binder, at: int) -> tuple[str, list[str]]:
    """What stands in front of a range: strong, month, money, start, other or words; and the words passed."""
    words: list[str] = []
    for back in range(at - 1, max(-1, at - 1 - _BACK), -1):
        one = binder.pieces[back]
        if one.kind == "line":
            return ("start" if not words else "words"), words
        if one.kind == "sign":
            if one.text in ".!?" and binder.reach.ends_sentence(back):
                return ("start" if not words else "words"), words
            if one.text in ",;" and not words:
                return "start", words
            if one.text == ":" and not words and back and binder.pieces[back - 1].text in _ANNOUNCING:
                return "start", words
            continue
        if one.kind in ("month", "term"):
            return ("month" if not words else "words"), words
        if one.kind == "other" and one.label == "count":
            return (
                "strong" if not words and one.text and "ngay" in binder.text[one.start : one.end] else "words"
            ), words
        if one.kind == "label":
            if one.label == "term" and set(one.text.split()) & _PAYING:
                return "words", words  # "ky thanh toan"
            if one.label in _LABELS:
                return ("strong" if not words else "words"), words
            if one.label in ("money", "total", "amount"):
                return ("money" if not words else "words"), words
            if one.label in ("customer", "customer_or_name", "serial"):
                continue
            if one.label in ("skip", "outage", "schedule", "last", "owing", "tier"):
                return "other", words
            return ("strong" if not words else "words"), words
        if one.kind == "word":
            if one.text in _PERIOD_WORDS and not words:
                return "strong", words
            if one.text not in _PASSED_WORDS:
                words.append(one.text)
                if len(words) > 3 or one.text in OTHER:
                    return ("other" if one.text in OTHER else "words"), words
            continue
        if one.kind in ("date", "range", "time"):
            return "words", words
    return ("start" if not words else "words"), words


def _words_ahead(binder: Binder, at: int) -> list[str]:
    words: list[str] = []
    for ahead in range(at + 1, min(at + 10, len(binder.pieces))):
        one = binder.pieces[ahead]
        if one.kind in ("line", "label", "number", "table") or (
            one.text in (".", ";", ")") and one.kind == "sign"
        ):
            if one.kind == "label" and one.label in ("skip", "outage"):
                words += one.text.split()
            break
        if one.kind == "word":
            words.append(one.text)
    return words


def _sentence_words(binder: Binder, at: int) -> list[str]:
    words: list[str] = []
    for back in range(at - 1, max(-1, at - 24), -1):
        one = binder.pieces[back]
        if one.kind == "sign" and one.text in ".!?" and binder.reach.ends_sentence(back):
            break
        words += one.text.split() if one.kind in ("word", "label") else []
    return words


def _previous_line(binder: Binder, at: int) -> list[str]:
    """The words of the line before, without blank ones."""
    back = at - 1
    while back >= 0 and binder.pieces[back].kind == "line":
        back -= 1
    words: list[str] = []
    while back >= 0 and binder.pieces[back].kind != "line":
        one = binder.pieces[back]
        if one.kind in ("number", "date", "code"):
            return []
        words = [*one.text.split(), *words] if one.kind in ("word", "label") else words
        back -= 1
    return words


def _stands_alone(binder: Binder, one: _Range) -> bool:
    """Whether a range is all there is in its line, or in its sentence."""
    behind = one.until + 1
    pieces = binder.pieces
    while behind < len(pieces) and pieces[behind].kind == "sign" and pieces[behind].text in ".)|;,":
        if pieces[behind].text == "." and binder.reach.ends_sentence(behind):
            break
        behind += 1
    begin = one.at == 0 or pieces[one.at - 1].kind in ("line", "sign", "table")
    return begin and (behind >= len(pieces) or pieces[behind].kind == "line" or pieces[behind].text == ".")


def _evidence(binder: Binder, at: int) -> bool:
    """Whether the sentence that begins with a range goes on with a value of a bill."""
    for ahead in range(at + 1, min(at + 40, len(binder.pieces))):
        one = binder.pieces[ahead]
        if one.kind == "sign" and one.text in ".!?" and binder.reach.ends_sentence(ahead):
            return False
        if (
            one.kind == "number"
            and ahead in binder.used
            and ahead not in binder.skipped
            and one.unit in ("kwh", None)
        ):
            return True
    return False


def _is_month(binder: Binder, one: _Range) -> bool:
    """Whether a range is the printed month from its first to its last day, of nothing else by its words."""
    first, last = completed(binder, (one.first, one.last))
    month, year = printed(binder, "month"), printed(binder, "year")
    if not (isinstance(first, dt.date) and isinstance(last, dt.date)):
        return False
    whole = first.day == 1 and (last + dt.timedelta(days=1)).day == 1
    if not whole or (last.month, last.year, first.month, first.year) != (month, year, month, year):
        return False
    behind = binder.pieces[one.until + 1 : one.until + 2]
    words = [piece.text for piece in behind if piece.kind == "word" and piece.text != "nhan"]
    for back in range(one.at - 1, max(-1, one.at - 5), -1):
        piece = binder.pieces[back]
        if piece.label == "period":
            return True
        if (piece.kind not in ("word", "label") and piece.text not in (":", "(")) or piece.text in ENERGY:
            break
        words += piece.text.split()
    return not set(words) & OTHER


def _heads_row(binder: Binder, at: int) -> bool:
    """Whether a line of the charge goes on behind a range: "… den 31/10/2026 kWh 150 2.138 320.700"."""
    behind = [one for one in binder.pieces[at + 1 : at + 4] if one.text not in ENERGY | {"|"}]
    return bool(behind) and behind[0].kind == "table"


def _measures(binder: Binder, at: int) -> bool:
    """Whether a quantity of energy stands right behind a range: "tu 16/4 den 15/5 het 64 so"."""
    for ahead in range(at + 1, min(at + 5, len(binder.pieces))):
        one = binder.pieces[ahead]
        if one.kind == "number":
            return one.unit == "kwh"
        if one.kind not in ("word", "label", "sign") or one.text in SENTENCE:
            return False
    return False


def _length(binder: Binder, one: _Range) -> int | None:
    first, last = completed(binder, (one.first, one.last))
    return (last - first).days + 1 if isinstance(first, dt.date) and isinstance(last, dt.date) else None


def _agrees(binder: Binder, one: _Range) -> bool | None:
    """Whether the range lies in the printed month or ends there; None when no month is printed."""
    month = printed(binder, "month")
    if month is None:
        return None
    return month in (one.first.month or one.last.month, one.last.month)


def _take(binder: Binder, one: _Range) -> bool:
    days = completed(binder, (one.first, one.last))
    wrong = False
    for (name, text, _, _), day in zip(one.places, days, strict=True):
        if not isinstance(day, dt.date):
            binder.problem(day, name, text)
            wrong = True
    binder.used |= {one.at, one.until}
    if wrong:
        return False
    weak = any(
        binder.folded.doubtful(binder.base + start, binder.base + end) for _, _, start, end in one.places
    )
    if weak and not _agrees(binder, one):
        for name, text, _, _ in one.places:
            binder.problem("unreadable", name, text)
        return False
    for (name, text, start, end), day in zip(one.places, days, strict=True):
        binder.find("", name, "date", text, start, end, value=day)
    before = binder.pieces[one.at - 1] if one.at else None
    if before is not None and before.text == ":" and one.at > 1:
        before = binder.pieces[one.at - 2]
    label = before is not None and before.kind == "label" and before.label in ("period", "term")
    binder.cover(
        before.start if before is not None and label else binder.pieces[one.at].whole[0], one.piece.end
    )
    read_at(binder, one.until, None)
    return True
