"""One period of the utility's meter, shared: all that a screen, a command or a receipt says of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sodien.billing.audit.result import Verdict
from sodien.billing.bill import Bill
from sodien.billing.sharing.instants import UtilityReading
from sodien.billing.sharing.shares import Shared, SubMeterLoss
from sodien.billing.tariff.charge import Charge
from sodien.billing.tariff.prices import TenantRule
from sodien.metering.bounds import Bounded


@dataclass(frozen=True, slots=True)
class SubMeterReadings:
    """A sub-meter's register at both readings, None without a dial reading of it; its dial's digits."""

    old: Bounded | None
    new: Bounded | None
    digits: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """Whose quotas the money is worked out with.

    Attributes:
        households: that share them; 0 where all kWh have one price.
        declared: how many the tenants count as; None where nobody said how many live there, or the tariff
            has no rule for it.
        known: whether the tariff has such a rule.
        saved: how much less the same kWh cost with the quotas of ``declared``; None where that is not known.
    """

    households: Fraction
    declared: Fraction | None
    known: bool
    saved: Decimal | None


@dataclass(frozen=True, slots=True)
class BillShares:
    """A period of the utility's, shared among the sub-meters.

    Attributes:
        meter: id of the utility's own meter.
        first, last: the period, both days included.
        bill: None where none has come yet, and all is worked out from the count; ``entry`` is its number.
        verdict: on the bill, from what is known now.
        shared: who owes what.
        agreed: whether the settings say who pays for what no sub-meter counted.
        readings: when the utility read its meter.
        subs: the dials of the sub-meters at these readings, as ``shared.shares``.
        loss: between the main meter and its sub-meters; None where the main meter was not counted.
        cost: how the tariff works the money out for the best estimate of the kWh; None where it cannot.
        quotas: with which.
        rule: what a landlord may take; None where nothing is known of it.
        currency: ISO 4217.
        kwh_printed, money_printed: whether they are those of the bill.
    """

    meter: str
    first: dt.date
    last: dt.date
    bill: Bill | None
    entry: int
    verdict: Verdict | None
    shared: Shared
    agreed: bool
    readings: tuple[UtilityReading, UtilityReading]
    subs: tuple[SubMeterReadings, ...]
    loss: SubMeterLoss | None
    cost: Charge | None
    quotas: Quotas
    rule: TenantRule | None
    currency: str
    kwh_printed: bool
    money_printed: bool

    @property
    def impossible(self) -> bool:
        """Whether the sub-meters certainly have more than the meter they are behind."""
        return self.loss is not None and self.loss.over > 0
