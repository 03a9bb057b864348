"""`sodien verify`: re-compute the ledger's seals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from sodien import formats
from sodien.cli.context import Session, local_time, print_json, with_session
from sodien.errors import SodienError
from sodien.files import acting_as_owner
from sodien.i18n import tr
from sodien.ledger.errors import none_yet, present
from sodien.ledger.verify import Fault, SealReport, Verified, known_seals, verify_file
from sodien.protocol.times import format_time
from sodien.settings.model import Settings


@click.command("verify")
@with_session(meter=False)
@click.option(
    "--against", metavar="FILE|HASH", help="Compare with a seal (or a file of seals) that was kept elsewhere."
)
@click.option(
    "--ledger", metavar="FILE", help="Another ledger than that of the settings, e.g. one set aside."
)
def command(session: Session, against: str | None, ledger: str | None) -> int:
    """Re-compute the ledger's seals and name the first entry that was changed, lost or put in since.

    Nothing is written, and the service may go on. Exit code 1 when something does not fit.
    """
    settings = session.settings
    wanted = _wanted(against) if against is not None else []
    file = Path(ledger) if ledger is not None else settings.ledger.path
    with acting_as_owner(file.absolute().parent):
        if ledger is None and not present(file):
            raise none_yet(file)
        verified = verify_file(file)
    report = verified.report
    places = _places(report)
    compared = [{"hash": one, **_compare(one, verified, places)} for one in wanted]
    fine = not report.faults and all(one["found"] for one in compared)
    if session.as_json:
        print_json(_plain(verified, compared, fine))
    else:
        _show(report, settings)
        for one in compared:
            _show_compared(one, report, settings)
    return 0 if fine else 1


def _wanted(against: str) -> list[str]:
    """The seals to compare with: the argument itself, or all in the file that it names."""
    path = Path(against)
    text = against
    try:
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SodienError(
            tr("{path}: cannot be read ({reason}).", path=path, reason=error.strerror or error)
        ) from None
    found = known_seals(text)
    if not found:
        raise SodienError(
            tr(
                "'{text}' is neither a seal nor a file with one; a seal has 64 digits of 0-9 and a-f.",
                text=against,
            )
        )
    return found


def _places(report: SealReport) -> dict[str, int]:
    """Index of each seal by its hash."""
    return {made.hash: index for index, (_, _, made) in enumerate(report.seals)}


def _compare(wanted: str, verified: Verified, places: dict[str, int]) -> dict[str, Any]:
    """Whether a seal from elsewhere is in this chain, and everything up to it fits."""
    report = verified.report
    index = places.get(wanted)
    if index is None:
        return {"found": False, "why": "older" if wanted in verified.older else "unknown"}
    seq, at, made = report.seals[index]
    first = report.faults[0].seq if report.faults else None
    fits = first is None or first > seq
    return {"found": fits, "seq": seq, "at": at, "last": made.last} | ({} if fits else {"why": "faults"})


def _plain(verified: Verified, compared: list[dict[str, Any]], fine: bool) -> dict[str, Any]:
    report = verified.report

    def time(ms: int | None) -> str | None:
        return format_time(ms) if ms is not None else None

    newest = report.seals[-1] if report.seals else None
    return {
        "ok": fine,
        "ledger": verified.ledger,
        "entries": report.entries,
        "sealed": report.sealed,
        "unsealed": report.unsealed,
        "seals": len(report.seals),
        "newest": {"seq": newest[0], "at": time(newest[1]), "last": newest[2].last, "hash": newest[2].hash}
        if newest
        else None,
        "faults": [{**msgspec.to_builtins(fault), "at": time(fault.at)} for fault in report.faults],
        "against": [{**one, "at": time(one["at"])} if "at" in one else one for one in compared],
    }


def _time(ms: int | None, settings: Settings) -> str:
    return local_time(ms, settings) if ms is not None else tr("no time yet")


def _show(report: SealReport, settings: Settings) -> None:
    if not report.seals:
        click.echo(tr("Nothing is sealed yet; 'sodien run' does so once an hour."))
    if report.faults:
        click.echo(tr("The ledger does not fit its seals."))
        _show_fault(report.faults[0], report, settings)
        if len(report.faults) > 1:
            click.echo(
                tr(
                    "  {count} more do not fit; --json lists them.",
                    count=formats.count(len(report.faults) - 1),
                )
            )
    elif report.seals:
        seq, at, newest = report.seals[-1]
        click.echo(
            tr(
                "Entries 1 to {last} are as they were sealed. "
                "Seals: {count}, the newest is entry {seq} of {at}.",
                last=newest.last,
                count=formats.count(len(report.seals)),
                seq=seq,
                at=_time(at, settings),
            )
        )
        click.echo(tr("  newest seal: {hash}", hash=newest.hash))
    if report.unsealed:
        click.echo(
            tr(
                "Entries not sealed yet, the newest seal among them: {count}.",
                count=formats.count(report.unsealed),
            )
            if report.seals
            else tr("Entries not sealed yet: {count}.", count=formats.count(report.unsealed))
        )


def _show_fault(fault: Fault, report: SealReport, settings: Settings) -> None:
    what = {
        "changed": tr("was changed"),
        "missing": tr("is missing"),
        "extra": tr("was inserted"),
        "unlinked": tr("does not follow the seal before it"),
        "dated": tr("was given its time by somebody else"),
        "cut": tr("and all after it are missing: the ledger once went further"),
        "noted": tr("is not the newest seal that the ledger remembers"),
    }[fault.why]
    which = ""
    if fault.kind is not None:
        meter = f", {fault.meter}" if fault.meter else ""
        which = f" ({fault.kind}{meter}, {_time(fault.at, settings)})"
    click.echo(tr("  Entry {seq}{told} {what}.", seq=fault.seq, told=which, what=what))
    times = {seq: _time(at, settings) for seq, at, _ in report.seals}
    if fault.after is not None:
        click.echo(
            tr(
                "  The last seal before it that fits: entry {seq} of {at}.",
                seq=fault.after,
                at=times[fault.after],
            )
        )
    if fault.seal is not None:
        click.echo(
            tr(
                "  The seal that shows it: entry {seq} of {at}.",
                seq=fault.seal,
                at=times.get(fault.seal, "–"),
            )
        )


def _show_compared(one: dict[str, Any], report: SealReport, settings: Settings) -> None:
    short = f"{one['hash'][:16]}…"
    if one["found"]:
        text = tr(
            "Seal {short}: fits. It is entry {seq} of {at}; entries 1 to {last} are as they were then.",
            short=short,
            seq=one["seq"],
            at=_time(one["at"], settings),
            last=one["last"],
        )
    elif one["why"] == "faults":
        text = tr("Seal {short}: is in the ledger, but what it covers was changed.", short=short)
    elif one["why"] == "older":
        text = tr(
            "Seal {short}: is from before the ledger was salvaged; compare it with the file that was set "
            "aside (--ledger FILE).",
            short=short,
        )
    else:
        text = tr("Seal {short}: is not in this ledger.", short=short)
    click.echo(text)
