"""The tenants' shares of a bill: who owes what, with the sums open; and their receipts, to print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from page.household import Snapshot
from sodien import formats
from sodien.billing.sharing.bill_shares import BillShares
from sodien.billing.sharing.shares import Share
from sodien.billing.words import sharing as words
from sodien.bills.shares import main_meters, receipts_of, shares_of
from sodien.history.meter import stamp
from sodien.metering import calendar
from sodien.settings.model import Settings

_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part of a share: its kWh, the sum, and the money's bounds."""

    kwh: str
    sum: str
    bounds: str


@dataclass(frozen=True, slots=True)
class ShownShare:
    """One tenant: the sub-meter's id, who it is, what is to be paid, and what for."""

    meter: str
    who: str
    charge: str
    bounds: str
    own: ShownPart
    common: ShownPart | None


@dataclass(frozen=True, slots=True)
class SharesScreen:
    """The screen's values, worded.

    Attributes:
        main: id of the utility's meter.
        entry: of the bill; 0 where none has come yet.
        doubts: what to look at before the bill is shared.
        rest: what no sub-meter counted, as (kWh, money).
        said: how it is divided, the most that may be charged, and what else is to be known.
        wrong: what cannot be; None where the numbers can be true.
    """

    main: str
    period: str
    entry: int
    source: str
    doubts: list[str]
    shares: list[ShownShare]
    rest: tuple[str, str]
    left: str
    said: list[str]
    wrong: str | None


def main_of(settings: Settings, wanted: str | None) -> str | None:
    """The utility's meter that a request is about: the one named, the one before it, or the first."""
    mains = [one.id for one in main_meters(settings)]
    named = next((one for one in settings.meters if one.id == wanted), None)
    for meter in (named.id, named.sub_of) if named is not None else ():
        if meter in mains:
            return meter
    return mains[0] if mains else None


def shares_screen(seen: Snapshot, entry: int | None) -> SharesScreen:
    """The bill of this number, or the newest period. Raises SodienError."""
    found = _shared(seen, entry)
    zone, shared = seen.settings.zone, found.shared
    lost = words.loss(found, zone)
    said = (words.agreed(found), words.rule(found), words.quotas(found), None if found.impossible else lost)
    return SharesScreen(
        main=found.meter,
        period=words.period(found),
        entry=found.entry,
        source=words.source(found),
        doubts=words.doubts(found),
        shares=[_shown(found, one) for one in shared.shares],
        rest=(words.kwh(shared.uncounted.kwh), words.money(shared.uncounted.money, found.currency)),
        left=words.left_sum(found),
        said=[*(one for one in said if one is not None), words.read(found, zone)],
        wrong=lost if found.impossible else None,
    )


def receipts_page(seen: Snapshot, entry: int | None, meter: str | None) -> str:
    """The receipts as a page of their own, of one sub-meter or of all. Raises SodienError."""
    return receipts_of(seen.where, _shared(seen, entry), now=seen.now, meter=meter)


def _shared(seen: Snapshot, entry: int | None) -> BillShares:
    """Worked out anew when an entry came that may change it, and every hour."""
    ledger, settings, meter = seen.where.ledger, seen.settings, seen.meter.id
    names = [meter, *(one.id for one in settings.subs(meter))]
    stands_on = (
        calendar.date_of(seen.now, settings.zone),
        seen.now // _HOUR_MS,
        *(stamp(ledger, one) for one in names),
        *(ledger.count_of(kind, meter) for kind in ("bill", "schedule", "amendment")),
    )
    return seen.memory.once(
        f"shares {entry}", stands_on, lambda: shares_of(seen.where, seen.history, now=seen.now, entry=entry)
    )


def _shown(found: BillShares, share: Share) -> ShownShare:
    common = words.common_sum(found, share)
    return ShownShare(
        meter=share.tenant.meter,
        who=words.who(share.tenant),
        charge=formats.money(share.charge, found.currency),
        bounds=words.bounds(share.money, found.currency),
        own=ShownPart(
            words.kwh(share.own.kwh),
            words.own_sum(found, share),
            words.bounds(share.own.money, found.currency),
        ),
        common=None
        if common is None
        else ShownPart(words.kwh(share.common.kwh), common, words.bounds(share.common.money, found.currency)),
    )
