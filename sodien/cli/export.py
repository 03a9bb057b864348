"""`sodien export`: the ledger as CSV that any spreadsheet opens."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import click

from sodien.cli.context import Session, with_session
from sodien.errors import SodienError
from sodien.files import replacing
from sodien.history.current import MeterLedger
from sodien.history.wire_entries import WireEntries
from sodien.i18n import tr
from sodien.ledger.seals import content
from sodien.ledger.store import Ledger
from sodien.ledger.verify import raw_entries
from sodien.protocol.times import format_time
from sodien.settings.model import MeterSettings, Settings

KINDS = ("ticks", "snapshots", "gaps", "entries")


@click.command("export")
@with_session(json=False)
@click.argument("what", type=click.Choice(KINDS))
@click.option("--from", "since", metavar="TIME", help="Only from this time on (meter's time zone).")
@click.option("--to", "until", metavar="TIME", help="Only before this time.")
@click.option("--output", "-o", metavar="FILE", help="Write here instead of to standard output.")
def command(session: Session, what: str, since: str | None, until: str | None, output: str | None) -> int:
    """Write ticks, snapshots or gaps as CSV. Times are RFC 3339 in UTC, kWh carry low, best and high.

    Entries is the whole ledger as it is sealed, so that anybody can re-compute the seals.
    """
    settings = session.settings
    if what == "entries":
        if session.one_meter or since or until:
            raise SodienError(
                tr("Seals cover the whole ledger; leave out --meter, --from and --to with 'entries'.")
            )
        _write_to(output, ["seq", "at", "at_ms", "content"], _entries(settings.ledger.path))
        return 0
    first = session.instant(since) if since else None
    last = session.instant(until) if until else None
    if what == "gaps":
        header, rows = _gaps(session.meter_ledgers, first, last)
    else:
        header, rows = _table(settings, session.ledger, session.meters, what, first, last)
    _write_to(output, header, rows)
    return 0


def _write_to(output: str | None, header: list[str], rows: Iterable[list[Any]]) -> None:
    if output is None:
        _write(sys.stdout, header, rows)
    else:
        _write_file(Path(output), header, rows)


def _entries(ledger: Path) -> Iterator[list[Any]]:
    """The bytes that are hashed, with their times; see docs/reference/seals.md."""
    for row in raw_entries(ledger):
        at = row[5]
        when = [_shown(at), at] if isinstance(at, int) else ["", "-"]
        yield [row[0], *when, content(row).decode("utf-8", "backslashreplace")]


def _shown(at: int) -> str:
    """A time; empty for one that no calendar has."""
    try:
        return format_time(at)
    except (ValueError, OverflowError, OSError):
        return ""


def _write(stream: TextIO, header: list[str], rows: Iterable[list[Any]]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def _write_file(path: Path, header: list[str], rows: Iterable[list[Any]]) -> None:
    """Nothing half-written remains."""
    try:
        with replacing(path) as file:
            stream = io.TextIOWrapper(file, encoding="utf-8", newline="")
            _write(stream, header, rows)
            stream.detach()
    except OSError as error:
        reason = error.strerror or error
        raise SodienError(
            tr("{path}: cannot be written ({reason}); choose another --output.", path=path, reason=reason)
        ) from None


def _bounds(found: Any) -> list[Any]:
    return [found.low, found.best, found.high] if found is not None else ["", "", ""]


def _gaps(
    meters: Iterable[MeterLedger], first: int | None, last: int | None
) -> tuple[list[str], Iterable[list[Any]]]:
    """The gaps as `sodien gaps` has them, where what is known now puts them."""
    rows: list[list[Any]] = []
    for where in meters:
        history = where.history()
        for gap in history.gaps:
            if (first is not None and gap.start < first) or (last is not None and gap.start >= last):
                continue
            rows.append(
                [
                    where.meter.id,
                    format_time(gap.start),
                    format_time(gap.end),
                    gap.outage.ns / 1e9,
                    gap.reason,
                    *_bounds(history.gap_energy(gap)),
                    gap.most_pulses(),
                ]
            )
    header = ["meter", "from", "to", "seconds", "reason", "kwh_low", "kwh", "kwh_high", "pulses_max"]
    return header, rows


def _table(
    settings: Settings,
    ledger: Ledger,
    meters: list[MeterSettings],
    what: str,
    first: int | None,
    last: int | None,
) -> tuple[list[str], Iterable[list[Any]]]:
    kwh = ["kwh_low", "kwh", "kwh_high"]
    render = WireEntries(settings, ledger)
    kind = what.removesuffix("s")
    entries = (entry for meter in meters for entry in render(ledger.of_kind(kind, meter.id, first, last)))
    tables: dict[str, tuple[list[str], Any]] = {
        "ticks": (
            ["meter", "at", "pulses", *kwh, "power_w", "coverage"],
            lambda e: [e.meter, e.at, e.pulses, *_bounds(e.register), e.power_w, e.coverage],
        ),
        "snapshots": (
            [
                "meter",
                "day",
                *(f"{i}_{k}" for i in ("start", "hour", "end") for k in ("low", "best", "high")),
            ],
            lambda e: [
                e.meter,
                e.day,
                *(v for i in (e.start, e.hour, e.end) for v in _bounds(i and i.register)),
            ],
        ),
    }
    header, line = tables[what]
    return header, (line(entry) for entry in entries)
