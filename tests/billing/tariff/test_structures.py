"""What tariffs are built of beside tiers, each proven by a worked example; its source stands above it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sodien.billing.tariff.charge import Charge, charge, charge_together
from sodien.billing.tariff.model import Book, Steps
from sodien.billing.tariff.prices import Fixed, PriceTable, TariffError, Tier
from sodien.billing.tariff.quota import Consumption
from sodien.bills.tariff_files import load_book, packaged

EXAMPLES = packaged() / "examples"
BUSINESS = load_book((), "vn-business-below-6kv")
HOUSEHOLD = load_book()
KEPCO = load_book([EXAMPLES / "kr-kepco-residential-lv.yaml"])
TNB = load_book([EXAMPLES / "my-tnb-domestic-2025.yaml"])
PSEG = load_book([EXAMPLES / "us-pseg-general-service.yaml"], "us-pseg-general-service")
PIONEER = load_book([EXAMPLES / "us-pioneer-demand.yaml"], "us-pioneer-demand")
LYREC = load_book([EXAMPLES / "us-lyrec-25-kva.yaml"], "us-lyrec-25-kva")
FEED_IN = load_book([EXAMPLES / "au-feed-in.yaml"], "au-feed-in")
PWC = load_book([EXAMPLES / "us-fayetteville-pwc-tou.yaml"])
MARCH = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def month(year: int, number: int) -> tuple[dt.date, dt.date]:
    first = dt.date(year, number, 1)
    return first, (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def hours(book: Book, period: tuple[dt.date, dt.date], **registers: int) -> Charge:
    kwh = {name: Decimal(value) for name, value in registers.items()}
    return charge(book, Consumption(sum(kwh.values(), Decimal(0)), *period, registers=kwh))


def dollars(*tiers: Tier, **parts: Any) -> Book:
    """A tariff of one table, in cents."""
    table = PriceTable(id="t", decision="t", first=dt.date(2020, 1, 1), tiers=tiers, **parts)
    return Book(
        id="t", name="t", currency="USD", decimals=2, checked_on=dt.date(2030, 1, 1), tables=(table,),
        steps=Steps.default(2),
    )  # fmt: skip


def cost(book: Book, kwh: int, **more: Any) -> Charge:
    return charge(book, Consumption(Decimal(kwh), *month(2021, 6), **more))


# -- a price for each register ---------------------------------------------------------------------------


def test_business_in_viet_nam_pays_by_register_computed() -> None:
    """The prices are printed; the sums are worked out from them, and are the same in an invoice of CMIS."""
    found = hours(BUSINESS, MARCH, BT=9220, CD=4450, TD=3500)
    assert [(line.register, line.price, line.amount) for line in found.parts[0].lines] == [
        ("BT", 3152, 29_061_440),
        ("CD", 5422, 24_127_900),
        ("TD", 1918, 6_713_000),
    ]
    assert (found.net, found.taxes[0].amount, found.total) == (59_902_340, 4_792_187, 64_694_527)


# https://www.faypwc.com/online-usage-calculator-tou/ prints both sums.
@pytest.mark.parametrize(("peak", "total"), [(200, "93.78"), (150, "91.52")])
def test_time_of_use_in_fayetteville_published(peak: int, total: str) -> None:
    assert hours(PWC, month(2020, 8), PEAK=peak, OFFPEAK=1000 - peak).total == Decimal(total)


def test_registers_that_cannot_be_priced_are_said() -> None:
    with pytest.raises(TariffError, match=r"prices each register \(BT, CD, TD\); give the kWh of each"):
        charge(BUSINESS, Consumption(Decimal(9), *MARCH))
    with pytest.raises(TariffError, match="no price for the register KT; it has BT, CD, TD"):
        hours(BUSINESS, MARCH, KT=9)
    with pytest.raises(TariffError, match="add up to 9 kWh, but the consumption is 10 kWh"):
        charge(BUSINESS, Consumption(Decimal(10), *MARCH, registers={"BT": Decimal(9)}))


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 9999))
def test_a_price_change_splits_each_register_and_loses_no_kwh(bt: int, cd: int, td: int) -> None:
    found = hours(BUSINESS, month(2025, 5), BT=bt, CD=cd, TD=td)
    assert [part.decision for part in found.parts] == ["2699/QĐ-BCT", "1279/QĐ-BCT"]
    for register, kwh in (("BT", bt), ("CD", cd), ("TD", td)):
        assert (
            sum(line.kwh for part in found.parts for line in part.lines if line.register == register) == kwh
        )


# -- base charge by the tier reached; rounding of lines and of each tax ------------------------------------


# https://m.ajunews.com/amp/20160809145918169 prints every number here.
def test_kepco_in_2016_published() -> None:
    found = charge(KEPCO, Consumption(Decimal(225), *month(2016, 6)))
    assert [line.amount for line in found.parts[0].lines if line.kwh] == [6070, 12_590, 4697]
    assert [(extra.basis, extra.amount) for extra in found.fixed] == [("1 month × 1600", 1600)]
    assert found.net == 24_957
    assert [tax.amount for tax in found.taxes] == [2496, 920]
    assert found.total == 28_370


# https://koreanreader.blogspot.com/2018/07/blog-post_17.html prints every number here.
def test_kepco_in_2018_published() -> None:
    found = charge(KEPCO, Consumption(Decimal(340), *month(2018, 6)))
    assert [line.amount for line in found.parts[0].lines if line.kwh] == [18_660, 26_306]
    assert (found.net, [tax.amount for tax in found.taxes], found.total) == (46_566, [4657, 1720], 52_940)


# -- one price for all kWh ---------------------------------------------------------------------------------


# https://www.newpages.asia/vn/vi/news/169869 (180 kWh), https://www.aboutworldnews.com/?p=21787 (300 kWh)
@pytest.mark.parametrize(("kwh", "net"), [(180, "34.97"), (300, "65.79")])
def test_tnb_published(kwh: int, net: str) -> None:
    assert charge(TNB, Consumption(Decimal(kwh), *month(2025, 8))).net == Decimal(net)


@given(st.integers(0, 3000))
def test_in_a_band_all_kwh_have_the_price_of_the_tier_reached(kwh: int) -> None:
    found = charge(TNB, Consumption(Decimal(kwh), *month(2025, 8)))
    (line,) = found.parts[0].lines
    tiers = TNB.tables[0].tiers
    assert line.price == tiers[line.tier - 1].price
    below = sum((tier.width for tier in tiers[: line.tier - 1] if tier.width is not None), Decimal(0))
    assert below < kwh or line.tier == 1
    assert [extra.amount for extra in found.fixed] == [10 if kwh > 600 else 0]


# -- charges beside the energy -----------------------------------------------------------------------------


# The addresses of the pages that print these numbers are in the files.


def test_a_negative_charge_per_kwh_and_demand_published() -> None:
    found = charge(PSEG, Consumption(Decimal(17_588), *month(1996, 6), kw=Decimal(30)))
    assert found.parts[0].lines[0].amount == Decimal("1661.01")
    assert [extra.amount for extra in found.fixed] == [
        Decimal("3.74"),
        Decimal("-302.37"),
        Decimal("262.34"),
    ]
    assert found.total == Decimal("1624.72")


def test_a_charge_per_kw_of_demand_published() -> None:
    found = charge(PIONEER, Consumption(Decimal(0), *month(2021, 6), kw=Decimal(10)))
    assert [(extra.basis, extra.amount) for extra in found.fixed] == [("10 kw × 0.25", Decimal("2.50"))]
    with pytest.raises(TariffError, match="charges Demand by the kW; give how many") as caught:
        charge(PIONEER, Consumption(Decimal(0), *month(2021, 6)))
    assert caught.value.key == "charge_no_demand"


def test_a_charge_per_kva_is_counted_alike_computed() -> None:
    book = dollars(Tier(price=Decimal(0)), fixed=(Fixed("Demand", "kva", Decimal("1.10")),))
    assert [extra.amount for extra in cost(book, 0, kva=Decimal("42.5")).fixed] == [Decimal("46.75")]
    with pytest.raises(TariffError, match="charges Demand by the kVA; give how many"):
        cost(book, 0, kw=Decimal(10))


@pytest.mark.parametrize(("kwh", "net"), [(0, "25.00"), (140, "25.00"), (141, "25.01")])
def test_a_minimum_bill_published(kwh: int, net: str) -> None:
    found = charge(LYREC, Consumption(Decimal(kwh), *month(2021, 6)))
    assert found.net == Decimal(net)
    assert found.net == found.parts[0].lines[0].amount + sum(extra.amount for extra in found.fixed)


def test_energy_delivered_to_the_grid_is_credited_published() -> None:
    found = charge(FEED_IN, Consumption(Decimal(0), *month(2025, 6), delivered=Decimal(300)))
    assert [extra.amount for extra in found.fixed] == [Decimal(30), Decimal(-24)]
    assert found.net == 6
    assert charge(FEED_IN, Consumption(Decimal(0), *month(2025, 6))).net == 30
    # No least amount stands in this tariff, so more than is charged may be paid.
    assert charge(FEED_IN, Consumption(Decimal(0), *month(2025, 6), delivered=Decimal(500))).total == -10


# -- two purposes on one meter -----------------------------------------------------------------------------


def test_two_purposes_pay_each_their_own_price_and_one_tax_computed() -> None:
    """No public worked example was found; computed from 1279/QĐ-BCT: 100 kWh to live, 50 at normal hours."""
    home = Consumption(Decimal(100), *MARCH)
    shop = Consumption(Decimal(50), *MARCH, registers={"BT": Decimal(50)})
    found = charge_together([(HOUSEHOLD, home), (BUSINESS, shop)])
    assert [part.tariff for part in found.parts] == ["vn-2025-05", "vn-business-2025-05"]
    assert found.net == 201_700 + 157_600
    assert [tax.amount for tax in found.taxes] == [28_744]
    assert found.total == 388_044
    assert [one.key for one in found.assumptions].count("tax_day_last") == 1


@given(st.integers(0, 900), st.integers(0, 900))
def test_purposes_add_up_before_tax(a: int, b: int) -> None:
    uses = [Consumption(Decimal(kwh), *MARCH, households=Fraction(1)) for kwh in (a, b)]
    together = charge_together([(HOUSEHOLD, use) for use in uses])
    assert together.net == sum(charge(HOUSEHOLD, use).net for use in uses)
    assert len(together.taxes) == 1


# -- the packaged business tariffs ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vn-business-below-6kv", "vn-business-6-22kv", "vn-business-from-22kv"])
def test_every_business_price_is_its_percentage_of_the_average(name: str) -> None:
    book = load_book((), name)
    table = book.table_on(dt.date(2026, 11, 1))
    assert table.certainty == "confirmed"
    assert [hour.register for hour in table.hours] == ["BT", "CD", "TD"]
    prices = {hour.register: hour.price for hour in table.hours}
    assert prices["TD"] < prices["BT"] < prices["CD"]
    dearer = replace(table, hours=(replace(table.hours[0], price=Decimal(1)), *table.hours[1:]))
    with pytest.raises(TariffError, match=r"hours\[0\].price is 1, but"):
        replace(book, tables=(dearer,))
