"""How far a label reaches: from a number back to the label that may have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sodien.billing.notices.piece import Piece
from sodien.billing.notices.values import possible
from sodien.billing.notices.vocabulary import ENERGY, FILLERS, MONEY, word_set

#: Label → group, field, kind of its number.
PLACES: dict[str, tuple[str, str, str]] = {
    "old": ("rows", "old", "index"),
    "new": ("rows", "new", "index"),
    "index": ("rows", "new", "index"),
    "removed_index": ("rows", "removed_index", "index"),
    "installed_index": ("rows", "installed_index", "index"),
    "multiplier": ("rows", "multiplier", "factor"),
    "row_kwh": ("rows", "kwh", "kwh"),
    "removed": ("rows", "removed", "kwh"),
    "direct": ("rows", "direct", "kwh"),
    "sub_meter": ("rows", "sub", "kwh"),
    "kwh": ("", "kwh", "kwh"),
    "kwh_all": ("", "kwh", "kwh"),
    "kwh_or_index": ("", "kwh", "kwh"),
    "used": ("", "kwh", "kwh"),
    "net": ("", "net", "money"),
    "before_tax": ("", "net", "money"),
    "tax": ("", "tax", "money"),
    "rate": ("", "tax_rate", "percent"),
    "included": ("", "tax_rate", "percent"),
    "total": ("", "total", "money"),
    "money": ("", "money", "money"),
    "amount": ("", "money", "money"),
    "households": ("", "households", "count"),
    "arising": ("debt", "arising", "money"),
    "arising_tax": ("debt", "arising_tax", "money"),
    "owed": ("debt", "owed", "money"),
    "owed_tax": ("debt", "owed_tax", "money"),
    "owing": ("debt", "owed", "money"),
}
#: Kind of number → units it may carry.
UNITS: dict[str, frozenset[str | None]] = {
    "index": frozenset({None, "kwh"}),
    "kwh": frozenset({None, "kwh"}),
    "money": frozenset({None, "money"}),
    "percent": frozenset({"percent"}),
    "factor": frozenset({None}),
    "count": frozenset({None, "households"}),
}
#: Money without a currency is at least this much.
_LEAST_MONEY = 100
#: What electricity for a month costs at least, where only words that are passed over say that it is money.
_LEAST_BILL = 10_000
#: Labels that any other label may have in front of it: their own value is a code or a word.
_ASIDE = word_set(
    """customer customer_or_name bcs month term period to from estimated outage goods unit quantity meter_old
    meter_new import export ordinal tier actual aside before_tax included"""
)
#: Signs and words between a day and the value of that day.
_SAYING = frozenset({"la", ":", "=", ")"})
#: Labels behind which it is no more of energy that is fed in.
_IMPORTED = frozenset({"import", "total", "kwh_all"})
SENTENCE = frozenset(".;!?")
#: Signs that may stand between a label and its value.
_HARMLESS = frozenset(":=()|*-_\"'[]{}•>,~₫/<+")
_LIMITS = frozenset({"tu", "den", "toi", "tren", "duoi", "hon", "toi thieu", "toi da", "khoang", "chung"})
_MOST_BACK = 60
_MOST_LINES = 2
#: Labels of energy that is not this bill's: no other label of something else has a quantity of energy.
_ENERGY = re.compile(
    "(?<![a-z])(?:thang|ky|nam|binh quan|trung binh|muc|toi thieu|toi da|luy ke|voi|cong suat|pmax|vo cong|"
    "sai|chi so|san luong|dien nang|tieu thu|consumption|month|bill)(?![a-z])"
)
_UNITS_AND_MARKS = ENERGY | MONEY | {",", "."}
_DAY = re.compile(r"[0-9]{1,2}(?:[./-][0-9]{1,2})?")


class Reach:
    """Finds the label of a number among the pieces of a message.

    Attributes:
        used: pieces that are used up, by place.
        skipped: numbers that belong to no field, by place.
    """

    def __init__(self, text: str, pieces: list[Piece]) -> None:
        self._text = text
        self._pieces = pieces
        self.used: set[int] = set()
        self.skipped: set[int] = set()

    def is_day(self, at: int, piece: Piece) -> bool:
        """Whether the number is a date between a label and its value: "CS cu 30.9 la 2345"."""
        if (
            piece.unit is not None
            or not _DAY.fullmatch(piece.text)
            or int(re.split("[./-]", piece.text)[0]) > 31
        ):
            return False
        behind = at + 1
        said = False
        while behind < len(self._pieces) and behind - at < 4 and self._pieces[behind].text in _SAYING:
            said = said or self._pieces[behind].text == "la"
            behind += 1
        if self._pieces[at - 1].text in (":", "=") or behind == at + 1:
            return False
        number = behind < len(self._pieces) and self._pieces[behind].kind == "number"
        if not said and not number:
            return False
        where = self.owner(at, piece)
        return where is not None and self._pieces[where].label != "skip"

    def touches_label(self, at: int, piece: Piece) -> bool:
        """Whether what touches a number in front is a label or a word of one: "tien418000"."""
        before = self._pieces[at - 1] if at else None
        return (
            before is not None
            and before.end == piece.start
            and (before.kind == "label" or before.text in FILLERS)
        )

    def copula(self, at: int) -> str:
        """What stands right in front of a number: "la", ":" or nothing."""
        back = at - 1
        while (
            back >= 0
            and self._pieces[back].kind in ("sign", "line")
            and self._pieces[back].text in ":=(-+~\n"
        ):
            if self._pieces[back].text in (":", "="):
                return "la" if self._pieces[back - 1 : back] and self._pieces[back - 1].text == "la" else ":"
            back -= 1
        return "la" if back >= 0 and self._pieces[back].text in ("la", "is") else ""

    def owner(self, at: int, piece: Piece) -> int | None:
        """The label in reach of this number; None when there is none."""
        if self.is_limit(at, piece):
            return None
        copula = self.copula(at)
        strange = lines = 0
        bare = piece.unit is None
        beyond = at + 1
        for back in range(at - 1, max(-1, at - 1 - _MOST_BACK), -1):
            one = self._pieces[back]
            if back >= beyond:
                continue
            if one.text == ")" and (glossed := self._before_gloss(back, piece)) is not None:
                beyond = glossed + 1
                continue
            if one.kind == "line":
                lines += 1
                if lines > _MOST_LINES or strange:
                    return None
            elif one.kind == "sign":
                if one.text in SENTENCE and self.ends_sentence(back):
                    return None
                if one.text not in _HARMLESS and one.text not in SENTENCE:
                    strange += 1
            elif one.kind == "word":
                strange += one.text not in FILLERS and not self._names_number(back)
            elif one.kind == "table":
                return None
            elif one.kind == "number":
                if not self._passes(back, at, bare, copula):
                    return None
            elif one.kind == "label":
                label = one.label
                if label in ("customer", "customer_or_name", "serial"):
                    if bare and copula != "la" and back not in self.used and not self._between_code(back, at):
                        return None
                    if lines and back not in self.used:
                        return None
                    strange = 0 if copula == "la" else strange
                    continue
                if label == "included" and piece.unit == "percent" and not strange:
                    return back
                if label == "before_tax" and piece.unit == "money" and copula == ":" and not strange:
                    return back
                if label == "estimated" and piece.unit == "kwh" and one.text.startswith("san luong"):
                    return None  # what was estimated is this, and no index in front
                if label in _ASIDE:
                    continue
                if label == "skip":
                    if back in self.used or self._has_lost(back) or self._has_number(back, at):
                        continue
                    if piece.unit == "kwh" and not _ENERGY.search(" ".join(one.text.split())):
                        continue
                    if lines and any(two.kind not in ("sign", "line") for two in self._pieces[back + 1 : at]):
                        return None
                    return back if strange <= 3 and (not bare or not strange or copula) else None
                if back in self.used:
                    if fits(label, piece):
                        return None
                    continue
                if not fits(label, piece):
                    if label == "used" or (not bare and copula == "la"):
                        continue
                    if label in ("tax", "rate") and piece.unit == "percent" and not strange:
                        return back
                    return None
                near = (
                    not strange or copula == "la" or (copula == ":" and piece.unit is not None and not lines)
                )
                if bare and not copula and PLACES[label][2] == "money" and not self._is_sum(back, at):
                    return None
                return back if near and not (lines and self._heads_columns(back)) else None
        return None

    def strains(self, where: int, at: int) -> bool:
        """Whether words that are not known stand between a label and its number."""
        return any(
            self._pieces[one].kind == "date"
            or (
                self._pieces[one].kind == "word"
                and self._pieces[one].text not in FILLERS
                and one not in self.used
                and not self._names_number(one)
            )
            for one in range(where + 1, at)
        )

    def _has_lost(self, label: int) -> bool:
        """Whether a label has no value: it was taken out, so that a mark or its unit stands behind it."""
        behind = self._pieces[label + 1 : label + 2]
        return bool(behind) and behind[0].text in _UNITS_AND_MARKS

    def _has_number(self, label: int, at: int) -> bool:
        """Whether a label of something else has its number already, in front of this one."""
        return any(
            self._pieces[one].kind == "number" and (one in self.used or one in self.skipped)
            for one in range(label + 1, at)
        )

    def _is_sum(self, label: int, at: int) -> bool:
        """Whether a number without currency is money where words stand in front of it: a count may, too."""
        behind = self._pieces[at + 1 : at + 2]
        counted = bool(behind) and behind[0].kind in ("word", "label")
        if not counted or all(one.kind != "word" for one in self._pieces[label + 1 : at]):
            return True
        return max(possible(self._pieces[at].text, "money", machine=False).values()) >= _LEAST_BILL

    def is_limit(self, at: int, piece: Piece) -> bool:
        """Whether a quantity is from where or up to where something holds: "tien dien tu 200.000 dong"."""
        return piece.unit in ("kwh", "money") and at > 0 and self._pieces[at - 1].text in _LIMITS

    def _heads_columns(self, at: int) -> bool:
        """Whether a label stands in a line with other labels alone: what is below is in columns."""
        others = 0
        for step in (-1, 1):
            beside = at + step
            while 0 <= beside < len(self._pieces) and self._pieces[beside].kind != "line":
                one = self._pieces[beside]
                if one.kind in ("number", "date", "month", "code"):
                    return False
                others += one.kind == "label" and one.label in PLACES and one.label != self._pieces[at].label
                beside += step
        return others > 0

    def _names_number(self, back: int) -> bool:
        """Whether a word only says what the number behind it numbers: "lần 2", "số nhà 31"."""
        for one in self._pieces[back + 1 : back + 4]:
            if one.kind != "word":
                return one.label == "ordinal"
        return False

    def _before_gloss(self, close: int, piece: Piece) -> int | None:
        """The label in front of a bracket that only explains it: "Chỉ số cũ (kỳ trước): 20418"."""
        for back in range(close - 1, max(0, close - 10), -1):
            one = self._pieces[back]
            if one.kind == "line" or (one.kind == "number" and one.unit != "percent"):
                return None
            if one.text == "(":
                while back > 1 and self._pieces[back - 1].text in (":", "="):
                    back -= 1
                before = self._pieces[back - 1]
                inside = self._pieces[back + 1 : close]
                odd = any(two.kind == "label" and two.label == "skip" for two in inside)
                fitting = before.kind == "label" and back - 1 not in self.used and fits(before.label, piece)
                return back - 1 if fitting and (not odd or before.label in ("old", "new")) else None
        return None

    def _between_code(self, back: int, at: int) -> bool:
        """Whether a code stands between the customer's label and the number."""
        return any(
            self._pieces[one].kind in ("code", "table") or one in self.used for one in range(back + 1, at)
        )

    def exported(self) -> Iterator[int]:
        """The places of what is said of energy that the household feeds in."""
        exporting = False
        for at, one in enumerate(self._pieces):
            if one.label == "export":
                exporting = True
            elif (
                one.label in _IMPORTED
                or (one.kind == "label" and one.text.endswith(("giao", "mua")))
                or (exporting and one.kind != "label" and self._ends_part(at))
            ):
                exporting = False
            if exporting:
                yield at

    def _ends_part(self, at: int) -> bool:
        """Whether a sentence ends here, or a blank line stands here."""
        one, before = self._pieces[at], self._pieces[at - 1 : at]
        if one.kind == "line":
            return bool(before) and before[0].kind == "line"
        return one.kind == "sign" and one.text in ".!" and self.ends_sentence(at)

    def ends_sentence(self, at: int) -> bool:
        """A point between letters of one abbreviation ends nothing."""
        one = self._pieces[at]
        if one.text != ".":
            return True
        behind = self._text[one.end : one.end + 1]
        before = self._pieces[at - 1] if at else None
        return not (
            before is not None and before.kind == "word" and len(before.text) <= 2 and behind.isalpha()
        )

    def _passes(self, back: int, at: int, bare: bool, copula: str) -> bool:
        """Whether a number further on may look past this one."""
        one = self._pieces[back]
        if one.unit in ("percent", "price", "phone", "households"):
            return True
        if one.unit == "doubt":
            return copula == "la"
        if back in self.skipped:
            return True
        if back in self.used:
            if back and self._pieces[back - 1].label in ("serial", "customer"):
                return copula == "la"  # a code, and not a quantity
            return not bare and one.unit != self._pieces[at].unit
        if bare:
            return bool(copula) and bool(_DAY.fullmatch(one.text)) and one.unit is None
        if one.unit is None:
            return copula == "la" or bool(_DAY.fullmatch(one.text))
        return one.unit != self._pieces[at].unit


def fits(label: str, piece: Piece) -> bool:
    """Whether a number of this type may be what the label names."""
    if label not in PLACES:
        return False
    kind = PLACES[label][2]
    if piece.unit not in UNITS[kind]:
        return False
    if label == "used":
        return piece.unit == "kwh"
    digits = re.sub("[^0-9]", "", piece.text)
    if kind == "money" and piece.unit is None:
        values = possible(piece.text, "money", machine=False).values()
        return bool(values) and max(values) >= _LEAST_MONEY and any(value % 1 == 0 for value in values)
    if kind in ("index", "kwh"):
        return len(digits) <= 12
    if kind in ("factor", "count"):
        return len(digits) <= 7
    return True
