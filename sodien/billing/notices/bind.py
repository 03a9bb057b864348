"""Labels and typed numbers: which number a label has.

Going back from a number, the first label that is in reach decides. What lies between may be a date, a month,
a count, a code: numbers of another type, which no label of this one can have. Words that are not known end
the reach of a bare number; "… là 354.127" reaches the subject of its sentence all the same, and a number with
its own unit needs no more than one label of its kind.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sodien.billing.notices.company import BARE
from sodien.billing.notices.groups import joined_groups
from sodien.billing.notices.model import Problem
from sodien.billing.notices.piece import Piece
from sodien.billing.notices.reach import PLACES, SENTENCE, UNITS, Reach
from sodien.billing.notices.rows import Rows
from sodien.billing.notices.settled import MOST_ROWS, Match, Matches, shared_multiplier
from sodien.billing.notices.spoilt import LETTERS, is_spoilt
from sodien.billing.notices.text import Folded
from sodien.billing.notices.units import GROUPED, register_at

#: Labels that the name of a register may stand in front of.
_OF_REGISTER = frozenset({"old", "new", "index", "kwh", "row_kwh", "multiplier"})


class Binder:
    """Binds the pieces of one document; what it found stands in ``found``, what it used in ``covered``."""

    def __init__(
        self, folded: Folded, original: str, base: int, text: str, pieces: list[Piece], rows: int
    ) -> None:
        self.folded = folded
        self._original = original
        self.base = base
        self.text = text
        self.pieces = joined_groups(text, pieces)
        self.found = Matches()
        self.covered: list[tuple[int, int]] = []
        self.reach = Reach(text, self.pieces)
        self.used = self.reach.used
        self.skipped = self.reach.skipped
        #: Serial numbers behind "công tơ cũ" and "công tơ mới", by the place of the label.
        self.serials: dict[int, tuple[str, int, int]] = {}
        #: Numbers that a sum proves to be an index, by their places: old or new.
        self.proven: dict[int, str] = {}
        #: kWh of the lines of a table, which may prove the indices.
        self.printed_kwh: frozenset[Decimal] = frozenset()
        self.rows = Rows(used=rows)
        self._tables = rows
        #: The places of what is said of energy that the household feeds in.
        self.exported = frozenset(self.reach.exported())

    # Writing down

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original stretch of one in this message."""
        return self.folded.span(self.base + start, self.base + end)

    def original(self, start: int, end: int) -> str:
        """What is printed in a stretch of the original."""
        return self._original[start:end]

    def cover(self, start: int, end: int) -> None:
        """Remember a stretch as used."""
        self.covered.append(self.span(start, end))

    def problem(self, key: str, name: str, text: str) -> None:
        """Name something that could not be read, once."""
        problem = Problem(key, name, {"text": " ".join(text.split())[:40]})
        if problem not in self.found.problems:
            self.found.problems.append(problem)

    def find(
        self,
        group: str,
        name: str,
        kind: str,
        raw: str,
        start: int,
        end: int,
        *,
        index: int = 0,
        **more: object,
    ) -> None:
        """Write one value down, unless a sign touches it that makes it less than what is printed."""
        if index >= MOST_ROWS:
            return
        if self.text[max(0, start - 1) : start] == "~" or self.text.startswith("~", end):
            self.problem("unreadable", name, self.text[max(0, start - 1) : end + 1])
            return
        first, last = self.span(start, end)
        raw = self._original[first:last] if kind == "name" else raw
        doubt = self.folded.doubtful(self.base + start, self.base + end)
        if kind == "text" and (doubt or LETTERS.search(self._original[first:last])):
            self.problem("unreadable", name, self._original[first:last])  # no sum proves a code
            return
        weak = bool(more.pop("weak", False)) or doubt
        self.found.finds.append(Match(group, index, name, kind, raw, first, last, weak=weak, **more))  # type: ignore[arg-type]

    @staticmethod
    def _printed_as(name: str, piece: Piece) -> str:
        """A register's code as it is printed, so that "KT" is shown where a notice says it."""
        return piece.text.upper() if piece.text.upper() == name else name

    # One pass

    def bind(self) -> None:
        """Bind every number, in the order of the text."""
        for at, piece in enumerate(self.pieces):
            if at in self.used:
                continue
            if at in self.proven:
                self.find("rows", self.proven[at], "index", piece.text, piece.start, piece.end,
                          index=self.rows.current, label="sum")  # fmt: skip
                self.rows.used = max(1, self.rows.used)
                self.used.add(at)
                self.cover(*piece.whole)
            elif piece.kind == "label":
                self._label(at, piece)
            elif piece.kind == "number" and piece.unit != "doubt":
                self._number(at, piece)
            elif piece.kind == "word":
                self._word(at, piece)
        if len(self.rows.by_name) > 1:
            self.found.finds = shared_multiplier(self.found.finds)

    def _word(self, at: int, piece: Piece) -> None:
        """A register's name in front of its index: "BT: 20418"."""
        found = register_at(self.pieces, at)  # type: ignore[arg-type]
        if found is None:
            return
        name, end = found
        behind = self.past_signs(end)
        if behind >= len(self.pieces):
            return
        if self.pieces[behind].label in _OF_REGISTER and (
            not at or self.pieces[at - 1].kind in ("line", "sign")
        ):
            self._begin_register(name, at, end)
            return
        if self.pieces[behind].kind != "number":
            return
        where, number = self._index_label(at), self.pieces[behind]
        if where is None or number.unit not in UNITS["index"] or behind in self.used:
            return
        row = self._row_of(name, at, end)
        self.rows.shared = self.rows.shared or len(self.rows.by_name) > 1
        self.used |= {behind, where}
        if self.is_doubtful(behind):
            self.problem(
                "unreadable",
                PLACES[self.pieces[where].label][1],
                self.text[number.start : self.doubt_end(behind)],
            )
            return
        self.find("rows", PLACES[self.pieces[where].label][1], "index", number.text, number.start, number.end,
                  index=row, weak=self.weak(number, "index"), label="register")  # fmt: skip
        self.cover(self.pieces[where].start, number.whole[1])

    def _begin_register(self, name: str, at: int, end: int) -> None:
        """A register's name in front of its labels: "Giờ cao điểm: CS cũ 402, CS mới 441, SL 39 kWh"."""
        self._row_of(name, at, end)
        self.rows.blocked = True
        self.cover(self.pieces[at].start, self.pieces[end - 1].end)

    def _row_of(self, name: str, at: int, end: int) -> int:
        """The row of a register, whose name stands in these pieces."""
        if not self.rows.by_name and not self.rows.named:
            self.rows.used = self._tables
        known = name in self.rows.by_name
        row = self.rows.register(name)
        self.rows.named = True
        start, finish = self.pieces[at].start, self.pieces[end - 1].end
        if not known and name != "KT":
            self.find("rows", "register", "text", name, start, finish, index=row)
        self.used |= set(range(at, end))
        return row

    def _index_label(self, at: int) -> int | None:
        """The label of indices that is in reach of a register's name."""
        for back in range(at - 1, max(-1, at - 16), -1):
            one = self.pieces[back]
            if one.kind == "label" and one.label != "bcs":
                return back if one.label in ("old", "new", "index") else None
            if (
                one.kind == "sign"
                and one.text in SENTENCE
                and one.text != ";"
                and self.reach.ends_sentence(back)
            ):
                return None
        return None

    def past_signs(self, at: int) -> int:
        """The first piece from here on that is no sign in front of a value."""
        while at < len(self.pieces) and self.pieces[at].kind == "sign" and self.pieces[at].text in ":=-(>":
            at += 1
        return at

    # Labels that change what follows

    def _label(self, at: int, piece: Piece) -> None:
        if piece.label == "bcs":
            end = self.past_signs(at + 1)
            found = register_at(self.pieces, end) if end < len(self.pieces) else None  # type: ignore[arg-type]
            if found is None:
                return
            if self.rows.named and found[0] in self.rows.by_name:
                self.rows.another()
            row = self.rows.register(found[0])
            self.rows.named = self.rows.blocked = True
            stretch = self.pieces[end]
            self.find("rows", "register", "text", self._printed_as(found[0], stretch), stretch.start,
                      self.pieces[found[1] - 1].end, index=row)  # fmt: skip
            self.cover(piece.start, self.pieces[found[1] - 1].end)
            self.used |= set(range(at, found[1]))
        elif piece.label in ("meter_old", "meter_new") and self._begins_meter(at):
            row = self.rows.another()
            self.rows.blocked = True
            if at in self.serials:
                raw, start, end = self.serials[at]
                self.find("rows", "serial", "text", raw, start, end, index=row)
        elif piece.label == "skip":
            behind = self.past_signs(at + 1)
            if behind < len(self.pieces) and self.pieces[behind].kind in (
                "other",
                "date",
                "range",
                "code",
                "time",
            ):
                self.used.add(at)  # what it is about stands behind it, and is no quantity
        elif piece.label == "tax" and at and self.pieces[at - 1].unit == "percent":
            rate = self.pieces[at - 1]
            if (
                at - 1 not in self.used
                and self.pieces[at + 1 : at + 2]
                and self.pieces[at + 1].text not in (":", "=")
            ):
                self.find("", "tax_rate", "percent", rate.text, rate.start, rate.end)
                self.used |= {at, at - 1}
                self.cover(rate.start, piece.end)
        elif piece.label == "households" and at and self.pieces[at - 1].label == "customer_or_name":
            number = self.past_signs(at + 1)  # "ho su dung dien so ho 112": which household it is
            self.used |= {at, number}
            self.skipped.add(number)
        elif piece.label == "kwh_all":
            self.rows.blocked = False
        elif piece.label == "estimated" and self.found.estimated is None:
            before = self.pieces[at - 1] if at else None
            ahead = [one.text for one in self.pieces[at + 1 : at + 4]]
            coming = ahead[:1] == ["tien"] or any(one in ("toi", "sau", "tiep", "ca") for one in ahead)
            if not coming and (before is None or before.text not in ("khong", "not", "tien", "so_tien")):
                self.found.estimated = self.span(piece.start, piece.end)
                self.cover(piece.start, piece.end)

    def _begins_meter(self, at: int) -> bool:
        """One meter of several: its label and serial number stand in front of a label of indices."""
        seen = 0
        for one in self.pieces[at + 1 : at + 12]:
            if one.kind == "line":
                break
            if one.kind == "label" and one.label in (
                "old",
                "new",
                "removed_index",
                "installed_index",
                "index",
            ):
                return True
            seen += one.kind == "label" and one.label not in ("serial", "skip")
            if seen:
                break
        return False

    # Numbers

    def _number(self, at: int, piece: Piece) -> None:
        if piece.unit in ("price", "phone") or self.reach.is_day(at, piece):
            return
        if piece.glued and not self.reach.touches_label(at, piece):
            return
        where = self.reach.owner(at, piece)
        if where is None:
            if at in self.exported:
                self.skipped.add(at)
            return
        label = self.pieces[where]
        if label.label not in PLACES or label.label == "skip":
            if piece.unit == "money" or (piece.unit is None and GROUPED.fullmatch(piece.text)):
                first, last = self.span(piece.start, piece.end)
                self.found.aside.append(
                    Match("", 0, "aside", "money", piece.text, first, last, label=label.text)
                )
            self.skipped.add(at)
            self.used |= {at, where}
            return
        self._claim(at, piece, where)

    def _claim(self, at: int, piece: Piece, where: int) -> None:
        label = self.pieces[where]
        group, name, kind = PLACES[label.label]
        if name in ("money", "total") and self._before_tax(where, at):
            name = "net"
        if label.label == "tax" and piece.unit == "percent":
            name, kind = "tax_rate", "percent"
        else:
            self.used.add(where)
        self.used.add(at)
        if at in self.exported:
            self.skipped.add(at)
            if kind == "money" and not any(one.kind == "money" for one in self.found.finds):
                self.problem("unreadable", name, piece.text)  # for energy of which direction?
            return
        if self.is_doubtful(at) or (name == "kwh" and piece.unit is None and self._is_term(at)):
            self.problem("unreadable", name, self.text[piece.start : self.doubt_end(at)])
            return
        index = 0
        if self.rows.shared and name == "kwh":
            group = ""  # all registers have their indices already
        elif group == "rows" or (name == "kwh" and self.rows.blocked and label.label not in ("kwh_all",)):
            group, index = "rows", self.rows.current
            if not self.rows.used:
                self.rows.used = 1
        between = range(where + 1, at)
        ahead = at + 2 if [one.text for one in self.pieces[at + 1 : at + 2]] == ["trong"] else where + 1
        if any(self._is_of_many(one) for one in (*between, ahead)):  # "88 kWh trong 12 ngày đầu tháng"
            self.problem("several_months", name, piece.text)
            return
        dated = any(self.pieces[one].kind in ("month", "term") for one in between)
        unlabelled = (label.label == "kwh_or_index" and piece.unit is None) or label.text in BARE
        negative = self.negative(piece)
        rows = range(self.rows.used) if self.rows.shared and name == "multiplier" else (index,)
        for row in rows:
            self.find(
                group, name, kind, piece.text, piece.start, piece.end, index=row, dated=dated,
                negative=negative, weak=self.weak(piece, kind), loose=unlabelled, label=label.label,
                strained=self.reach.strains(where, at),
            )  # fmt: skip
        self.cover(label.start if where < at else piece.start, piece.whole[1])

    def _is_of_many(self, at: int) -> bool:
        """Whether a count says of what: "6 tháng đầu năm", "10 ngày đầu tháng", "2 hộ"."""
        one, behind = self.pieces[at], self.pieces[at + 1 : at + 2]
        if one.unit == "households" and at not in self.used:
            return one.text != "1"
        counted = one.label == "count" and re.search("thang|ngay", self.text[one.start : one.end])
        return bool(counted and behind) and behind[0].text in ("dau", "cuoi", "qua", "gan", "vua")

    def _before_tax(self, where: int, at: int) -> bool:
        """Whether a bracket says that the money is without tax: "(chưa VAT)"."""
        beside = self.pieces[where + 1 : at + 4]
        for one in beside:
            if one.kind == "label" and one.label == "before_tax":
                return True
            if one.kind == "line" or (one.kind == "label" and one.label in PLACES):
                return False
        return False

    def negative(self, piece: Piece) -> bool:
        """Whether a minus stands in front of a number."""
        before = self.text[max(0, piece.start - 3) : piece.start]
        return before.endswith("-") and (before[:-1].strip() or ":")[-1] in ":=("

    def weak(self, piece: Piece, kind: str) -> bool:
        """Whether only a sum can tell that this is one whole number: groups apart, or cut by a line end."""
        if "  " in piece.text:
            return True
        if " " in piece.text:
            return kind not in ("money",) and piece.unit != "kwh"
        behind = self.text[piece.end : piece.end + 6]
        return (
            bool(re.match(r"[ ]?\n[.,]?[0-9]{1,6}(?![0-9/]|[.)][ a-z]|[ ](?:ngay|thang|ho)\b)", behind))
            and piece.unit is None
        )

    def is_doubtful(self, at: int) -> bool:
        """A fraction, an unfinished group, a sum: more is printed than this number."""
        piece = self.pieces[at]
        if self.is_spoilt(at):
            return True
        before = self.pieces[at - 1] if at else piece
        ranged = piece.unit == "money" and before.text in ("-", "~")  # "520.000 - 600.000d": nobody's
        front = at - 2 if ranged else at - 1
        one = self.pieces[front] if front >= 0 else piece
        if one.kind == "number" and front not in self.used and one is not piece:
            if ranged:
                return one.unit in (None, "money")
            between = self.text[one.end : piece.start]
            if one.unit is None and between.isspace() and "\n" not in between:
                return True
        if at + 1 >= len(self.pieces):
            return False
        ahead = [one for one in self.pieces[at + 1 : at + 5] if one.kind != "line"]
        while ahead and ahead[0].text == "-":
            ahead = ahead[1:]
        if len(ahead) > 1 and ahead[0].text in ("den", "toi") and ahead[1].kind == "number":
            return piece.unit is None
        follower = self.pieces[at + 1]
        end = max(piece.close, piece.end)
        if (
            follower.kind == "number"
            and self.text[end : follower.start].strip(" ") == ""
            and follower.unit != "price"
        ):
            return piece.unit is None
        if (
            follower.kind == "sign"
            and follower.text in "/+*x'^~->"
            and follower.start - end <= 1
            and at + 2 < len(self.pieces)
        ):
            beyond = self.pieces[at + 2]
            if (
                beyond.kind in ("number", "date", "time", "month", "other")
                and beyond.start - follower.end <= 1
            ):
                return not (follower.text in "/-" and beyond.unit in ("kwh", "money"))
        return False

    def is_spoilt(self, at: int) -> bool:
        """Whether a number may be a part of one: letters stand for digits of it, or a line end cuts it."""
        return is_spoilt(self.text, self.pieces, at, self.used)

    def _is_term(self, at: int) -> bool:
        """Whether a number is the first of a sum or a difference that goes on behind it."""
        behind = self.pieces[at + 1 : at + 3]
        return (
            len(behind) == 2
            and behind[0].text in ("-", "+", "*", "x")
            and behind[1].kind not in ("label", "line", "word")
        )

    def doubt_end(self, at: int) -> int:
        """Where a run of numbers and signs that belong together ends."""
        end = at
        while end + 1 < len(self.pieces) and (
            self.pieces[end + 1].kind == "number"
            or self.pieces[end + 1].text in ("/", "+", "*", "x", "'", "^", "-")
        ):
            end += 1
            self.used.add(end)
        return self.pieces[end].end
