"""The evidence sheet of a stored bill, from the ledger and the settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from sodien import __version__, formats
from sodien.billing.audit.result import Range, Verdict, span
from sodien.billing.bill import Bill
from sodien.billing.companies import COMPANIES, Company, company_of
from sodien.billing.evidence.chart import DayBar
from sodien.billing.evidence.letter import Sender
from sodien.billing.evidence.sheet import (
    DESIGN,
    TEMPLATE,
    ClaimRows,
    DialRow,
    EvidenceSheet,
    GapRow,
    Photo,
    SealRow,
    TestRow,
)
from sodien.billing.words import claims as claim_words
from sodien.bills.claims import accounts, bill_beside_claims
from sodien.bills.stored import Period, StoredBill
from sodien.history.corrections import told
from sodien.history.current import MeterLedger
from sodien.history.events import meter_tests
from sodien.history.meter import MeterHistory
from sodien.i18n import tr
from sodien.ledger.bodies import Picture
from sodien.ledger.store import Ledger
from sodien.ledger.verify import verify_file
from sodien.metering import calendar
from sodien.settings.model import MeterSettings, Settings
from sodien.words import known_load as words
from sodien.words.register import reason

#: Pictures beyond this are left out: a sheet goes by e-mail.
LARGEST_PHOTO = 8_000_000
#: Days before and after the period whose dial readings are shown too.
AROUND = dt.timedelta(days=31)
_MEDIA = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
_DAY = dt.timedelta(days=1)


def sheet_of(
    settings: Settings,
    meter: MeterSettings,
    ledger: Ledger,
    history: MeterHistory,
    stored: StoredBill,
    verdict: Verdict,
    now: int,
) -> EvidenceSheet:
    """All that the sheet shows, as of ``now`` (ms UTC)."""
    bill = stored.bill
    period = stored.period
    span_ms = _span(period, settings) if period is not None else None
    around = _span((period[0] - AROUND, period[1] + AROUND), settings) if period is not None else None
    return EvidenceSheet(
        bill=bill,
        verdict=verdict,
        zone=settings.zone,
        made=now,
        version=__version__,
        meter=meter.id,
        constant=Decimal(meter.constant),
        multiplier=Decimal(meter.multiplier),
        ledger=ledger.id,
        company=company_for(meter, bill),
        sender=sender_of(meter, bill),
        days=tuple(_days(history, settings, period)) if period is not None else (),
        dials=tuple(_dials(history, around)),
        gaps=tuple(gap_rows(history, span_ms)) if span_ms is not None else (),
        tests=tuple(_tests(ledger, meter, around)),
        claims=tuple(_claims(MeterLedger(settings, ledger, meter), history, stored, now)),
        photos=(*_photos(history, ledger, settings, around), *_screenshots(stored, ledger)),
        seal=_seal(ledger),
        broken_from=_broken_from(ledger),
        withdrawn=stored.withdrawn_because,
    )


def _span(period: Period, settings: Settings) -> tuple[int, int]:
    """From the beginning of the day before the period (the old index was read then) to its end, ms UTC."""
    start, _ = calendar.day_bounds(period[0] - _DAY, settings.zone)
    _, end = calendar.day_bounds(period[1], settings.zone)
    return start, end


def _days(history: MeterHistory, settings: Settings, period: Period) -> Iterator[DayBar]:
    """Each day of the period that the ledger knows anything of."""
    day = period[0]
    while day <= period[1]:
        start, end = calendar.day_bounds(day, settings.zone)
        if (
            history.start is not None
            and history.end is not None
            and history.start < end
            and start < history.end
        ):
            energy = history.energy(start, end)
            counted = history.coverage(start, end).counted / (end - start)
            yield DayBar(day, energy.low, energy.best, energy.high, counted)
        day += _DAY


def _dials(history: MeterHistory, around: tuple[int, int] | None) -> Iterator[DialRow]:
    rejected = {name for meter in history.meters.installed for name in meter.register.rejected}
    for reading in history.readings:
        if around is not None and not around[0] <= reading.at <= around[1]:
            continue
        unused = ""
        if reading.withdrawn and reading.said is not None:
            unused = told(reading.said.because or "") or tr("withdrawn")
        elif reading.name in rejected:
            unused = tr("contradicts the other readings and the count")
        yield DialRow(reading.at, reading.text, reading.typed.by or "", unused)


def _tests(ledger: Ledger, meter: MeterSettings, around: tuple[int, int] | None) -> Iterator[TestRow]:
    since = around[0] if around is not None else None
    for row, found in meter_tests(ledger, meter.id, since):
        yield TestRow(row.at or 0, words.found(found), words.judgement(found), words.budget(found))


def _claims(where: MeterLedger, history: MeterHistory, stored: StoredBill, now: int) -> Iterator[ClaimRows]:
    """The utility's daily readings in the period, with the last one before it, by source."""
    if stored.period is None:
        return
    zone = where.settings.zone
    for source, found in accounts(where, history).items():
        rows = [
            (
                claim_words.when(one.claim, zone),
                formats.number(one.claim.index, most=2),
                claim_words.ours(one),
                claim_words.judgement(one),
            )
            for one in found.judged
            if stored.period[0] - _DAY <= one.claim.date(zone) <= stored.period[1]
        ]
        beside = bill_beside_claims(where, history, stored, [one.claim for one in found.judged], now)
        if rows:
            yield ClaimRows(source, rows, [claim_words.on_bill(one) for one in beside])


def gap_rows(history: MeterHistory, within: tuple[int, int]) -> Iterator[GapRow]:
    """The gaps that reach into a span (ms UTC), each with what it can hold by all that is known now."""
    for gap in history.gaps:
        if gap.start < within[1] and within[0] < gap.end:
            energy = history.gap_energy(gap)
            yield GapRow(gap.start, gap.end, reason(gap.reason), _range(energy.low, energy.best, energy.high))


def _range(low: Decimal, best: Decimal, high: Decimal) -> Range:
    return span(Fraction(low), Fraction(high), Fraction(best))


def _photos(
    history: MeterHistory, ledger: Ledger, settings: Settings, around: tuple[int, int] | None
) -> Iterator[Photo]:
    """The pictures of readings in and around the period that are still beside the ledger."""
    for reading in history.readings:
        kept = reading.typed.photo
        if kept is None or (around is not None and not around[0] <= reading.at <= around[1]):
            continue
        caption = tr("{reading} on {time}, SHA-256 {digest}", reading=formats.dial(reading.text),
                     time=formats.instant(reading.at, settings.zone), digest=kept.sha256)  # fmt: skip
        yield from _photo(kept, ledger, caption)


def _screenshots(stored: StoredBill, ledger: Ledger) -> Iterator[Photo]:
    """The pictures of the notice itself that are still beside the ledger."""
    for kept in stored.pictures:
        yield from _photo(kept, ledger, tr("The notice, SHA-256 {digest}", digest=kept.sha256))


def _photo(kept: Picture, ledger: Ledger, caption: str) -> Iterator[Photo]:
    """The picture, unless it is gone, too large, or none."""
    path = ledger.path.parent / (kept.copy or "")
    media = _MEDIA.get(path.suffix.lower())
    if media is not None and path.is_file() and path.stat().st_size <= LARGEST_PHOTO:
        yield Photo(caption, media, path.read_bytes())


def _seal(ledger: Ledger) -> SealRow | None:
    note = ledger.last_seal()
    if note is None:
        return None
    rows = ledger.rows(note.seq - 1, note.seq + 1)
    return SealRow(note.last, rows[0].at or 0 if rows else 0, note.hash)


def _broken_from(ledger: Ledger) -> int | None:
    """The first entry that does not fit the seals; None where all do."""
    faults = verify_file(ledger.path).report.faults
    return faults[0].seq if faults else None


def company_for(meter: MeterSettings, bill: Bill) -> Company | None:
    """The company of a bill: the one in the settings, else by the customer code; None where nothing tells."""
    billing = meter.billing
    return COMPANIES.get(billing.company or "") or company_of(bill.customer or billing.customer)


def sender_of(meter: MeterSettings, bill: Bill) -> Sender:
    """Who writes about a bill: as the settings say, else as the bill does."""
    own = meter.billing
    return Sender(
        name=own.name or bill.name,
        address=own.address,
        phone=own.phone,
        customer=own.customer or bill.customer,
        serial=own.serial or bill.serial,
        office=own.office,
    )


def template(file: str = f"evidence/{TEMPLATE}") -> str:
    """The text of a document's template, with the household's design in it; ``file`` is below billing/."""
    return _billing(file).replace("/* design.css */", design())


def design() -> str:
    """Type, colours and spacing as CSS variables: what documents and the page have in common."""
    return _billing(f"evidence/{DESIGN}")


def _billing(file: str) -> str:
    return (Path(__file__).parents[1] / "billing" / file).read_text(encoding="utf-8")
