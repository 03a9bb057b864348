"""Checks of a notice against itself and against the bill before: identity, dates, continuity, arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from sodien.billing import arithmetic as sums
from sodien.billing.audit.index_match import PrintedIndex, match_index
from sodien.billing.audit.own_record import OwnRecord, digits_of
from sodien.billing.audit.practice import Practice
from sodien.billing.audit.result import Check, Result, Topic, at_least, texts
from sodien.billing.bill import Bill, IndexRow, main_row, whole_rows
from sodien.metering.register.replacements import Installed


def check(key: str, topic: Topic, result: Result, says: str, **values: object) -> Check:
    """A check without bounds."""
    return Check(key=key, topic=topic, result=result, says=says, values=texts(**values))


def identity(record: OwnRecord, previous: Sequence[Bill] = ()) -> list[Check]:
    """Whose bill, which meter, which multiplier, how many households, and whether it was read at all.

    Companies give customers other codes when they merge: a code is no mistake where the meter is ours.
    """
    bill, practice, multiplier = record.bill, record.practice, record.meter.multiplier
    found = []
    if bill.customer is not None and practice.customer is not None:
        same = letters(bill.customer) == letters(practice.customer)
        customers = {"code": bill.customer, "own": practice.customer}
        one = _same("customer", same, "customer_agrees", "customer_differs", customers)
        if not same and _ours(record, previous[-1] if previous else None):
            one = replace(one, result="cannot_tell", says="customer_changed")
        found.append(one)
    own_plates, other_plates = record.plates
    if bill.serial is not None and own_plates:
        values = {"serial": bill.serial, "own": ", ".join(own_plates)}
        if any(same_serial(bill.serial, own) for own in own_plates):
            found.append(check("serial", "identity", "agrees", "serial_agrees", **values))
        elif any(same_serial(bill.serial, own) for own in other_plates):
            found.append(check("serial", "identity", "disagrees", "serial_former", **values))
        else:
            found.append(check("serial", "identity", "disagrees", "serial_differs", **values))
    main = main_row(bill)
    if main is not None and main.multiplier is not None:
        same = Fraction(main.multiplier) == multiplier
        factors = {"multiplier": main.multiplier, "own": multiplier}
        found.append(_same("multiplier", same, "multiplier_agrees", "multiplier_differs", factors))
    if bill.households is not None and practice.households is not None:
        same = Fraction(bill.households) == practice.households
        numbers = {"households": bill.households, "own": practice.households}
        found.append(_same("households", same, "households_agree", "households_differ", numbers))
    if bill.estimated:
        found.append(check("estimated", "identity", "cannot_tell", "estimated"))
    return found


def _same(key: str, same: bool, yes: str, no: str, values: Mapping[str, object]) -> Check:
    result: Result = "agrees" if same else "disagrees"
    return check(key, "identity", result, yes if same else no, **values)


def letters(code: str) -> str:
    """Letters and digits of a code, in capitals."""
    return "".join(c for c in code.upper() if c.isalnum())


def same_serial(printed: str, own: str) -> bool:
    """Whether two spellings are one serial number: one may lack a prefix (a year, a maker) or zeros."""
    a, b = (letters(text).lstrip("0") for text in (printed, own))
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) >= 5 and long.endswith(short))


def continuity(record: OwnRecord, previous: Sequence[Bill], *, again: bool = False) -> list[Check]:
    """Where this bill must join the one before: days, index, meter, customer; and nothing billed twice.

    With ``again`` it goes back to the last reading before an estimate.
    """
    earlier = previous[-1] if previous else None
    bill = record.bill
    if bill.first is not None and bill.last is not None and bill.first > bill.last:
        return [check("dates", "continuity", "disagrees", "dates_reversed", first=bill.first, last=bill.last)]
    if earlier is None:
        return [check("index_joins", "continuity", "cannot_tell", "no_previous")]
    found = _twice(bill, previous)
    adjacent = _follows(bill, earlier, record.practice, found)
    if None not in (earlier.customer, bill.customer):
        values: dict[str, object] = {"code": bill.customer, "before": earlier.customer}
        if letters(earlier.customer or "") != letters(bill.customer or ""):
            one = check("customer_joins", "continuity", "disagrees", "customer_joins_not", **values)
            if _ours(record, earlier):
                one = replace(one, result="cannot_tell", says="customer_joins_changed")
            found.append(one)
    if earlier.serial is not None and bill.serial is not None:
        same = same_serial(bill.serial, earlier.serial)
        values = {"serial": bill.serial, "before": earlier.serial}
        if same:
            found.append(check("serial_joins", "continuity", "agrees", "serial_joins", **values))
        elif (record.replaced and not _back(record, earlier.serial)) or record.unknown_meter:
            found.append(check("serial_joins", "continuity", "agrees", "serial_joins_replaced", **values))
        else:
            found.append(check("serial_joins", "continuity", "disagrees", "serial_joins_not", **values))
    joined = _index_joins(record, earlier, adjacent, again=again)
    return [*found, joined] if joined is not None else found


def _ours(record: OwnRecord, earlier: Bill | None) -> bool:
    """Whether the bill is of our meter, or of that of the bill before: by number, or at the very index."""
    bill = record.bill
    ours = bill.serial is not None and any(same_serial(bill.serial, own) for own in record.plates[0])
    if earlier is None or (ours and record.replaced):
        return ours
    if bill.serial is not None and earlier.serial is not None:
        return same_serial(bill.serial, earlier.serial)
    main, before = main_row(bill), main_row(earlier)
    if main is None or before is None or main.old is None:
        return False
    # The bill after an estimate may go back to the reading before it.
    return ours or main.old == before.new or (earlier.estimated and main.old == before.old)


def _back(record: OwnRecord, before: str) -> bool:
    """Whether the bill before named the newest meter already, so that this one names an older one again."""
    own = record.plates[0]
    return bool(own) and same_serial(before, own[-1])


def _twice(bill: Bill, previous: Sequence[Bill]) -> list[Check]:
    """Indices, or days, that an earlier bill has too."""
    main = main_row(bill)
    for earlier in reversed(previous):
        before = main_row(earlier)
        if main is None or before is None or None in (main.old, main.new) or main.old == main.new:
            continue
        if (main.old, main.new) == (before.old, before.new):
            until = earlier.last or "?"
            values: dict[str, object] = {"old": main.old, "new": main.new, "last": until}
            return [check("indices_twice", "continuity", "disagrees", "indices_twice", **values)]
    for earlier in previous[:-1]:
        if None in (bill.first, bill.last, earlier.first, earlier.last):
            continue
        assert bill.first is not None
        assert bill.last is not None
        assert earlier.first is not None
        assert earlier.last is not None
        first, last = max(bill.first, earlier.first), min(bill.last, earlier.last)
        if first <= last:
            days = (last - first).days + 1
            return [check("days_twice", "continuity", "disagrees", "days_twice_long", days=days, last=last)]
    return []


def _follows(bill: Bill, earlier: Bill, practice: Practice, found: list[Check]) -> bool | None:
    """Whether the bill is the one right after ``earlier``; None when nothing tells. Appends what it finds."""
    if bill.first is not None and earlier.last is not None:
        values = {"first": bill.first, "last": earlier.last}
        if (bill.first - earlier.last).days == 1:
            found.append(check("days_join", "continuity", "agrees", "days_join", **values))
            return True
        if bill.first == earlier.last and practice.first_day != "after":
            found.append(check("days_join", "continuity", "agrees", "days_join_same", **values))
            return True
        if bill.first <= earlier.last:
            days = (earlier.last - bill.first).days + 1
            found.append(check("days_join", "continuity", "disagrees", "days_twice", days=days, **values))
            return None
        days = (bill.first - earlier.last).days - 1
        found.append(check("days_join", "continuity", "cannot_tell", "days_missing", days=days, **values))
        return False
    if None not in (bill.year, bill.month, earlier.year, earlier.month):
        assert bill.year is not None
        assert bill.month is not None
        assert earlier.year is not None
        assert earlier.month is not None
        months = (bill.year - earlier.year) * 12 + bill.month - earlier.month
        if months == 1 and bill.term in (None, 1) and earlier.term in (None, 1):
            return True
    return None


def _index_joins(record: OwnRecord, earlier: Bill, adjacent: bool | None, *, again: bool) -> Check | None:
    main, before = main_row(record.bill), main_row(earlier)
    if main is None or main.old is None or before is None or before.new is None:
        return None
    values: dict[str, object] = {"old": main.old, "new": before.new}
    if main.old == before.new:
        return check("index_joins", "continuity", "agrees", "index_joins", **values)
    if again:
        return check("index_joins", "continuity", "agrees", "index_joins_again", **values)
    if _one_reading(main.old, before.new, record.practice):
        return check("index_joins", "continuity", "agrees", "index_joins_rounds", **values)
    if record.replaced or record.unknown_meter:
        return check("index_joins", "continuity", "cannot_tell", "index_joins_replaced", **values)
    if not adjacent:
        return check("index_joins", "continuity", "cannot_tell", "index_joins_gap", **values)
    old = record.old
    if old is not None and old.fits:
        practice = record.practice
        their = match_index(old.register, before.new, old.window, practice.truncation, record.digits)
        if their.fits is False:
            # The bill before was the wrong one; this one starts from what our register shows.
            return check("index_joins", "continuity", "cannot_tell", "index_joins_mended", **values)
    by = abs(main.old - before.new)
    values["by"] = by
    return replace(
        check("index_joins", "continuity", "disagrees", "index_joins_not", **values), billed=main.old, by=by
    )


def _one_reading(old: Decimal, new: Decimal, practice: Practice) -> bool:
    """Whether two printed indices can be one register, with other decimals or rounded in two ways."""
    one, other = (PrintedIndex.of(index, practice.truncation).register for index in (old, new))
    return max(one.low, other.low) < min(one.high, other.high)


def arithmetic(record: OwnRecord) -> list[Check]:
    """new − old, over the end of the dial, × multiplier, + a removed meter's energy = the kWh printed."""
    bill, rows = record.bill, whole_rows(record.bill)
    found = []
    for number, (row, meter) in enumerate(zip(rows, record.of_rows(len(rows)), strict=True), 1):
        printed = row.kwh if row.kwh is not None or len(rows) > 1 else bill.kwh
        if (
            one := _row(record, meter, row, printed, "kwh" if len(rows) == 1 else f"kwh_{number}")
        ) is not None:
            found.append(one)
    total = sums.rows_sum(bill)
    if total is not None and not total.adds:
        values = {"row": total.worked_out, "kwh": total.printed}
        one = check("kwh_total", "arithmetic", "disagrees", "kwh_twice", **values)
        found.append(replace(one, billed=total.printed, by=at_least(total.off)))
    return found


def _row(
    record: OwnRecord, meter: Installed, row: IndexRow, printed: Decimal | None, key: str
) -> Check | None:
    if row.old is None or row.new is None:
        return None
    factor = Fraction(row.multiplier) if row.multiplier is not None else meter.multiplier
    removed = Fraction(row.removed or 0)
    other = removed + Fraction(row.direct or 0) - Fraction(row.sub or 0)
    values: dict[str, object] = {"old": row.old, "new": row.new, "multiplier": factor, "removed": other}
    digits = digits_of(meter, record.practice)
    total = sums.row_energy(row, printed, multiplier=factor, digits=digits)
    assert total is not None
    adds = printed is not None and sums.rounds_to(total, printed)
    rolls = digits is not None and (printed is None or sums.turns_over(row))
    if row.new < row.old and not rolls and not adds:
        # Without a printed consumption, and with an unknown dial, it may have gone round.
        result: Result = "cannot_tell" if printed is None else "disagrees"
        return check(key, "arithmetic", result, "kwh_falls", **values)
    values["sum"] = total
    if row.new >= row.old:
        # What was really added: a row's kWh may contain the removed meter's or not.
        values["removed"] = total - (Fraction(row.new) - Fraction(row.old)) * factor
    if printed is None:
        return check(key, "arithmetic", "cannot_tell", "kwh_not_printed", **values)
    off = abs(Fraction(printed) - total)
    values |= {"kwh": printed, "by": off}
    if adds:
        says = "kwh_adds_with" if values.get("removed") else "kwh_adds"
        if row.new < row.old and printed >= 0:
            says = "kwh_rolls"
        if off:
            says = "kwh_rounds"
        return replace(check(key, "arithmetic", "agrees", says, **values), billed=printed)
    if record.practice.kwh_from == "registers" and off < factor + 1:
        return replace(check(key, "arithmetic", "agrees", "kwh_by_registers", **values), billed=printed)
    if record.replaced and removed == 0:
        return replace(check(key, "arithmetic", "cannot_tell", "kwh_replaced", **values), billed=printed)
    return replace(
        check(key, "arithmetic", "disagrees", "kwh_adds_not", **values), billed=printed, by=at_least(off)
    )
