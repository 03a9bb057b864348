"""Customer codes, serial numbers, the utility's short codes and names: what is no number and no date."""

from __future__ import annotations

import re

from sodien.billing.notices.bind import Binder
from sodien.billing.notices.vocabulary import LABELS

#: The utilities' customer codes: P, the company's letter, then digits (the last may hold letters).
CODE = re.compile(r"p[a-z][0-9]{2}[0-9a-z]{7,9}")
#: What may stand between the label and the code: a gloss, "la", "so", "co ma", a line end.
_JOINT = (
    r"(?: [13] pha(?: [24] day)?)?[ ]{0,4}(?:\([a-z' ,]{1,30}\))?"
    r"[ .:=(\-|\n]{0,6}(?:co ma(?: so)? |ma so |la |so |ma )?:?[ ]{0,40}"
)
_RUN = re.compile(
    _JOINT + r"(?P<code>(?:p[a-z] [0-9]{11,13}|[0-9a-z][0-9a-z._/-]{0,29})(?<![._/-]))(?![0-9a-z~])"
)
_WORD = re.compile(r"[ ]{0,3}[:=][ ]{0,3}(?P<code>[a-z]{1,8})(?![0-9a-z])")
_DATE = re.compile(r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4}")
_PHONE = re.compile(r"(?:1[89]00[0-9]{4,6}|0[35789][0-9]{8})")
_UNIT = re.compile(r"[0-9.,]+(?:kwh|kw|d|vnd|dong)?")
_MONTH = re.compile(r"t\.?[0-9]{1,2}[./-](?:20)?[0-9]{2}")
#: Digits that the end of a line has cut off a code.
_CUT = re.compile(r"[ ]?\n[0-9]{1,6}[ ](?!kwh|kw|so|d\b|dong|vnd|ngay|thang|ho|ky|x\b)[a-z]")
#: A whole code and, without a blank, the next sentence: "PB05010009999.Tien dien".
_SENTENCE = re.compile(rf"(?P<code>{CODE.pattern})[./_-](?=[a-z]{{3}})")
#: A code written in groups: its first one is no code.
_IN_GROUPS = re.compile(r"p[a-z][0-9]{2}[0-9a-z]{0,6} [0-9]{3,}(?![0-9.,/a-z])")
#: The second group of a number in groups, with which its line or part ends.
_GOES_ON = re.compile(r" [0-9]{2,}(?=[ ]*(?:\n|$|[,;)]))")
#: What makes an index of the number in front.
_PAIR = re.compile(r"[ ]{0,2}(?:->?|=?>|den|toi)[ ]{0,2}[0-9]")
#: A code behind a name: "KH: Nguyen Van Tam - PT0112".
_BEHIND_NAME = re.compile(r"[ ]{0,2}[-(][ ]{0,2}(?P<code>[a-z]{1,4}[0-9]{3,12})(?![0-9a-z./,~-])")
#: Labels of codes of other things.
_NUMBERED = re.compile("(?:ma|so|id|ref|tk|stk|tai khoan|hoa don)(?![a-z])")
#: The letter O where a code has its first digits.
_O_FOR_0 = re.compile(r"p[a-z](?:o[0-9]|[0-9]o)")
#: A code that the end of a line cuts in two.
_IN_TWO = re.compile(r"(?P<code>p[a-z][0-9]{2}[0-9a-z]{0,8}[ ]?\n[0-9]{1,9})(?![0-9a-z])")
#: Labels of a customer code that may be another's too: only what looks like a code is one.
_SHORT = frozenset({"ma", "ma so"})
_CUSTOMERS = frozenset({"customer", "customer_or_name"})
_MOST_WORDS = 8
#: The characters of the longest and of the shortest code of a utility.
_LONGEST, _SHORTEST = 13, 11


def bind_codes(binder: Binder) -> None:
    """Read the codes behind their labels, then those that need none."""
    for at, piece in enumerate(binder.pieces):
        if piece.kind != "label":
            continue
        if piece.label in ("arising_kind", "invoice_kind"):
            if match := _WORD.match(binder.text, piece.end):
                binder.find("debt", piece.label, "text", *_raw(binder, match.span("code")))
                _use(binder, at, piece.start, match.end("code"))
                binder.cover(piece.start, match.end("code"))
        elif piece.label in (*_CUSTOMERS, "serial", "meter_old", "meter_new") and not (
            piece.text in _SHORT and _has_code(binder)
        ):
            _labelled(binder, at)
    for at, piece in enumerate(binder.pieces):
        if piece.kind == "code" and at not in binder.used and not _of_another(binder, at):
            if _is_cut(binder, piece.start, piece.end):
                binder.problem("unreadable", "customer", piece.text)
                continue
            end = _end(binder, piece.start, piece.end)
            binder.find("", "customer", "text", *_raw(binder, (piece.start, end)))
            binder.cover(piece.start, end)
            _use(binder, at, piece.start, end)


def _has_code(binder: Binder) -> bool:
    """Whether a utility's code or a labelled one says whose the notice is: "ma so" is of something else."""
    return any(one.kind == "code" for one in binder.pieces) or any(
        one.name == "customer" for one in binder.found.finds
    )


def _end(binder: Binder, start: int, end: int) -> int:
    """Where a code ends: in the next line, where only its digits there make it a whole one."""
    cut = _IN_TWO.match(binder.text, start)
    return cut.end("code") if cut and len(_raw(binder, cut.span("code"))[0]) == _LONGEST else end


def _labelled(binder: Binder, at: int) -> None:
    piece = binder.pieces[at]
    serial = piece.label not in _CUSTOMERS
    match = _RUN.match(binder.text, piece.end)
    if match is not None and _is_quantity(binder, at, match.start("code")):
        return
    if match is not None and serial and _PAIR.match(binder.text, match.end("code")):
        return  # "cong to cu: 31649 - 31720"
    if (
        match is not None
        and not serial
        and (
            _IN_GROUPS.match(binder.text, match.start("code"))
            or _O_FOR_0.match(binder.text, match.start("code"))
        )
    ):
        binder.problem("unreadable", "customer", match["code"])
        _use(binder, at, piece.start, match.end("code"))
        return
    if match is not None and _is_code(
        match["code"], piece.label, glued=match.start("code") == piece.end, short=piece.text in _SHORT
    ):
        start, end = match.span("code")
        if (whole := _end(binder, start, end)) > end:
            end = whole
        elif end - start < _SHORTEST and _IN_TWO.match(binder.text, start):
            binder.problem("unreadable", "customer", match["code"])
            _use(binder, at, piece.start, end)
            return
        if glued := _SENTENCE.match(binder.text, start):
            end = glued.end("code")
        if serial and piece.label in ("meter_old", "meter_new"):
            _use(binder, at, start, end)
            binder.used.discard(at)
            binder.serials[at] = _raw(binder, (start, end))
            binder.cover(piece.start, end)
            return
        if serial and _GOES_ON.match(binder.text, end):
            binder.problem("unreadable", "serial", binder.text[start:end])
            _use(binder, at, piece.start, end)
            return
        name = "serial" if serial and not CODE.fullmatch(match["code"]) else "customer"
        if _is_cut(binder, start, end):
            binder.problem("unreadable", name, binder.text[start:end])
            _use(binder, at, piece.start, end)
            return
        binder.find("", name, "text", *_raw(binder, (start, end)))
        binder.cover(piece.start, end)
        _use(binder, at, piece.start, end)
        return
    if match is not None and not serial and match["code"].isdecimal():
        for place, one in enumerate(binder.pieces[at + 1 : at + 8], at + 1):
            if one.start == match.start("code") and one.kind == "number" and one.unit is None:
                binder.used.add(place)  # whatever it is, it is no quantity
                binder.skipped.add(place)
    if match is not None and _explicit(binder, at) and any(c.isdigit() for c in match["code"]):
        text = match["code"]
        if (
            not _DATE.match(text)
            and piece.label in ("customer", "serial")
            and len(text) > 3
            and piece.text not in _SHORT
        ):
            binder.problem("unreadable", "serial" if serial else "customer", text)
        return
    if piece.label == "customer_or_name" and _explicit(binder, at):
        _name(binder, at)


def _is_cut(binder: Binder, start: int, end: int) -> bool:
    """Whether digits in the next line may belong to a code; one with all its characters is whole."""
    whole = end - start == _LONGEST and CODE.fullmatch(binder.text, start, end)
    return not whole and _CUT.match(binder.text, end) is not None


def _is_quantity(binder: Binder, at: int, start: int) -> bool:
    """Whether the run is a number with a unit: "… cua quy khach la 412338 dong"."""
    for one in binder.pieces[at + 1 : at + 8]:
        if one.start == start:
            return one.kind == "number" and (
                one.unit in ("kwh", "money") or (" la " in binder.text[binder.pieces[at].end - 1 : start])
            )
    return False


def _explicit(binder: Binder, at: int) -> bool:
    return at + 1 < len(binder.pieces) and binder.pieces[at + 1].text in (":", "=")


def _is_code(text: str, label: str, *, glued: bool, short: bool) -> bool:
    if _MONTH.fullmatch(text):
        return False
    digits = sum(char.isdigit() for char in text)
    letters = sum(char.isalpha() for char in text)
    if (
        not digits
        or _DATE.fullmatch(text)
        or (letters and "." in text and not CODE.search(text) and digits < 4)
    ):
        return False
    if label == "customer" and short:
        return digits >= 2 and letters > 0 and len(text) >= 4
    if label == "customer":
        if _UNIT.fullmatch(text) and ("." in text or "," in text):
            return False
        plain = text.isdecimal() or re.fullmatch("[0-9]{2,4}-[0-9]{3,8}", text)
        return (digits >= 2 and letters > 0 and len(text) >= 4) or (plain is not None and digits >= 4)
    if label == "customer_or_name":
        if letters:
            numbered = re.fullmatch("[0-9]{2,5}-[a-z][0-9]{1,4}", text) is not None
            whole = digits >= 2 and len(text) >= 4 and "/" not in text[:2]
            return (text[0].isalpha() or numbered) and whole
        numbered = digits >= 6 or (digits >= 4 and text.startswith("0"))
        return (text.isdecimal() and numbered and not _PHONE.fullmatch(text) and not glued) or (
            glued and digits >= 4 and text.isdecimal()
        )
    return digits >= 4 and re.fullmatch(r"[0-9a-z][0-9a-z-]{3,19}", text) is not None


def _of_another(binder: Binder, at: int) -> bool:
    """Whether the label in front says that the code is no customer's."""
    for back in range(at - 1, max(-1, at - 4), -1):
        one = binder.pieces[back]
        if one.kind == "label":
            return one.label == "serial" or (one.label == "skip" and _NUMBERED.match(one.text) is not None)
        if one.kind not in ("sign", "line"):
            return False
    return False


def _raw(binder: Binder, span: tuple[int, int]) -> tuple[str, int, int]:
    text = binder.text[span[0] : span[1]]
    return "".join(text.split()).upper(), *span


def _use(binder: Binder, at: int, start: int, end: int) -> None:
    binder.used.add(at)
    while at < len(binder.pieces) and binder.pieces[at].start < end:
        if binder.pieces[at].start >= start:
            binder.used.add(at)
        at += 1


def _name(binder: Binder, at: int) -> None:
    """A customer's name: words in one line up to a sign, a number or the next label."""
    end = begin = at + 2
    pieces = binder.pieces
    if begin + 1 < len(pieces) and pieces[begin].kind == "label" and pieces[begin + 1].text == ":":
        return
    while end < len(pieces) and end - begin < _MOST_WORDS:
        one = pieces[end]
        if one.kind == "word" or (
            one.kind == "label" and len(one.text) <= 3 and one.text.replace(" ", "") in LABELS
        ):
            end += 1
            continue
        break
    if end > begin:
        binder.find(
            "",
            "name",
            "name",
            binder.text[pieces[begin].start : pieces[end - 1].end],
            pieces[begin].start,
            pieces[end - 1].end,
        )
        binder.cover(pieces[at].start, pieces[end - 1].end)
        binder.used |= set(range(at, end))
        if match := _BEHIND_NAME.match(binder.text, pieces[end - 1].end):
            binder.find("", "customer", "text", *_raw(binder, match.span("code")))
            _use(binder, at, *match.span("code"))
