"""A bill shared among the sub-meters behind its meter, with bounds; and charges judged by it.

The division that cannot take in more than the bill: a tenant's part of the money is their part of the kWh
on it, rounded down to what is paid in. What no sub-meter counted (the stairs' light, a pump, the wires) is a
line of its own: it stays with the landlord, or is divided too as was agreed, and then stands beside the
tenant's own kWh and never in them.

Everything is increasing in a tenant's own kWh and in the bill's money, and falling in the others' kWh, so
each bound comes from the bounds of its parts. kWh are billed kWh, after the multiplier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal, get_args

from sodien.billing.tariff.rounding import Rounding, half_up
from sodien.metering.bounds import Bounded, Interval

#: Who pays for what no sub-meter counted: the landlord, or the tenants by kWh, by heads, in equal parts.
Common = Literal["landlord", "kwh", "people", "equally"]
COMMON: Final = get_args(Common)
#: kWh on a receipt are told to this.
PLACES: Final = 2
#: A landlord may read a sub-meter in whole kWh, and charge whole thousands where money has no decimals.
READ_KWH: Final = Fraction(1)
ROUNDED: Final = 1000
_STEP: Final = Fraction(1, 10**PLACES)
_NOTHING: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class Tenant:
    """Who is behind one sub-meter, and what went through it in the period of the bill.

    Attributes:
        meter: the sub-meter's id.
        kwh: from the instant in which the utility read its own meter to the next, whenever they were.
        counted: between two instants, the same for all meters, at which it may have been.
        widest: as ``kwh``, with each end at any instant of its reading day: what a landlord may have read.
        name: of who lives there; may be "".
        people: how many live there; None when nobody said.
        family: whether they are one household.
    """

    meter: str
    kwh: Bounded
    counted: Bounded
    widest: Interval
    name: str = ""
    people: int | None = None
    family: bool = False


@dataclass(frozen=True, slots=True)
class Billed:
    """What the utility's meter is billed: kWh, and money with its taxes. Printed numbers are points.

    ``decimals`` are those the money is paid in: 0 for đồng.
    """

    kwh: Bounded
    total: Bounded
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class PartOfBill:
    """A part of the bill: its kWh, the money with bounds, and what a receipt charges for it.

    Attributes:
        kwh: to the hundredth, rounded outwards.
        money: bounds in units of what is paid in, rounded outwards; ``best`` is ``charge``.
        charge: worked out from ``kwh.best`` alone and rounded down.
    """

    kwh: Bounded
    money: Bounded
    charge: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """What one tenant owes of a bill.

    Attributes:
        tenant: who.
        own: for what their sub-meter counted.
        common: for what no sub-meter counted, as far as it was agreed that tenants pay it.
        weight: of that line the tenant's part in the receipt's own numbers.
    """

    tenant: Tenant
    own: PartOfBill
    common: PartOfBill
    weight: Fraction

    @property
    def charge(self) -> Decimal:
        """What the receipt says is to be paid."""
        return self.own.charge + self.common.charge

    @property
    def money(self) -> Bounded:
        """The true share lies in it."""
        return self.own.money + self.common.money


@dataclass(frozen=True, slots=True)
class Shared:
    """One bill, shared.

    Attributes:
        billed: the bill.
        shares: in the order of the tenants.
        agreed: who pays for what no sub-meter counted.
        divisor: kWh that the receipts divide by: those of the bill, or of all sub-meters where that is more.
        uncounted: what no sub-meter counted, as a part of the bill, whoever pays for it.
        left: what is left of the bill when all charges are paid; never below 0.
    """

    billed: Billed
    shares: tuple[Share, ...]
    agreed: Common
    divisor: Fraction
    uncounted: PartOfBill
    left: Decimal

    @property
    def charged(self) -> Decimal:
        """All charges together: never more than the bill."""
        return sum((one.charge for one in self.shares), Decimal(0))


@dataclass(frozen=True, slots=True)
class SubMeterLoss:
    """What went through the main meter and no sub-meter, between the same two instants.

    Attributes:
        main: through the main meter.
        subs: through all sub-meters together.
        kwh: the difference, not below 0.
        over: by how many kWh the sub-meters certainly have more than the main one, > 0: then one of them is
            not behind it, or a constant or a reading is wrong. 0 where the numbers can be true.
    """

    main: Bounded
    subs: Bounded
    kwh: Bounded
    over: Fraction


@dataclass(frozen=True, slots=True)
class JudgedCharge:
    """A charge beside the share it is for.

    Attributes:
        charged: the money.
        most: what it may be.
        result: ``agrees`` (it is the share, or less), ``cannot_tell``, or ``disagrees``.
        by: on ``disagrees``, by how much at least it is too much.
    """

    charged: Decimal
    most: Decimal
    result: Literal["agrees", "cannot_tell", "disagrees"]
    by: Decimal = Decimal(0)


def shares(billed: Billed, tenants: Sequence[Tenant], agreed: Common = "landlord") -> Shared:
    """The bill shared among the tenants, at least one.

    Raises:
        ValueError: kWh or money below 0, or ``agreed`` is people and somebody's number is not known.
    """
    if not tenants:
        raise ValueError("a bill is shared among one tenant at least")
    if min(billed.kwh.low, billed.total.low, *(one.kwh.low for one in tenants)) < 0:
        raise ValueError("kWh and money of a bill are not below 0")
    if agreed == "people" and any(not one.people for one in tenants):
        raise ValueError("to divide by heads the people behind each sub-meter must be known")
    kwh = [_outwards(one.kwh) for one in tenants]
    used = _sum(kwh)
    divisor = max(billed.kwh.best, used.best)
    made = []
    for tenant, own in zip(tenants, kwh, strict=True):
        others = Bounded(used.low - own.low, used.best - own.best, used.high - own.high)
        weight = _weight(agreed, tenants, tenant, own, others)
        common = _times(_rest(billed, used), weight)
        money = _own(billed, own, others)
        charge = _down(_of(billed.total.best, own.best, divisor), billed)
        extra = _down(common.best, billed)
        made.append(
            Share(
                tenant,
                _part_of(billed, own, money, charge),
                _part_of(billed, _times(_rest_kwh(billed, used), weight), common, extra),
                weight.best,
            )
        )
    rest, kept = _rest(billed, used), _rest_kwh(billed, used)
    uncounted = _part_of(billed, kept, rest, _down(rest.best, billed))
    charged = sum((one.charge for one in made), Decimal(0))
    left = _down(billed.total.best, billed) - charged
    return Shared(billed, tuple(made), agreed, divisor, uncounted, left)


def loss(main: Bounded, tenants: Sequence[Tenant]) -> SubMeterLoss:
    """What the sub-meters did not count of the main meter's kWh, all between the same two instants."""
    total = _sum([one.counted for one in tenants])
    low, high = max(_NOTHING, main.low - total.high), max(_NOTHING, main.high - total.low)
    best = min(max(main.best - total.best, low), high)
    return SubMeterLoss(main, total, Bounded(low, best, high), max(_NOTHING, total.low - main.high))


def households(tenants: Sequence[Tenant], per_household: int) -> Fraction | None:
    """How many households the tenants count as: each family one, of the others so many people one.

    None where somebody's number is not known.
    """
    if any(not (one.family or one.people) for one in tenants):
        return None
    single = sum(one.people or 0 for one in tenants if not one.family)
    return sum(one.family for one in tenants) + Fraction(single, per_household)


def judge_charge(charged: Decimal, share: Share, shared: Shared, agreed: bool) -> JudgedCharge:
    """What a tenant was charged beside their share.

    An honest landlord may read in whole kWh, on any hour of the reading days, round to thousands of what has
    no decimals, and, unless it is ``agreed``, divide what no sub-meter counted in any of the usual ways. What
    none of these explains is too much.
    """
    billed, tenants = shared.billed, [one.tenant for one in shared.shares]
    own = _read(share.tenant.widest)
    others = _sum([_read(one.widest) for one in tenants if one is not share.tenant])
    most = billed.total.high * _part(own.high, billed.kwh.low) if billed.kwh.low > 0 else billed.total.high
    left = _rest(billed, own + others).high
    usual: tuple[Common, ...] = (shared.agreed,) if agreed else COMMON
    parts = [
        left
        if one == "people" and not all(tenant.people for tenant in tenants)
        else left * _weight(one, tenants, share.tenant, own, others).high
        for one in usual
    ]
    step = ROUNDED if billed.decimals == 0 else 1
    limit = _up(min(most + max(parts) + step, billed.total.high), billed)
    return _judged(charged, limit, share.money.low)


def judge_sum(charged: Decimal, billed: Billed) -> JudgedCharge:
    """What all tenants were charged together beside the bill, which they may not exceed."""
    return _judged(charged, _up(billed.total.high, billed), billed.total.low)


# -- parts ---------------------------------------------------------------------------------------------------


def _judged(charged: Decimal, limit: Decimal, fair: Fraction) -> JudgedCharge:
    if charged > limit:
        return JudgedCharge(charged, limit, "disagrees", charged - limit)
    return JudgedCharge(charged, limit, "agrees" if charged <= fair else "cannot_tell")


def _read(kwh: Interval) -> Bounded:
    """What a sub-meter may have been read to have counted, in whole kWh or finer."""
    return Bounded(max(_NOTHING, kwh.low - READ_KWH), kwh.middle, kwh.high + READ_KWH)


def _of(total: Fraction, kwh: Fraction, divisor: Fraction) -> Fraction:
    return total * _part(kwh, divisor)


def _part(kwh: Fraction, divisor: Fraction) -> Fraction:
    return kwh / divisor if divisor > 0 else _NOTHING


def _own(billed: Billed, own: Bounded, others: Bounded) -> Bounded:
    """total × own / max(kWh of the bill, own + others)."""
    return Bounded(
        _of(billed.total.low, own.low, max(billed.kwh.high, own.low + others.high)),
        _of(billed.total.best, own.best, max(billed.kwh.best, own.best + others.best)),
        _of(billed.total.high, own.high, max(billed.kwh.low, own.high + others.low)),
    )


def _rest(billed: Billed, used: Bounded) -> Bounded:
    """The money for what no sub-meter counted: what is left where each tenant pays their own kWh."""
    return Bounded(
        billed.total.low * _left(billed.kwh.low, used.high),
        billed.total.best * _left(billed.kwh.best, used.best),
        billed.total.high * _left(billed.kwh.high, used.low),
    )


def _left(kwh: Fraction, used: Fraction) -> Fraction:
    # Nothing went through any meter: the bill, if there is one, is nobody's.
    return _part(max(_NOTHING, kwh - used), kwh) if kwh > 0 or used > 0 else Fraction(1)


def _rest_kwh(billed: Billed, used: Bounded) -> Bounded:
    return Bounded(
        max(_NOTHING, billed.kwh.low - used.high),
        max(_NOTHING, billed.kwh.best - used.best),
        max(_NOTHING, billed.kwh.high - used.low),
    )


def _weight(
    agreed: Common, tenants: Sequence[Tenant], tenant: Tenant, own: Bounded, others: Bounded
) -> Bounded:
    """A tenant's part of what no sub-meter counted."""
    if agreed == "kwh":
        return Bounded(
            _part(own.low, own.low + others.high),
            _part(own.best, own.best + others.best),
            _part(own.high, own.high + others.low),
        )
    if agreed == "people":
        heads = sum(one.people or 0 for one in tenants)
        part = Fraction(tenant.people or 0, heads)
    else:
        part = Fraction(1, len(tenants)) if agreed == "equally" else _NOTHING
    return Bounded(part, part, part)


def _times(one: Bounded, other: Bounded) -> Bounded:
    """The product of two quantities that are not below 0."""
    return Bounded(one.low * other.low, one.best * other.best, one.high * other.high)


def _sum(parts: Sequence[Bounded]) -> Bounded:
    return sum(parts, start=Bounded(_NOTHING, _NOTHING, _NOTHING))


def _part_of(billed: Billed, kwh: Bounded, money: Bounded, charge: Decimal) -> PartOfBill:
    bounds = Bounded(Fraction(_down(money.low, billed)), Fraction(charge), Fraction(_up(money.high, billed)))
    return PartOfBill(_outwards(kwh), bounds, charge)


def _outwards(kwh: Bounded) -> Bounded:
    """To the hundredth: the bounds outwards, the best estimate to the nearest."""
    return Bounded(
        math.floor(kwh.low / _STEP) * _STEP,
        Fraction(half_up(kwh.best, PLACES)),
        math.ceil(kwh.high / _STEP) * _STEP,
    )


def _down(money: Fraction, billed: Billed) -> Decimal:
    return Rounding("down", Decimal(1).scaleb(-billed.decimals))(money)


def _up(money: Fraction, billed: Billed) -> Decimal:
    return Rounding("up", Decimal(1).scaleb(-billed.decimals))(money)
