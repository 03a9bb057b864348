"""Whatever stands on a notice: a verdict, no exception, and every sentence of it can be said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.billing.audit.result import Verdict
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.billing.words import verdict as words
from sodien.bills.tariff_files import load_book
from tests.billing.examples import PRACTICE, at, meters

BOOK = load_book()
HOMES = [
    meters(),
    meters(anchors=[]),
    meters(blind=(at(5, month=7), at(9, month=7))),
]
PRACTICES = [
    PRACTICE,
    replace(PRACTICE, digits=None, households=Fraction(3, 4), read="end_of_day", truncation="either"),
    replace(PRACTICE, period=(dt.date(2026, 7, 1), dt.date(2026, 7, 31)), plates={}, truncation="nearest"),
    replace(PRACTICE, read="hour", hour=dt.time(9), scheme="undeclared", today=dt.date(2028, 1, 1)),
]

NUMBERS = st.one_of(
    st.sampled_from([Decimal(n) for n in ("0", "1", "1700", "1705", "2450", "2454", "749", "99999")]),
    st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=2),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**30),
)
DATES = st.one_of(
    st.dates(dt.date(2026, 5, 1), dt.date(2026, 9, 30)),
    st.sampled_from([dt.date.min, dt.date.max, dt.date(1970, 1, 1), dt.date(2026, 7, 31)]),
)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), strategy)


CODES = maybe(st.sampled_from(["24562125", "PB05010001234", "", "x" * 40, "{index}"]))
ROWS = st.builds(
    IndexRow,
    register=st.sampled_from(["KT", "BT", "CD", "SG"]),
    old=maybe(NUMBERS),
    new=maybe(NUMBERS),
    multiplier=maybe(st.sampled_from([Decimal(0), Decimal(1), Decimal(20), Decimal("-1")])),
    kwh=maybe(NUMBERS),
    removed=maybe(NUMBERS),
)
TIERS = st.builds(TierRow, kwh=NUMBERS, price=NUMBERS, amount=maybe(NUMBERS))
BILLS = st.builds(
    Bill,
    customer=CODES,
    serial=CODES,
    first=maybe(DATES),
    last=maybe(DATES),
    month=maybe(st.integers(1, 12)),
    year=maybe(st.integers(2020, 2030)),
    rows=st.lists(ROWS, max_size=3).map(tuple),
    kwh=maybe(NUMBERS),
    tiers=st.lists(TIERS, max_size=4).map(tuple),
    net=maybe(NUMBERS),
    tax=maybe(NUMBERS),
    tax_rate=maybe(st.sampled_from([Decimal("0.08"), Decimal("0.1"), Decimal(0)])),
    total=maybe(NUMBERS),
    households=maybe(st.sampled_from([Decimal(0), Decimal(1), Decimal("0.25"), Decimal(3)])),
    estimated=st.booleans(),
    read_at=maybe(st.times()),
)


@settings(max_examples=120, deadline=None)
@given(BILLS, st.lists(BILLS, max_size=2), st.sampled_from(HOMES), st.sampled_from(PRACTICES), st.booleans())
def test_any_bill_gets_a_verdict(bill, previous, home, practice, tariff):
    verdict = judge(bill, previous, home, BOOK if tariff else None, practice)
    assert msgspec.json.decode(msgspec.json.encode(verdict), type=Verdict) == verdict
    results = {check.result for check in verdict.checks}
    assert (verdict.overall == "disagrees") == ("disagrees" in results)
    assert bool(verdict.why) == (verdict.overall == "cannot_tell")
    assert words.headline(verdict)
    for check in verdict.checks:
        assert words.check_sentence(check)
        assert check.by is None or check.by > 0
        assert check.ours is None or check.ours.low <= check.ours.high
    for reason in verdict.reasons:
        assert words.reason_sentence(reason)
        assert 0 < reason.likelihood <= 1
    for note in (*verdict.assumptions, *verdict.advice):
        assert words.note_sentence(note)
