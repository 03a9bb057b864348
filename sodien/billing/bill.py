"""What a notice or bill of the utility says, as plain facts: nothing here is checked or worked out.

A :class:`Bill` is what was understood of an SMS, an app's text or an e-invoice, or what a person typed.
Every field may be absent, because a notice rarely says everything. kWh, indices and money are exact
decimals, money in units of the currency (đồng). It is stored in the ledger as it is, so fields may be added
but never change their meaning.
"""

from __future__ import annotations

import datetime as dt
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
        serial: of the meter this register belongs to, where a bill lists several meters.
    """

    register: str = "KT"
    old: Decimal | None = None
    new: Decimal | None = None
    multiplier: Decimal | None = None
    kwh: Decimal | None = None
    removed: Decimal | None = None
    serial: str | None = None


class TierRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One printed line of the charge: kWh, price per kWh before tax, amount before tax."""

    kwh: Decimal
    price: Decimal
    amount: Decimal | None = None


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
        households: "số hộ" (SO_HO) that multiplies the quotas.
        estimated: the notice itself says that the reading was estimated.
        read_at: local time of the reading on ``last``, when printed.
        source: where it comes from: ``sms``, ``xml``, ``text`` or ``typed``.
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
    households: Decimal | None = None
    estimated: bool = False
    read_at: dt.time | None = None
    source: str = "typed"

    @property
    def main(self) -> IndexRow | None:
        """The row of the whole register (KT), or the only one."""
        for row in self.rows:
            if row.register in ("KT", "SG"):
                return row
        return self.rows[0] if len(self.rows) == 1 else None
