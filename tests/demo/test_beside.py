"""`sodien demo --story measure` and `--story meter-test`: what is told is true; a wrong one is a finding."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from sodien.demo import run
from sodien.demo.folder import Folder
from sodien.demo.house import House
from sodien.demo.measure import Appliances
from sodien.demo.meter_test import KnownLoads
from sodien.household.measured import measured
from sodien.ledger.store import Ledger


def test_appliances_are_measured_with_the_refrigerator_running(tmp_path: Path) -> None:
    report = run.run(Folder(tmp_path / "demo"), 2, 3, table=False, beside="measure")
    assert report.findings() == []
    told = report.told["measure"]
    assert isinstance(told, Appliances)
    heater, cooler = told.all
    assert (heater.true, cooler.true) == (Fraction(1, 2), Fraction(2133, 2000))
    # A refrigerator for a quarter of an hour, and counts that are ten seconds old.
    assert heater.found.kwh.width < heater.true / 6
    assert 0 < told.each.low <= told.each.high
    ledger = Ledger.open(tmp_path / "demo" / "ledger.db")
    assert [one.name for one in measured(ledger, "main")] == ["water heater", "air conditioner"]
    ledger.close()
    wrong = replace(told, all=(replace(heater, true=Fraction(1)), cooler))
    assert wrong.findings() == ["what 'water heater' really used is outside its bounds"]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_meter_is_tested_twice(tmp_path: Path, seed: int) -> None:
    report = run.run(Folder(tmp_path / "demo"), 2, seed, table=False, beside="meter-test")
    assert report.findings() == []
    told = report.told["meter-test"]
    assert isinstance(told, KnownLoads)
    right, fast = told.all
    assert (right.result.judgement, fast.result.judgement) == ("within", "outside")
    assert len(right.closing) >= 4
    widths = [float(line.split("±")[1].strip("%")) for line in right.closing]
    assert widths == sorted(widths, reverse=True)
    for one in (replace(right, result=fast.result), replace(fast, wrong=Fraction(-3))):
        assert replace(told, all=(one,)).findings()


def test_a_boarding_house_shares_its_bill(tmp_path: Path) -> None:
    report = run.run(Folder(tmp_path / "demo"), 1, 3, table=False, beside="house")
    told = report.told["house"]
    assert isinstance(told, House)
    assert told.findings() == []
    shared = told.found.shared
    assert [one.tenant.meter for one in shared.shares] == ["room1", "room2", "room3"]
    assert all(one.own.kwh.high - one.own.kwh.low < 4 for one in shared.shares)
    assert told.greedy.by > 100_000
    assert told.receipts.read_text(encoding="utf-8").count('<section class="receipt">') == 3
    (kwh, money), *others = told.true
    wrong = replace(told, true=((kwh + 5, money), *others))
    assert wrong.findings() == ["what room1 really owes is outside its bounds"]
