"""One bill for every sentence of a verdict: what it says, with which values, by how much.

``python -m tests.billing.audit.every_sentence`` writes ``every_sentence.json`` anew, a row for each key. A
person reads the difference before it is kept.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace as changed
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from sodien import i18n
from sodien.billing.audit.practice import Permitted, Practice
from sodien.billing.audit.result import Verdict
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.billing.tariff.model import Book
from sodien.billing.tariff.prices import Fixed
from sodien.billing.words import verdict as words
from sodien.bills.tariff_files import load_book
from sodien.metering.register.observations import Anchor
from sodien.metering.register.register import Register
from sodien.metering.register.replacements import Installed, Meters
from tests.billing.audit.test_check_hours import bill as by_hours
from tests.billing.examples import JULY_31, JUNE_30, PRACTICE, at, bill, meters, register
from tests.billing.tariff.books import book_of_2026
from tests.billing.tariff.charged import FORMER_PRICES, PRICES, charged

FILE = Path(__file__).with_name("every_sentence.json")
BOOK = book_of_2026()
BUSINESS = load_book((), "vn-business-below-6kv")
OLD, NEW = JUNE_30 + 9, JULY_31 + 14
HONEST = bill(OLD, NEW)
JUNE = bill(1010, OLD, first=dt.date(2026, 6, 1), last=dt.date(2026, 6, 30))
GAP = (at(5, month=7), at(25, month=7))
ONE = changed(PRACTICE, households=Fraction(1))
ALL = Permitted(
    printed_slip_days=1,
    first_days=("same",),
    truncations=("nearest", "up"),
    kwh_from=("registers",),
    margin_minutes=60,
    total_steps=(100, 1000),
    discounts=(Fraction(1, 10),),
    other_items=True,
)
OPEN = changed(ONE, permitted=ALL)


def case(
    made: Bill,
    previous: Sequence[Bill] = (),
    home: Meters | None = None,
    book: Book | None = None,
    practice: Practice = PRACTICE,
) -> Verdict:
    return judge(made, list(previous), home or meters(), book, practice)


def money(made: Bill, practice: Practice = ONE, previous: Sequence[Bill] = ()) -> Verdict:
    return case(made, previous, book=BOOK, practice=practice)


def row(made: Bill, **changes: Any) -> Bill:
    """The bill with other numbers in its only row, and that row's kWh."""
    one = replace(made.rows[0], **changes)
    return replace(made, rows=(one,), kwh=one.kwh)


def july(kwh: int, **options: Any) -> Bill:
    """A bill of so many kWh in July, with its charge in full."""
    return charged(bill(OLD, OLD + kwh), "all", **options)


def bare(made: Bill, **changes: Any) -> Bill:
    """Without the lines of the charge."""
    return replace(made, **({"tiers": (), "net": None, "tax": None, "tax_rate": None} | changes))


def taxed(made: Bill, net: int | Decimal) -> Bill:
    """With another sum before tax, and tax and total of it."""
    tax = (Decimal(net) * 8 / 100).quantize(Decimal(1), "ROUND_HALF_UP")
    return replace(made, net=Decimal(net), tax=tax, total=Decimal(net) + tax)


def d(number: int | str) -> Decimal:
    return Decimal(number)


def replaced() -> Meters:
    """Two meters: the second from 15 July, 10:00 on, put up at 3.0 kWh."""
    change = at(15, "10:00", 7)
    begun = Anchor("b", Fraction(3), Fraction(31, 10), change, change)
    return Meters([Installed("m", register(until=change)), Installed("n", register(anchors=[begun]), change)])


PLATES = changed(PRACTICE, plates={"m": "24562125", "n": "30117788"})
PLATES_ONE = changed(PRACTICE, plates={"m": "24562125"})
FINAL = 1000 + 44 * 24 + 10
SPLIT = row(HONEST, old=d(3), new=d(391), removed=d(FINAL - OLD), kwh=d(FINAL - OLD + 388))
READS = changed(PRACTICE, period=(dt.date(2026, 7, 1), dt.date(2026, 7, 31)))
FULL = july(749)
TIERS = FULL.tiers
RATE = d("0.08")


def cases() -> Iterator[tuple[str, Verdict]]:
    """Each case by its name; the first one that says a sentence is the row of its key."""
    yield "honest", case(HONEST)
    yield "a day early, undated", case(bare(bill(OLD, NEW + 20), first=None, last=None), practice=READS)
    yield from identity()
    yield from continuity()
    yield from arithmetic()
    yield from readings()
    yield from causes()
    yield from charges()
    yield from tariffs()
    yield from habits()


def identity() -> Iterator[tuple[str, Verdict]]:
    yield (
        "all of it ours",
        case(replace(HONEST, customer="PB05010001234", serial="24562125", households=d(1)), practice=ONE),
    )
    yield "another customer", case(replace(HONEST, customer="PB05019999999"))
    yield (
        "another code for our meter",
        case(replace(HONEST, customer="PB05019999999", serial="24562125"), practice=PLATES_ONE),
    )
    yield "another meter", case(replace(HONEST, serial="19980412"))
    yield "the former meter", case(replace(HONEST, serial="30117788"), practice=PLATES)
    yield "another multiplier", case(row(HONEST, multiplier=d(20), kwh=d(749 * 20)))
    yield "two households", case(replace(HONEST, households=d(2)), practice=ONE)
    yield "estimated", case(replace(HONEST, estimated=True))
    yield "estimated too low", case(replace(bill(OLD, NEW - 300), estimated=True))


def continuity() -> Iterator[tuple[str, Verdict]]:
    yield "after June", case(replace(HONEST, serial="24562125"), [replace(JUNE, serial="24562125")])
    yield "ends before it begins", case(replace(HONEST, first=dt.date(2026, 8, 5)), [JUNE])
    yield (
        "another customer's before",
        case(
            replace(HONEST, customer="PB05010001234"),
            [replace(JUNE, customer="PB05019999999", rows=(IndexRow(new=d(9)),))],
        ),
    )
    yield (
        "another code before",
        case(replace(HONEST, customer="PB05010001234"), [replace(JUNE, customer="PB05019999999")]),
    )
    yield (
        "an old index with decimals",
        case(row(HONEST, old=d("1705.2"), new=d("2454.5"), kwh=d(749)), [JUNE]),
    )
    yield "another meter before", case(replace(HONEST, serial="24562125"), [replace(JUNE, serial="11112222")])
    yield (
        "replaced since",
        case(
            replace(SPLIT, serial="30117788"), [replace(JUNE, serial="24562125")], replaced(), practice=PLATES
        ),
    )
    same = changed(PRACTICE, first_day="same")
    yield "first day is the last", case(replace(HONEST, first=dt.date(2026, 6, 30)), [JUNE], practice=same)
    yield "two days twice", case(HONEST, [replace(JUNE, last=dt.date(2026, 7, 2))])
    old = replace(JUNE, last=dt.date(2026, 7, 5), rows=(IndexRow(new=d(1600)),))
    yield "an earlier bill has days of it", case(HONEST, [old, JUNE])
    yield "the same indices again", case(replace(JUNE, first=HONEST.first, last=HONEST.last), [JUNE])
    yield (
        "a bill is missing",
        case(HONEST, [replace(JUNE, last=dt.date(2026, 6, 20), rows=(IndexRow(new=d(1600)),))]),
    )
    yield "the bill before was wrong", case(HONEST, [replace(JUNE, rows=(IndexRow(new=d(OLD + 90)),))])
    yield "not carried over", case(HONEST, [replace(JUNE, rows=(IndexRow(new=d(OLD - 7)),))])


def arithmetic() -> Iterator[tuple[str, Verdict]]:
    yield "a removed meter's energy", case(SPLIT, [], replaced(), practice=PLATES)
    fine = Meters([Installed("m", register(), None, Fraction(3, 2))])
    yield "a multiplier of one and a half", case(row(HONEST, multiplier=d("1.5"), kwh=d(1123)), home=fine)
    near = Anchor("a", Fraction(99_000), Fraction(990_001, 10), at(1), at(1))
    old, new = OLD - 1000 + 99_000, NEW - 1000 + 99_000
    yield "the dial goes round", case(bill(old, new % 100_000, new - old), home=meters(anchors=[near]))
    registers = changed(PRACTICE, kwh_from="registers")
    yield "before the cut", case(bill(OLD, NEW, 750), practice=registers)
    yield "does not add up", case(bill(OLD, NEW, 794))
    yield (
        "falls",
        case(bill(9618, 1004, 300), home=meters(anchors=[]), practice=changed(PRACTICE, digits=None)),
    )
    yield "no consumption printed", case(row(HONEST, kwh=None))
    lost = row(HONEST, old=d(3), new=d(391), kwh=d(749))
    yield "removed energy not printed", case(lost, [], replaced(), practice=PLATES)
    yield "registers and charge apart", case(replace(HONEST, kwh=d(747)))


def readings() -> Iterator[tuple[str, Verdict]]:
    yield "thirty too many", case(bill(OLD, NEW + 30))
    yield "ninety too few", case(bill(OLD, NEW - 90))
    yield "six digits on a dial of five", case(bill(OLD, 124_540))
    yield "a gap of twenty days", case(HONEST, home=meters(blind=GAP))
    few = bill(
        JULY_31 - 30 * 24, JULY_31 - 30 * 24 + 24 + 10, first=dt.date(2026, 7, 2), last=dt.date(2026, 7, 2)
    )
    yield "a single day", case(few)
    blind = (at(28, month=6), at(3, month=7))
    yield "the old index in a gap", case(HONEST, home=meters(blind=blind))
    small = changed(PRACTICE, digits=3)
    yield (
        "a dial of three digits, and a gap",
        case(bill(705, 454, 749), home=meters(blind=GAP), practice=small),
    )
    yield "no dial reading", case(HONEST, home=meters(anchors=[]))
    yield "no days", case(replace(HONEST, first=None, last=None))
    unknown = row(HONEST, old=d(0), new=d(500), removed=d(249), kwh=d(749))
    yield "a replacement that is not recorded", case(unknown)
    yield "an old meter's index, not recorded", case(unknown, [JUNE])
    when = replace(HONEST, last=dt.date(2026, 7, 15))
    yield "replaced on the reading day", case(when, [], replaced(), practice=PLATES)
    hours = tuple(IndexRow(register=name, old=d(1), new=d(2)) for name in ("BT", "CD", "TD"))
    yield "registers of hours", case(Bill(rows=hours, first=HONEST.first, last=HONEST.last))
    hour = changed(PRACTICE, read="hour", hour=dt.time(14), window_minutes=10)
    yield "an hour that is known", case(bill(JUNE_30 + 14, JULY_31 + 14), practice=hour)
    yield "too few by the pulses alone", case(bill(OLD, NEW - 200), home=meters(anchors=[]))
    yield "too many by the pulses alone", case(bill(OLD, NEW + 200), home=meters(anchors=[]))
    estimate = replace(bill(OLD, OLD + 600), estimated=True, serial="24562125")
    august = bill(OLD + 600, JULY_31 + 16 * 24, first=dt.date(2026, 8, 1), last=dt.date(2026, 8, 16))
    yield "settles an estimate", case(august, [JUNE, estimate])
    silent = row(replace(estimate, kwh=None), kwh=None)
    yield "settles an estimate by its indices", case(august, [JUNE, silent])
    yield (
        "settles no estimate that does not join",
        case(august, [replace(estimate, rows=(IndexRow(new=d(9)),))]),
    )
    yield "goes back to the last reading", case(row(august, old=d(OLD), kwh=d(august.kwh)), [JUNE, estimate])
    paid = row(august, old=d(OLD), kwh=d(august.kwh), sub=estimate.kwh)
    yield "goes back to the last reading, and says so", case(paid, [JUNE, estimate])
    dear = replace(bill(OLD, OLD + 900), estimated=True)
    back = bill(OLD + 900, OLD + 760, -140, first=dt.date(2026, 8, 1), last=dt.date(2026, 8, 1))
    yield "gives back what was estimated too much", case(back, [JUNE, dear])
    none = bill(OLD + 900, OLD + 760, 0, first=dt.date(2026, 8, 1), last=dt.date(2026, 8, 1))
    yield "gives back nothing", case(none, [JUNE, dear])
    unknown = Bill(first=HONEST.first, last=HONEST.last, estimated=True)
    yield "after an estimate of nobody knows what", case(august, [JUNE, unknown])
    yield "an estimate after an estimate", case(replace(august, estimated=True), [JUNE, dear])
    yield "settles an estimate without indices", case(august, [JUNE, replace(estimate, rows=())])
    yield "only the new index", case(row(HONEST, old=None))
    yield "only the old index", case(row(HONEST, new=None))
    yield "only the new index, too high", case(row(bill(OLD, NEW + 90), old=None))
    yield "only the old index, too low", case(row(bill(OLD - 90, NEW), new=None))
    yield "only the new index, no consumption", case(replace(row(HONEST, old=None, kwh=None), kwh=None))
    first = {"first": dt.date(2026, 7, 2), "last": dt.date(2026, 7, 2)}
    yield "a single day and a slip", case(bill(OLD + 24, OLD + 48, **first), practice=OPEN)
    yield "a single day, forty too many", case(bill(OLD + 24, OLD + 88, **first), practice=OPEN)
    august = {"first": dt.date(2026, 8, 1), "last": dt.date(2026, 8, 16)}
    second = 3 + 16 * 24
    yield (
        "the former meter's last index",
        case(bill(second + 8, FINAL, **august), [], replaced(), practice=PLATES),
    )
    yield (
        "the index it was put up with, two weeks later",
        case(bill(3, second + 16 * 24, **august), [], replaced(), practice=PLATES),
    )
    yield "a new index with a decimal", case(row(HONEST, new=d("2454.5"), kwh=d(749)))
    yield "two indices with a decimal", case(row(HONEST, old=d("1705.2"), new=d("2454.5"), kwh=d(749)))
    third = Meters([Installed("m", register(), None, Fraction(1, 3))])
    yield "a third of it", case(row(HONEST, multiplier=None, kwh=d(250)), home=third)
    apart = row(bill(OLD, NEW + 90), kwh=d(739), sub=d(100))
    yield "sub-meters, ninety too many", money(charged(apart, "all"))
    yield "nothing used", case(bill(OLD, OLD), [replace(JUNE, kwh=d(0))])
    yield "no first day", case(replace(HONEST, first=None))
    lost = (at(31, "10:00", 7), at(31, "12:00", 7))
    days = {"first": dt.date(2026, 7, 31), "last": dt.date(2026, 7, 31)}
    yield "two hours lost on a single day", case(bill(JULY_31 - 10, NEW, **days), home=meters(blind=lost))
    yield (
        "sub-meters",
        case(replace(HONEST, rows=(replace(HONEST.rows[0], kwh=d(649), sub=d(100)),), kwh=d(649))),
    )
    may = {"first": dt.date(2026, 5, 1), "last": dt.date(2026, 5, 31)}
    yield "a bill from before counting", case(bill(400, 990, **may))
    begun = {"first": dt.date(2026, 5, 15), "last": dt.date(2026, 6, 30)}
    yield "the bill in which counting began", case(bill(700, JUNE_30 + 9, **begun))
    nothing = Register([], [], [], Fraction(88, 10), lambda _: (0, 0), digits=5)
    yield "nothing counted, nothing read", case(HONEST, home=Meters([Installed("m", nothing)]))
    yield "nothing but money", case(Bill(first=HONEST.first, last=HONEST.last, total=d(5)))
    yield "reversed days", case(replace(HONEST, first=HONEST.last, last=HONEST.first))


def charges() -> Iterator[tuple[str, Verdict]]:
    yield "a charge in full", money(FULL)
    odd = replace(TIERS[0], amount=d(99_300))
    yield "a line is wrong", money(replace(FULL, tiers=(odd, *TIERS[1:])))
    half = TierRow(kwh=d("33.5"), price=d("1984.3"), amount=d(66_474))
    yield "a line that is rounded", money(replace(july(33), tiers=(half,), kwh=d(34), net=d(66_474)))
    price = (Decimal(FULL.net or 0) / 749).quantize(d(1), "ROUND_HALF_UP")
    line = TierRow(kwh=d(749), price=price, amount=FULL.net)
    yield "one line with the average price", money(replace(FULL, tiers=(line,)), OPEN)
    yield (
        "lines of half kWh",
        money(replace(FULL, tiers=(*TIERS[:-1], replace(TIERS[-1], kwh=d("349.4"), amount=None)))),
    )
    yield (
        "lines that miss a kWh",
        money(replace(FULL, tiers=(*TIERS[:-1], replace(TIERS[-1], kwh=d(348), amount=None)))),
    )
    one = TierRow(kwh=d(749), price=price)
    yield "one line without an amount", money(replace(FULL, tiers=(one,)), OPEN)
    tenth = d(FULL.net or 0) / 10
    less = tenth.quantize(d(1), "ROUND_HALF_UP")
    given = replace(taxed(FULL, (FULL.net or 0) - less), discount=less)
    yield "a discount that is printed", money(given, OPEN)
    yield (
        "a discount of the whole that is printed",
        money(bare(FULL, total=(FULL.total or 0) - 50_000, discount=d(50_000)), OPEN),
    )
    yield "a discount that is not printed", money(replace(given, discount=None), OPEN)
    yield "a discount in the total alone", money(bare(given, discount=None), OPEN)
    yield "a discount before tax alone", money(bare(given, discount=None, net=given.net), OPEN)
    yield (
        "a discount in every price",
        money(
            taxed(
                replace(
                    FULL,
                    tiers=tuple(
                        replace(
                            t,
                            price=(t.price * 9 / 10).quantize(d(1)),
                            amount=t.kwh * (t.price * 9 / 10).quantize(d(1)),
                        )
                        for t in TIERS
                    ),
                ),
                sum((t.kwh * (t.price * 9 / 10).quantize(d(1)) for t in TIERS), d(0)),
            ),
            OPEN,
        ),
    )
    some = tuple(
        replace(t, price=t.price * 9 / 10, amount=t.amount * 9 / 10) if n < 4 and t.amount else t
        for n, t in enumerate(TIERS)
    )
    lower = taxed(replace(FULL, tiers=some), sum((t.amount or d(0) for t in some), d(0)))
    yield "a discount in the first prices", money(lower, OPEN)
    only = changed(ONE, permitted=Permitted(discounts=ALL.discounts))
    yield (
        "a discount in the first prices, and ninety more",
        money(replace(lower, net=None, tax=None, total=(lower.total or 0) + 90), only),
    )
    gross = tuple(replace(t, price=(p := round(t.price * d("1.08"))), amount=t.kwh * p) for t in TIERS)
    whole = sum((t.amount or d(0) for t in gross), d(0))
    yield (
        "prices with the tax in them",
        money(replace(FULL, tiers=gross, tax=None, tax_rate=None, total=whole), OPEN),
    )
    yield "the highest tier first", money(replace(FULL, tiers=TIERS[::-1]))
    yield (
        "tax on what a discount leaves",
        money(replace(given, net=FULL.net), OPEN),
    )
    yield "the sum of the lines is wrong", money(replace(FULL, net=(FULL.net or 0) + 500))
    yield "the tax is wrong", money(replace(FULL, tax=(FULL.tax or 0) + 900))
    yield "the tax is rounded", money(taxed(FULL, FULL.net or 0))
    yield "the tax is exact", money(july(500))
    yield (
        "an old debt that is printed",
        money(bare(FULL, total=(FULL.total or 0) + 90_000, debt=d(90_000)), OPEN),
    )
    yield (
        "a debt and a discount",
        money(bare(FULL, total=(FULL.total or 0) + 40_000, debt=d(90_000), discount=d(50_000)), OPEN),
    )
    thousand = ((FULL.total or d(0)) / 1000).quantize(d(1)) * 1000
    yield "rounded to a thousand", money(bare(FULL, total=thousand), OPEN)
    june = charged(JUNE, "all")
    yield (
        "a debt that is not printed",
        money(bare(FULL, total=(FULL.total or 0) + (june.total or 0)), OPEN, [june]),
    )
    yield "more than it should be", money(bare(FULL, total=(FULL.total or 0) + 90_000), OPEN)
    yield "less than it should be", money(bare(FULL, total=(FULL.total or 0) - 90_000), OPEN)
    cents = replace(TIERS[0], amount=d("99200.4"))
    yield "lines with decimals", money(replace(FULL, tiers=(cents, *TIERS[1:])))
    yield "a đồng too many before tax", money(bare(FULL, net=(FULL.net or 0) + 1))
    yield "half a kWh more than the lines", money(replace(FULL, kwh=d("749.5"), rows=()))
    yield "the total is wrong", money(replace(FULL, total=(FULL.total or 0) + 90))
    yield "net and rate", money(replace(FULL, tax=None))
    yield "net and rate, wrong", money(replace(FULL, tax=None, total=(FULL.total or 0) + 90))
    exact = replace(july(500), tax=None)
    yield "net and rate, to the đồng", money(exact)
    yield (
        "tax and net in decimals",
        money(replace(FULL, net=d("2281110.0"), tax=d("182488.8"), total=d(2463599))),
    )
    yield "more before tax", money(bare(FULL, net=(FULL.net or 0) + 90_000), OPEN)
    yield "less before tax", money(bare(FULL, net=(FULL.net or 0) - 90_000), OPEN)


def tariffs() -> Iterator[tuple[str, Verdict]]:
    yield "no tariff", case(FULL)
    yield "money without days", money(bare(FULL, first=None, last=None))
    yield "money without kWh", money(Bill(first=HONEST.first, last=HONEST.last, total=d(5)))
    past = dt.date(1990, 1, 1), dt.date(1990, 1, 31)
    yield "no table", money(bare(FULL, first=past[0], last=past[1]))
    yield "a tax rate that is none", money(replace(FULL, tax_rate=d("1.5")))
    yield "prepayment", money(FULL, changed(ONE, scheme="prepaid"))
    (tax,) = BOOK.taxes
    ended = replace(BOOK, taxes=(replace(tax, rates=(replace(tax.rates[0], last=dt.date(2024, 1, 1)),)),))
    yield "no tax rate", case(replace(FULL, tax=None, tax_rate=None), book=ended, practice=ONE)
    table = BOOK.table_on(dt.date(2026, 7, 31))
    kept = replace(table, prepaid=None, fixed=(Fixed("Demand", "kw", d(9)),))
    yield "demand that is not printed", case(FULL, book=replace(BOOK, tables=(kept,)), practice=ONE)
    bare_table = replace(BOOK, tables=(replace(table, prepaid=None),))
    yield "no price for prepayment", case(FULL, book=bare_table, practice=changed(ONE, scheme="prepaid"))
    hours = by_hours(100, 50, 70)
    two_hours = replace(BUSINESS, tables=tuple(replace(t, hours=t.hours[:2]) for t in BUSINESS.tables))
    yield "an hour without a price", case(hours, book=two_hours)
    yield "hours without prices", money(hours)
    unread = tuple(IndexRow(register=name) for name in ("BT", "CD"))
    yield "hours without kWh", case(replace(hours, rows=unread), book=BUSINESS)
    before = {"first": dt.date(2025, 5, 1), "last": dt.date(2025, 5, 31)}
    yield "hours and a change of prices", case(replace(hours, **before), book=BUSINESS)
    yield "hours", case(hours, book=BUSINESS)
    peak = replace(hours, tiers=(replace(hours.tiers[0], kwh=d(90)), *hours.tiers[1:]))
    yield "hours, peak charged twice", case(peak, book=BUSINESS)
    shop = TierRow(kwh=d(200), price=d(3152), amount=d(200 * 3152))
    home = july(549)
    mixed = taxed(replace(FULL, tiers=(*home.tiers, shop)), (home.net or 0) + 200 * 3152)
    yield "a shop on the same meter", money(mixed, OPEN)
    yield "a shop, and the sum is wrong", money(replace(mixed, net=(mixed.net or 0) + 500), OPEN)
    yield "a shop that is not printed", money(bare(mixed, net=mixed.net), OPEN)
    yield "the table before", money(july(749, prices=FORMER_PRICES))
    yield "the table before, totals alone", money(charged(HONEST, "total", prices=FORMER_PRICES))
    later = {"first": dt.date(2028, 3, 1), "last": dt.date(2028, 3, 31)}
    dearer = tuple(round(price * 1.04) for price in PRICES)
    yield (
        "a table that may be too old",
        money(charged(replace(bill(OLD, NEW), **later), "all", prices=dearer)),
    )
    yield (
        "a total that may be of a newer table",
        money(charged(replace(bill(OLD, NEW), **later), "total", prices=dearer)),
    )
    yield "few kWh", money(july(30))
    yield (
        "by days used",
        money(
            charged(
                bill(OLD, JULY_31 - 4 * 24 + 9, last=dt.date(2026, 7, 27)), "all", quotas=(44, 44, 87, 87, 87)
            )
        ),
    )
    yield (
        "by days used, another month's",
        money(
            charged(
                bill(OLD, OLD + 500, first=dt.date(2026, 6, 21), last=dt.date(2026, 7, 16)),
                "all",
                quotas=(42, 42, 84, 84, 84),
            )
        ),
    )
    yield (
        "by days used, another month's, in sum",
        money(
            bare(
                charged(
                    bill(OLD, OLD + 500, first=dt.date(2026, 6, 21), last=dt.date(2026, 7, 16)),
                    "all",
                    quotas=(42, 42, 84, 84, 84),
                ),
                net=charged(bill(OLD, OLD + 500), "all", quotas=(42, 42, 84, 84, 84)).net,
            )
        ),
    )
    double = (100, 100, 200, 200, 200)
    unknown = changed(PRACTICE, households=None)
    yield "two households in the quotas", money(july(749, quotas=double))
    yield "perhaps two households", money(july(749, quotas=double), unknown)
    yield "all in one tier", money(july(749, prices=(1984,), quotas=()))
    yield "tenants who were not declared", money(july(749, prices=(2380,), quotas=()))
    yield (
        "tenants who were declared",
        money(july(749, prices=(2380,), quotas=()), changed(ONE, scheme="undeclared")),
    )
    yield from changes()
    ten = replace(FULL, tax=d(228_111), tax_rate=d("0.1"), total=(FULL.net or 0) + 228_111)
    yield "a tax that is not in force", money(ten)
    new = charged(bill(OLD, OLD + 300, first=dt.date(2027, 1, 1), last=dt.date(2027, 1, 31)), "all")
    yield (
        "a tax that nobody knows yet",
        money(
            replace(new, tax_rate=d("0.05"), tax=(new.net or 0) * 5 / 100, total=(new.net or 0) * 105 / 100)
        ),
    )
    turn = charged(bill(OLD, OLD + 300, first=dt.date(2022, 1, 15), last=dt.date(2022, 2, 14)), "all")
    for rate in ("0.08", "0.1"):
        yield (
            f"a tax that changes, {rate}",
            money(replace(turn, tax_rate=d(rate), tax=None, total=None, tiers=())),
        )


def changes() -> Iterator[tuple[str, Verdict]]:
    """10 May 2025: the price changes within the month."""
    days = {"first": dt.date(2025, 5, 1), "last": dt.date(2025, 5, 31)}
    old = charged(bill(OLD, OLD + 116), "all", prices=FORMER_PRICES, quotas=(15, 15, 29, 29, 29)).tiers
    new = charged(bill(OLD, OLD + 284), "all", quotas=(35, 35, 71, 71, 71)).tiers
    for name, shift in (("as it should be", 0), ("a kWh otherwise", 1), ("much otherwise", 40)):
        first = replace(new[0], kwh=new[0].kwh - shift, amount=None)
        last = replace(new[-1], kwh=new[-1].kwh + shift, amount=None)
        tiers = (*old, first, *new[1:-1], last)
        net = sum((t.kwh * t.price for t in tiers), d(0))
        made = taxed(replace(july(400), tiers=tiers, **days), net)
        yield f"prices change, {name}", money(made)
        yield f"prices change, {name}, in sum", money(bare(made, net=net), OPEN)


def causes() -> Iterator[tuple[str, Verdict]]:
    yield (
        "the number of the former meter",
        case(replace(SPLIT, serial="99999999"), [], replaced(), practice=PLATES),
    )
    yield (
        "the former meter's number",
        case(
            replace(
                bill(OLD + 800, NEW + 800, first=dt.date(2026, 8, 1), last=dt.date(2026, 8, 16)),
                serial="24562125",
            ),
            [],
            replaced(),
            practice=PLATES,
        ),
    )
    for name, index in (("serial", 24_562), ("point", 24_540), ("swapped", 4254), ("digit", 3454)):
        yield f"a slip: {name}", case(bill(OLD, index))
    yield "the same kWh again", case(bill(OLD, OLD + 695), [replace(JUNE, kwh=d(695))])
    months = [replace(JUNE, rows=(replace(JUNE.rows[0], kwh=None),), kwh=d(n)) for n in (600, 690, 699)]
    yield "the mean of the bills before", case(bill(OLD, OLD + 663), months)
    yield "a round number", case(bill(OLD, OLD + 900))
    yield "another multiplier, not printed", case(bill(OLD, NEW, (NEW - OLD) * 20))
    yield "read two days later", case(bill(OLD, NEW + 48))
    yield "both read days later", case(bill(OLD + 48, NEW + 48))
    yield "a neighbour's", case(bill(40_000, 40_700))
    own = Anchor("a", Fraction(1300), Fraction(13_001, 10), at(1), at(1))
    yield "our own reading is wrong", case(HONEST, home=meters(anchors=[own]))
    yield "quotas of 27 days", money(july(749, quotas=(44, 44, 87, 87, 87)))
    yield "quotas of nothing", money(july(749, quotas=(61, 37, 90, 90, 90)))
    yield "nothing explains the charge", money(replace(FULL, total=(FULL.total or 0) - 77_777))
    yield "nothing explains the index", case(bill(OLD, NEW + 5000, first=None, last=HONEST.last, kwh=1))
    yield "the money does not add up", money(replace(FULL, tax=(FULL.tax or 0) + 9_000))


def habits() -> Iterator[tuple[str, Verdict]]:
    for rounding in ("nearest", "up", "either", "any"):
        yield f"rounded: {rounding}", case(HONEST, practice=changed(PRACTICE, truncation=rounding))
    yield (
        "read remotely",
        case(
            bill(JUNE_30 + 24, JULY_31 + 24), practice=changed(PRACTICE, read="end_of_day", margin_minutes=30)
        ),
    )
    slips = changed(PRACTICE, printed_slip_days=1, first_day="either", kwh_from="registers")
    yield "a day late, as it may be", case(bill(OLD, NEW + 24), practice=slips)
    yield "no digits", case(row(HONEST, multiplier=None), practice=changed(PRACTICE, digits=None))
    two = [
        Anchor("a", Fraction(1000), Fraction(10_001, 10), at(1), at(1)),
        Anchor("b", Fraction(1500), Fraction(15_001, 10), at(2), at(2)),
    ]
    yield "readings that contradict", case(HONEST, home=meters(anchors=two))
    yield "a day late", case(bill(OLD, NEW + 24), practice=OPEN)
    yield "the first day is that of the reading", case(bill(JUNE_30 + 38, NEW), practice=OPEN)
    yield "an index rounded up", case(bill(JUNE_30 + 25, NEW), practice=OPEN)
    close = changed(PRACTICE, read="hour", hour=dt.time(14), window_minutes=0)
    nearest = changed(close, permitted=Permitted(truncations=("nearest",)))
    later = Anchor("a", Fraction(10_006, 10), Fraction(10_007, 10), at(1), at(1))
    yield (
        "an index rounded to the nearest",
        case(bill(JUNE_30 + 15, JULY_31 + 15), home=meters(anchors=[later]), practice=nearest),
    )
    floors = changed(PRACTICE, truncation="up", permitted=Permitted(truncations=("floor",)))
    yield "an index cut after all", case(bill(JUNE_30 - 1, NEW), practice=floors)
    yield "kWh before the cut", case(bill(OLD, NEW, NEW - OLD + 1), practice=OPEN)
    remote = changed(PRACTICE, read="end_of_day", permitted=Permitted(margin_minutes=90))
    yield "read after midnight", case(bill(JUNE_30 + 24, JULY_31 + 25), practice=remote)
    after = changed(PRACTICE, first_day="same", permitted=Permitted(first_days=("after",)))
    yield "the first day is the one after", case(HONEST, practice=after)


def table() -> dict[str, dict[str, Any]]:
    """``sentences``: every key with its first case, what it came to, and how it is said in both languages.

    ``verdicts``: every case, with what it came to and the keys of all that is said beside the checks.
    """
    sentences: dict[str, dict[str, Any]] = {}
    verdicts = {}
    for name, verdict in cases():
        verdicts[name] = summary(verdict)
        for kind, key, one, says in said(verdict):
            if key not in sentences:
                texts = {}
                for language in i18n.LANGUAGES:
                    i18n.use(language)
                    texts[language] = says(one)
                i18n.use("en")
                sentences[key] = {"case": name, "kind": kind} | msgspec.to_builtins(one) | texts
    return {"sentences": dict(sorted(sentences.items())), "verdicts": verdicts}


def summary(verdict: Verdict) -> dict[str, Any]:
    """What a verdict comes to: numbers as text, and keys."""
    whole = msgspec.to_builtins(verdict)
    kept = ("overall", "why", "disagrees_by_kwh", "direction", "disagrees_by_money", "otherwise_kwh")
    sizes = ("detectable_kwh", "detectable_both_kwh")
    found = {name: whole[name] for name in (*kept, *sizes) if name in whole}
    found["headline"] = words.headline(verdict)
    found["checks"] = [f"{check.key}: {check.says}" for check in verdict.checks]
    found["disagrees"] = [check.says for check in verdict.checks if check.result == "disagrees"]
    for name in ("reasons", "assumptions", "advice", "habits"):
        found[name] = [one.key for one in getattr(verdict, name)]
    return found


def said(verdict: Verdict) -> Iterator[tuple[str, str, Any, Any]]:
    """What a verdict says: kind, key of the sentence, the result, and how it is said."""
    for check in verdict.checks:
        yield "check", words.key_of(check), check, words.check_sentence
    for reason in verdict.reasons:
        yield "reason", words.reason_key(reason), reason, words.reason_sentence
    for note in verdict.assumptions:
        yield "assumption", note.key, note, words.note_sentence
    for note in verdict.advice:
        yield "advice", note.key, note, words.note_sentence
    for note in verdict.habits:
        yield "habit", note.key, note, words.note_sentence


def kept() -> Mapping[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


if __name__ == "__main__":
    FILE.write_text(json.dumps(table(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
