"""The utility's side of the demo: a notice that is over-read by 30 kWh, and the corrected one after it.

The utility reads the simulated meter at half past nine on the reading day and leaves out the decimals. The
texts are received as `sodien bill import` receives them: the real reader, verdict and evidence sheet.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from sodien.billing.audit.result import Verdict
from sodien.billing.notices.read import read
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.quota import Consumption
from sodien.billing.tariff.rounding import half_up
from sodien.bills.audit import book_of
from sodien.bills.notice_templates import known_templates
from sodien.bills.receive import notice_of, receive_notice
from sodien.bills.review import evidence_of
from sodien.demo.folder import Folder
from sodien.demo.home import Pi
from sodien.demo.plan import CUSTOMER, FIRST_DAY, READING_HOUR
from sodien.metering import calendar

#: By so many kWh the first notice is wrong.
OVER_KWH = 30
_DAY = dt.timedelta(days=1)

NOTICE = """\
Mã khách hàng: {customer}
Kỳ 1 tháng {last:%m/%Y}, từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}
Chỉ số cũ: {old}
Chỉ số mới: {new}
Hệ số nhân: 1
Điện năng tiêu thụ: {kwh} kWh
Tổng cộng tiền thanh toán: {total} đ
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A notice and its verdict.

    Attributes:
        name: ``over-read`` or ``corrected``.
        over: by how many kWh it is wrong.
        entry: its number in the ledger.
    """

    name: str
    over: int
    entry: int
    verdict: Verdict

    @property
    def right(self) -> bool:
        """An honest notice never disagrees, and an error above what is detectable is found."""
        if self.over == 0:
            return self.verdict.overall != "disagrees"
        detectable = self.verdict.detectable_kwh
        return self.verdict.overall == "disagrees" or detectable is None or self.over <= detectable

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        verdict = self.verdict
        own = verdict.own_kwh
        return {
            "notice": self.name,
            "over_by_kwh": self.over,
            "verdict": verdict.overall,
            "direction": verdict.direction,
            "disagrees_by_kwh": verdict.disagrees_by_kwh,
            "disagrees_by_money": verdict.disagrees_by_money,
            "detectable_kwh": verdict.detectable_kwh,
            "billed_kwh": verdict.billed_kwh,
            "own_kwh": {"low": own.low, "best": own.best, "high": own.high} if own is not None else None,
            "wrong": [check.key for check in verdict.checks if check.result == "disagrees"],
        }


def bill_the_household(pi: Pi, folder: Folder) -> list[Judged]:
    """Both notices of the last reading day that has ended, judged and stored; none before there was one."""
    period = _period(pi)
    if period is None:
        return []
    first, last = period
    book = book_of(pi.meter_settings)
    old, new = _index(pi, first - _DAY), _index(pi, last)
    found: list[Judged] = []
    for name, over in (("over-read", OVER_KWH), ("corrected", 0)):
        text = _text(book, first, last, old, new + over)
        (folder.path / f"notice-{name}.txt").write_text(text, encoding="utf-8")
        wrong = found[-1].entry if found else None
        found.append(_enter(pi, text, name, over, wrong, folder.path / f"evidence-{name}.html"))
    return found


def _period(pi: Pi) -> tuple[dt.date, dt.date] | None:
    """The last whole billing period; the first one begins on the second day, when the household moved in."""
    rule = pi.meter_settings.reading_day
    today = calendar.day_up_to(pi.now_ms(), pi.settings.zone)
    last = calendar.previous_reading_day(today, rule)
    if last <= FIRST_DAY + _DAY:
        return None
    return max(calendar.previous_reading_day(last, rule), FIRST_DAY) + _DAY, last


def _index(pi: Pi, day: dt.date) -> int:
    """What the reader writes down on that day."""
    return int(pi.true_kwh(calendar.instant_at(day, READING_HOUR, pi.settings.zone)))


def _text(book: Book, first: dt.date, last: dt.date, old: int, new: int) -> str:
    total = charge(book, Consumption(Decimal(new - old), first, last)).total
    return NOTICE.format(
        customer=CUSTOMER,
        first=first,
        last=last,
        old=old,
        new=new,
        kwh=new - old,
        total=half_up(Fraction(total)),
    )


def _enter(pi: Pi, text: str, name: str, over: int, wrong: int | None, sheet: Path) -> Judged:
    """Receive one notice and write its sheet; ``wrong`` is the entry that it corrects."""
    where = pi.where
    now = pi.now_ms()
    notice = notice_of(read(text, known_templates().usable))
    received = receive_notice(where, notice, now=now, by="demo", replaces=wrong)
    ((stored, verdict),) = received.bills
    sheet.write_text(evidence_of(where, now=now, entry=stored.entry).html, encoding="utf-8")
    return Judged(name, over, stored.numbers()[-1], verdict)
