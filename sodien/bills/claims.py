"""The utility's daily numbers in the ledger: note them, withdraw one, judge them from what is known now.

A ``claim`` row is dated by the time it is of. Nothing is edited: of several of one source and time the newest
counts, an ``amendment`` may withdraw it, and all of them stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sodien import formats
from sodien.billing.claims.claim import Claim
from sodien.billing.claims.on_bill import BillByClaims, bill_by_claims
from sodien.billing.claims.series import Account, account
from sodien.bills.audit import practice_of
from sodien.bills.stored import StoredBill, before, bills
from sodien.errors import FieldError, SodienError
from sodien.history.corrections import amendments, withdrawal, withdraws
from sodien.history.note import check_rows, check_time, clock_unset
from sodien.i18n import tr
from sodien.ledger.bodies import ClaimBody
from sodien.ledger.store import NewRow, Row
from sodien.metering.calendar import date_of, day_bounds

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sodien.history.current import MeterLedger
    from sodien.history.meter import MeterHistory
    from sodien.ledger.store import Ledger

_MOST_SOURCE: Final = 60
_MOST_INDEX: Final = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A claim as the ledger has it.

    Attributes:
        claim: what the utility says.
        entry: its number; 0 before it is in the ledger.
        withdrawn: whether a person withdrew it.
        followed: whether a later one of the same source and time takes its place.
    """

    claim: Claim
    row: NewRow
    withdrawn: bool = False
    followed: bool = False

    @property
    def entry(self) -> int:
        """Its number; 0 before it is in the ledger."""
        return self.row.seq if isinstance(self.row, Row) else 0

    @property
    def counts(self) -> bool:
        """Whether it is judged."""
        return not (self.withdrawn or self.followed)


@dataclass(frozen=True, slots=True)
class NotedClaims:
    """What came of some claims.

    Attributes:
        new: those that were stored, or would be.
        known: how many were there already.
        changed: those of the new ones that say another number than an earlier one of their time.
        entries: the numbers of the new ones; none where it was only tried.
    """

    new: tuple[Claim, ...]
    known: int
    changed: tuple[Claim, ...]
    entries: tuple[int, ...] = ()


def stored_claims(ledger: Ledger, meter: str, zone: ZoneInfo) -> list[StoredClaim]:
    """All claims of a meter by the time they are of, withdrawn ones too."""
    amended = amendments(ledger, meter)
    newest: dict[object, int] = {}
    rows = sorted(ledger.of_kind("claim", meter), key=lambda row: row.seq)
    found = []
    for row in rows:
        claim, gone = claim_of(row), withdraws(amended.get(("claim", row.at or 0)))
        if not gone:
            newest[_identity(claim)] = row.seq
        found.append((claim, row, gone))
    stored = [
        StoredClaim(claim, row, gone, not gone and newest[_identity(claim)] != row.seq)
        for claim, row, gone in found
    ]
    return sorted(stored, key=lambda one: (one.claim.time(zone), one.entry))


def claim_of(row: NewRow) -> Claim:
    """What a row claims."""
    body = row.read(ClaimBody)
    at = None if body.day is not None else body.read_at if body.read_at is not None else row.at
    return Claim(body.index, body.day, at, body.source or "", body.told_at)


def _identity(claim: Claim) -> object:
    return claim.source, claim.day or claim.at


def note_claims(
    where: MeterLedger, claims: Iterable[Claim], *, now: int, by: str | None = None, dry_run: bool = False
) -> NotedClaims:
    """Store what the utility says, all of it or nothing; what is there already is not stored again.

    Raises:
        FieldError: an index, a time or a source cannot be one, or its time has not come.
        SodienError: nothing could reckon with it later.
    """
    settings, ledger, meter = where.settings, where.ledger, where.meter.id
    stored = stored_claims(ledger, meter, settings.zone)
    counting = {_identity(one.claim): one.claim.index for one in stored if one.counts}
    used = {one.row.at for one in stored}
    told = None if clock_unset(where) else now
    rows, new, changed, known = [], [], [], 0
    for claim in claims:
        _check(where, claim, now)
        before = counting.get(_identity(claim))
        if before == claim.index:
            known += 1
            continue
        if before is not None:
            changed.append(claim)
        at = claim.at if claim.at is not None else day_bounds(claim.date(settings.zone), settings.zone)[0]
        while at in used:
            at += 1
        used.add(at)
        counting[_identity(claim)] = claim.index
        body = ClaimBody(
            index=claim.index,
            day=claim.day,
            read_at=claim.at,
            told_at=told,
            source=claim.source or None,
            by=by or None,
        )
        rows.append(NewRow("claim", meter, at=at, body=body))
        new.append(claim)
    check_rows(where, rows)
    entries = ledger.append(rows) if rows and not dry_run else []
    return NotedClaims(tuple(new), known, tuple(changed), tuple(entries))


def withdraw_claim(
    where: MeterLedger, entry: int, *, because: str, now: int, by: str | None = None
) -> StoredClaim:
    """Say that a claim does not count; the old entry stays. Raises SodienError when there is none."""
    for one in stored_claims(where.ledger, where.meter.id, where.settings.zone):
        if one.entry == entry:
            where.ledger.append([withdrawal(one.row, now, because, by)])
            return one
    raise SodienError(tr("There is no daily reading {entry}; 'sodien claims' lists them.", entry=entry))


def accounts(
    where: MeterLedger,
    history: MeterHistory | None = None,
    stored: Sequence[StoredClaim] | None = None,
    *,
    since: int | None = None,
    source: str | None = None,
) -> dict[str, Account]:
    """The claims that count, by their source: each judged, with drift and faults.

    ``since``: those of this time (ms UTC) and later, and the first of all for the drift; ``source``: of one.
    """
    settings, meter = where.settings, where.meter
    if stored is None:
        stored = stored_claims(where.ledger, meter.id, settings.zone)
    by_source: dict[str, list[Claim]] = {}
    for one in stored:
        if one.counts and source in (None, one.claim.source):
            some = by_source.setdefault(one.claim.source, [])
            if since is None or not some or one.claim.time(settings.zone) >= since:
                some.append(one.claim)
    if not by_source:
        return {}
    history = history if history is not None else where.history()
    practice = practice_of(settings, meter, history, None)
    return {source: account(claims, history.meters, practice) for source, claims in sorted(by_source.items())}


def bill_beside_claims(
    where: MeterLedger, history: MeterHistory, stored: StoredBill, claims: Sequence[Claim], now: int
) -> list[BillByClaims]:
    """A bill's readings and consumption by the daily readings of one source; ``now`` is ms UTC."""
    settings, meter = where.settings, where.meter
    today = date_of(now, settings.zone)
    practice = practice_of(settings, meter, history, stored.expected, today, stored.bill.customer)
    earlier = before(bills(where.ledger, meter.id), stored)
    return bill_by_claims(stored.bill, earlier[-1] if earlier else None, claims, history.meters, practice)


def _check(where: MeterLedger, claim: Claim, now: int) -> None:
    zone = where.settings.zone
    if not 0 <= claim.index < _MOST_INDEX:
        raise FieldError(
            "index",
            tr(
                ("{reading} is not a meter reading; write the kWh that the utility shows."),
                reading=claim.index,
            ),
        )
    if len(claim.source) > _MOST_SOURCE or not claim.source.isprintable():
        raise FieldError(
            "source", tr("a source is one line of at most {most} characters.", most=_MOST_SOURCE)
        )
    if claim.day is None:
        check_time(where, claim.at or 0, now)
        return
    if not 2000 <= claim.day.year < 2100:
        raise FieldError("day", tr("the year {year} cannot be right; check the date.", year=claim.day.year))
    if claim.day > date_of(now, zone) and not clock_unset(where):
        raise FieldError(
            "day", tr("{day} has not come yet; give the day the number is of.", day=formats.date(claim.day))
        )
