"""The bill worked by hand in docs/explanation/verdict.md is what the code says."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from sodien.billing.audit.verdict import judge
from sodien.bills.tariff_files import load_book
from tests.billing.examples import PRACTICE, at, bill, meters
from tests.billing.tariff.charged import charged

ROOT = Path(__file__).parents[3]
PAGE = " ".join((ROOT / "docs/explanation/verdict.md").read_text(encoding="utf-8").split())
ONE = replace(PRACTICE, households=Fraction(1))


def test_the_bill_by_hand():
    made = charged(bill(1705, 2484), "all")
    assert f"{made.net:,} đồng, tax 8 %: {made.tax:,} đồng, > total {made.total:,} đồng" in PAGE
    verdict = judge(made, [], meters(), load_book(), ONE)
    assert verdict.overall == "disagrees"
    for key in ("index_old", "index_new"):
        check = verdict.check(key)
        assert check is not None
        assert check.ours is not None
        assert f"register {check.ours.low} … {check.ours.high}" in PAGE
    new, used = verdict.check("index_new"), verdict.check("consumption")
    assert new is not None
    assert f"{new.by} kWh too high at least" in PAGE
    assert used is not None
    assert f"{verdict.own_kwh.low} … {verdict.own_kwh.high} kWh" in PAGE
    assert f"make {used.values['most']} at most" in PAGE
    assert f"{used.billed} is {used.by} kWh too many at least" in PAGE
    assert f"disagrees by at least {verdict.disagrees_by_kwh} kWh" in PAGE
    assert f"at least {verdict.disagrees_by_money:,} đồng too many" in PAGE
    assert f"would have been noticed here is {verdict.detectable_kwh} kWh" in PAGE
    honest = charged(bill(1705, 2464), "all")
    assert f"With {honest.kwh} kWh instead of {made.kwh} it would be {honest.total:,} đồng" in PAGE
    when = [check for check in verdict.checks if check.key in ("read_old", "read_new")]
    for check in when:
        start, end = (check.values[name].split()[1] for name in ("start", "end"))
        assert f"{start} to {end}" in PAGE
    swapped, other, digit = verdict.reasons[:3]
    assert (swapped.key, other.key, digit.key) == ("index_transposed", "other_day", "index_one_digit")
    assert f"swapped ({swapped.values['meant'].lstrip('0')} would fit)" in PAGE
    fits = [meant.lstrip("0") for meant in digit.values["meant"].split(" / ")]
    assert f"one digit ({fits[0]}, {fits[1]} or {fits[2]} would fit)" in PAGE


def test_knowing_the_hour_narrows_it():
    hour = replace(ONE, read="hour", hour=dt.time(9, 30), window_minutes=60)
    verdict = judge(bill(1705, 1000 + (at(31, "09:30", 7) - at(1)) // 3_600_000), [], meters(), None, hour)
    assert verdict.overall == "consistent"
    assert f"with `reading_hour` ± 60 minutes it is {verdict.detectable_kwh} kWh" in PAGE


def test_the_table_has_every_topic():
    assert len(re.findall(r"\| (agrees|disagrees)", PAGE)) == 8
