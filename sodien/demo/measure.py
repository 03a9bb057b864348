"""What appliances use and cost, in the demo: one after the other is switched on in a house that is at rest.

The refrigerator comes and goes meanwhile, as it does in any house; what each appliance really uses is known
here, and has to be inside the bounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sodien import formats
from sodien.bills.cost_so_far import Costs
from sodien.history.reading_days import reading_days
from sodien.household.measured import Measured, begin, end
from sodien.i18n import tr
from sodien.metering.appliance import paid
from sodien.metering.bounds import Interval, rounded, rounded_down, rounded_up
from sodien.words import appliance as words

if TYPE_CHECKING:
    from sodien.demo.home import Pi
    from sodien.demo.story import Story

#: Watts and minutes: what is always on, with the refrigerator and without.
_HOUSE = ((172, 15), (74, 30))
_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class One:
    """An appliance: what was found, and the kWh that it really used."""

    found: Measured
    true: Fraction

    @property
    def holds(self) -> bool:
        """Whether the truth is inside the bounds."""
        return self.found.kwh.low <= self.true <= self.found.kwh.high


@dataclass(frozen=True, slots=True)
class Appliances:
    """What came of all of them.

    Attributes:
        each: what a kWh more costs now, taxes included, in ``currency``.
    """

    all: tuple[One, ...]
    each: Interval
    currency: str

    def findings(self) -> list[str]:
        """An appliance whose true kWh are outside its bounds."""
        return [
            tr("what '{name}' really used is outside its bounds", name=one.found.name)
            for one in self.all
            if not one.holds
        ]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "currency": self.currency,
            "each_more": {"low": rounded_down(self.each.low), "high": rounded_up(self.each.high)},
            "measured": [
                {
                    "minutes": (one.found.end - one.found.start) // 60_000,
                    "kwh": {"low": rounded_down(one.found.kwh.low), "high": rounded_up(one.found.kwh.high)},
                    "true": rounded(one.true),
                }
                for one in self.all
            ],
        }

    def show(self, console: Console) -> None:
        """A line for each, with the truth and what an hour costs."""
        from rich.table import Table

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(tr("appliance"))
        for heading in (tr("used, kWh"), tr("really, kWh"), tr("power"), tr("an hour costs")):
            table.add_column(heading, justify="right")
        for one in self.all:
            table.add_row(
                one.found.name,
                words.kwh(one.found.kwh, ""),
                formats.kwh(one.true),
                words.watts(one.found.kw),
                words.money(paid(one.found.kw, self.each), self.currency),
            )
        console.print(tr("Appliances measured, with the refrigerator running as it likes"), style="bold")
        console.print(table)
        console.print()


def play(story: Story) -> Appliances:
    """Measure a water heater and an air conditioner. Raises SodienError."""
    pi = story.pi
    pi.use("house", *_HOUSE)
    pi.live(_HOUR_S + 600)
    found = (
        _measure(pi, tr("water heater"), (2500, 12)),
        _measure(pi, tr("air conditioner"), (880, 18), *((420, 12), (510, 9)) * 5),
    )
    where, now = pi.where, pi.now_ms()
    costs, days = Costs(pi.settings, where.ledger), reading_days(where.ledger, where.meter)
    each = costs.each_more(where.history(), where.meter, days, now)
    return Appliances(found, each, costs.currency(where.meter) or "")


def _measure(pi: Pi, name: str, *stretches: tuple[int, int]) -> One:
    """Switch it on for so many (watts, minutes), then off; and let the house be at rest again for an hour."""
    begin(pi.where, name, pi.now_ms())
    pi.live(20)
    on = [watts for watts, minutes in stretches for _ in range(minutes)]
    house = [watts for watts, minutes in _HOUSE for _ in range(minutes)]
    pi.use(name, *((watts + rest, 1) for watts, rest in zip(on, cycle(house), strict=False)))
    pi.live(60 * len(on))
    true = Fraction(sum(on), 60_000)
    pi.use("house", *_HOUSE)
    pi.live(15)
    found, _ = end(pi.where, pi.now_ms())
    pi.live(_HOUR_S + 600)
    return One(found, true)
