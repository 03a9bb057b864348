"""What would explain a bill that disagrees: causes with their numbers, the likeliest first.

Each cause is tried: with the digits put back, on the other day, with the other table, does the bill fit? The
order is a judgement, not a probability. A person can check each: the photo, the plate, the bill before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sodien.billing.arithmetic import one_slip
from sodien.billing.audit import charge_variants as variants
from sodien.billing.audit import check_money
from sodien.billing.audit.check_notice import same_serial
from sodien.billing.audit.check_reading import local, until
from sodien.billing.audit.index_match import IndexMatch
from sodien.billing.audit.own_record import OwnRecord
from sodien.billing.audit.reading_time import elsewhere
from sodien.billing.audit.result import Check, Reason, texts
from sodien.billing.bill import Bill, main_row, printed_kwh
from sodien.billing.tariff.charge import Charge
from sodien.billing.tariff.prices import TariffError
from sodien.metering.bounds import Interval
from sodien.metering.register.misreadings import misreadings

if TYPE_CHECKING:
    from sodien.billing.tariff.model import Book

_DAY_MS: Final = 24 * 3_600_000
#: Multipliers of current and voltage transformers that are on plates.
_FACTORS: Final = (2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 30, 40, 50, 60, 80, 100, 120, 160, 200)


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of a bill that disagrees; ``wrong`` are the keys of the checks that do."""

    bill: Bill
    previous: tuple[Bill, ...]
    record: OwnRecord
    book: Book | None
    money: check_money.MoneyCheck
    checks: tuple[Check, ...]
    wrong: frozenset[str]

    def off(self, *keys: str) -> bool:
        """Whether any of these checks disagrees."""
        return any(key in self.wrong for key in keys)


def reasons(case: Case) -> tuple[Reason, ...]:
    """Possible causes, the likeliest first; one of a kind and index at most."""
    found: dict[tuple[str, str], Reason] = {}
    for part in (
        _duplicate,
        _joins,
        _meter,
        _misread,
        _estimated,
        _factor,
        _other_day,
        _sum,
        _table,
        _quota,
        _own,
    ):
        for reason in part(case):
            name = (reason.key, reason.values.get("index", ""))
            if name not in found or found[name].likelihood < reason.likelihood:
                found[name] = reason
    if not found:
        read = case.off("index_old", "index_new", "consumption")
        return (_reason("unexplained" if read else "unexplained_bill", 0.1),)
    return tuple(sorted(found.values(), key=lambda reason: -reason.likelihood))


def _reason(key: str, likelihood: float, **values: object) -> Reason:
    return Reason(key=key, likelihood=round(likelihood, 3), values=texts(**values))


def _matches(case: Case) -> list[tuple[IndexMatch, Decimal]]:
    """The indices that do not fit, with what is printed; the new one first."""
    main, record = main_row(case.bill), case.record
    if main is None:
        return []
    pairs = [(record.new, main.new, "index_new"), (record.old, main.old, "index_old")]
    found = [(s, p) for s, p, key in pairs if s is not None and p is not None and key in case.wrong]
    if not found and "consumption" in case.wrong:
        found = [(s, p) for s, p, _ in pairs[:1] if s is not None and p is not None]
    return found


def _expected(case: Case, match: IndexMatch) -> Interval | None:
    """What the register was when ``match`` should have been read, the other index taken as right."""
    record = case.record
    other = record.old if match is record.new else record.new
    limits = match.seen
    if other is not None and other.fits is not False and not record.replaced:
        (a, b), window = other.when, match.window
        register = record.meter.register
        if match is record.new and b <= window.end:
            least = register.energy(b, window.start).low if b <= window.start else Fraction(0)
            tied = other.index.register + Interval(least, register.energy(a, window.end).high)
            limits = tied if limits is None else limits.intersect(tied) or limits
    return limits


def _duplicate(case: Case) -> Iterator[Reason]:
    """A period, or its indices, billed before."""
    main = main_row(case.bill)
    for earlier in reversed(case.previous):
        before = main_row(earlier)
        same = (
            main is not None
            and before is not None
            and main.new is not None
            and (main.old, main.new) == (before.old, before.new)
        )
        overlap = (
            case.off("days_join", "days_twice")
            and case.bill.first is not None
            and earlier.last is not None
            and earlier.first is not None
            and case.bill.last is not None
            and case.bill.first <= earlier.last
            and case.bill.last >= earlier.first
        )
        if same or overlap:
            values = {"first": earlier.first or "?", "last": earlier.last or "?"}
            yield _reason("duplicate", 0.97 if same else 0.9, **values)
            return


def _joins(case: Case) -> Iterator[Reason]:
    """The old index was not carried over from the bill before."""
    if not case.off("index_joins") or case.off("indices_twice"):
        return
    check = next(check for check in case.checks if check.key == "index_joins")
    yield _reason("not_carried", 0.89, **check.values)


def _meter(case: Case) -> Iterator[Reason]:
    """The serial of the meter before, of a neighbour's, or an index that only the old meter showed."""
    record = case.record
    if case.off("serial", "serial_joins") and case.bill.serial is not None:
        former = any(same_serial(case.bill.serial, own) for own in record.plates[1])
        key = "old_meter" if former else "other_meter"
        yield _reason(key, 0.95, serial=case.bill.serial)
    elif case.off("customer", "customer_joins"):
        yield _reason("other_customer", 0.95, code=case.bill.customer or "?")
    elif case.off("index_old", "index_new"):
        for match, printed in _matches(case):
            for meter in record.meters.installed:
                if meter.register is match.register or meter.start == record.meter.start:
                    continue
                final = meter.register.span
                at = meter.register.at(final[1]) if final is not None else None
                if at is not None and at.low - 2 < match.printed <= at.high + 1:
                    yield _reason("old_meter", 0.9, serial=meter.serial, index=printed)
        both = case.off("index_old") and case.off("index_new")
        yield _reason("other_meter", 0.6 if both else 0.2)


def _misread(case: Case) -> Iterator[Reason]:
    """One slip of the pen in an index."""
    record = case.record
    digits = record.digits or max((len(str(int(p))) for _, p in _matches(case)), default=5)
    weights = {"serial": 0.93, "decimal_point": 0.8, "transposed": 0.88, "one_digit": 0.7}
    for match, printed in _matches(case):
        expected = _expected(case, match)
        if expected is None:
            continue
        if not match.impossible and match.index.register.intersect(expected) is not None:
            continue  # it fits as it is
        if match.impossible:
            digits = max(digits, len(str(int(printed))))
        serials = tuple(record.practice.plates.values())
        meant: dict[str, list[str]] = {}
        value = match.printed
        for misreading in misreadings(value, match.index.step, expected, digits, serials):
            meant.setdefault(misreading.key, []).append(misreading.meant)
        for key, values in meant.items():
            # The more ways there are to make it fit, the less it says that one of them does.
            likelihood = weights[key] / (1 + 0.1 * (len(values) - 1))
            if key == "one_digit" and len(values) > 2 and _near_day(match):
                likelihood -= 0.1
            shown = " / ".join(dict.fromkeys(values[:3])) or "?"
            yield _reason(f"index_{key}", likelihood, index=printed, meant=shown)


def _near_day(match: IndexMatch) -> bool:
    """Whether our register showed the index within three days of the reading day."""
    when = elsewhere(match)
    if when is None:
        return False
    return when[0] <= match.window.end + 3 * _DAY_MS and when[1] >= match.window.start - 3 * _DAY_MS


def _estimated(case: Case) -> Iterator[Reason]:
    """A number that nobody read: the consumption of the bill before again, or a round one."""
    billed = case.record.billed
    if billed is None or not case.off("index_new", "consumption"):
        return
    main = main_row(case.bill)
    earlier = [kwh for kwh in (_kwh(bill) for bill in case.previous) if kwh is not None]
    if earlier and billed == earlier[-1] and billed > 0:
        yield _reason("estimated_repeat", 0.92, kwh=billed)
    elif billed > 0 and billed in earlier:
        yield _reason("estimated_repeat", 0.8, kwh=billed)
    elif len(earlier) >= 2 and abs(billed - sum(earlier[-3:], Fraction(0)) / len(earlier[-3:])) < 1:
        yield _reason("estimated_mean", 0.6, kwh=billed)
    numbers = [billed] + ([Fraction(main.new)] if main is not None and main.new is not None else [])
    for size, likelihood in ((100, 0.86), (50, 0.78), (10, 0.6)):
        if round_number := next((n for n in numbers if n > 0 and n % size == 0), None):
            yield _reason("estimated_round", likelihood, number=round_number)
            return


def _kwh(bill: Bill) -> Fraction | None:
    printed = printed_kwh(bill)
    return None if printed is None else Fraction(printed)


def _factor(case: Case) -> Iterator[Reason]:
    """A wrong multiplier: printed, or only used."""
    main, record = main_row(case.bill), case.record
    own = record.meter.multiplier
    if case.off("multiplier") and main is not None and main.multiplier is not None:
        yield _reason("multiplier", 0.96, multiplier=main.multiplier, own=own)
        return
    billed, by_indices = record.billed, record.by_indices
    if billed is None or not by_indices or not case.off("kwh", "consumption"):
        return
    for factor in (Fraction(1), *map(Fraction, _FACTORS)):
        if factor != own and billed * own == by_indices * factor:
            yield _reason("multiplier", 0.94, multiplier=factor, own=own)


def _other_day(case: Case) -> Iterator[Reason]:
    """An index that our register showed on another day."""
    zone = case.record.practice.zone
    if (both := _both_days(case)) is not None:
        yield both
    for match, printed in _matches(case):
        if match.fits is not False or (when := elsewhere(match)) is None:
            continue
        days = max(when[0] - match.window.end, match.window.start - when[1], 0) / _DAY_MS
        likelihood = 0.75 if days <= 3 else 0.62 if days <= 10 else 0.35
        start, end = local(when[0], zone), until(when[1], zone)
        yield _reason("other_day", likelihood, index=printed, start=start, end=end)


def _both_days(case: Case) -> Reason | None:
    """Both indices are those of other days: as a pair they explain the consumption too."""
    main, old, new = main_row(case.bill), case.record.old, case.record.new
    if main is None or old is None or new is None or case.off("indices_twice"):
        return None
    if old.fits is not False or new.fits is not False:
        return None
    first, last = elsewhere(old), elsewhere(new)
    if first is None or last is None or first[0] > last[1]:
        return None
    zone = case.record.practice.zone
    start, end = local(last[0], zone), until(last[1], zone)
    old_start, old_end = local(first[0], zone), until(first[1], zone)
    return _reason(
        "other_days",
        0.98,
        old=main.old,
        new=main.new,
        old_start=old_start,
        old_end=old_end,
        start=start,
        end=end,
    )


def _sum(case: Case) -> Iterator[Reason]:
    """Numbers that do not add up on the bill itself: kWh, a row, or the total was mistyped."""
    if case.off("kwh", "kwh_total", "tiers_kwh") and case.record.billed is not None:
        for check in case.checks:
            if check.key == "kwh" and check.result == "disagrees" and "sum" in check.values:
                printed, meant = check.values.get("kwh", ""), check.values["sum"]
                likelihood = 0.85 if one_slip(printed, meant) else 0.7
                yield _reason("kwh_mistyped", likelihood, kwh=printed, sum=meant)
    bad = [c for c in case.checks if c.key in case.wrong and c.key.startswith(("tier_", "tiers_", "total"))]
    if bad and not bad[0].key.endswith("_tariff"):
        yield _reason("money_mistyped", 0.6, sum=bad[0].values.get("sum", "?"))


# -- money ---------------------------------------------------------------------------------------------


def _table(case: Case) -> Iterator[Reason]:
    """The price table of another time."""
    use, book = case.money.use, case.book
    if book is None or use is None or not case.off("prices", "net_tariff", "total_tariff", "quotas"):
        return
    assert case.money.variants is not None
    mine = {part.tariff for part in case.money.variants.table.parts}
    rows = [row.price for row in case.bill.tiers if row.kwh]
    for table in book.tables:
        if table.id in mine or any(tier.price is None for tier in table.tiers):
            continue
        prices = [tier.price for tier in table.tiers]
        other = variants.price(variants.under(book, table.id), use)
        fits = (
            rows == prices[: len(rows)]
            if rows
            else not isinstance(other, TariffError) and _pays(case.bill, other)
        )
        if fits:
            yield _reason("other_table", 0.95, decision=table.decision, first=table.first or "?")


def _pays(bill: Bill, other: Charge) -> bool:
    """Whether net, or else the total, is that of another charge."""
    if bill.net is not None:
        return abs(bill.net - other.net) <= 1
    return bill.total is not None and abs(bill.total - other.total) <= 1


def _quota(case: Case) -> Iterator[Reason]:
    """Quotas of other days or another number of households."""
    use, book = case.money.use, case.book
    if case.off("households"):
        households = case.bill.households or "?"
        yield _reason("households", 0.93, households=households)
    if book is None or use is None or not case.off("quotas", "net_tariff", "total_tariff"):
        return
    rows = [(row.kwh, row.price) for row in case.bill.tiers if row.kwh]

    def fits(other: Charge | TariffError) -> bool:
        if isinstance(other, TariffError):
            return False
        lines = [(line.kwh, line.price) for part in other.parts for line in part.lines if line.kwh]
        return rows == lines if rows else _pays(case.bill, other)

    for share in variants.HOUSEHOLDS:
        if share != use.households and fits(variants.price(book, replace(use, households=share))):
            yield _reason("quota_households", 0.93, households=share)
    days = (use.last - use.first).days + 1
    for other_days in sorted(range(1, 63), key=lambda n: (abs(n - days), n)):
        last = use.first + dt.timedelta(days=other_days - 1)
        if other_days != days and fits(variants.price(book, replace(use, last=last, prorate=True))):
            yield _reason("quota_days", 0.9, days=other_days, own=days)
            break
    if case.off("quotas") and len(rows) > 1:
        yield _reason("quota", 0.5, quotas=_implied(rows))


def _implied(rows: list[tuple[Decimal, Decimal]]) -> str:
    return " / ".join(format(kwh, "f") for kwh, _ in rows[:-1]) or "-"


def _own(case: Case) -> Iterator[Reason]:
    """Our own side: a dial reading of the household that was mistyped moves both indices alike."""
    record = case.record
    if record.old is None or record.new is None or record.replaced:
        return
    off = {"index_old", "index_new"} <= case.wrong
    if off and "consumption" not in case.wrong and record.old.off * record.new.off > 0:
        readings = len(record.meter.register.anchors)
        by = min(abs(record.old.off), abs(record.new.off))
        yield _reason("own_reading", 0.65 if readings < 3 else 0.35, count=readings, by=by)
