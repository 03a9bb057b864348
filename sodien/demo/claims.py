"""The utility's portal in the demo: its daily readings, honest at first, then stuck, then all too high.

It tells the true register of the simulated meter at 23:59, as portals do, in the JSON they answer with; that
is read, noted and judged as `sodien claim import` does.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sodien import formats
from sodien.billing.claims.series import Account
from sodien.billing.words import claims as words
from sodien.bills.claim_files import read_claims
from sodien.bills.claims import accounts, note_claims
from sodien.demo.plan import FIRST_DAY
from sodien.i18n import tr
from sodien.metering import calendar

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sodien.demo.story import Story

#: Of the days told, the part after which the portal stands still, and for how many days.
_STUCK, _STUCK_DAYS = Fraction(2, 5), 6
#: At the end it shows so many kWh too many, for so many days.
OVER_KWH, _OVER_DAYS = 60, 5
_DAY = dt.timedelta(days=1)
_SOURCE = "EVN"


@dataclass(frozen=True, slots=True)
class Claims:
    """The portal's readings judged, days in ``zone``."""

    account: Account
    zone: ZoneInfo

    def findings(self) -> list[str]:
        """Nothing of it is wrong: what the portal shows is the portal's."""
        return []

    def plain(self) -> dict[str, Any]:
        """For JSON: how many of each result, and what is wrong."""
        found = self.account
        return {
            "results": dict(sorted(Counter(one.result for one in found.judged).items())),
            "faults": [
                {
                    "kind": fault.kind,
                    "certain": fault.certain,
                    "first": str(fault.first.day),
                    "last": str(fault.last.day),
                }
                for fault in found.faults
            ],
        }

    def show(self, console: Console) -> None:
        """The last two weeks as a table, and what is said of all readings."""
        from rich.table import Table

        found, zone = self.account, self.zone
        table = Table(box=None, pad_edge=False)
        for heading in (tr("day"), tr("utility, kWh"), tr("yours, kWh")):
            table.add_column(heading, justify="right")
        table.add_column(tr("result"))
        for one in found.judged[-14:]:
            table.add_row(
                words.when(one.claim, zone),
                formats.number(one.claim.index, most=2),
                words.ours(one),
                words.judgement(one),
                style={"disagrees": "red", "agrees": "green"}.get(one.result),
            )
        console.print(tr("The utility's daily readings"), style="bold")
        console.print(table)
        if found.drift is not None:
            console.print(words.drift(found.drift, zone))
        for fault in found.faults:
            console.print(words.fault(fault, zone))
        console.print()


def play(story: Story) -> Claims | None:
    """Note and judge what the portal shows of each whole day; None before there was one."""
    pi, folder = story.pi, story.folder
    zone, now = pi.settings.zone, pi.now_ms()
    last = calendar.date_of(now, zone) - _DAY
    count = (last - FIRST_DAY).days
    if count <= 0:
        return None
    stuck = int(count * _STUCK)
    rows = []
    for number in range(1, count + 1):
        day = FIRST_DAY + number * _DAY
        read = FIRST_DAY + stuck * _DAY if stuck < number < stuck + _STUCK_DAYS else day
        kwh = pi.true_kwh(calendar.instant_at(read, dt.time(23, 59), zone))
        if number > count - _OVER_DAYS:
            kwh += OVER_KWH
        rows.append({"ngayFull": f"{day:%d/%m/%Y}", "tong_p_giao": f"{int(kwh * 100) / 100:,.2f}"})
    text = json.dumps({"state": "success", "data": {"sanluong_tungngay": rows}}, indent=1).encode()
    folder.portal.write_bytes(text)
    where = pi.where
    note_claims(where, read_claims(text, zone, _SOURCE), now=now, by="demo")
    return Claims(accounts(where)[_SOURCE], zone)
