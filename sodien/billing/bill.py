"""What a notice or bill of the utility says, as plain facts: nothing here is checked or worked out.

A :class:`Bill` is what was understood of an SMS, an app's text or an e-invoice, or what a person typed.
Every field may be absent, because a notice rarely says everything. kWh, indices and money are exact
decimals, money in units of the currency (đồng). It is stored in the ledger as it is, so fields may be added
but never change their meaning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec


class IndexRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One register of the meter on the bill.

    Attributes:
        register: the utility's code (BCS): KT the whole, BT/CD/TD normal, peak and off-peak hours.
        old, new: the indices in kWh as printed ("chỉ số cũ", "chỉ số mới"); bills print whole kWh.
        multiplier: hệ số nhân (HSN); None when the notice does not say.
        kwh: the consumption printed for this register.
        removed: energy of a meter taken down in the period (SLUONG_THAO), already in billed kWh.
        sub: billed kWh of sub-meters behind this one that others pay, subtracted (SLUONG_TRPHU).
        direct: billed kWh that did not flow through this meter, added (SLUONG_TTIEP).
        serial: of the meter this register belongs to, where a bill lists several meters.
    """

    register: str = "KT"
    old: Decimal | None = None
    new: Decimal | None = None
    multiplier: Decimal | None = None
    kwh: Decimal | None = None
    removed: Decimal | None = None
    sub: Decimal | None = None
    direct: Decimal | None = None
    serial: str | None = None


class TierRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One printed line of the charge: kWh, price per kWh before tax, amount before tax."""

    kwh: Decimal
    price: Decimal
    amount: Decimal | None = None


class Invoice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which invoice it is; any part may not be printed.

    Attributes:
        form: mẫu số, such as 1 (also printed in front of the series) or 01GTKT0/001.
        series: ký hiệu, such as K26TSD or TN/22E.
        number: số, without zeros in front.
        date: ngày lập, the day on which it was made out.
    """

    form: str | None = None
    series: str | None = None
    number: str | None = None
    date: dt.date | None = None


class Bill(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notice or bill.

    Attributes:
        customer: customer code (mã khách hàng), such as PB05010001234.
        serial: serial number of the meter (số công tơ).
        name: of the customer; shown on the evidence sheet only.
        first, last: "từ ngày" A and "đến ngày" B, both included; B is the reading day.
        month, year, term: "kỳ 1 tháng 6 năm 2016".
        rows: the registers; usually one, KT.
        kwh: the consumption that is billed ("điện năng tiêu thụ").
        tiers: the printed lines of the charge in the order printed.
        net: money before tax; ``tax`` the tax; ``total`` what is to be paid.
        tax_rate: as a fraction of 1 (0.08), when printed.
        debt: what was owed from before and is a part of ``total``; negative for a credit.
        discount: what the state, or the utility, gave up of ``net`` or ``total``, ≥ 0.
        households: "số hộ" (SO_HO) that multiplies the quotas.
        estimated: the notice itself says that the reading was estimated.
        read_at: local time of the reading on ``last``, when printed.
        invoice: which e-invoice it is.
        replaces: the invoice in whose place it comes ("thay thế").
        adjusts: the invoice that it adjusts ("điều chỉnh"): kWh and money are the difference alone, negative
            where less is billed, and it is no whole bill.
        source: where it comes from: ``sms``, ``xml``, ``typed`` or ``text`` (also of a PDF, and JSON).
    """

    customer: str | None = None
    serial: str | None = None
    name: str | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    term: int | None = None
    month: int | None = None
    year: int | None = None
    rows: tuple[IndexRow, ...] = ()
    kwh: Decimal | None = None
    tiers: tuple[TierRow, ...] = ()
    net: Decimal | None = None
    tax: Decimal | None = None
    tax_rate: Decimal | None = None
    total: Decimal | None = None
    debt: Decimal | None = None
    discount: Decimal | None = None
    households: Decimal | None = None
    estimated: bool = False
    read_at: dt.time | None = None
    invoice: Invoice | None = None
    replaces: Invoice | None = None
    adjusts: Invoice | None = None
    source: str = "typed"


#: The register that counts at all hours.
WHOLE = "KT"
#: The sum of a meter's other registers, printed beside them: never energy of its own.
SUM = "SG"
#: The registers of a time-of-use meter: normal, peak and off-peak hours.
TIME_OF_USE = ("BT", "CD", "TD")


def is_same_invoice(one: Invoice | None, other: Invoice | None) -> bool:
    """Whether both are certainly one: by number and series, or by number and day where one has no series."""
    if one is None or other is None or one.number is None or one.number != other.number:
        return False
    if None in (one.series, other.series):
        return one.date is not None and one.date == other.date
    return one.series == other.series and (None in (one.form, other.form) or one.form == other.form)


def whole_rows(bill: Bill) -> tuple[IndexRow, ...]:
    """The rows of the whole register, in the order printed: one for each meter that the bill lists.

    KT is a meter's whole register; SG is, where that meter has no KT row. Two KT rows are two meters, the
    removed one first. Empty where a meter has only rows of its hours: BT, CD, TD.
    """
    plain = [row for row in bill.rows if row.register == WHOLE]
    sums = [row for row in bill.rows if row.register == SUM and not _of_one_of(row, plain)]
    whole = tuple(row for row in bill.rows if any(row is one for one in (*plain, *sums)))
    if any(row.register in TIME_OF_USE and not _of_one_of(row, whole) for row in bill.rows):
        return ()
    if not whole and len(bill.rows) == 1 and bill.rows[0].register != "VC":
        return bill.rows
    return whole


def _of_one_of(row: IndexRow, others: Iterable[IndexRow]) -> bool:
    """Whether a row is of the same meter as one of the others; without a serial number it is."""
    return any(None in (row.serial, one.serial) or row.serial == one.serial for one in others)


def energy_rows(bill: Bill) -> tuple[IndexRow, ...]:
    """The rows whose kWh add up to the billed ones, each kWh once: the whole register, else its hours."""
    return whole_rows(bill) or tuple(row for row in bill.rows if row.register in (WHOLE, *TIME_OF_USE))


def main_row(bill: Bill) -> IndexRow | None:
    """The whole register as one row; None when the bill has no such row.

    Of several meters it has the first one's old index, the last one's new index, the kWh of all of them, and
    the multiplier where all have the same.
    """
    rows = whole_rows(bill)
    if len(rows) < 2:
        return rows[0] if rows else None
    printed = [row.kwh for row in rows if row.kwh is not None]
    removed = [row.removed for row in rows if row.removed is not None]
    sub = [row.sub for row in rows if row.sub is not None]
    direct = [row.direct for row in rows if row.direct is not None]
    factors = {row.multiplier for row in rows}
    return IndexRow(
        register=rows[0].register,
        old=rows[0].old,
        new=rows[-1].new,
        multiplier=factors.pop() if len(factors) == 1 else None,
        kwh=sum(printed, Decimal(0)) if len(printed) == len(rows) else None,
        removed=sum(removed, Decimal(0)) if removed else None,
        sub=sum(sub, Decimal(0)) if sub else None,
        direct=sum(direct, Decimal(0)) if direct else None,
    )


def not_metered(bill: Bill) -> Decimal:
    """Billed kWh that did not flow through the meter: added directly, less those of sub-meters."""
    zero = Decimal(0)
    return sum(((row.direct or zero) - (row.sub or zero) for row in bill.rows), zero)


def printed_kwh(bill: Bill) -> Decimal | None:
    """The billed kWh as printed: of the bill, else the sum of its registers; None when a part is missing."""
    if bill.kwh is not None:
        return bill.kwh
    rows = energy_rows(bill)
    printed = [row.kwh for row in rows if row.kwh is not None]
    return sum(printed, Decimal(0)) if rows and len(printed) == len(rows) else None


def corrected_rows(bill: Bill, values: Mapping[str, Decimal]) -> tuple[IndexRow, ...] | None:
    """The rows with other values for the whole register; None when the bill has no row for it to change.

    Of several meters ``old`` is the first one's, ``new`` and ``removed`` are the last one's, ``multiplier``
    is of all. ``kwh`` is the whole consumption: kWh of rows that do not come to it are dropped, because
    nobody says which of them was wrong.
    """
    whole = whole_rows(bill)
    changes = {name: value for name, value in values.items() if name != "kwh"}
    if not whole:
        if bill.rows:
            return None if changes else bill.rows
        return (msgspec.structs.replace(IndexRow(), **changes),) if changes else ()
    rows = list(bill.rows)
    places = [number for number, row in enumerate(rows) if any(row is one for one in whole)]
    for name, value in changes.items():
        at = {"old": places[:1], "multiplier": places}.get(name, places[-1:])
        for number in at:
            rows[number] = msgspec.structs.replace(rows[number], **{name: value})
    if (kwh := values.get("kwh")) is not None:
        printed = [rows[number].kwh for number in places]
        if len(places) == 1:
            kept = [kwh if printed[0] is not None else None]
        elif None not in printed and sum(one for one in printed if one is not None) != kwh:
            kept = [None] * len(places)
        else:
            kept = printed
        for number, one in zip(places, kept, strict=True):
            rows[number] = msgspec.structs.replace(rows[number], kwh=one)
    return tuple(rows)
