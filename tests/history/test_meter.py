"""The register through a real ledger: worked examples as rows, what people say later, random histories."""

from __future__ import annotations

import itertools
import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sodien.device.state import Count
from sodien.history.meter import MeterHistory
from sodien.ledger.store import Ledger, NewRow
from sodien.metering import dial
from sodien.settings.model import MeterSettings
from tests.support.histories import History, samples

HOUR = 3_600_000
MINUTE_NS = 60_000_000_000
DAY0 = 1_795_392_000_000
P_MAX = Fraction(88, 10)
METER = MeterSettings(id="main", pin=17, constant=Decimal(1000))


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return DAY0 + int(hours) * HOUR + int(minutes) * HOUR // 60


class House:
    """A ledger filled by hand; every look opens it anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.settings = METER
        ledger = Ledger.open(path, create=True, durable=False)
        self.run = ledger.begin_run("boot", 0, "1")
        ledger.close()

    def add(self, *rows: NewRow) -> list[int]:
        ledger = Ledger.open(self.path, durable=False)
        try:
            return ledger.append(rows)
        finally:
            ledger.close()

    def tick(self, clock: str, pulses: int) -> None:
        self.add(NewRow("tick", "main", self.run, at(clock) * 1_000_000, at(clock), pulses, HOUR))

    def gap(self, start: str, end: str, pulses: int, after: int | None = None, **body: Any) -> int:
        ns = (at(end) - at(start)) * 1_000_000
        high = P_MAX * ns / 3_600_000_000_000
        ledger = Ledger.open(self.path, durable=False)
        self.run = ledger.begin_run(f"boot {self.run}", at(end) * 1_000_000, "1")
        ledger.close()
        values = {"ns": ns, "reason": "stopped", "after": after if after is not None else pulses}
        values["high"] = str(Decimal(high.numerator) / high.denominator)
        row = NewRow("gap", "main", self.run, None, at(start), pulses, body=values | body)
        return self.add(row)[0]

    def read(self, text: str, clock: str) -> int:
        reading = dial.parse(text, 5, 1)
        low, high = (str(Decimal(int(value * 10)) / 10) for value in (reading.low, reading.high))
        body = {"reading": text, "low": low, "high": high, "within_ms": 0}
        return self.add(NewRow("dial", "main", at=at(clock), body=body))[0]

    def say(self, entry: str, when: int, /, **body: Any) -> int:
        return self.add(NewRow(entry, "main", at=when, body=body))[0]

    def replace(self, clock: str, final: str, initial: str, constant: int, **more: Any) -> int:
        def reading(text: str) -> dict[str, str]:
            return {"reading": text, "low": text, "high": str(Decimal(text) + Decimal("0.1"))}

        body = {"old_final": reading(final), "new_initial": reading(initial), "constant": str(constant)}
        body |= {"digits": 5, "decimals": 1, "multiplier": 1} | more
        return self.say("replacement", at(clock), **body)

    def note_settings(self, clock: str, constant: int, **more: Any) -> None:
        detail = {"constant": str(constant), "digits": 5, "decimals": 1, "multiplier": "1", **more}
        body = {"what": "meter", "detail": detail}
        self.add(NewRow("event", "main", self.run, at(clock) * 1_000_000, at(clock), body=body))

    def view(self, now: Count | None = None) -> MeterHistory:
        return MeterHistory(Ledger.open(self.path, durable=False), self.settings, P_MAX, now)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "ledger.db")


def register(view: MeterHistory, clock: str) -> tuple[str, str]:
    found = view.at(at(clock))
    assert found is not None
    assert found.low <= found.best <= found.high
    return f"{found.low.normalize():f}", f"{found.high.normalize():f}"


def energy(view: MeterHistory, start: str, end: str) -> tuple[str, str]:
    found = view.energy(at(start), at(end))
    assert found.low <= found.best <= found.high
    return f"{found.low.normalize():f}", f"{found.high.normalize():f}"


def morning(house: House) -> None:
    """08:00 to 09:00: 500 pulses."""
    house.tick("8:00", 0)
    house.tick("9:00", 500)


def broken(house: House) -> int:
    """The same, an hour nobody counted, and 100 pulses in the hour after it."""
    morning(house)
    gap = house.gap("9:00", "10:00", 500)
    house.tick("10:00", 500)
    house.tick("11:00", 600)
    return gap


# -- the worked examples -------------------------------------------------------------------------------


def test_example_1_counting_on_from_a_reading(house: House) -> None:
    morning(house)
    house.read("100.0", "8:00")
    assert register(house.view(), "9:00") == ("100.499", "100.601")


def test_example_2_an_hour_without_counting(house: House) -> None:
    broken(house)
    house.read("100.0", "8:00")
    assert register(house.view(), "10:00") == ("100.499", "109.401")
    assert register(house.view(), "11:00") == ("100.598", "109.502")


def test_example_3_the_next_reading_collapses_the_gap_behind_it(house: House) -> None:
    broken(house)
    house.read("100.0", "8:00")
    house.read("101.3", "11:00")
    view = house.view()
    assert register(view, "11:00") == ("101.3", "101.4")
    assert register(view, "10:00") == ("101.199", "101.301")
    assert register(view, "9:00") == ("100.499", "100.601")
    assert energy(view, "9:00", "10:00") == ("0.598", "0.802")


def test_example_4_a_contradiction_is_a_finding(house: House) -> None:
    morning(house)
    first, second = house.read("100.0", "8:00"), house.read("100.9", "9:00")
    view = house.view()
    (found,) = view.registers
    (finding,) = found.findings
    assert finding.anchors == (f"dial {first}", f"dial {second}")
    drift = found.drift(*finding.anchors)
    assert drift.measured == (499, Fraction("626.25"))
    assert len(view.findings()) == 1


def test_example_5_the_dial_goes_round(house: House) -> None:
    house.tick("8:00", 0)
    house.tick("9:00", 400)
    house.read("99999.8", "8:00")
    assert register(house.view(), "9:00") == ("0.199", "0.301")
    assert house.view().shown(at("9:00")) == "00000.250 kWh  [00000.199 … 00000.301]"
    low, high = register(house.view(), "8:30")  # here it may have gone round or not
    assert Decimal(low) < 100_000 < Decimal(high)
    found = house.view().meters.at(at("9:00"))
    assert found is not None
    assert dial.show(found.best, 5, 1) == "00000.2"
    house.read("00000.2", "9:00")
    assert house.view().findings() == []
    assert register(house.view(), "9:00") == ("0.2", "0.3")


def test_example_6_the_meter_is_replaced(house: House) -> None:
    house.tick("8:00", 0)
    house.tick("8:30", 250)
    house.tick("9:00", 1050)
    house.read("100.0", "8:00")
    house.replace("8:30", "100.2", "0.0", 1600, serial="A7")
    view = house.view()
    old, new = view.meters.installed
    end = old.register.at(at("8:30"))
    assert end is not None
    assert (end.low, end.high) == (Fraction("100.249"), Fraction("100.3"))
    assert register(view, "9:00") == ("0.499375", "0.600625")
    assert energy(view, "8:00", "9:00") == ("0.748375", "0.751625")
    assert (new.serial, new.digits, new.decimals, new.start) == ("A7", 5, 1, at("8:30"))


# -- meters and constants ------------------------------------------------------------------------------


def test_a_bill_multiplies_each_meter_by_its_own_multiplier(house: House) -> None:
    house.tick("8:00", 0)
    house.tick("8:30", 250)
    house.tick("9:00", 650)
    house.replace("8:30", "100.2", "0.0", 1000, multiplier=20)
    found = house.view().consumed(at("8:00"), at("9:00"))
    assert found.kwh.low == Fraction("0.249") + Fraction("0.399")
    assert found.billed.low == Fraction("0.249") + 20 * Fraction("0.399")


def test_a_replacement_whose_time_is_vague_holds_either_meter_meanwhile(house: House) -> None:
    house.tick("8:00", 0)
    for minute in range(20, 41):
        house.tick(f"8:{minute}", 250 + 10 * (minute - 30))
    house.tick("9:00", 650)
    house.replace("8:30", "100.2", "0.0", 1000, within_ms=60_000)
    view = house.view()
    # The 20 pulses of 08:29 to 08:31 may be of either: the new one had 390 to 410, give or take one.
    assert register(view, "9:00") == ("0.389", "0.511")
    assert energy(view, "8:20", "8:28") == ("0.079", "0.081")
    assert energy(view, "8:00", "9:00")[0] <= "0.65" <= energy(view, "8:00", "9:00")[1]


def test_a_meter_replaced_while_nobody_counted(house: House) -> None:
    broken(house)
    house.read("100.0", "8:00")
    house.replace("9:30", "100.7", "3.0", 1000)
    view = house.view()
    assert register(view, "9:00") == ("100.499", "100.601")
    assert energy(view, "9:00", "9:30") == ("0.099", "0.301")
    assert register(view, "10:00") == ("3", "7.5")
    house.read("3.4", "11:00")
    assert register(house.view(), "10:00") == ("3.299", "3.401")


def test_a_withdrawn_replacement_has_not_happened(house: House) -> None:
    broken(house)
    house.read("100.0", "8:00")
    plain = house.view()
    house.replace("9:30", "100.7", "3.0", 1600)
    house.say("amendment", at("12:00"), kind="replacement", of=at("9:30"), what="withdraw", because="no")
    assert register(house.view(), "11:00") == register(plain, "11:00")


def test_a_constant_in_the_settings_counts_from_when_it_was_noted(house: House) -> None:
    house.note_settings("8:00", 1000)
    morning(house)
    house.note_settings("9:00", 500)
    house.tick("10:00", 600)
    house.read("100.0", "8:00")
    house.settings = MeterSettings(id="main", pin=17, constant=Decimal(500))
    view = house.view()
    assert register(view, "9:00") == ("100.499", "100.601")
    assert energy(view, "9:00", "10:00") == ("0.198", "0.202")
    house.say("constant", at("10:00"), constant="500", from_start=True)
    assert register(house.view(), "9:00") == ("100.998", "101.102")


def test_a_constant_from_a_time_on_and_again_from_the_start(house: House) -> None:
    morning(house)
    house.tick("10:00", 700)
    house.say("constant", at("9:00"), constant="800")
    assert energy(house.view(), "8:00", "9:00") == ("0.499", "0.501")
    assert energy(house.view(), "9:00", "10:00") == ("0.24875", "0.25125")
    entry = house.say("constant", at("11:00"), constant="500", from_start=True)
    assert energy(house.view(), "8:00", "10:00") == ("1.398", "1.402")
    assert house.view().installation.constants[0].entry == entry
    house.say("amendment", at("12:00"), kind="constant", of=at("11:00"), what="withdraw", because="no")
    assert energy(house.view(), "8:00", "9:00") == ("0.499", "0.501")


def test_a_constant_of_the_old_meter_is_not_that_of_the_new(house: House) -> None:
    house.tick("8:00", 0)
    house.tick("8:30", 250)
    house.tick("9:00", 1050)
    house.replace("8:30", "100.2", "0.0", 1600)
    house.say("constant", at("8:29"), constant="500", from_start=True)
    view = house.view()
    assert energy(view, "8:00", "8:30") == ("0.498", "0.502")
    assert energy(view, "8:30", "9:00") == ("0.499375", "0.500625")


def test_a_constant_that_changes_between_two_minute_rows_holds_both_cases(house: House) -> None:
    house.tick("8:00", 0)
    house.tick("8:10", 100)
    house.say("constant", at("8:05"), constant="500")
    low, high = map(Decimal, energy(house.view(), "8:00", "8:10"))
    assert low <= Decimal("0.1")
    assert high >= Decimal("0.2")


# -- gaps ----------------------------------------------------------------------------------------------


POWER = {"reason": "power", "awake_ns": 30_000_000_000, "unsaved": 5}
#: 5 pulses, and 8.8 kW for 30 s and the firmware's 60.
OUT = Fraction(5, 1000) + P_MAX * 90 / 3600


def outage(house: House, **body: Any) -> int:
    morning(house)
    gap = house.gap("9:00", "10:00", 500, **{**POWER, **body})
    house.tick("10:00", 500)
    house.tick("11:00", 600)
    house.read("100.0", "8:00")
    return gap


def test_an_outage_of_the_supply_shrinks_the_gap_and_undo_restores_it(house: House) -> None:
    outage(house)
    assert energy(house.view(), "9:00", "10:00") == ("0", "8.8")
    house.say("resolution", at("12:00"), of=at("9:00"), what="supply_out")
    view = house.view()
    assert energy(view, "9:00", "10:00") == ("0", f"{float(OUT):g}")
    assert view.gaps[0].supply_out
    house.say("resolution", at("12:00"), of=at("9:00"), what="undo")
    assert energy(house.view(), "9:00", "10:00") == ("0", "8.8")


def test_the_setting_says_it_unless_a_person_knows_better(house: House) -> None:
    outage(house, supply="metered")
    assert energy(house.view(), "9:00", "10:00") == ("0", f"{float(OUT):g}")
    house.say("resolution", at("12:00"), of=at("9:00"), what="supply_on")
    assert energy(house.view(), "9:00", "10:00") == ("0", "8.8")


def test_a_clean_stop_is_no_outage_whatever_is_said(house: House) -> None:
    outage(house, reason="stopped")
    house.say("resolution", at("12:00"), of=at("9:00"), what="supply_out")
    assert energy(house.view(), "9:00", "10:00") == ("0", "8.8")


def test_the_last_word_about_a_gap_counts(house: House) -> None:
    outage(house)
    house.say("resolution", at("12:00"), of=at("9:00"), what="energy", low="1", high="2")
    assert energy(house.view(), "9:00", "10:00") == ("1", "2")
    house.say("resolution", at("11:00"), of=at("9:00"), what="energy", low="1.5", high="1.6", by="Lan")
    assert energy(house.view(), "9:00", "10:00") == ("1.5", "1.6")


def test_a_boot_without_a_time_counts_in_its_gap(house: House) -> None:
    morning(house)
    # A boot that begins to count 20 s after its start, twice within ten minutes, and never knows the time.
    ledger = Ledger.open(house.path, durable=False)
    for begun, ended, first, last in ((20, 320, 500, 800), (420, 620, 800, 900)):
        run = ledger.begin_run("dark", begun * 1_000_000_000, "1")
        for second, pulses in ((begun, first), (ended, last)):
            ledger.append([NewRow("tick", "main", run, second * 1_000_000_000, None, pulses, 0)])
    ledger.close()
    house.gap("9:00", "10:00", 500, 900, **POWER)
    house.tick("10:00", 900)
    house.tick("11:00", 1000)
    # At least 299 and 99 pulses; at most 301 and 101, and 8.8 kW in the 3600 - 500 s nobody counted.
    most = Fraction(402, 1000) + P_MAX * 3100 / 3600
    low, high = energy(house.view(), "9:00", "10:00")
    assert low == "0.398"
    assert 0 <= Fraction(high) - most < Fraction(1, 1_000_000)
    house.say("resolution", at("12:00"), of=at("9:00"), what="supply_out")
    # Twice what a cut leaves unsaved; the power was on for 20 s and 100 s of that boot, 30 s of this one.
    most = Fraction(402, 1000) + Fraction(10, 1000) + P_MAX * (20 + 60 + 100 + 30 + 60) / 3600
    low, high = energy(house.view(), "9:00", "10:00")
    assert low == "0.398"
    assert 0 <= Fraction(high) - most < Fraction(1, 1_000_000)


# -- readings ------------------------------------------------------------------------------------------


def test_a_corrected_reading_counts_as_corrected_and_a_withdrawn_one_not(house: House) -> None:
    morning(house)
    house.read("100.0", "8:00")
    wrong = house.read("109.9", "9:00")
    assert house.view().findings()
    right = {"reading": "100.5", "low": "100.5", "high": "100.6", "read_at": at("9:00"), "within_ms": 0}
    house.say("amendment", at("9:30"), kind="dial", of=at("9:00"), what="correct", **right)
    view = house.view()
    assert view.findings() == []
    assert register(view, "9:00") == ("100.5", "100.6")
    assert [(r.name, r.text, r.corrected) for r in view.readings][1] == (f"dial {wrong}", "100.5", True)
    house.say("amendment", at("9:20"), kind="dial", of=at("9:00"), what="withdraw", because="no")
    assert register(house.view(), "9:00") == ("100.499", "100.601")
    assert house.view().readings[1].withdrawn
    house.say("amendment", at("9:10"), kind="dial", of=at("9:00"), what="correct", **right)
    assert register(house.view(), "9:00") == ("100.5", "100.6")


def test_a_correction_may_move_the_time(house: House) -> None:
    morning(house)
    house.read("100.0", "9:00")
    right = {"reading": "100.0", "low": "100", "high": "100.1", "read_at": at("8:00"), "within_ms": 0}
    house.say("amendment", at("9:30"), kind="dial", of=at("9:00"), what="correct", **right)
    assert register(house.view(), "8:00") == ("100", "100.1")


def test_when_the_pulses_of_a_recovered_save_came_is_not_known(house: House) -> None:
    house.tick("8:00", 0)
    house.add(NewRow("tick", "main", house.run, at("9:00") * 1_000_000, at("9:00"), 4, HOUR))
    assert house.view().count(at("8:30")) == (0, 4)
    assert energy(house.view(), "8:00", "8:30")[0] == "0"


# -- doubts --------------------------------------------------------------------------------------------


def doubted(house: House, doubt: list[int]) -> None:
    """A tick a minute from the first on, 5 pulses more each, with so many in doubt by then."""
    house.add(
        *(
            NewRow(
                "tick",
                "main",
                house.run,
                minute * MINUTE_NS,
                DAY0 + minute * 60_000,
                minute * 5,
                60_000,
                doubt[minute],
            )
            for minute in range(len(doubt))
        )
    )


def test_a_doubt_widens_what_it_may_belong_to_and_nothing_else(house: House) -> None:
    doubted(house, [2 if minute >= 700 else 0 for minute in range(24 * 60)])
    view = house.view()
    assert energy(view, "0:00", "11:00") == ("3.299", "3.301")
    assert energy(view, "12:00", "20:00") == ("2.399", "2.401")
    assert energy(view, "11:00", "12:00") == ("0.297", "0.303")
    assert energy(view, "0:00", "20:00") == ("5.997", "6.003")
    doubts = view.pieces[0].doubts
    assert [(d.start, d.end, d.extra, d.missing) for d in doubts] == [(at("11:38"), at("11:40"), 2, 2)]


def test_many_doubts_are_found_as_far_as_look_ups_last_and_none_is_lost(house: House) -> None:
    random = Random(1)
    doubt = list(itertools.accumulate(int(random.random() < 0.5) for _ in range(3000)))
    doubted(house, doubt)
    doubts = house.view().pieces[0].doubts
    assert sum(one.extra for one in doubts) == doubt[-1] - doubt[0]
    assert len(doubts) > 40


# -- what it costs -------------------------------------------------------------------------------------


def effort(path: Path, when: int) -> int:
    """Steps of SQLite's machine (in hundreds) for the register at one instant."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    ledger = Ledger.open(path, durable=False)
    ledger._db.set_progress_handler(count, 100)
    assert MeterHistory(ledger, METER, P_MAX).at(when) is not None
    return steps


def test_the_cost_does_not_grow_with_minutes_that_do_not_matter(tmp_path: Path) -> None:
    costs = []
    for minutes in (600, 30_000):
        house = House(tmp_path / f"{minutes}.db")
        count = minutes // 3
        ticks = [
            NewRow("tick", "main", house.run, n * MINUTE_NS, DAY0 + n * 60_000, n * 5, 10)
            for n in range(minutes)
        ]
        house.add(*ticks[:count])
        house.add(NewRow("dial", "main", at=DAY0, body={"reading": "1.0", "low": "1", "high": "1.1"}))
        house.add(*ticks[count:])
        costs.append(effort(house.path, DAY0 + count * 60_000 + 30_000))
    assert costs[1] <= costs[0] + 3


# -- random histories ----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32))
@example(100_282)  # a save after the clock stepped, before the next minute row
@example(108_407)  # a gap within a boot whose clock was wrong, longer than the step
@example(108_485)  # a save that became a tick: its last pulse came at its end
@example(421_903)  # what the boot before had saved, noted by one whose clock was wrong
@example(701_289)  # the same by a run of the same boot
@example(1_250)  # a replacement whose window reaches into the span that is asked for
def test_the_truth_is_inside_the_bounds_and_nothing_known_is_wasted(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "ledger.db", Random(seed))
        for sample in samples(history, Random(seed), 6):
            assert sample.holds, sample
            if sample.forced:
                assert sample.high - sample.low <= sample.forced + Fraction(1, 100_000), sample


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 32))
@example(273_014_871)  # the dial went round before the first reading
def test_no_register_is_negative(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history, random = History(Path(folder) / "ledger.db", Random(seed)), Random(seed)
        view = history.view()
        assert view.start is not None
        assert view.end is not None
        for _ in range(20):
            found = view.at(random.randint(view.start, view.end))
            assert found is None or 0 <= found.low <= found.best <= found.high


def test_before_the_first_reading_a_dial_may_have_gone_round(house: House) -> None:
    """An hour of 8.8 kW at most before the dial showed 5: it may have been below 0, so in another round."""
    house.tick("8:00", 0)
    house.gap("8:10", "9:10", 0)
    house.tick("9:10", 0)
    house.tick("10:00", 100)
    house.read("5.0", "9:30")
    view = house.view()
    assert view.at(at("8:05")) is None
    assert "may have rolled over" in (view.instant(at("8:05")).why or "")
    assert register(view, "9:30") == ("5", "5.1")
    assert Decimal(register(view, "9:10")[0]) > 4


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 32))
def test_the_order_in_which_people_note_things_does_not_matter(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, other = (
            History(Path(folder) / f"{name}.db", Random(seed), backwards=name == "b") for name in "ab"
        )
        a, b = one.view(), other.view()
        assert a.start is not None
        assert a.end is not None
        for step in range(5):
            t = a.start + (a.end - a.start) * step // 4
            assert a.at(t) == b.at(t)
