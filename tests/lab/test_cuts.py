"""The judgement of power cuts, without any machine."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from lab.record import Record
from lab.scenarios import f_cuts
from sodien.ledger.bodies import GapBody
from sodien.ledger.store import Row
from tests.lab.results import S, tick

CASE = f_cuts.case(10, 5)  # 1,600 imp/kWh and 5 Wh: 8 pulses
BEFORE = Record([tick(1, 0, 0), tick(2, 60 * S, 100)], (104, 62 * S))


def gap(seq, reason="power"):
    body = GapBody(ns=S, reason=reason, after=104, high=Decimal("0.1"))
    return Row("gap", "main", 2, None, 0, 104, body=body, seq=seq)


GOOD = f_cuts.Crash(
    acknowledged_seq=2, acknowledged_pulses=104, least=105, most=107, readable=True, record=BEFORE,
    restarted=Record([*BEFORE.rows, gap(3)]), energy=(Fraction(104, 1600), Fraction(120, 1600)),
)  # fmt: skip


def test_a_good_recovery_has_no_fault():
    assert not any(f_cuts.faults(GOOD, CASE).values())
    assert f_cuts.verdict("f", [GOOD], CASE).met


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"readable": False, "why": "damaged"}, "unreadable"),
        ({"acknowledged_seq": 3}, "acknowledged entries missing"),
        ({"acknowledged_pulses": 105}, "acknowledged pulses missing"),
        ({"most": 103, "least": 103}, "pulses made up"),
        ({"most": 112}, "lost at_risk_wh or more"),
        ({"restarted": BEFORE}, "no gap declared"),
        ({"restarted": Record([*BEFORE.rows, gap(3, "stopped")])}, "no gap declared"),
        ({"energy": (Fraction(0), Fraction(104, 1600))}, "truth outside the bounds"),
        ({"energy": (Fraction(108, 1600), Fraction(1))}, "truth outside the bounds"),
    ],
)
def test_each_fault_is_found_and_named(change, fault):
    spoilt = replace(GOOD, **change)
    assert f_cuts.faults(spoilt, CASE)[fault]
    found = f_cuts.verdict("f", [GOOD, spoilt], CASE)
    assert not found.met
    assert f"1 × {fault}" in found.shortfall


def test_no_cut_at_all_is_no_success():
    assert not f_cuts.verdict("f", [], CASE).met


def test_what_was_acknowledged_by_a_cut_and_how_many_pulses_there_were():
    places = (10, 20, 30, 40)
    notes = [(place, {"seq": place, "true": place // 2, "lit": place // 10 % 2}) for place in places]
    note, least, most = f_cuts.at_cut(notes, 25)
    assert (note["seq"], least, most) == (20, 10, 20)
    assert f_cuts.at_cut(notes, 99)[0]["seq"] == 40


def test_the_slowest_save_is_named_where_it_explains_the_loss():
    assert f_cuts.threshold(CASE) == 6
    notes = [{"pulses": 0, "true": 0, "mono": 0}, {"pulses": 0, "true": 7, "mono": S}]
    notes += [{"pulses": 9, "true": 9, "mono": 2 * S}]
    assert f_cuts.slowest_save(notes, 7) == 1
    late = f_cuts.verdict("f", [replace(GOOD, most=112)], CASE, 1.0)
    assert "the slowest save took 1.00 s" in late.shortfall
    assert "slowest" not in f_cuts.verdict("f", [replace(GOOD, most=112)], CASE, 0.1).shortfall


def test_the_control_has_to_find_damage():
    bad = replace(GOOD, acknowledged_seq=3)
    assert f_cuts.control_verdict([GOOD, bad], CASE).met
    assert not f_cuts.control_verdict([GOOD, GOOD], CASE).met
