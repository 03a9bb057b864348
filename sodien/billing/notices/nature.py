"""What a text is: one message or several; a bill, a reminder, a receipt, a power cut or an offer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sodien.billing.notices.settled import Match, Matches
from sodien.billing.notices.values import possible

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
    r"(?:ky|thang|t)[ ]?[0-9])"
)
#: A line of a list of months, with its quantity.
_MONTH_LINE = re.compile(
    r"(?:^|\n)[^a-z0-9\n]{0,6}(?P<start>(?:[a-z ]{0,20} )?(?:thang|t)[ ]?:?[ ]?"
    r"(?P<month>[0-9]{1,2}[ ]?[/-][ ]?[0-9]{4})[^\n]{0,200}?[0-9] ?(?:kwh|d\b|dong|vnd))"
)
_TELLS = re.compile(
    r"[0-9][ ]?(?:kwh|kw\b|d\b|dong|vnd)|(?:tien|chi so|ghi dien|tieu thu|thanh toan)[^\n]{0,60}[0-9]{3}"
)

OUTAGE = re.compile(
    r"cup dien|cat dien|mat dien|(?:tam )?ngung(?:,? ?giam)* (?:cung )?cap|gian doan (?:cung )?cap|"
    r"co dien (?:tro )?lai|power (?:cut|outage)|co lai luc"
)
#: Money that was paid.
RECEIPT = re.compile(
    r"(?:vua|da) (?:tra xong|thanh toan (?:xong|thanh cong|tien dien|hoa don|so tien)|"
    r"nop (?:xong|tien dien|so tien)|tra (?:tien|hoa don))|thanh toan thanh cong|giao dich thanh cong|"
    r"(?:giao dich|thanh toan) [^.:;,\n]{0,40}thanh cong|da nhan (?:duoc |du )?(?:tien|thanh toan|so tien)|"
    r"da thu (?:du )?tien|cam on[^.\n]{0,40} da (?:thanh toan|nop)|"
    r"bien (?:lai|nhan)|\bsd tk|da (?:tru|trich) [0-9.,]+|payment received|paid successfully|da gach no"
)
#: A receipt by its title, whatever else it repeats of the bill that was paid.
_RECEIPT_TITLE = re.compile(
    r"[^a-z0-9]{0,6}(?:bien (?:lai|nhan)|giay bien nhan|phieu thu)\b"
    r"[^\n]{0,30}(?:thanh toan|thu tien|tien dien)"
)
#: Words of an account's statement: two of them tell one.
_ACCOUNT = re.compile(
    r"\bso ?du\b|\bps ?: ?[-+]|trich no|(?:\btk|tai khoan)[^\n]{0,40} (?:giam|tang|bi tru|[-+]) ?[0-9]|"
    r"ma gd|ma giao dich|\bnd ?:|ngay gd|\bref\b"
)
_CONDITION = re.compile(r"(?:neu|truong hop|bo qua|hoac)[^.\n]{0,60}$")
DEBT = re.compile(
    r"con no|dang no|no tien dien|chua (?:thanh toan|nop|tra)|nhac (?:no|lan|thanh toan|nop)|qua han|tre han|"
    r"cham (?:thanh toan|nop|tra)|gian doan cap dien|no qua|den nay chua|som thanh toan|"
    r"(?:ngung|cat|cup) (?:ban|cap|cung cap) dien|overdue|unpaid"
)
PROMOTION = re.compile(
    r"quay so|trung thuong|khuyen mai|uu dai|tri an|phieu mua hang|voucher|rut tham|boc tham|qua tang|"
    r"duoc tang|hoan tien|tiet kiem dien|gio trai dat|chuong trinh|giam gia|co hoi nhan|cashback|tham gia"
)
_MOVED = re.compile(
    r"(?:doi|thay doi|chuyen|dieu chinh|lui|doi lai)[^.\n]{0,60}(?:ghi (?:chi so|dien|cs)|gcs)|"
    r"(?:lich|ngay) (?:ghi|gcs)[^.\n]{0,60}(?:chuyen|doi|lui)"
)


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
            _repeated(text, [match.start("start") for match in lines]) if len(months) == len(lines) else []
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


def _tells(text: str) -> bool:
    return _TELLS.search(text) is not None


def _repeated(text: str, starts: list[int]) -> list[int]:
    """The starts, when each begins a stretch with a quantity."""
    if len(starts) < 2 or len(starts) > 60:
        return []
    ends = [*starts[1:], len(text)]
    return starts if all(_tells(text[a:b]) for a, b in zip(starts, ends, strict=True)) else []


def is_receipt(text: str, found: Matches) -> bool:
    """Whether the text says that money has been paid, and gives no consumption, indices or period.

    A title that says so is enough, if the money is said to have been paid as well.
    """
    title = _RECEIPT_TITLE.match(text)
    if title is not None and RECEIPT.search(text, title.end()):
        return True
    if any(one.group in ("rows", "tiers") or one.name in ("kwh", "net", "first") for one in found.finds):
        return False
    if len({match.group()[:4] for match in _ACCOUNT.finditer(text)}) > 1:
        return True
    return any(
        not _CONDITION.search(text[max(0, m.start() - 80) : m.start()]) for m in RECEIPT.finditer(text)
    )


def is_debt(text: str, found: Matches) -> bool:
    """Whether the text reminds of money that is owed; with a consumption or indices it is a bill."""
    if any(one.group == "rows" or one.name in ("kwh", "net", "first") for one in found.finds):
        return False
    if any(one.group == "debt" and one.name == "owed" for one in found.finds):
        return True
    return DEBT.search(text) is not None


def without_debt(found: Matches) -> Matches:
    """A bill that mentions a debt in passing is a bill alone."""
    if any(one.group == "debt" and one.name != "owed" for one in found.finds):
        return found
    return replace(found, finds=[one for one in found.finds if one.group != "debt"])


def owed(found: Matches) -> Matches:
    """The one sum of a reminder as what is owed."""
    finds: list[Match] = []
    sums = {
        value: one
        for one in found.finds
        if one.name in ("money", "total") and not one.group
        for value in possible(one.raw, "money", machine=False).values()
        if value > Decimal(0)
    }
    has = any(one.group == "debt" and one.name == "owed" for one in found.finds)
    for one in found.finds:
        if one.name in ("money", "total") and not one.group:
            if not has and len(sums) == 1:
                finds.append(replace(one, group="debt", name="owed"))
                has = True
            continue
        if one.name in ("first", "last", "net", "tax", "tax_rate", "kwh") or one.group == "rows":
            continue
        finds.append(one)
    return Matches(finds, found.problems)


def moved_day(text: str) -> re.Match[str] | None:
    """The sentence that moves the reading day, when the text is about that."""
    return _MOVED.search(text)


def tells_a_bill(found: Sequence[Match]) -> bool:
    """Whether there is more than dates and a code: a quantity that a label names."""
    return any(
        one.group in ("rows", "tiers") or (one.name in ("kwh", "net", "tax", "total", "money") and one.label)
        for one in found
        if one.kind not in ("text", "int")
    )
