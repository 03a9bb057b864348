"""A bill shared among sub-meters: worked examples to the đồng, and what holds whatever the numbers are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as replace_use

from sodien.billing.bill import Bill
from sodien.billing.sharing.amount import Amount, amount_of, quotas_of
from sodien.billing.sharing.shares import (
    COMMON,
    Billed,
    Shared,
    Tenant,
    households,
    judge_charge,
    judge_sum,
    loss,
    shares,
)
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.quota import Consumption
from sodien.bills.tariff_files import load_book
from sodien.metering.bounds import Bounded, Interval
from tests.billing.sharing import houses

BOOK = load_book()


def point(value: Decimal | Fraction | int | str) -> Bounded:
    exact = Fraction(value)
    return Bounded(exact, exact, exact)


def tenant(
    meter: str, kwh: Decimal | int | str, people: int | None = None, *, family: bool = False
) -> Tenant:
    exact = point(kwh)
    return Tenant(meter, exact, exact, Interval(exact.low, exact.high), people=people, family=family)


def behind(kwh: Bounded) -> Tenant:
    return Tenant("room", kwh, kwh, Interval(kwh.low, kwh.high))


def bill(kwh: int, total: Decimal | int | str) -> Billed:
    return Billed(point(kwh), point(total))


def october(kwh: int, households: Fraction = Fraction(1), scheme: str = "tiers") -> Decimal:
    use = Consumption(
        Decimal(kwh),
        dt.date(2026, 10, 1),
        dt.date(2026, 10, 31),
        households,
        scheme=scheme,  # type: ignore[arg-type]
    )
    return charge(BOOK, use).total


def charges(found: Shared) -> list[int]:
    return [int(one.charge) for one in found.shares]


# -- worked examples: 1279/QĐ-BCT with 8 % VAT -----------------------------------------------------------


def test_one_households_bill_by_kwh() -> None:
    assert october(350) == 979_560
    found = shares(bill(350, 979_560), [tenant("room1", 120), tenant("room2", "98.5"), tenant("room3", 103)])
    # 979,560 × 120 / 350 = 335,849.14; × 98.5 / 350 = 275,676.17; × 103 / 350 = 288,270.51
    assert charges(found) == [335_849, 275_676, 288_270]
    assert found.divisor == 350
    assert found.left == 979_560 - 335_849 - 275_676 - 288_270
    assert found.uncounted.kwh == point("28.5")
    assert found.uncounted.charge == 79_764  # × 28.5 / 350 = 79,764.17
    assert all(one.common.charge == 0 for one in found.shares)


def test_what_no_sub_meter_counted_is_a_line_of_its_own() -> None:
    rooms = [tenant("room1", 120, 2), tenant("room2", 80, 1), tenant("room3", 100, 3)]
    by = {one: shares(bill(350, 979_560), rooms, one) for one in COMMON}
    # 979,560 × 50 / 350 = 139,937.14 for the stairs: by 2, 1 and 3 heads of 6; by 120, 80, 100 kWh of 300
    assert [int(one.common.charge) for one in by["people"].shares] == [46_645, 23_322, 69_968]
    assert [int(one.common.charge) for one in by["equally"].shares] == [46_645] * 3
    assert [int(one.common.charge) for one in by["kwh"].shares] == [55_974, 37_316, 46_645]
    assert {tuple(int(one.own.charge) for one in found.shares) for found in by.values()} == {
        (335_849, 223_899, 279_874)
    }
    assert [found.left for found in by.values()] == [139_938, 3, 3, 3]


def test_declared_people_multiply_the_quotas() -> None:
    rooms = [tenant("a", 100, 3), tenant("b", 100, 2), tenant("c", 150, 4, family=True)]
    assert households(rooms, 4) == Fraction(9, 4)
    assert households([tenant("a", 1, 3)], 4) == Fraction(3, 4)
    assert households([*rooms, tenant("d", 1)], 4) is None
    # Quotas × 9/4: 113, 113, 225 …: 113 × 1,984 + 113 × 2,050 + 124 × 2,380 = 750,962, VAT 60,077
    assert october(350, Fraction(9, 4)) == 811_039
    assert charges(shares(bill(350, 811_039), rooms)) == [231_725, 231_725, 347_588]


def test_undeclared_tenants_pay_the_third_tier_for_every_kwh() -> None:
    assert october(350, scheme="undeclared") == 899_640  # 350 × 2,380 = 833,000, VAT 66,640
    found = shares(bill(350, 899_640), [tenant("room1", 100), tenant("room2", 250)])
    assert charges(found) == [257_040, 642_600]  # 2,570.40 đồng for each kWh
    assert found.left == 0


def test_sub_meters_that_have_more_than_the_bill_are_divided_by_their_own_sum() -> None:
    found = shares(bill(100, 217_836), [tenant("room1", 60), tenant("room2", "40.6")])
    assert found.divisor == Fraction("100.6")
    assert charges(found) == [129_922, 87_913]
    assert found.left == 1


def test_a_share_stands_with_its_bounds() -> None:
    room = behind(Bounded(Fraction(118), Fraction(120), Fraction(121)))
    (found,) = shares(bill(350, 979_560), [room]).shares
    money = found.own.money
    assert [int(one) for one in (money.low, found.charge, money.high)] == [330_251, 335_849, 338_648]


def test_a_charge_is_judged_by_what_no_honest_landlord_can_have_charged() -> None:
    found = shares(bill(350, 979_560), [tenant("room1", 120, 1), tenant("room2", 200, 2)])
    one = found.shares[0]

    def result(money: int, *, agreed: bool) -> tuple[str, int]:
        judged = judge_charge(Decimal(money), one, found, agreed)
        return judged.result, int(judged.by)

    assert result(335_849, agreed=True) == ("agrees", 0)
    assert result(339_647, agreed=True) == ("cannot_tell", 0)  # 121 kWh and 1,000 đồng
    assert result(339_648, agreed=True) == ("cannot_tell", 0)
    assert result(339_649, agreed=True) == ("disagrees", 1)
    assert result(360_000, agreed=False) == ("cannot_tell", 0)
    assert result(500_000, agreed=False)[0] == "disagrees"
    assert judge_sum(Decimal(979_560), found.billed).result == "agrees"
    over = judge_sum(Decimal(1_050_000), found.billed)
    assert (over.result, int(over.by), int(over.most)) == ("disagrees", 70_440, 979_560)


def test_the_loss_between_main_and_sub_meters() -> None:
    found = loss(
        Bounded(Fraction(349), Fraction(350), Fraction(351)), [tenant("a", 120), tenant("b", "201.5")]
    )
    assert found.kwh == Bounded(Fraction("27.5"), Fraction("28.5"), Fraction("29.5"))
    assert found.over == 0
    wrong = loss(point(100), [tenant("a", 60), behind(Bounded(Fraction(41), Fraction(42), Fraction(43)))])
    assert wrong.kwh == point(0)
    assert wrong.over == 1


@pytest.mark.parametrize(
    ("tenants", "agreed"),
    [([], "landlord"), ([tenant("a", 1)], "people"), ([tenant("a", -1)], "landlord")],
)
def test_what_cannot_be_shared(tenants: list[Tenant], agreed: str) -> None:
    with pytest.raises(ValueError, match=r"shared|below 0|people"):
        shares(bill(100, 1000), tenants, agreed)  # type: ignore[arg-type]


# -- whatever the numbers are ----------------------------------------------------------------------------

kwh = st.integers(0, 40_000).map(lambda n: Fraction(n, 37))
spread = st.integers(0, 500).map(lambda n: Fraction(n, 53))


@st.composite
def bounded(draw: st.DrawFn, middle: st.SearchStrategy[Fraction] = kwh) -> Bounded:
    true = draw(middle)
    low, high = max(Fraction(0), true - draw(spread)), true + draw(spread)
    best = low + (high - low) * draw(st.integers(0, 7)) / 7
    return Bounded(low, best, high)


@st.composite
def some_house(draw: st.DrawFn) -> tuple[Billed, list[Tenant]]:
    found = []
    for number in range(draw(st.integers(1, 5))):
        own = draw(bounded())
        wide = Interval(max(Fraction(0), own.low - draw(spread)), own.high + draw(spread))
        found.append(Tenant(f"room{number}", own, own, wide, people=draw(st.integers(1, 5))))
    total = draw(bounded(st.integers(0, 4_000_000).map(Fraction)))
    return Billed(draw(bounded()), total, draw(st.sampled_from((0, 0, 2)))), found


def within(draw: st.DataObject, value: Bounded | Interval) -> Fraction:
    return value.low + (value.high - value.low) * draw.draw(st.integers(0, 6)) / 6


@given(some_house(), st.sampled_from(COMMON))
def test_the_charges_and_what_is_left_are_the_bill(house: tuple[Billed, list[Tenant]], agreed: str) -> None:
    found = shares(*house, agreed)  # type: ignore[arg-type]
    assert found.left >= 0
    assert found.charged + found.left <= found.billed.total.best < found.charged + found.left + 1
    for one in found.shares:
        for part in (one.own, one.common):
            assert 0 <= part.money.low <= part.charge == part.money.best <= part.money.high
            assert 0 <= part.kwh.low <= part.kwh.best <= part.kwh.high


@given(some_house(), st.sampled_from(COMMON), st.data())
def test_the_truth_is_inside(house: tuple[Billed, list[Tenant]], agreed: str, data: st.DataObject) -> None:
    billed, tenants = house
    found = shares(billed, tenants, agreed)  # type: ignore[arg-type]
    true = [within(data, one.kwh) for one in tenants]
    bill_kwh, total, used = within(data, billed.kwh), within(data, billed.total), sum(true)
    whole = max(bill_kwh, used)
    rest = total * (bill_kwh - used) / bill_kwh if bill_kwh > used else Fraction(0)
    heads = sum(one.people or 0 for one in tenants)
    for one, own in zip(found.shares, true, strict=True):
        paid = total * own / whole if whole else Fraction(0)
        part = {
            "landlord": Fraction(0),
            "kwh": own / used if used else Fraction(0),
            "people": Fraction(one.tenant.people or 0, heads),
            "equally": Fraction(1, len(tenants)),
        }[agreed]
        assert one.own.money.low <= paid <= one.own.money.high
        assert one.own.kwh.low <= own <= one.own.kwh.high
        assert one.common.money.low <= rest * part <= one.common.money.high
        assert one.money.low <= paid + rest * part <= one.money.high
    assert found.uncounted.money.low <= rest <= found.uncounted.money.high


@given(some_house(), st.sampled_from(COMMON), st.data())
def test_no_honest_charge_is_called_too_much(
    house: tuple[Billed, list[Tenant]], agreed: str, data: st.DataObject
) -> None:
    billed, tenants = house
    billed = replace(billed, decimals=0)
    found = shares(billed, tenants)
    read = [
        max(Fraction(0), within(data, one.widest) + Fraction(data.draw(st.integers(-100, 100)), 100))
        for one in tenants
    ]
    bill_kwh, total = within(data, billed.kwh), within(data, billed.total)
    used = sum(read)
    rest = total * (bill_kwh - used) / bill_kwh if bill_kwh > used else Fraction(0)
    heads = sum(one.people or 0 for one in tenants)
    for one, own in zip(found.shares, read, strict=True):
        paid = total * own / max(bill_kwh, used) if max(bill_kwh, used) else Fraction(0)
        paid += (
            rest
            * {
                "landlord": Fraction(0),
                "kwh": own / used if used else Fraction(0),
                "people": Fraction(one.tenant.people or 0, heads),
                "equally": Fraction(1, len(tenants)),
            }[agreed]
        )
        step = data.draw(st.sampled_from((1, 100, 500)))
        charged = Decimal(min(paid // step * step, total // 1).__int__())
        assert judge_charge(charged, one, found, agreed=False).result != "disagrees"
    assert judge_sum(Decimal(int(total)), billed).result != "disagrees"


@given(some_house(), st.sampled_from(COMMON), st.randoms())
def test_the_order_of_tenants_does_not_matter(
    house: tuple[Billed, list[Tenant]], agreed: str, random: object
) -> None:
    billed, tenants = house
    other = list(tenants)
    random.shuffle(other)  # type: ignore[attr-defined]
    one = {s.tenant.meter: s for s in shares(billed, tenants, agreed).shares}  # type: ignore[arg-type]
    two = {s.tenant.meter: s for s in shares(billed, other, agreed).shares}  # type: ignore[arg-type]
    assert one == two


@given(some_house(), st.sampled_from(COMMON), st.fractions(0, 100))
def test_who_uses_more_pays_no_less_and_the_others_no_more(
    house: tuple[Billed, list[Tenant]], agreed: str, more: Fraction
) -> None:
    billed, (first, *rest) = house
    thirsty = replace(first, kwh=first.kwh + Bounded(more, more, more))
    before, after = (shares(billed, [one, *rest], agreed) for one in (first, thirsty))  # type: ignore[arg-type]
    assert after.shares[0].own.charge >= before.shares[0].own.charge
    assert after.shares[0].own.money.high >= before.shares[0].own.money.high
    assert all(b.own.charge <= a.own.charge for a, b in zip(before.shares[1:], after.shares[1:], strict=True))


@given(st.integers(1, 500), st.integers(1, 500), st.integers(0, 200))
def test_halves_of_a_tenant_pay_what_the_whole_pays(one: int, other: int, rest: int) -> None:
    total = october(one + other + rest)
    whole = shares(bill(one + other + rest, total), [tenant("a", one + other)])
    halves = shares(bill(one + other + rest, total), [tenant("a", one), tenant("b", other)])
    assert 0 <= whole.charged - halves.charged <= 1


@given(bounded(), st.lists(bounded(), min_size=1, max_size=4), st.data())
def test_a_true_loss_is_inside_and_never_called_impossible(
    main: Bounded, subs: list[Bounded], data: st.DataObject
) -> None:
    true = [within(data, one) for one in subs]
    through = within(data, main)
    found = loss(main, [behind(one) for one in subs])
    if through >= sum(true):
        assert found.over == 0
        assert found.kwh.low <= through - sum(true) <= found.kwh.high
    assert found.kwh.low <= found.kwh.best <= found.kwh.high


def test_the_rule_for_tenants_has_its_law_and_the_day_it_began() -> None:
    rule = BOOK.tenant_rule(dt.date(2026, 10, 31))
    assert rule is not None
    assert (rule.at_most, rule.law, rule.certainty) == ("bill", "TT 60/2025/TT-BCT, điều 12", "confirmed")
    assert BOOK.tenant_rule(dt.date(2025, 12, 1)) is None


def test_in_simulated_houses_the_truth_is_inside_and_nobody_is_accused() -> None:
    houses.WRONG.clear()
    count: Counter[str] = Counter()
    for seed in range(40):
        houses.month(houses.house(seed), count, str(seed))
    assert not houses.WRONG
    assert count["greedy together found"] > 20


# -- what a bill asks ------------------------------------------------------------------------------------

MONTH = Consumption(Decimal(0), dt.date(2026, 10, 1), dt.date(2026, 10, 31))


def asked(bill: Bill, kwh: int | None = 350, use: Consumption = MONTH) -> Amount:
    printed = None if kwh is None else Decimal(kwh)
    return amount_of(BOOK, use, bill, printed, Bounded(Fraction(345), Fraction(350), Fraction("355.2")))


@pytest.mark.parametrize(
    ("bill", "total"),
    [
        (Bill(total=Decimal(979_560)), 979_560),
        (Bill(total=Decimal(1_079_560), debt=Decimal(100_000)), 979_560),
        (Bill(net=Decimal(907_000), tax=Decimal(72_560)), 979_560),
        (Bill(total=Decimal(980_000)), 980_000),
    ],
)
def test_the_money_of_a_bill_is_this_periods(bill: Bill, total: int) -> None:
    found = asked(bill)
    assert found.billed.total == point(total)
    assert (found.kwh_printed, found.money_printed) == (True, True)
    assert found.cost is not None
    assert found.cost.total == 979_560


def test_what_a_bill_does_not_print_is_worked_out_with_bounds() -> None:
    found = asked(Bill(), None)
    assert found.billed.kwh == Bounded(Fraction(345), Fraction(350), Fraction(356))
    assert found.billed.total.best == 979_560
    assert found.billed.total.low == october(345)
    assert found.billed.total.high == october(356)
    assert (found.kwh_printed, found.money_printed) == (False, False)


def test_quotas_by_days_are_tried_where_they_explain_the_money() -> None:
    use = replace_use(MONTH, first=dt.date(2026, 10, 12))
    by_days = charge(BOOK, replace_use(use, kwh=Decimal(350), prorate=True)).total
    found = asked(Bill(total=by_days), 350, use)
    assert found.use.prorate
    assert found.cost is not None
    assert found.cost.total == by_days


def test_declaring_the_tenants_saves_what_the_tariff_says() -> None:
    rooms = [tenant("a", 200, 5), tenant("b", 150, 4, family=True)]
    found = quotas_of(BOOK, asked(Bill(total=Decimal(979_560))), rooms)
    assert (found.households, found.declared, found.known) == (1, Fraction(9, 4), True)
    assert found.saved == 979_560 - 811_039
    undeclared = replace_use(MONTH, scheme="undeclared")
    found = quotas_of(BOOK, asked(Bill(), 350, undeclared), rooms)
    assert found.households == 0
    assert found.saved == 899_640 - 811_039
    assert quotas_of(BOOK, asked(Bill(), None), rooms).saved is None
    assert quotas_of(BOOK, asked(Bill()), [tenant("a", 200)]).declared is None
