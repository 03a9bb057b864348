"""A new entry about a meter: what a person says, and what it changes.

Whatever is noted goes the same way: the entry is tried beside the ledger, so that one that nothing can be
worked out from is not stored, and then appended, unless it was only to be tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sodien import formats
from sodien.device import state as daemon_state
from sodien.errors import FieldError, SodienError
from sodien.history.wire_entries import WireEntries
from sodien.i18n import tr
from sodien.ledger.misfits import EARLIEST_MS, LATEST_MS, MOST_WITHIN_MS, misfit

if TYPE_CHECKING:
    from sodien.history.current import MeterLedger
    from sodien.history.meter import MeterHistory
    from sodien.ledger.store import NewRow

#: Two clocks may differ by so much before a time that a person gives lies in the future.
_AHEAD_MS = 60_000


@dataclass(frozen=True, slots=True)
class Noted:
    """What an entry changes.

    Attributes:
        row: what is noted.
        at: the instant it is about, ms UTC.
        entry: its number in the ledger; None where it was only tried.
        before: the meter's history without it.
        after: the meter's history with it.
    """

    row: NewRow
    at: int
    entry: int | None
    before: MeterHistory
    after: MeterHistory


def note(where: MeterLedger, row: NewRow, at: int, *, dry_run: bool = False) -> Noted:
    """Append an entry about a meter at ``at`` (ms UTC) unless ``dry_run``, and say what it changes.

    Raises FieldError or SodienError, and stores nothing, for a row that could not be reckoned with, shown and
    sent later.
    """
    check_rows(where, [row])
    before = where.history()
    with _reckoned():
        after = where.history([row])
        after.instant(at)
        after.findings(where.settings.zone, explain=False)
    if dry_run:
        return Noted(row, at, None, before, after)
    (entry,) = where.ledger.append([row])
    return Noted(row, at, entry, before, where.history())


def check_rows(where: MeterLedger, rows: Sequence[NewRow]) -> None:
    """Raise FieldError or SodienError for rows that nothing could reckon with, or send, later."""
    for row in rows:
        match misfit(row):
            case "time":
                raise SodienError(_outside())
            case "span":
                days = MOST_WITHIN_MS // 86_400_000
                raise FieldError(
                    "within",
                    tr(
                        "more than {days} days is too inexact to be of use; give the time more exactly.",
                        days=days,
                    ),
                )
            case "number" | "content":
                raise SodienError(
                    tr("Nothing was stored: one of the numbers is too large or too small to be true.")
                )
    with _reckoned():
        entries = WireEntries(where.settings, where.ledger)
        for row in rows:
            entries.check(row)


@contextmanager
def _reckoned() -> Iterator[None]:
    """Whatever goes wrong in here, goes wrong before anything is stored, and as a sentence."""
    try:
        yield
    except SodienError:
        raise
    except Exception as error:
        raise SodienError(
            tr("Nothing was stored: it cannot be used ({reason}).", reason=repr(error))
        ) from error


def when(where: MeterLedger, at: int | None, now: int) -> tuple[int, tuple[int | None, int | None]]:
    """The time (ms UTC) that a person gives, or ``now`` with its place in this boot: (run, monotonic ns).

    Raises FieldError for a time that is none, SodienError for now while the Pi does not know what time it is.
    """
    if at is not None:
        check_time(where, at, now)
        return at, (None, None)
    if clock_unset(where):
        raise SodienError(
            tr("The Pi does not know the time yet; say when that was: --at '2026-11-30 07:30'.")
        )
    return now, where.here()


def check_time(where: MeterLedger, at: int, now: int) -> None:
    """Raise FieldError for a time (ms UTC) that has not come, or when nobody counted pulses.

    A Pi that does not know the time cannot tell what has not come.
    """
    if not EARLIEST_MS <= at < LATEST_MS:
        raise FieldError("at", _outside())
    if at > now + _AHEAD_MS and not clock_unset(where):
        text = formats.instant(at, where.settings.zone)
        raise FieldError("at", tr("{when} lies in the future; give the time of the reading.", when=text))


def clock_unset(where: MeterLedger) -> bool:
    """Whether it is not known what time it is: by the daemon beside, or by where this boot lies."""
    running, (run, _) = daemon_state.read(where.ledger), where.here()
    if running is not None and not running.clock_set:
        return True
    return run is not None and not where.history().evidence.boots.placed(run)


def _outside() -> str:
    return tr("the time lies outside the years 2000 to 2100; check the year.")
