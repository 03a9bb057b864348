"""Verdicts by hand: each check with its numbers, what they come to, what is said to do."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from msgspec.structs import replace

from sodien.billing.audit.practice import Practice, windows
from sodien.billing.audit.result import Verdict
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.metering.register.observations import Anchor
from sodien.metering.register.replacements import Installed, Meters
from tests.billing.examples import JULY_31, JUNE_30, PRACTICE, ZONE, at, bill, covered, meters, register

HONEST = bill(JUNE_30 + 9, JULY_31 + 14)  # read at 09:00 and at 14:00
HOUR = 3_600_000


def results(verdict: Verdict) -> dict[str, str]:
    return {check.key: check.result for check in verdict.checks}


def disagreeing(verdict: Verdict) -> set[str]:
    return {key for key, result in results(verdict).items() if result == "disagrees"}


def test_an_honest_bill_is_consistent_and_says_what_it_could_have_seen():
    verdict = judge(HONEST, [], meters(), None, PRACTICE, covered())
    assert verdict.overall == "consistent"
    assert verdict.disagrees_by_kwh is None
    assert verdict.billed_kwh == 31 * 24 + 5
    # One whole day lies within a reading day's window: 24 kWh, and the two truncations.
    assert verdict.detectable_kwh == 25
    new = verdict.check("index_new")
    assert new is not None
    assert new.ours is not None
    assert new.ours.low <= JULY_31 <= new.ours.low + Decimal("0.2")
    assert new.ours.high - Decimal("0.2") <= JULY_31 + 24 <= new.ours.high
    assert verdict.own_kwh is not None
    # Both indices fit, so the times are known to the hour, and with them the consumption.
    assert verdict.own_kwh.high - verdict.own_kwh.low < 3
    assert verdict.covered is not None
    assert verdict.covered.seconds == verdict.covered.counted
    assert verdict.read_new is not None
    assert verdict.read_new.inside
    assert verdict.read_new.start is not None
    assert verdict.read_new.end is not None
    assert verdict.read_new.start <= at(31, "14:30", 7) <= verdict.read_new.end
    assert verdict.read_new.end - verdict.read_new.start <= 1.3 * HOUR


def test_over_read_by_thirty():
    verdict = judge(bill(JUNE_30 + 9, JULY_31 + 14 + 30), [], meters(), None, PRACTICE)
    assert verdict.overall == "disagrees"
    assert verdict.direction == "over"
    # At most 24 kWh after midnight could honestly be on the dial: 44 − 24 = 20 kWh at least.
    assert verdict.disagrees_by_kwh == 20
    assert disagreeing(verdict) >= {"index_new", "read_new", "consumption"}
    assert {note.key for note in verdict.advice} == {"read_dial_now", "ask_for_check"}
    assert verdict.read_new is not None
    assert not verdict.read_new.inside
    assert verdict.read_new.start is not None
    assert at(1, "19:00", 8) < verdict.read_new.start < at(1, "21:00", 8)


def test_a_stated_hour_sees_more():
    hour = dt.time(14)
    practice = Practice(ZONE, digits=5, read="hour", hour=hour, window_minutes=60)
    read_at_two = bill(JUNE_30 + 14, JULY_31 + 14)
    verdict = judge(read_at_two, [], meters(), None, practice)
    assert verdict.overall == "consistent"
    assert verdict.detectable_kwh is not None
    assert verdict.detectable_kwh <= 4
    off = judge(bill(JUNE_30 + 14, JULY_31 + 20), [], meters(), None, practice)
    assert off.overall == "disagrees"
    assert off.disagrees_by_kwh == 5  # the register was at most at 15:00


def test_without_a_dial_reading_the_consumption_can_be_judged_all_the_same():
    home = meters(anchors=[])
    good = judge(HONEST, [], home, None, PRACTICE)
    assert good.overall == "consistent"
    assert results(good)["index_new"] == "cannot_tell"
    assert {note.key for note in good.assumptions} >= {"no_own_readings"}
    bad = judge(bill(JUNE_30 + 9, JULY_31 + 14 + 60), [], home, None, PRACTICE)
    assert bad.overall == "disagrees"
    assert bad.disagrees_by_kwh is not None
    assert 0 < bad.disagrees_by_kwh <= 60


def test_a_long_gap_cannot_tell_and_a_dial_reading_on_the_day_would_have():
    gap = (at(5, month=7), at(25, month=7))
    verdict = judge(HONEST, [], meters(blind=gap), None, PRACTICE, covered(gap))
    assert (verdict.overall, verdict.why) == ("cannot_tell", "blind")
    assert [(note.key, note.values) for note in verdict.advice] == [
        ("read_dial_on_day", {"day": "2026-07-31"})
    ]
    assert verdict.covered is not None
    assert [(b.reason, b.seconds) for b in verdict.covered.blind] == [("power", 20 * 86400)]
    start = Anchor("a", Fraction(1000), Fraction(10001, 10), at(1), at(1))
    read = Anchor(
        "b", Fraction(JULY_31 + 12), Fraction(JULY_31 * 10 + 121, 10), at(31, "12:00", 7), at(31, "12:00", 7)
    )
    told = judge(HONEST, [], meters(blind=gap, anchors=[start, read]), None, PRACTICE)
    assert told.overall == "consistent"


MAY_15 = {"first": dt.date(2026, 5, 15), "last": dt.date(2026, 6, 30)}
FIRST_BILL = bill(700, JUNE_30 + 9, **MAY_15)


@pytest.mark.parametrize(
    ("first_bill", "also"),
    [
        (FIRST_BILL, []),
        (replace(FIRST_BILL, rows=()), []),
        (replace(FIRST_BILL, rows=(IndexRow(new=Decimal(JUNE_30 + 9)),), kwh=None), ["index_wide_day"]),
    ],
    ids=["whole", "only kWh", "only the new reading"],
)
def test_the_bill_in_whose_period_counting_began_gets_one_sentence(first_bill, also):
    verdict = judge(first_bill, [], meters(), None, PRACTICE)
    assert (verdict.overall, verdict.why) == ("cannot_tell", "since")
    silent = [check.says for check in verdict.checks if check.result == "cannot_tell"]
    assert silent == ["consumption_since", *also, "charge_not_printed"]
    assert [note.key for note in verdict.advice] == ["next_in_full"]
    assert (verdict.detectable_kwh, verdict.detectable_both_kwh) == (None, None)


def test_a_reading_of_the_day_on_which_counting_began_is_no_line_of_its_own():
    june = bill(JUNE_30 - 700, 1010, first=dt.date(2026, 5, 2), last=dt.date(2026, 6, 1))
    slipped = dataclasses.replace(PRACTICE, slip_days=1, printed_slip_days=1)
    verdict = judge(june, [], meters(), None, slipped)
    assert (verdict.overall, verdict.why) == ("cannot_tell", "since")
    assert {key for key in results(verdict) if key.startswith(("index", "read"))} == set()


def test_the_new_reading_of_the_first_bill_is_judged_all_the_same():
    verdict = judge(bill(700, JUNE_30 + 99, **MAY_15), [], meters(), None, PRACTICE)
    assert (verdict.overall, disagreeing(verdict)) == ("disagrees", {"index_new", "read_new"})


def test_a_gap_so_wide_that_anything_fits_still_refuses_the_impossible():
    gap = (at(5, month=7), at(25, month=7))
    verdict = judge(bill(JUNE_30 + 9, JULY_31 + 6000), [], meters(blind=gap), None, PRACTICE)
    assert verdict.overall == "disagrees"


@pytest.mark.parametrize(
    ("changes", "why", "advice"),
    [
        ({"first": None, "last": None}, "no_dates", "give_dates"),
        ({"rows": (), "kwh": None}, "no_numbers", "give_numbers"),
    ],
)
def test_what_is_missing_is_asked_for(changes, why, advice):
    verdict = judge(replace(HONEST, **changes), [], meters(), None, PRACTICE)
    assert (verdict.overall, verdict.why) == ("cannot_tell", why)
    assert [note.key for note in verdict.advice] == [advice]


def test_three_registers_are_more_than_one_led_shows():
    rows = tuple(IndexRow(register=name, old=Decimal(1), new=Decimal(2)) for name in ("BT", "CD", "TD"))
    verdict = judge(Bill(rows=rows, first=HONEST.first, last=HONEST.last), [], meters(), None, PRACTICE)
    assert (verdict.overall, verdict.why) == ("cannot_tell", "registers")


def test_a_replaced_meter_that_is_not_recorded():
    row = IndexRow(old=Decimal(0), new=Decimal(500), removed=Decimal(249), kwh=Decimal(749))
    verdict = judge(replace(HONEST, rows=(row,), kwh=Decimal(749)), [], meters(), None, PRACTICE)
    assert (verdict.overall, verdict.why) == ("cannot_tell", "replaced")
    assert [note.key for note in verdict.advice] == ["record_replacement"]


def test_a_replaced_meter_that_is_recorded():
    change = at(15, "10:00", 7)
    old = register(until=change)
    begun = Anchor("b", Fraction(3), Fraction(31, 10), change, change)
    new = register(anchors=[begun])
    home = Meters([Installed("m", old), Installed("n", new, change)])
    final, hours = 1000 + 44 * 24 + 10, 16 * 24 + 4
    removed = final - (JUNE_30 + 9)
    row = IndexRow(
        old=Decimal(3), new=Decimal(3 + hours), removed=Decimal(removed), kwh=Decimal(removed + hours)
    )
    good = judge(replace(HONEST, rows=(row,), kwh=row.kwh), [], home, None, PRACTICE)
    assert good.overall == "consistent"
    assert "replaced" in {note.key for note in good.assumptions}
    wrong = replace(row, removed=Decimal(removed + 200), kwh=Decimal(removed + hours + 200))
    bad = judge(replace(HONEST, rows=(wrong,), kwh=wrong.kwh), [], home, None, PRACTICE)
    assert disagreeing(bad) == {"consumption"}
    assert bad.disagrees_by_kwh is not None
    assert 140 < bad.disagrees_by_kwh <= 200


def test_a_dial_that_goes_round():
    near = Anchor("a", Fraction(99_000), Fraction(990_001, 10), at(1), at(1))
    home = meters(anchors=[near])
    old, new = (index - 1000 + 99_000 for index in (JUNE_30 + 9, JULY_31 + 14))
    verdict = judge(bill(old, new % 100_000, new - old), [], home, None, PRACTICE)
    assert verdict.overall == "consistent"
    kwh = verdict.check("kwh")
    assert kwh is not None
    assert kwh.says == "kwh_rolls"


def test_the_multiplier_multiplies_kwh_and_not_indices():
    home = Meters([Installed("m", register(), None, Fraction(20))])
    row = replace(HONEST.rows[0], multiplier=Decimal(20), kwh=Decimal(749 * 20))
    good = judge(replace(HONEST, rows=(row,), kwh=row.kwh), [], home, None, PRACTICE)
    assert good.overall == "consistent"
    assert good.detectable_kwh == 25 * 20
    wrong = judge(replace(HONEST, rows=(row,), kwh=row.kwh), [], meters(), None, PRACTICE)
    assert disagreeing(wrong) >= {"multiplier", "consumption"}
    assert wrong.reasons[0].key == "multiplier"


def test_the_slip_is_allowed_only_without_a_date():
    late = bill(JUNE_30 + 9, JULY_31 + 24 + 10)  # read on 1 August, 10:00
    dated = judge(late, [], meters(), None, PRACTICE)
    assert disagreeing(dated) >= {"index_new", "read_new"}
    practice = Practice(ZONE, digits=5, period=(dt.date(2026, 7, 1), dt.date(2026, 7, 31)))
    undated = judge(replace(late, first=None, last=None), [], meters(), None, practice)
    assert undated.overall == "consistent"
    said = undated.check("read_new")
    assert said is not None
    assert said.says == "read_slipped"
    assert "slip" in {note.key for note in undated.assumptions}


def test_windows_of_a_reading():
    day = dt.date(2026, 7, 31)
    whole = windows(HONEST, PRACTICE)[1]
    assert whole is not None
    assert (whole.start, whole.end) == (at(31, month=7), at(1, month=8))
    remote = windows(HONEST, Practice(ZONE, read="end_of_day"))[1]
    assert remote is not None
    assert (remote.start, remote.end) == (at(31, "23:59", 7), at(1, month=8))
    printed = windows(replace(HONEST, read_at=dt.time(8, 30)), PRACTICE)
    assert printed[1] is not None
    assert (printed[1].start, printed[1].end) == (at(31, "08:15", 7), at(31, "08:46", 7))
    assert printed[0] is not None
    assert (printed[0].start, printed[0].end) == (at(30), at(1, month=7))
    hour = windows(HONEST, Practice(ZONE, read="hour", hour=dt.time(0, 30)))[1]
    assert hour is not None
    assert (hour.start, hour.end) == (at(31, month=7), at(31, "01:30", 7))
    assert hour.day == day
    with pytest.raises(ValueError, match="hour"):
        Practice(ZONE, read="hour")


@pytest.mark.parametrize(
    ("old", "low", "result"), [(2, 0, "agrees"), (99_990, 99_880, "agrees"), (40, 0, "disagrees")]
)
def test_no_register_is_told_below_zero(old, low, result):
    """Before the dial showed 5 it may have gone round: an index of that round is told in that round."""
    gap = (at(30, "18:00"), at(1, "06:00", 7))
    first = Anchor("a", Fraction(5), Fraction(51, 10), at(1, "06:00", 7), at(1, "06:00", 7))
    verdict = judge(bill(old, 723, 721), [], meters(blind=gap, anchors=[first]), None, PRACTICE)
    check = verdict.check("index_old")
    assert check is not None
    assert check.ours is not None
    assert low <= check.ours.low <= Decimal(low) + 60
    assert check.ours.low >= 0
    assert check.values["low"] == f"{check.ours.low:f}"
    assert (check.result == "disagrees") == (result == "disagrees")
    if result == "agrees":
        assert check.ours.low <= old <= check.ours.high
    others = [one.ours.low for one in verdict.checks if one.ours is not None]
    assert min(others) >= 0


# -- the notice by itself and after the bill before ----------------------------------------------------


def before(**changes: object) -> Bill:
    june = bill(1010, JUNE_30 + 9, first=dt.date(2026, 6, 1), last=dt.date(2026, 6, 30))
    return replace(june, **changes)


JUNE_20 = dt.date(2026, 6, 20)


def ends(new: int) -> tuple[IndexRow, ...]:
    return (IndexRow(new=Decimal(new)),)


@pytest.mark.parametrize(
    ("changes", "earlier", "key", "result", "says"),
    [
        ({}, before(), "index_joins", "agrees", "index_joins"),
        ({}, before(), "days_join", "agrees", "days_join"),
        ({}, before(last=dt.date(2026, 7, 2)), "days_join", "disagrees", "days_twice"),
        ({}, before(last=JUNE_20), "days_join", "cannot_tell", "days_missing"),
        ({}, before(last=JUNE_20, rows=ends(1600)), "index_joins", "cannot_tell", "index_joins_gap"),
        ({}, before(rows=ends(JUNE_30 + 2)), "index_joins", "disagrees", "index_joins_not"),
        ({}, before(rows=ends(JUNE_30 + 90)), "index_joins", "cannot_tell", "index_joins_mended"),
        (
            {"customer": "PB05010009999"},
            before(rows=ends(9)),
            "customer",
            "disagrees",
            "customer_differs",
        ),
        ({"customer": "PB05010009999"}, before(), "customer", "cannot_tell", "customer_changed"),
        (
            {"customer": "PB05010009999", "serial": "24562125"},
            before(rows=ends(9)),
            "customer",
            "cannot_tell",
            "customer_changed",
        ),
        ({"customer": "7"}, before(customer="8"), "customer_joins", "cannot_tell", "customer_joins_changed"),
        (
            {"customer": "7"},
            before(customer="8", rows=ends(9)),
            "customer_joins",
            "disagrees",
            "customer_joins_not",
        ),
        (
            {"customer": "7", "serial": "24562125"},
            before(customer="8", serial="11112222"),
            "customer_joins",
            "disagrees",
            "customer_joins_not",
        ),
        (
            {"rows": (IndexRow(old=Decimal("1704.6"), new=Decimal(2454), kwh=Decimal(749)),)},
            before(),
            "index_joins",
            "disagrees",
            "index_joins_not",
        ),
        (
            {"rows": (IndexRow(old=Decimal("1705.6"), new=Decimal(2454), kwh=Decimal(749)),)},
            before(),
            "index_joins",
            "agrees",
            "index_joins_rounds",
        ),
        ({"customer": "pb0501 0001234"}, before(), "customer", "agrees", "customer_agrees"),
        ({"serial": "0024562125"}, before(), "serial", "agrees", "serial_agrees"),
        ({"serial": "24562126"}, before(), "serial", "disagrees", "serial_differs"),
        ({"serial": "24562125"}, before(serial="11112222"), "serial_joins", "disagrees", "serial_joins_not"),
        ({"kwh": Decimal(747)}, before(), "kwh_total", "disagrees", "kwh_twice"),
        ({"estimated": True}, before(), "estimated", "cannot_tell", "estimated"),
        ({"first": dt.date(2026, 8, 5)}, before(), "dates", "disagrees", "dates_reversed"),
    ],
)  # fmt: skip
def test_a_notice_and_the_bill_before(changes, earlier, key, result, says):
    verdict = judge(replace(HONEST, **changes), [earlier], meters(), None, PRACTICE)
    check = verdict.check(key)
    assert check is not None
    assert (check.result, check.says) == (result, says)
    assert (verdict.overall == "disagrees") == ("disagrees" in results(verdict).values())


def test_the_same_indices_again():
    twice = replace(before(), first=HONEST.first, last=HONEST.last)
    verdict = judge(twice, [before()], meters(), None, PRACTICE)
    assert "indices_twice" in disagreeing(verdict)
    assert verdict.reasons[0].key == "duplicate"


def test_the_sms_of_the_utility_that_does_not_add_up():
    """chỉ số cũ:9618, chỉ số mới:1004, điện năng tiêu thụ:300: with four digits that would be 1386."""
    row = IndexRow(old=Decimal(9618), new=Decimal(1004), multiplier=Decimal(1), kwh=Decimal(300))
    practice = Practice(ZONE, digits=4)
    verdict = judge(Bill(rows=(row,)), [], meters(anchors=[]), None, practice)
    assert disagreeing(verdict) == {"kwh"}
    assert verdict.disagrees_by_kwh == 1086
    assert verdict.direction == "under"


def test_printed_rows_are_checked_without_any_tariff():
    tiers = (
        TierRow(kwh=Decimal(50), price=Decimal(1984), amount=Decimal(99_200)),
        TierRow(kwh=Decimal(699), price=Decimal(2050), amount=Decimal(1_432_950)),
    )
    good = replace(
        HONEST, tiers=tiers, net=Decimal(1_532_150), tax=Decimal(122_572), tax_rate=Decimal("0.08"),
        total=Decimal(1_654_722),
    )  # fmt: skip
    verdict = judge(good, [], meters(), None, PRACTICE)
    assert verdict.overall == "consistent"
    assert {"tier_1", "tier_2", "tiers_kwh", "tiers_net", "tax", "total"} <= set(results(verdict))
    for changes, key in (
        ({"tiers": (replace(tiers[0], amount=Decimal(99_300)), tiers[1])}, "tier_1"),
        ({"tiers": (replace(tiers[0], kwh=Decimal(51), amount=None), tiers[1])}, "tiers_kwh"),
        ({"net": Decimal(1_532_151)}, "tiers_net"),
        ({"tax": Decimal(122_580)}, "tax"),
        ({"total": Decimal(1_654_732)}, "total"),
    ):
        wrong = judge(replace(good, **changes), [], meters(), None, PRACTICE)
        assert key in disagreeing(wrong)
        assert wrong.disagrees_by_money is None  # without a tariff nobody says what it should be


def test_a_tax_that_was_cut_instead_of_rounded_is_no_mistake():
    odd = Bill(net=Decimal(65_437), tax=Decimal(6543), tax_rate=Decimal("0.1"), total=Decimal(71_980))
    assert not disagreeing(judge(odd, [], meters(), None, PRACTICE))


def test_a_verdict_goes_through_json():
    verdict = judge(bill(JUNE_30 + 9, JULY_31 + 44), [before()], meters(), None, PRACTICE)
    text = msgspec.json.encode(verdict)
    assert b'"disagrees_by_kwh":"20"' in text
    assert msgspec.json.decode(text, type=Verdict) == verdict
