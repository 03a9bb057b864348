"""The cost so far: bounds of the energy become bounds of the money, and the projection goes on from there."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from sodien.billing.bill import Bill, IndexRow
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.quota import Consumption
from sodien.bills.cost_so_far import Cost, Costs
from sodien.bills.stored import new_row
from sodien.bills.tariff_files import load_book
from sodien.history.current import MeterLedger
from sodien.history.meter import MeterHistory
from sodien.history.note_reading import note_reading
from sodien.ledger.store import Ledger, NewRow
from sodien.metering.calendar import ReadingDays
from sodien.protocol.times import parse_time
from sodien.settings.model import Settings, parse

HOUR = 3_600_000
#: 1 October 2026, 00:00 in Việt Nam.
START = parse_time("2026-09-30T17:00:00Z")
LAST = ReadingDays("last")
FIRST_DAY, LAST_DAY = dt.date(2026, 10, 1), dt.date(2026, 10, 31)


class Home:
    """1 kW all day from 1 October on, counted at 1000 imp/kWh."""

    def __init__(self, folder: Path, billing: str = "", start: int = START) -> None:
        text = (
            "device: d\nclock: trust\nledger: {path: ledger.db}\nmeters:\n"
            f"  - {{id: main, pin: 17, constant: 1000{billing}}}\n"
        )
        self.settings: Settings = parse(text, folder / "sodien.yaml")
        self.meter = self.settings.meters[0]
        self.ledger = Ledger.open(self.settings.ledger.path, create=True, durable=False)
        self.costs = Costs(self.settings, self.ledger)
        run = self.ledger.begin_run("boot", 0, "1")
        begin = (start - START) // HOUR
        self.ledger.append(
            [
                NewRow("tick", "main", run, n * HOUR * 1_000_000, START + n * HOUR, n * 1000, HOUR - 3600)
                for n in range(begin, 24 * 31)
            ]
        )

    def view(self) -> MeterHistory:
        return MeterHistory(self.ledger, self.meter, self.meter.p_max_kw)

    def at(self, hours: int) -> Cost:
        return self.costs.at(self.view(), self.meter, LAST, START + hours * HOUR)

    def day_rows(self, kwh: list[int], counted: float = 86_400.0) -> None:
        for n, one in enumerate(kwh):
            energy = {"low": str(one - 1), "best": str(one), "high": str(one + 1)}
            begin = START + n * 24 * HOUR
            body = {"end": begin + 24 * HOUR, "energy": energy, "counted": counted, "pulses": one * 1000}
            body["day"] = f"{dt.datetime.fromtimestamp(begin / 1000, dt.UTC):%Y-%m-%d}"
            self.ledger.append([NewRow("day", "main", at=begin, body=body)])


def price(kwh: int) -> Decimal:
    return charge(load_book(), Consumption(Decimal(kwh), FIRST_DAY, LAST_DAY)).total


def test_the_cost_so_far_is_that_of_whole_kwh(tmp_path: Path) -> None:
    cost = Home(tmp_path).at(240)
    assert (cost.first, cost.last, cost.currency, cost.since) == (FIRST_DAY, LAST_DAY, "VND", None)
    # 240 kWh and what the phase of the pulses leaves open: a bill may show 239 to 241.
    assert cost.kwh.low <= 240 <= cost.kwh.high
    assert cost.kwh.high - cost.kwh.low <= 2
    assert (cost.money.low, cost.money.high) == (price(int(cost.kwh.low)), price(int(cost.kwh.high)))
    assert (cost.tier, cost.next_tier and cost.next_tier.starts_at_kwh) == (4, 300)


def test_a_ledger_that_began_in_the_period_says_so(tmp_path: Path) -> None:
    cost = Home(tmp_path, start=START + 100 * HOUR).at(240)
    assert cost.since == START + 100 * HOUR
    assert cost.kwh.best == 140


def told(home: Home, reading: str, at: int, last: dt.date = dt.date(2026, 9, 30)) -> None:
    """A dial reading at an hour, and what the last bill read."""
    where = MeterLedger(home.settings, home.ledger, home.meter)
    note_reading(where, reading, now=START + 300 * HOUR, at=START + at * HOUR)
    home.ledger.append([new_row("main", Bill(rows=(IndexRow(new=Decimal("12300")),), last=last), START)])


def test_a_period_that_began_before_counting_goes_on_from_the_last_bills_reading(tmp_path: Path) -> None:
    home = Home(tmp_path, start=START + 100 * HOUR)
    told(home, "12400.0", 101)
    cost = home.at(240)
    # At hour 101 the dial showed 12400, so 12539 at hour 240: 239 kWh since the utility read 12300.
    assert (cost.previous, cost.since) == (12300, None)
    assert cost.kwh.low <= 239 <= cost.kwh.high
    assert cost.kwh.high - cost.kwh.low <= 4
    assert cost.money.low == price(int(cost.kwh.low))


@pytest.mark.parametrize(
    ("reading", "last"),
    [
        ("12200.0", dt.date(2026, 9, 30)),  # the dial was below what the bill says
        ("15000.0", dt.date(2026, 9, 30)),  # the supply cannot have carried so much in the time
        ("12400.0", dt.date(2026, 8, 31)),  # another period's bill
    ],
)
def test_a_bill_that_cannot_have_begun_this_period_moves_nothing(
    tmp_path: Path, reading: str, last: dt.date
) -> None:
    home = Home(tmp_path, start=START + 100 * HOUR)
    told(home, reading, 101, last)
    cost = home.at(240)
    assert (cost.previous, cost.since, cost.kwh.best) == (None, START + 100 * HOUR, 140)


def test_a_dial_that_went_round_since_the_last_bill(tmp_path: Path) -> None:
    home = Home(tmp_path, ", digits: 4", start=START + 100 * HOUR)
    where = MeterLedger(home.settings, home.ledger, home.meter)
    note_reading(where, "0040.0", now=START + 300 * HOUR, at=START + 101 * HOUR)
    bill = Bill(rows=(IndexRow(new=Decimal("9940")),), last=dt.date(2026, 9, 30))
    home.ledger.append([new_row("main", bill, START)])
    cost = home.at(240)
    assert cost.previous == 9940
    assert cost.kwh.low <= 239 <= cost.kwh.high


def test_a_whole_period_that_was_counted_needs_no_bill(tmp_path: Path) -> None:
    home = Home(tmp_path)
    told(home, "12401.0", 101)
    assert home.at(240).previous is None


def test_the_multiplier_multiplies_whole_kwh(tmp_path: Path) -> None:
    cost = Home(tmp_path, ", multiplier: 20").at(10)
    assert cost.kwh.low % 20 == 0
    assert cost.kwh.low <= 200 <= cost.kwh.high


def test_households_and_prepayment_come_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    one, two = Home(tmp_path, "").at(400), Home(tmp_path / "a", ", billing: {households: 2}").at(400)
    assert two.money.best < one.money.best
    (tmp_path / "b").mkdir()
    prepaid = Home(tmp_path / "b", ", billing: {scheme: prepaid}").at(400)
    assert (prepaid.tier, prepaid.next_tier) == (None, None)


def test_the_end_of_a_reading_day_still_belongs_to_its_period(tmp_path: Path) -> None:
    cost = Home(tmp_path).at(24 * 31)
    assert (cost.first, cost.last) == (FIRST_DAY, LAST_DAY)
    assert cost.projection is not None
    assert cost.projection.kwh == cost.kwh


# -- the projection ------------------------------------------------------------------------------------


def test_without_history_anything_the_supply_carries_is_possible(tmp_path: Path) -> None:
    home = Home(tmp_path)
    projection = home.at(240).projection
    assert projection is not None
    left = 31 * 24 - 240
    assert projection.day == "2026-10-31"
    assert projection.kwh.best == pytest.approx(31 * 24, abs=1)
    assert projection.kwh.low <= 240
    assert projection.kwh.high >= 240 + home.meter.p_max_kw * left
    assert projection.cost.low == price(int(projection.kwh.low))
    assert projection.cost.high == price(int(projection.kwh.high))


def test_it_goes_by_the_quietest_and_the_busiest_of_the_last_days(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.day_rows([20, 24, 28, 24, 24, 24, 24, 24])
    projection = home.at(240).projection
    assert projection is not None
    days = 31 - 10
    assert projection.kwh.low == pytest.approx(240 + days * 19, abs=2)
    assert projection.kwh.high == pytest.approx(240 + days * 29, abs=2)
    assert projection.kwh.best == pytest.approx(240 + days * 24, abs=2)


def test_days_that_were_hardly_counted_tell_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.day_rows([20] * 8, counted=40_000.0)
    projection = home.at(240).projection
    assert projection is not None
    assert projection.kwh.high >= 240 + home.meter.p_max_kw * 500


def test_bounds_hold_whatever_comes_within_the_usual(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.day_rows([24] * 9)
    last = None
    for hours in range(216, 24 * 31, 37):
        projection = home.at(hours).projection
        assert projection is not None
        assert projection.kwh.low <= 31 * 24 <= projection.kwh.high
        assert projection.cost.low <= price(31 * 24) <= projection.cost.high
        width = projection.kwh.high - projection.kwh.low
        assert last is None or width <= last
        last = width


# -- what the daemon pays ------------------------------------------------------------------------------


def test_the_live_cost_is_at_most_a_minute_old_and_the_tariff_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    loads: list[object] = []
    monkeypatch.setattr("sodien.bills.tariff_files.load_book", lambda *a: loads.append(a) or load_book(*a))
    view, now = home.view(), START + 100 * HOUR
    first = home.costs.live(view, home.meter, LAST, now)
    assert first is not None
    assert home.costs.live(view, home.meter, LAST, now + 59_000) is first
    assert home.costs.live(view, home.meter, LAST, now + 61_000) is not first
    home.costs.live(view, home.meter, LAST, now + 5 * HOUR)
    assert len(loads) == 1


def test_a_tariff_that_cannot_be_used_is_said_once_and_harms_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = Home(tmp_path, ", billing: {tariff: nowhere}")
    with caplog.at_level(logging.WARNING):
        for hour in range(5):
            assert home.costs.live(home.view(), home.meter, LAST, START + (100 + hour) * HOUR) is None
            assert home.costs.hourly(home.view(), home.meter, LAST, START + (100 + hour) * HOUR) is None
    assert len(caplog.records) == 1
    assert "nowhere" in caplog.text
    assert home.costs.currency(home.meter) is None


def test_the_kwh_are_exact(tmp_path: Path) -> None:
    found = Home(tmp_path).at(5)
    assert found.kwh.low == int(found.kwh.low)
    assert Fraction(found.kwh.high).denominator == 1


def test_two_threads_read_the_tariff_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    reads: list[int] = []
    began, go_on = threading.Event(), threading.Event()

    def slow(*args: object) -> Book:
        reads.append(1)
        began.set()
        assert go_on.wait(60)
        return load_book()

    monkeypatch.setattr("sodien.bills.tariff_files.load_book", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(home.costs.currency, home.meter)
        assert began.wait(60)
        second = pool.submit(home.costs.currency, home.meter)
        assert not wait([second], timeout=0.2).done
        go_on.set()
        assert (first.result(60), second.result(60)) == ("VND", "VND")
    assert reads == [1]


def test_nothing_is_projected_from_a_few_hours(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.at(23).projection is None
    projected = home.at(24).projection
    assert projected is not None
    assert projected.kwh.low <= 31 * 24 <= projected.kwh.high


# -- a part of the period ------------------------------------------------------------------------------


def test_a_day_that_was_counted_costs_what_its_kwh_cost(tmp_path: Path) -> None:
    """24 kWh of 1 kW all day, known to a pulse: some đồng are open, and no whole kWh."""
    home = Home(tmp_path)
    view = home.view()
    days = [
        home.costs.of_span(view, home.meter, LAST, START + n * 24 * HOUR, START + (n + 1) * 24 * HOUR)
        for n in range(10)
    ]
    assert all(0 < day.high - day.low < 12 for day in days)
    assert sum(day.low for day in days) <= price(240) <= sum(day.high for day in days)
    ten = home.costs.of_span(view, home.meter, LAST, START, START + 240 * HOUR)
    assert ten.low <= price(240) <= ten.high


def test_a_day_of_a_period_that_began_before_counting_may_be_in_any_tier(tmp_path: Path) -> None:
    home = Home(tmp_path, start=START + 100 * HOUR)
    begin, end = START + 101 * HOUR, START + 125 * HOUR
    day = home.costs.of_span(home.view(), home.meter, LAST, begin, end)
    first, last = 24 * Decimal("1984") * Decimal("1.08"), 24 * Decimal("3460") * Decimal("1.08")
    assert day.low == pytest.approx(first, abs=12)
    assert day.high == pytest.approx(last, abs=12)
    # The last bill's reading says where it stood: 100 kWh from 12300 to 12400, so this day is in tier 3.
    told(home, "12400.0", 101)
    day = home.costs.of_span(home.view(), home.meter, LAST, begin, end)
    assert day.high == pytest.approx(24 * Decimal("2380") * Decimal("1.08"), abs=12)
    assert day.high - day.low < 400


def test_a_span_across_two_periods_is_of_both(tmp_path: Path) -> None:
    home = Home(tmp_path)
    days = ReadingDays(15)
    end = START + 15 * 24 * HOUR
    spans = ((end - 24 * HOUR, end), (end, end + 24 * HOUR), (end - 24 * HOUR, end + 24 * HOUR))
    last, first, both = (home.costs.of_span(home.view(), home.meter, days, *span) for span in spans)
    assert first.high < last.low
    assert both.best == last.best + first.best


def test_the_next_kwh_is_of_the_tier_reached(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for hours, each in ((10, 1984), (60, 2050), (150, 2380)):
        found = home.costs.each_more(home.view(), home.meter, LAST, START + hours * HOUR)
        assert found.low == found.high == each * Fraction(108, 100)
    between = home.costs.each_more(home.view(), home.meter, LAST, START + 50 * HOUR)
    assert between.low < between.high, "the last pulse leaves the tier open"
