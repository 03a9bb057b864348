"""What a text is: a bill, a reminder, a receipt, a power cut, an offer, money for solar energy."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sodien.billing.notices.model import Problem
from sodien.billing.notices.settled import Match, Matches
from sodien.billing.notices.values import possible

_OUTAGE = re.compile(
    r"cup dien|cat dien|mat dien|(?:tam )?ngung(?:,? ?giam)* (?:cung )?cap|gian doan (?:cung )?cap|"
    r"co dien (?:tro )?lai|power (?:cut|outage)|co lai luc"
)
#: Money that was paid.
RECEIPT = re.compile(
    r"(?:vua|da) (?:tra xong|thanh toan [0-9]|duoc (?:thanh toan|tra|nop)|"
    r"thanh toan (?:xong|thanh cong|tien dien|hoa don|so tien)|"
    r"nop (?:xong|tien dien|so tien)|tra (?:tien|hoa don))|thanh toan thanh cong|(?:giao dich|gd) thanh cong|"
    r"(?:giao dich|thanh toan) [^.:;,\n]{0,40}thanh cong|"
    r"da nhan (?:duoc |du |cua )?(?:tien|cua|thanh toan|so tien|[0-9])|"
    r"da thu(?: du| tien| cua|[ ]?:)|cam on[^.\n]{0,40} da (?:thanh toan|nop)|"
    r"(?:^|\n|[:\]] )[^a-z0-9\n]{0,6}(?:giay )?bien (?:lai|nhan)(?! ghi)|"
    r"bien (?:lai|nhan) (?:thanh toan|thu)|\bsd tk|da (?:tru|trich) [0-9.,]+|"
    r"giay bao no\b(?=.{0,400}?(?:trich no|so du|tai khoan))|"
    r"trang thai ?:? ?\n? ?(?:thanh toan )?thanh cong|payment received|paid successfully|da gach no",
    re.DOTALL,
)
#: Verbs of paying in the past, which say less.
_PAID = re.compile(
    r"\bda (?:duoc |hoan (?:thanh|tat) )?(?:thanh toan|thu|dong|nop|tra|nhan|tt|tru|trich|gach)\b(?! dien)|"
    r"\bthanh cong\b"
)
_ASKING = re.compile(r"\b(?:bo qua|vui long|xin(?! cam on)|moi|neu|chua|de nghi|dang ky)\b")
#: Words of a bill that is still to be paid.
_DUE = re.compile(
    r"(?:han|can|phai|vui long|chua|moi|de nghi|truoc ngay) (?:thanh toan|nop|tra|tt)|han tt|con no|han chot"
)
_SUM = re.compile(
    r"[0-9][ ]?(?:d|dong|vnd|₫)(?![a-z])|(?:so|tong) tien[^\n]{0,20}[0-9]{4}|[0-9]{1,3}[.,][0-9]{3}(?![0-9])"
)
#: Money that the utility pays to a household which feeds into the grid.
_PAYOUT = re.compile(
    r"(?:chi tra|tra|thanh toan|chuyen)(?: cho)?[^.;\n]{0,40} tien (?:mua |ban )?(?:dien )?"
    r"(?:mat troi|dien du|nang luong mat troi|mai nha)|(?:chi tra|tra) tien (?:dien )?(?:mat troi|mai nha)|"
    r"tien (?:mua |ban )?(?:dien )?mat troi (?:mai nha )?(?:[^.;\n]|\.(?=[0-9])){0,80}"
    r"(?:chi tra|chuyen (?:vao|khoan))"
)
_WATER = re.compile(r"(?:tien|hoa don|chi so|phi) (?:tien )?nuoc|[0-9] ?m3\b|cap nuoc")
_CUBIC = re.compile(r"([0-9][0-9.,]{0,9})[ ]?(?:m3|khoi)\b")
_POWER = re.compile(r"\bdien(?! thoai| tu)|kwh|evn|electric|[0-9] ?(?:kw|so)\b")
_BOUGHT = re.compile(
    r"chieu giao|tien mua dien(?! mat)|phai (?:tra|nop|thanh toan)|tu luoi|cs (?:cu|moi)|chi so (?:cu|moi)"
)
#: A receipt by its title, whatever else it repeats of the bill that was paid.
_RECEIPT_TITLE = re.compile(
    r"[^a-z0-9]{0,6}(?:bien (?:lai|nhan)|giay bien nhan|phieu thu)\b"
    r"(?:[^\n]{0,30}(?:thanh toan|thu tien|tien dien)|[ ]*\n)"
)
#: Who paid and who took the money, as receipts have it beside their title.
_SIGNED = re.compile(r"nguoi nop|thu quy|thu cua|ly do (?:thu|nop)|ly do[ ]?:")
#: How far the title of a message reaches that has no lines: "MoMo: Thanh toan thanh cong …".
_TITLE = 30
#: Words of an account's statement: two of them tell one.
_ACCOUNT = re.compile(
    r"\bso ?du\b[^.;\n]{0,24}[0-9][0-9.,]{3}|\bsd[ :]{1,3}[0-9.,]{4,15} ?(?:vnd|d|dong)\b|\bps ?:? ?[-+]|"
    r"trich no[^.;\n]{0,24}[0-9][0-9.,]{3}|"
    r"(?:\btk|tai khoan)[^\n]{0,40} (?:giam|tang|bi tru|[-+]) ?[0-9]|"
    r"ma gd|ma giao dich|phi (?:gd|giao dich)\b|\bnd ?:|ngay gd|\bref\b"
)
#: What changed an account and what is left on it: "PS: -512.390 VND SD: 6.120.008 VND".
_STATEMENT = re.compile(
    r"\bps ?:? ?[-+] ?[0-9][0-9.,]{2,}[^\n]{0,60}\b(?:sd|so du)\b|"
    r"(?:\btk|tai khoan)[^\n]{0,40} ?[-+] ?[0-9][0-9.,]{3,}[^\n]{0,60}\b(?:sd|so du)\b"
)
#: A title that alone says that the money was paid.
_PAID_TITLE = re.compile(
    r"[^a-z0-9]{0,6}(?:giay |phieu )?xac nhan (?:da )?(?:thanh toan|nop tien|dong tien|thu tien)\b"
)
#: Papers that have numbers of bills and are none, by their titles.
_OTHER_PAPER = re.compile(
    r"[^a-z0-9]{0,6}(?:bien ban|hop dong (?:mua ban|thue)|don (?:khieu nai|de nghi|kien nghi)|"
    r"(?:hoa don|ban) nhap|phieu chi|bao gia|ban giao|goi vay|"
    r"(?:giay )?de nghi (?:thanh toan|tam ung)|thoa thuan)\b"
)
_ONE_TIME_CODE = re.compile(r"(?<![a-z])ma (?:otp|xac thuc)(?![a-z])")
_ENERGY = re.compile(r"(?<![0-9.,])([0-9][0-9.,]{0,9})[ ]?kwh")
#: Sums of money of a reminder that are tried.
_MOST_SUMS = 8
_DIFFERENCE = re.compile(r"dieu chinh (?:tang|giam)|truy thu|hoan tra|thoai (?:thu|hoan)")
#: In front of what is said in passing, or of what may be.
_CONDITION = re.compile(r"(?:neu|truong hop|bo qua|hoac)[^.\n]{0,60}$|\([^)\n]{0,40}$")
DEBT = re.compile(
    r"con no|dang no|no tien dien|con thieu|(?<!trich )\bno [0-9][0-9., ]{3,14}(?:d|dong|vnd)\b|"
    r"chua (?:thanh toan|nop|tra|tt|dong)\b|nhac (?:no|lan|thanh toan|nop)|qua han|tre han|"
    r"(?<!phat )(?<!lai )cham (?:thanh toan|nop|tra)|gian doan cap dien|no qua|den nay chua|som thanh toan|"
    r"(?:ngung|cat|cup) (?:ban|cap|cung cap) dien|overdue|unpaid|outstanding (?:balance|amount)"
)
_OVERDUE = re.compile(r"\bda (?:qua|tre) han\b")
#: Words in front of what may become of a bill and has not.
_AVOIDED = re.compile(r"\b(?:tranh|neu|ai|ho nao|kh nao)(?: bi)? ?$")
#: A new bill that is called unpaid, as banks announce it.
_TO_PAY = re.compile(
    r"co (?:[0-9]{1,2} )?(?:hoa don|hd)[^.:;\n]{0,90}chua (?:thanh toan|tra|tt)|"
    r"trang thai:? ?\n? ?chua thanh toan"
)
_PROMOTION = re.compile(
    r"quay so|trung thuong|khuyen mai|uu dai|tri an|phieu mua hang|voucher|rut tham|boc tham|qua tang|"
    r"duoc tang|hoan tien|tiet kiem dien|gio trai dat|"
    r"hoan (?:ngay|den|toi|[0-9])|(?:giam|tang) (?:ngay|den|toi) |chuong trinh|giam gia|co hoi nhan|"
    r"cashback|tham gia"
)
_MOVED = re.compile(
    r"(?:doi|thay doi|chuyen|dieu chinh|lui|doi lai)[^.\n]{0,60}(?:ghi (?:chi so|dien|cs)|gcs)|"
    r"(?:lich|ngay) (?:ghi|gcs)[^.\n]{0,60}(?:chuyen|doi|lui)"
)


def is_receipt(text: str, found: Matches) -> bool:
    """Whether the text says that money has been paid, and gives no consumption, indices or period.

    A title that says so is enough, if the money is said to have been paid as well.
    """
    if _PAID_TITLE.match(text.lstrip()):
        return True
    title = _RECEIPT_TITLE.match(text)
    if title is not None and (RECEIPT.search(text, title.end()) or _SIGNED.search(text, title.end())):
        return True
    paid = [
        match
        for match in RECEIPT.finditer(text)
        if not _CONDITION.search(text[max(0, match.start() - 80) : match.start()])
    ]
    plain = bool(paid) and not any(
        one[0].startswith("cam on") for one in paid
    )  # thanks are for the last bill
    if paid and not _DUE.search(text):
        first_line, more, _ = text.strip().partition("\n")
        head = len(text) - len(text.lstrip()) + (len(first_line) if more else _TITLE if plain else 0)
        if paid[0].start() < head:
            return True
        said = [_sentence(text, match.start()) for match in paid]
        rest = "".join(char for at, char in enumerate(text) if not any(a <= at < b for a, b in said))
        if any(_SUM.search(text, a, b) for a, b in said) and not _SUM.search(rest):
            return True
    if _STATEMENT.search(text):
        return True
    if any(one.group in ("rows", "tiers") or one.name == "net" for one in found.finds):
        return False
    if len({match.group()[:4] for match in _ACCOUNT.finditer(text)}) > 1 or (plain and not _DUE.search(text)):
        return True
    if any(one.name in ("kwh", "first") for one in found.finds):
        return False
    return bool(paid) or (
        not _DUE.search(text) and any(_says_paid(text, one) for one in _PAID.finditer(text))
    )


def _says_paid(text: str, paid: re.Match[str]) -> bool:
    """Whether a verb of paying says so of a sum in its sentence, and asks for nothing."""
    start, end = _sentence(text, paid.start())
    return _SUM.search(text, start, end) is not None and _ASKING.search(text, start, end) is None


def _sentence(text: str, at: int) -> tuple[int, int]:
    """The sentence around a place."""
    ends = [0, *(match.end() for match in re.finditer(r"[.!?;](?=\s|$)|\n", text)), len(text)]
    return max(end for end in ends if end <= at), min(end for end in ends if end > at)


def is_other_paper(text: str) -> bool:
    """Whether the title is that of a record, a contract or an offer, or a code is sent to pay with."""
    return _OTHER_PAPER.match(text) is not None or _ONE_TIME_CODE.search(text) is not None


def is_of_water(text: str) -> bool:
    """Whether the text bills water and says nothing of electricity."""
    return _WATER.search(text) is not None and _POWER.search(text) is None


def without_water(text: str, found: Matches) -> Matches:
    """Without the registers whose indices differ by what is printed in cubic metres: they are of water."""
    water = {
        value for one in _CUBIC.finditer(text) for value in possible(one[1], "index", machine=False).values()
    }
    index = {
        (one.index, one.name): set(possible(one.raw, "index", machine=False).values())
        for one in found.finds
        if one.group == "rows" and one.name in ("old", "new")
    }
    rows = {
        row
        for row, name in index
        if any(b - a in water for a in index.get((row, "old"), ()) for b in index.get((row, "new"), ()))
    }
    return replace(found, finds=[one for one in found.finds if one.group != "rows" or one.index not in rows])


def is_payout(text: str) -> bool:
    """Whether the utility pays the household for what it fed into the grid, and bills nothing."""
    return _PAYOUT.search(text) is not None and _BOUGHT.search(text) is None


def without_correction(text: str, found: Matches) -> Matches:
    """A correction by a difference names what was billed, what is right and the difference: none is taken.

    Which of them is "the consumption" nobody can say.
    """
    energies = {one.raw for one in found.finds if one.kind == "kwh"} | set(_ENERGY.findall(text))
    if not _DIFFERENCE.search(text) or len(energies) < 2:
        return found
    finds = [one for one in found.finds if one.kind not in ("kwh", "index")]
    problem = Problem("two_values", "kwh", {"values": ", ".join(sorted(energies)[:6])})
    return replace(found, finds=finds, problems=[*found.problems, problem])


def is_debt(text: str, found: Matches) -> bool:
    """Whether the text reminds of money that is owed; with a consumption or indices it is a bill.

    Money that is said to be overdue is owed, whatever it was for.
    """
    overdue = _OVERDUE.search(text)
    if (
        overdue is not None
        and not _CONDITION.search(text[max(0, overdue.start() - 80) : overdue.start()])
        and not any(one.group == "tiers" or one.name in ("old", "new", "net", "first") for one in found.finds)
    ):
        return True
    if any(one.group == "rows" or one.name in ("kwh", "net", "first") for one in found.finds):
        return False
    if any(one.group == "debt" and one.name == "owed" for one in found.finds):
        return True
    return _says(DEBT, _TO_PAY.sub(lambda one: " " * len(one[0]), text))


def no_bill(text: str) -> str | None:
    """What a text without quantities tells: ``outage``, ``promotion``; None for neither."""
    return "outage" if _says(_OUTAGE, text) else "promotion" if _PROMOTION.search(text) else None


def _says(what: re.Pattern[str], text: str) -> bool:
    """Whether a text says so of what is, and not of what may become of a bill."""
    return any(
        not _AVOIDED.search(text, max(0, match.start() - 12), match.start()) for match in what.finditer(text)
    )


def without_debt(found: Matches) -> Matches:
    """A bill that mentions a debt in passing is a bill alone."""
    if any(one.group == "debt" and one.name != "owed" for one in found.finds):
        return found
    if not any(one.name in ("money", "total", "net", "amount") for one in found.finds):
        return replace(
            found,
            finds=[
                replace(one, group="", name="money") if one.name == "owed" else one for one in found.finds
            ],
        )
    debts = [one for one in found.finds if one.group == "debt"]
    aside = [replace(one, group="", name="aside", label="no") for one in debts]
    return replace(
        found, finds=[one for one in found.finds if one not in debts], aside=[*found.aside, *aside]
    )


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
    parts = [one for one in found.finds if (one.group, one.name) == ("debt", "owed") and one.kind == "money"]
    loose = [max(possible(one.raw, "money", machine=False).values()) for one in (*parts, *found.loose)]
    if (whole := sums.get(sum(loose, Decimal(0)))) is not None and len(loose) > 1:
        found = replace(found, finds=[
            replace(whole, group="debt", name="owed", dated=False) if one is whole else one
            for one in found.finds if one not in parts and one.name not in ("month", "year", "term")
        ])  # fmt: skip
    every = {value: one for one in (*parts, *found.loose, *found.aside, *sums.values())
             for value in possible(one.raw, "money", machine=False).values()}  # fmt: skip
    for value in sorted(every, reverse=True)[:_MOST_SUMS]:
        others = sorted(every.keys() - {value}, reverse=True)[:_MOST_SUMS]
        if any(sum(some) == value for count in (2, 3, 4) for some in itertools.combinations(others, count)):
            # "T9 145.000d + T10 160.218d = 305.218d"
            whose = [one for one in found.finds if one.name in ("customer", "name")]
            return Matches([*whose, replace(every[value], group="debt", name="owed", dated=False)])
    has = any(one.group == "debt" and one.name == "owed" for one in found.finds)
    summed = any(one.label == "owed" for one in found.finds)  # "tong no", beside what each month owes
    for one in found.finds:
        if summed and one.label == "owing":
            continue
        if one.name in ("money", "total") and not one.group:
            if not has and len(sums) == 1:
                finds.append(replace(one, group="debt", name="owed"))
                has = True
            continue
        if one.name in ("first", "last", "net", "tax", "tax_rate", "kwh") or one.group == "rows":
            continue
        finds.append(one)
    alone = [one for one in found.aside if one.label in ("no", "han", "qua han")]
    if not has and not sums and not alone and len(found.loose) == 1:
        alone = [found.loose[0]]
    if not has and not sums and len(alone) == 1:
        finds.append(replace(alone[0], group="debt", name="owed"))
    return Matches(finds, found.problems)


def moved_day(text: str) -> re.Match[str] | None:
    """The sentence that moves the reading day, when the text is about that."""
    return _MOVED.search(text)


def tells_a_bill(found: Sequence[Match]) -> bool:
    """Whether there is more than dates and a code: a quantity that a label names."""
    if {"kwh", "money"} <= {one.name for one in found}:
        return True
    return any(
        one.group in ("rows", "tiers") or (one.name in ("kwh", "net", "tax", "total", "money") and one.label)
        for one in found
        if one.kind not in ("text", "int")
    )
