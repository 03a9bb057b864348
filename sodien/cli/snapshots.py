"""`sodien snapshots`: the register around each reading day."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from sodien import formats
from sodien.cli.context import Session, local_time, print_json, with_session
from sodien.history.meter import MeterHistory, history_of
from sodien.history.revisions import Revisions
from sodien.i18n import tr
from sodien.ledger.bodies import SnapshotBody
from sodien.protocol.messages import plain
from sodien.protocol.times import format_time, parse_time
from sodien.protocol.values import Bounds, Instant

#: The instants of a snapshot; the hour only where the settings name one.
INSTANTS = ("start", "hour", "end")


@click.command("snapshots")
@with_session()
def command(session: Session) -> int:
    """List the register at the start and end of each reading day, as it was known when the day ended.

    Later dial readings may have narrowed it: where what is known now differs, that is shown beside it.
    Compare it with the reading on the utility's notice: the notice's "đến ngày" is the reading day.
    """
    settings, ledger = session.settings, session.ledger
    found: list[dict[str, Any]] = []
    for one in session.meters:
        history = history_of(settings, ledger, one)
        revisions = Revisions(ledger, one.id)
        for row in ledger.of_kind("snapshot", one.id, until=session.now):
            revision = revisions.of(row)
            shown = _with_now(row.read(SnapshotBody), history)
            shown["revised"] = format_time(revision.at or 0) if revision is not None else None
            found.append({"meter": one.id, **shown})
    if session.as_json:
        print_json({"snapshots": found})
        return 0
    if not found:
        click.echo(tr("No reading day has ended yet since counting began."))
    for snapshot in found:
        click.echo(f"{formats.date(snapshot['day'])}  {snapshot['meter']}")
        for name, label in (
            ("start", tr("start of day")),
            ("hour", tr("usual hour")),
            ("end", tr("end of day")),
        ):
            if name in snapshot:
                _show(label, snapshot[name], snapshot["digits"])
        if snapshot["revised"] is not None:
            when = local_time(parse_time(snapshot["revised"]), settings)
            sentence = tr("The clock had been wrong; this day was worked out anew at {when}.", when=when)
            click.echo(f"  {sentence}")
    return 0


def _with_now(body: SnapshotBody, history: MeterHistory) -> dict[str, Any]:
    """A snapshot as stored, each instant with the bounds as they are known now."""
    shown: dict[str, Any] = plain(body)
    shown["digits"] = history.installed_at(parse_time(body.end.at)).digits
    for name in INSTANTS:
        then: Instant | None = getattr(body, name)
        if then is not None:
            now = history.at(parse_time(then.at))
            shown[name] |= {"now": now, "differs": now != then.register}
    return shown


def _show(label: str, instant: dict[str, Any], digits: int) -> None:
    then = msgspec.convert(instant, Instant, strict=False)
    now: Bounds | None = instant["now"]
    click.echo(f"  {label:<16} {formats.register_bounds(then.register, digits, then.why)}")
    if not instant["differs"]:
        return
    known = formats.register_bounds(now, digits, tr("no dial reading is in use any more"))
    click.echo(f"    {tr('as known now'):<14} {known}")
    if (
        then.register is not None
        and now is not None
        and (now.low > then.register.high or now.high < then.register.low)
    ):
        click.echo(
            "    "
            + tr(
                "The two contradict each other: a dial reading or a setting has changed since; see "
                "'sodien drift'."
            )
        )
