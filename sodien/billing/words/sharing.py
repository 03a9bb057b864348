"""A bill that is shared among sub-meters, as sentences and open sums in the language in use."""

from __future__ import annotations

from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from sodien import formats
from sodien.billing.sharing.bill_shares import BillShares
from sodien.billing.sharing.shares import (
    PLACES,
    JudgedCharge,
    PartOfBill,
    Share,
    SubMeterLoss,
    Tenant,
)
from sodien.billing.words.verdict import headline
from sodien.i18n import tr
from sodien.metering.bounds import Bounded

#: kWh of a sub-meter known no better than to both of these deserve a word: kWh, and a part of them.
_WIDE_KWH: Final = Fraction(3)
_WIDE_PART: Final = Fraction(1, 20)


def who(tenant: Tenant) -> str:
    """A sub-meter and who is behind it."""
    return f"{tenant.meter} · {tenant.name}" if tenant.name else tenant.meter


def kwh(value: Bounded) -> str:
    """Energy with both bounds, to the hundredth and without its unit; one number where it is exact."""
    best = formats.number(value.best, PLACES)
    if value.low == value.high:
        return best
    low, high = formats.low_high(value.low, value.high, PLACES)
    return f"{best} [{low} … {high}]"


def money(value: Bounded, currency: str) -> str:
    """Money with both bounds; one amount where it is exact."""
    if value.low == value.high:
        return formats.money(value.best, currency)
    return formats.money_bounds(value, currency)


def amounts(value: Bounded) -> str:
    """Money with both bounds for a table whose heading names the currency."""
    if value.low == value.high:
        return formats.amount(value.best)
    return f"{formats.amount(value.best)} [{formats.amount(value.low)} … {formats.amount(value.high)}]"


def bounds(value: Bounded, currency: str) -> str:
    """What money can be at least and at most."""
    low = formats.money(value.low, currency, "down").rsplit(" ", 1)[0]
    return f"{low} … {formats.money(value.high, currency, 'up')}"


# -- the bill ------------------------------------------------------------------------------------------------


def period(found: BillShares) -> str:
    """The period's days."""
    return f"{formats.date(found.first)} – {formats.date(found.last)}"


def source(found: BillShares) -> str:
    """What is shared, and where its kWh and money come from."""
    energy, total = found.shared.billed.kwh, money(found.shared.billed.total, found.currency)
    printed = formats.number(energy.best)
    if found.kwh_printed and found.money_printed:
        return tr("The bill: {kwh} kWh, {total}.", kwh=printed, total=total)
    if found.kwh_printed:
        return tr(
            "The bill prints {kwh} kWh and no total; by the tariff it is {total}.", kwh=printed, total=total
        )
    counted = formats.billed_bounds(energy)
    if found.money_printed:
        return tr("The bill prints {total} and no kWh; counted were {kwh}.", kwh=counted, total=total)
    return tr("No bill has come yet: counted were {kwh}, by the tariff {total}.", kwh=counted, total=total)


def read(found: BillShares, zone: ZoneInfo) -> str:
    """When the utility read its meter, as far as that is known."""
    (a, b), (c, d) = (
        (formats.instant(one.start, zone), formats.instant(one.end, zone)) for one in found.readings
    )
    return tr(
        "The power company read its meter between {a} and {b}, and again between {c} and {d}. Every "
        "sub-meter is asked for the same instants, and all bounds hold for each of them.",
        a=a,
        b=b,
        c=c,
        d=d,
    )


def agreed(found: BillShares) -> str:
    """Who pays for what no sub-meter counted."""
    if not found.agreed:
        return tr(
            "The rest, which no sub-meter counted, stays with the landlord: nothing else was agreed "
            "(billing.common)."
        )
    return {
        "landlord": tr("The rest, which no sub-meter counted, is the landlord's."),
        "kwh": tr("The rest, which no sub-meter counted, is divided by kWh."),
        "people": tr("The rest, which no sub-meter counted, is divided by heads."),
        "equally": tr("The rest, which no sub-meter counted, is divided in equal parts."),
    }[found.shared.agreed]


def rule(found: BillShares) -> str | None:
    """The most that a landlord may charge, and where that is written; None where nothing is known."""
    if found.rule is None:
        return None
    certainty = {
        "confirmed": tr("a report of it was read"),
        "likely": tr("likely, by one weak source"),
        "unknown": tr("nobody can say yet"),
    }
    return tr(
        "All tenants together may be charged {total} at most: the bill ({law}; {certainty}).",
        total=money(found.shared.billed.total, found.currency),
        law=found.rule.law,
        certainty=certainty[found.rule.certainty],
    )


def quotas(found: BillShares) -> str | None:
    """Whether the house has the quotas that its tenants have a right to."""
    quotas = found.quotas
    if not quotas.known:
        return None
    if quotas.declared is None:
        return tr(
            "How many live behind each sub-meter is not in the settings (tenant.people, tenant.family), so "
            "nobody can say whether the bill has all the quotas it may have."
        )
    if quotas.declared <= quotas.households:
        return None
    used, declared = formats.number(quotas.households), formats.number(quotas.declared)
    said = (
        tr(
            "Households on the bill: {used}; by the people entered, the tenants count as {declared}.",
            used=used,
            declared=declared,
        )
        if quotas.households
        else tr(
            "All kWh have one tier's price, as for tenants who are not declared; by the people entered, they "
            "count as households: {declared}.",
            declared=declared,
        )
    )
    if quotas.saved is None:
        return said
    saved = formats.money(quotas.saved, found.currency)
    return (
        said + " " + tr("Declared to the power company, the same kWh would cost {saved} less.", saved=saved)
    )


def loss(found: BillShares, zone: ZoneInfo) -> str | None:
    """What went through the main meter and no sub-meter; None where the main meter was not counted."""
    lost = found.loss
    if lost is None:
        return None
    if lost.over > 0:
        return tr(
            "The sub-meters have at least {kwh} kWh more than {meter}, which cannot be: one of them is not "
            "behind it, or a constant or a dial reading is wrong.",
            kwh=formats.number(lost.over, PLACES, rounding="down"),
            meter=found.meter,
        )
    start, end = (formats.instant(one.at, zone) for one in found.readings)
    return tr(
        "From {start} to {end}, {kwh} kWh{part} went through {meter} and through no sub-meter.",
        meter=found.meter,
        kwh=kwh(lost.kwh),
        part=_part(lost),
        start=start,
        end=end,
    )


def _part(lost: SubMeterLoss) -> str:
    if lost.main.low <= 0:
        return ""
    low = formats.number(lost.kwh.low / lost.main.high * 100, 1, rounding="down")
    high = formats.percent(min(Fraction(1), lost.kwh.high / lost.main.low), rounding="up")
    return f" ({low} … {high})"


def doubts(found: BillShares) -> list[str]:
    """What to look at before the bill is shared."""
    said = []
    if found.verdict is not None and found.verdict.overall == "disagrees":
        said.append(tr("The bill is in doubt: {headline}", headline=headline(found.verdict)))
    total = found.shared.billed.total.best
    if found.money_printed and found.kwh_printed and found.cost is not None and found.cost.total != total:
        said.append(
            tr(
                "By the tariff {kwh} kWh cost {worked}, the bill asks {total}; 'sodien audit' may tell why.",
                kwh=formats.number(found.shared.billed.kwh.best),
                worked=formats.money(found.cost.total, found.currency),
                total=formats.money(total, found.currency),
            )
        )
    unknown = False
    for one in found.shared.shares:
        width, counted = one.own.kwh.high - one.own.kwh.low, one.tenant.counted
        if not _wide(one.own.kwh, width):
            continue
        if _wide(one.own.kwh, counted.high - counted.low):
            said.append(
                tr(
                    "{who}: known to {width} kWh only; a dial reading now and on reading days narrows it.",
                    who=who(one.tenant),
                    width=formats.number(width, 1, rounding="up"),
                )
            )
        else:
            unknown = True
    if unknown:
        said.append(
            tr(
                "When the power company read {meter} is not known well, and all bounds hold for any time it "
                "may have been; a bill with both readings, and a dial reading of {meter}, narrow it.",
                meter=found.meter,
            )
        )
    return said


def _wide(energy: Bounded, width: Fraction) -> bool:
    return width > max(_WIDE_KWH, energy.best * _WIDE_PART)


# -- the sums ------------------------------------------------------------------------------------------------


def own_sum(found: BillShares, share: Share) -> str:
    """total × kWh ÷ kWh = charge, in the numbers of the receipt."""
    return _sum(found, share.own.kwh.best, share.own)


def common_sum(found: BillShares, share: Share) -> str | None:
    """The same for the tenant's part of what no sub-meter counted; None where tenants do not pay it."""
    shares, rest = found.shared.shares, found.shared.uncounted.kwh.best
    part = {
        "landlord": None,
        "kwh": (share.own.kwh.best, sum((one.own.kwh.best for one in shares), Fraction(0))),
        "people": (share.tenant.people or 0, sum(one.tenant.people or 0 for one in shares)),
        "equally": (1, len(shares)),
    }[found.shared.agreed]
    if part is None:
        return None
    above, below = (formats.number(Fraction(one), most=PLACES) for one in part)
    return _sum(found, rest, share.common, f" × {above} ÷ {below}")


def left_sum(found: BillShares) -> str:
    """What is left of the bill when all tenants have paid: total − charge − charge … = left."""
    shared = found.shared
    parts = [formats.amount(one.charge) for one in shared.shares]
    total = formats.amount(shared.charged + shared.left)
    return f"{' − '.join([total, *parts])} = {formats.money(shared.left, found.currency)}"


def _sum(found: BillShares, energy: Fraction, part: PartOfBill, more: str = "") -> str:
    total = formats.amount(found.shared.billed.total.best)
    used, divisor = (formats.number(one, most=PLACES) for one in (energy, found.shared.divisor))
    paid = formats.money(part.charge, found.currency)
    return f"{total} × {used} kWh ÷ {divisor} kWh{more} = {paid}"


# -- charges -------------------------------------------------------------------------------------------------


def charged(found: BillShares, share: Share, judged: JudgedCharge) -> str:
    """What a tenant was charged, beside their share."""
    words = {
        "who": who(share.tenant),
        "charged": formats.money(judged.charged, found.currency),
        "share": money(share.money, found.currency),
        "most": formats.money(judged.most, found.currency),
        "by": formats.money(judged.by, found.currency),
    }
    if judged.result == "disagrees":
        return tr("{who}: {charged} is at least {by} too much; the share is {share}.", **words)
    if judged.result == "agrees":
        return tr("{who}: {charged} is not more than the share, {share}.", **words)
    return tr(
        "{who}: {charged} may be right. The share is {share}; a dial read at another hour or in whole kWh, "
        "rounding, and a part of the rest can make it up to {most}.",
        **words,
    )


def charged_together(found: BillShares, judged: JudgedCharge) -> str:
    """What all tenants were charged together, beside the bill."""
    words = {
        "charged": formats.money(judged.charged, found.currency),
        "most": formats.money(judged.most, found.currency),
        "by": formats.money(judged.by, found.currency),
    }
    if judged.result == "disagrees":
        return tr("All together {charged}: at least {by} more than the bill.", **words)
    if judged.result == "agrees":
        return tr("All together {charged}: not more than the bill.", **words)
    return tr("All together {charged}: the bill may be up to {most}, so it may be right.", **words)
