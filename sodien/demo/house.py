"""A boarding house in the demo: three rooms and a staircase behind one meter, and the utility's bill shared.

A second Pi counts all four LEDs for a month, with a power cut in it, by the real inputs, filter and ledger.
What every room really used is known here, and has to be inside the bounds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from firmware.daemon import Station
from firmware.gpio.inputs import Edge, PulseInput, close_inputs, open_inputs
from firmware.simulation.load_profile import Profile, household
from firmware.simulation.manual_clock import ManualClock
from firmware.simulation.source import SimulatedFactory, SimulatedSource
from sodien import formats
from sodien.billing.notices.read import read
from sodien.billing.sharing.bill_shares import BillShares
from sodien.billing.sharing.shares import JudgedCharge, judge_sum
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.quota import Consumption
from sodien.billing.words import sharing as words
from sodien.bills.audit import book_of
from sodien.bills.notice_templates import known_templates
from sodien.bills.receive import notice_of, receive_notice
from sodien.bills.shares import receipts_of, shares_of
from sodien.demo.bills import NOTICE
from sodien.demo.plan import CUSTOMER, HOUR_NS, READING_HOUR, SECOND_NS, STEP_NS, TIMEZONE
from sodien.history.current import MeterLedger
from sodien.history.note_reading import note_reading
from sodien.i18n import tr
from sodien.ledger.store import Ledger
from sodien.metering import calendar, dial
from sodien.metering.bounds import rounded, rounded_down, rounded_up
from sodien.settings.model import Settings, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sodien.demo.folder import Folder
    from sodien.demo.story import Story

#: The month that is shared, from the old reading's day to the new one's; the house is watched from before.
FIRST: Final = dt.date(2026, 3, 31)
LAST: Final = dt.date(2026, 4, 30)
#: What the landlord takes for each kWh.
GREEDY: Final = 4000
_BEFORE, _AFTER = 24 * HOUR_NS, 36 * HOUR_NS
_CUT_AT, _CUT = 12 * 24 * HOUR_NS + 19 * HOUR_NS, 150 * 60 * SECOND_NS

SETTINGS = """\
# The settings of the demo's boarding house: try 'sodien shares -c {file}'.
device: demo-house
timezone: {timezone}
clock: trust
ledger: {{path: house.db}}
gpio: {{factory: simulated}}
meters:
  - {{id: main, pin: 17, constant: 450, billing: {{customer: {customer}, common: people}}}}
  - {{id: room1, pin: 27, constant: 400, breaker_amps: 16, sub_of: main, tenant: {{name: Lan, people: 2}}}}
  - {{id: room2, pin: 22, constant: 400, breaker_amps: 16, sub_of: main, tenant: {{name: Minh, people: 1}}}}
  - {{id: room3, pin: 23, constant: 400, breaker_amps: 16, sub_of: main,
     tenant: {{name: Hải, people: 4, family: true}}}}
"""


@dataclass(frozen=True, slots=True)
class House:
    """The bill shared, and what is true.

    Attributes:
        found: the shared bill.
        true: kWh and money of each room.
        greedy: what the landlord would take at a price of his own for each kWh.
        settings, receipts: files to look at.
    """

    found: BillShares
    true: tuple[tuple[Fraction, Fraction], ...]
    greedy: JudgedCharge
    settings: Path
    receipts: Path

    def findings(self) -> list[str]:
        """A room whose true kWh or money are outside their bounds; receipts of more than the bill."""
        wrong = []
        for share, (kwh, money) in zip(self.found.shared.shares, self.true, strict=True):
            own, paid = share.own.kwh, share.money
            if not (own.low <= kwh <= own.high and paid.low <= money <= paid.high):
                wrong.append(tr("what {meter} really owes is outside its bounds", meter=share.tenant.meter))
        if self.found.shared.charged > self.found.shared.billed.total.best or self.found.impossible:
            wrong.append(tr("the shares of the bill cannot be"))
        if self.greedy.result != "disagrees":
            wrong.append(tr("a charge above the bill was not found"))
        return wrong

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        shared = self.found.shared
        return {
            "kwh": rounded(shared.billed.kwh.best),
            "total": rounded(shared.billed.total.best),
            "shares": [
                {
                    "meter": one.tenant.meter,
                    "kwh": {"low": rounded_down(one.own.kwh.low), "high": rounded_up(one.own.kwh.high)},
                    "true_kwh": rounded(kwh),
                    "charge": one.charge,
                    "money": {"low": rounded_down(one.money.low), "high": rounded_up(one.money.high)},
                    "true_money": rounded(money),
                }
                for one, (kwh, money) in zip(shared.shares, self.true, strict=True)
            ],
            "left": shared.left,
            "declared_saves": self.found.quotas.saved,
            "greedy_too_much_by": self.greedy.by,
        }

    def show(self, console: Console) -> None:
        """A line for each room, with the truth, and what is said of the whole."""
        from rich.table import Table

        found = self.found
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(tr("sub-meter"))
        sign = formats.currency_sign(found.currency)
        for heading in (tr("kWh"), tr("really, kWh"), tr("to pay, {currency}", currency=sign)):
            table.add_column(heading, justify="right")
        for share, (kwh, _) in zip(found.shared.shares, self.true, strict=True):
            owed = words.amounts(share.money)
            table.add_row(words.who(share.tenant), words.kwh(share.own.kwh), formats.number(kwh, 2), owed)
        console.print(tr("A boarding house shares its bill"), style="bold")
        console.print(words.source(found), highlight=False)
        console.print(table)
        for said in (words.agreed(found), words.rule(found), words.quotas(found)):
            if said is not None:
                console.print(said, highlight=False)
        console.print(
            tr("At {price} for each kWh:", price=formats.money(GREEDY, found.currency))
            + " "
            + words.charged_together(found, self.greedy),
            highlight=False,
        )
        console.print(tr("Every sum: sodien shares -c {file}", file=self.settings), soft_wrap=True)
        console.print(tr("The receipts are in {path}", path=self.receipts), soft_wrap=True)
        console.print()


def play(story: Story) -> House:
    """Live through the month, enter the bill, share it. Raises SodienError."""
    home = _Home(story.folder)
    try:
        home.live()
        return home.share(story.folder)
    finally:
        home.close()


class _Home:
    """The boarding house and its Pi."""

    def __init__(self, folder: Folder) -> None:
        text = SETTINGS.format(file=folder.house, timezone=TIMEZONE, customer=CUSTOMER)
        folder.house.write_text(text, encoding="utf-8")
        self.settings: Settings = parse(text, folder.house)
        self.zone = self.settings.zone
        self.begin = calendar.day_bounds(FIRST, self.zone)[0] - _BEFORE // 1_000_000
        self.end = calendar.day_bounds(LAST, self.zone)[1] + _AFTER // 1_000_000
        self.clock = ManualClock(wall_ns=self.begin * 1_000_000)
        self.factory = SimulatedFactory(self.clock)
        start = {
            "main": Fraction(48_211),
            "room1": Fraction(312),
            "room2": Fraction(78),
            "room3": Fraction(2040),
        }
        self.source = SimulatedSource(self.factory, self.settings, self.clock, start_kwh=start)
        for name, profile in _loads().items():
            self.source.change(name, profile)
        self._inputs: list[PulseInput] = []
        self._station: Station | None = None
        self.ledger = self._open()

    def _open(self) -> Ledger:
        ledger = Ledger.open(self.settings.ledger.path, create=True, durable=False)
        queue: SimpleQueue[Edge] = SimpleQueue()
        opened = self.clock.monotonic_ns()
        self._inputs = open_inputs(self.settings, queue, self.factory)
        levels = [bool(one.is_active) for one in self._inputs]
        self._station = Station(
            self.settings, self.clock, ledger, queue, None, levels=levels, started=opened, grace_ns=0
        )
        return ledger

    def live(self) -> None:
        """From the day before the period to the day after it: dials read at both ends, one power cut."""
        days = (self.end - self.begin) * 1_000_000
        self._until(9 * HOUR_NS)
        self._read_dials()
        self._until(_CUT_AT)
        close_inputs(self._inputs)
        self.ledger.close()
        self.source.run_until(_CUT_AT + _CUT)
        self.clock.reboot(synchronised=True)
        self.ledger = self._open()
        self._until(days - _AFTER - 3 * HOUR_NS)
        self._read_dials()
        self._until(days)

    def _until(self, then: int) -> None:
        for now in (*range(self.clock.now_ns() + STEP_NS, then, STEP_NS), then):
            self.source.run_until(now)
            assert self._station is not None
            self._station.turn()

    def _read_dials(self) -> None:
        now = self.begin + self.clock.now_ns() // 1_000_000
        for meter in self.settings.meters:
            where = MeterLedger(self.settings, self.ledger, meter, self.clock)
            shown = dial.show(self.true(meter.id, now), meter.digits, meter.decimals)
            note_reading(where, shown, now=now, at=now, within=0, by="demo")

    def true(self, meter: str, at: int) -> Fraction:
        """The true register of a meter at an instant (ms UTC)."""
        return self.source.meters[meter].energy_kwh((at - self.begin) * 1_000_000)

    def share(self, folder: Folder) -> House:
        """Enter the bill, share it, and compare."""
        main, *rooms = self.settings.meters
        where = MeterLedger(self.settings, self.ledger, main, self.clock)
        old, new = (calendar.instant_at(day, READING_HOUR, self.zone) for day in (FIRST, LAST))
        index = [int(self.true(main.id, at)) for at in (old, new)]
        kwh, first = index[1] - index[0], FIRST + dt.timedelta(1)
        total = charge(book_of(main), Consumption(Decimal(kwh), first, LAST)).total
        text = NOTICE.format(
            customer=CUSTOMER, first=first, last=LAST, old=index[0], new=index[1], kwh=kwh, total=total
        )
        now = self.end
        receive_notice(where, notice_of(read(text, known_templates().usable)), now=now, by="demo")
        found = shares_of(where, now=now)
        folder.receipts.write_text(receipts_of(where, found, now=now), encoding="utf-8")
        used = [self.true(room.id, new) - self.true(room.id, old) for room in rooms]
        greedy = judge_sum(Decimal(sum(int(one) for one in used) * GREEDY), found.shared.billed)
        return House(found, tuple(_owed(found, used, kwh)), greedy, folder.house, folder.receipts)

    def close(self) -> None:
        """Release everything."""
        close_inputs(self._inputs)
        self.ledger.close()
        self.source.close()
        self.factory.close()


def _owed(found: BillShares, used: list[Fraction], kwh: int) -> Iterator[tuple[Fraction, Fraction]]:
    """The true kWh and money of each room, the rest divided by heads."""
    total = found.shared.billed.total.best
    heads = sum(one.tenant.people or 0 for one in found.shared.shares)
    rest = total * max(Fraction(0), kwh - sum(used)) / kwh
    for share, own in zip(found.shared.shares, used, strict=True):
        yield own, total * own / max(Fraction(kwh), sum(used)) + rest * (share.tenant.people or 0) / heads


def _loads() -> dict[str, Profile]:
    """The rooms: households, made smaller; the main meter has them all and the light on the stairs."""
    parts = {"room1": (11, 2), "room2": (12, 3), "room3": (13, 1)}
    rooms = {
        name: Profile(name, tuple(max(1, watts // less) for watts in one.watts), one.durations_ns)
        for name, (seed, less) in parts.items()
        for one in (household(seed),)
    }
    stairs = (90 if 18 <= minute // 60 % 24 < 23 else 12 for minute in range(28 * 1440))
    watts = tuple(map(sum, zip(*(one.watts for one in rooms.values()), stairs, strict=True)))
    return {"main": Profile("main", watts, rooms["room1"].durations_ns), **rooms}
