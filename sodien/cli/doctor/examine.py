"""`sodien doctor`: look at everything that can go wrong, with a remedy for each finding.

Each check is a function of what it is given and returns a :class:`Finding`; :func:`examine` puts them in
order. Nothing is changed, and no pin is opened.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from sodien import __version__
from sodien.cli.context import Session, print_json, with_session
from sodien.cli.doctor.billing import check_tariff, check_templates, reading_day
from sodien.cli.doctor.broker import check_broker, check_denied, try_broker
from sodien.cli.doctor.counting import (
    check_clock,
    check_clocks,
    check_daemon,
    check_dial,
    check_flashes,
    check_gpio,
    check_power,
    check_pulses,
)
from sodien.cli.doctor.database import check_database, check_grafana, try_database
from sodien.cli.doctor.finding import Finding, Level, broken
from sodien.cli.doctor.ledger import (
    check_dead_letters,
    check_disk,
    check_ledger,
    check_names,
    check_queue,
    check_refused,
    check_seals,
    check_set_aside,
    check_storage,
    check_wear,
)
from sodien.cli.doctor.messages import check_messages
from sodien.device import state as state_file
from sodien.device.state import State
from sodien.errors import SodienError
from sodien.history.reading_days import reading_days
from sodien.i18n import tr
from sodien.ledger.store import Ledger
from sodien.metering.calendar import ReadingDays
from sodien.settings.model import MeterSettings, Settings


@click.command("doctor")
@with_session(meter=False)
def command(session: Session) -> int:
    """Check settings, ledger, disk, counting, clock, GPIO, pulses, broker and database; nothing is changed.

    Exit code 1: something needs attention.
    """
    findings = list(examine(session, session.now))
    bad = any(finding.bad for finding in findings)
    if session.as_json:
        print_json({"ok": not bad, "findings": findings})
    else:
        _show(findings)
    return 1 if bad else 0


def examine(session: Session, now: int) -> Iterator[Finding]:
    """All checks in order, each as soon as it is done; ``now`` is ms UTC."""
    try:
        settings = session.settings
    except SodienError as error:
        yield broken("settings", error)
        return
    yield Finding("version", "info", tr("Sodien {version}", version=__version__))
    yield Finding("settings", "ok", tr("the settings are sound"))
    yield check_disk(settings.ledger.path)
    yield from check_storage(settings.ledger.path)
    state: State | None = None
    known: dict[str, ReadingDays] = {}
    try:
        ledger = session.ledger
    except SodienError as error:
        yield broken("ledger", error)
        yield check_gpio(settings.gpio, counting=False)
    else:
        state = state_file.read(ledger)
        yield check_ledger(ledger)
        yield check_seals(ledger.path)
        yield check_set_aside(ledger, state)
        yield check_daemon(state, now)
        yield check_clock(settings, state)
        yield from _clocks(settings, ledger, now)
        yield check_gpio(settings.gpio, counting=state is not None)
        for meter in settings.meters:
            yield from _meter(settings, ledger, meter, state, now)
            known[meter.id] = reading_days(ledger, meter)
        yield check_queue(ledger, state, now)
        yield from check_refused(ledger, state)
        yield from check_names(ledger, settings.device, known)
        yield from check_messages(settings, ledger)
    yield from check_dead_letters(settings.collector.aside)
    yield from reached(settings, state)
    if state is not None:
        yield from check_wear(state.pid)
    for meter in settings.meters:
        yield reading_day(settings, meter, now, known.get(meter.id))
        yield check_tariff(settings, meter, now)
    yield from check_templates(settings)


def reached(settings: Settings, state: State | None) -> Iterator[Finding]:
    """Broker, database and Grafana: whether somebody answers, and then whether we may do our work there."""
    broker = check_broker(settings.mqtt.host, settings.mqtt.port, state)
    yield broker
    if state is not None:
        yield from check_denied(state.denied, settings.mqtt.user)
    if not broker.bad:
        yield try_broker(settings)
    if settings.collector.file is not None:
        return
    database = check_database(settings.influxdb.url)
    yield database
    if not database.bad:
        yield try_database(settings.influxdb)
    yield from check_grafana()


def _clocks(settings: Settings, ledger: Ledger, now: int) -> Iterator[Finding]:
    try:
        yield from check_clocks(settings, ledger, now)
    except SodienError as error:
        yield broken("ledger", error)


def _meter(
    settings: Settings, ledger: Ledger, meter: MeterSettings, state: State | None, now: int
) -> Iterator[Finding]:
    try:
        yield check_pulses(settings, ledger, meter.id, now, state.live.get(meter.id) if state else None)
        yield from check_flashes(settings, meter, state)
        yield check_dial(settings, ledger, meter)
        yield from check_power(settings, ledger, meter)
    except SodienError as error:
        yield broken("ledger", error)


_MARKS: dict[Level, tuple[str, str]] = {
    "ok": ("✓", "green"),
    "info": ("·", "cyan"),
    "warn": ("!", "yellow"),
    "fail": ("✗", "red"),
}


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        mark, colour = _MARKS[finding.level]
        click.echo(f"{click.style(mark, fg=colour)} {finding.sentence}")
        if finding.remedy:
            click.echo(f"    → {finding.remedy}")
    count = sum(finding.bad for finding in findings)
    click.echo(tr("Findings: {count}.", count=count) if count else tr("Nothing to do."))
