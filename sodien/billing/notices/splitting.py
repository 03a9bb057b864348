"""Several notices in one paste, or in one line: where each begins and ends."""

from __future__ import annotations

import re

#: A sender and its verb, where a message begins: at the start of a line or behind the end of a sentence.
_SENDER = re.compile(
    r"(?:^|\n|(?<=[.!?;])[ ]{1,4})[^a-z0-9\n]{0,6}(?P<start>"
    r"(?:tong c|c)?(?:ong )?(?:cty|ctdl|cong ty|evn|dien luc|dl|tdl|pc|htx|bqld?|ban quan ly|xn|chi nhanh)"
    r"[^.;:\n]{0,50}?\b(?:thong bao|kinh bao|xin bao|t/bao|tb|bao|gui)\b)"
)
#: The first message of the southern company may stand anywhere.
_MESSAGE = re.compile(
    r"\bevn[ ]?(?:spc|hcmc|hanoi|ha noi|npc|cpc)?[ ]{0,3}"
    r"(?:xin[ ]{1,3}|kinh[ ]{1,3}|tran trong[ ]{1,3})?thong bao"
)
#: Titles and first words of messages without a sender.
_TITLE = re.compile(
    r"(?:^|\n)[^a-z0-9\n]{0,6}(?P<start>"
    r"(?:thong bao|hoa don|giay bao|bien lai|phieu bao)[^\n]{0,12} (?:tien dien|gtgt|gia tri gia tang)"
    r"|(?:t?thong bao:? ?)?(?:h?tien dien|bao tien dien|hoa don tien dien)[^\n]{0,12} "
    r"(?:ky|thang|t)[ ]?[0-9]{1,2}(?![0-9]|-(?!20)[0-9]{3}))"
)
#: A line of a list of months, with its quantity.
_MONTH_LINE = re.compile(
    r"(?:^|\n)[^a-z0-9\n]{0,6}(?P<start>(?:(?:[a-z ]{0,20} )?(?:thang|t|ky)[ ]?:?[ ]?)?"
    r"(?P<month>[0-9]{1,2}[ ]?[/-][ ]?[0-9]{4})[^\n]{0,200}?[0-9] ?(?:kwh|d\b|dong|vnd))"
)
_TELLS = re.compile(
    r"[0-9][ ]?(?:kwh|kw\b|d\b|dong|vnd)|(?:tien|chi so|ghi dien|tieu thu|thanh toan)[^\n]{0,60}[0-9]{3}"
)


_CODE = re.compile(r"(?<![0-9a-z])p[a-z][0-9]{2}[0-9a-z]{7,9}(?![0-9a-z])")
_MONTH = re.compile(
    r"(?:thang|t|ky)[ ]?:?[ ]?(?:[1-3]/)?"
    r"(?P<month>[0-9]{1,2}[ ]?[/.-][ ]?(?:20)?[0-9]{2}|[0-9]{1,2} nam 20[0-9]{2})(?![0-9])"
)
_MONEY = re.compile(r"[0-9][ ]?(?:d|dong|vnd|vnđ|₫)(?![a-z])|tien[^\n;]{0,30}[0-9]{1,3}(?:[., ][0-9]{3})+")


_SUM = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:[., ][0-9]{3})+(?![0-9])|(?<![0-9.,])[0-9]{5,9}(?![0-9])")
_ENERGY = re.compile(r"[0-9] ?kwh\b")


def messages(text: str) -> list[tuple[int, int]]:
    """Where each message of a folded text begins and ends."""
    starts = [match.start() for match in _MESSAGE.finditer(text)]
    senders = [match.start("start") for match in _SENDER.finditer(text)]
    starts = sorted(
        {*starts, *(one for one in senders if not any(abs(one - other) < 30 for other in starts))}
    )
    if len(starts) < 2:
        starts = _repeated(text, [match.start("start") for match in _TITLE.finditer(text)])
    if len(starts) < 2:
        lines = list(_MONTH_LINE.finditer(text))
        months = {"".join(match["month"].split()).lstrip("0") for match in lines}
        starts = (
            _repeated(text, [match.start("start") for match in lines])
            if len(months) == len(lines) and not _is_summed(text, lines)
            else []
        )
    if len(starts) < 2:
        starts = _parts(text, r"\n[ \t]*\n\s*|\n[-=*_ ]{3,}\n") or _parts(
            text, r"[;\n][ ]*(?:[0-9]{1,2}[.)][ ]?)?(?=[a-z])", alike=True
        )
    if len(starts) < 2 and "\n" not in text.strip():  # a joint within one of several lines may cut a notice
        starts = _parts(text, r"[.,;][ ]+(?=(?:t|thang|ky) ?[0-9]{1,2}/20[0-9]{2})", whole=True) or _parts(
            text, r"[.;][ ]+(?=(?:kh|mkh|ma kh|qk|quy khach|khach hang)\b)", coded=True
        )
    if len(starts) < 2:
        return [(0, len(text))]
    bounds = (
        [0, *starts[1:]]
        if any(char.isalnum() for char in text[: starts[0]]) and not _tells(text[: starts[0]])
        else starts
    )
    if bounds is starts and any(char.isalnum() for char in text[: starts[0]]):
        bounds = [0, *starts]
    found = list(zip(bounds, [*bounds[1:], len(text)], strict=True))
    return [one for one in found if text[one[0] : one[1]].strip()]


def _is_summed(text: str, lines: list[re.Match[str]]) -> bool:
    """Whether what the months come to is printed behind them: then it is one notice of all."""
    sums = [[int(re.sub("[., ]", "", one)) for one in _SUM.findall(line.group())] for line in lines]
    if not lines or not all(sums):
        return False
    behind = {int(re.sub("[., ]", "", one)) for one in _SUM.findall(text, lines[-1].end())}
    return sum(one[-1] for one in sums) in behind


def _tells(text: str) -> bool:
    return _TELLS.search(_CODE.sub(" ", text)) is not None


def _repeated(text: str, starts: list[int]) -> list[int]:
    """The starts, when each begins a stretch with a quantity."""
    if len(starts) < 2 or len(starts) > 60:
        return []
    ends = [*starts[1:], len(text)]
    return starts if all(_tells(text[a:b]) for a, b in zip(starts, ends, strict=True)) else []


def _parts(
    text: str, joint: str, *, alike: bool = False, coded: bool = False, whole: bool = False
) -> list[int]:
    """Where the parts between the joints begin, when each is a notice of its own.

    What tells no money belongs to the one in front. Each must have another customer or another month than the
    others; ``alike`` when they must begin with the same word too, ``coded`` when each must have a code,
    ``whole`` when each must tell kWh and money.
    """
    starts = [0, *(match.end() for match in re.finditer(joint, text))]
    ends = [*starts[1:], len(text)]
    parts = [(a, text[a:b]) for a, b in zip(starts, ends, strict=True) if text[a:b].strip()]
    parts = [one for one in parts if _MONEY.search(one[1]) or _ENERGY.search(one[1])]
    both = all(_MONEY.search(one[1]) and _ENERGY.search(one[1]) for one in parts)
    if not 2 <= len(parts) <= 60 or (whole and not both):
        return []
    marks = []
    for _, part in parts:
        code, month = _CODE.search(part), _MONTH.search(part)
        if code is None and (month is None or coded):
            return []
        marks.append((code and code.group(), month and "".join(month["month"].split()).lstrip("0")))
    words = {(re.findall("[a-z]+", part) or [""])[0] for _, part in parts}
    if len(set(marks)) < len(marks) or (alike and len(words) > 1):
        return []
    return [0, *(a for a, _ in parts[1:])]
