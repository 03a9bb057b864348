"""`sodien doctor`: look at everything that can go wrong, with a remedy for each finding.

Each check is a function of what it is given and returns a :class:`Finding`; :func:`examine` puts them in
order. Nothing is changed, and no pin is opened.
"""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sodien import __version__
from sodien.cli.beyond import count_beyond
from sodien.cli.common import config_option, json_option, load_settings, local_time, open_ledger, print_json
from sodien.cli.doctor_billing import check_tariff, reading_day
from sodien.cli.finding import Finding, Level
from sodien.cli.login import try_broker, try_database
from sodien.cli.reach import check_broker, check_database, check_grafana
from sodien.cli.wear import check_wear
from sodien.errors import SodienError
from sodien.i18n import tr

if TYPE_CHECKING:
    from firmware.state import State
    from sodien.ledger import Ledger
    from sodien.metering.calendar import ReadingDays
    from sodien.register import Count
    from sodien.settings import GpioSettings, MeterSettings, Settings

_MIB = 1 << 20
#: A meter's ledger grows by some 40 MiB a year at one row a minute.
_DISK_WARN, _DISK_FAIL = 100 * _MIB, 10 * _MIB
_STALE_MS = 120_000
_QUIET_MS = 24 * 3_600_000
_UNCONFIRMED_MS = 3_600_000
_QUEUE = 60
_DEVICES = Path("/dev")


@click.command("doctor")
@config_option
@json_option
def command(config: str | None, as_json: bool) -> int:
    """Check settings, ledger, disk, counting, clock, GPIO, pulses, broker and database; nothing is changed.

    Exit code 1 when there is something to do about.
    """
    findings = list(examine(config, time.time_ns() // 1_000_000))
    bad = any(finding.bad for finding in findings)
    if as_json:
        print_json({"ok": not bad, "findings": findings})
    else:
        _show(findings)
    return 1 if bad else 0


def examine(config: str | None, now: int) -> Iterator[Finding]:
    """All checks in order, each as soon as it is done; ``now`` is ms UTC."""
    try:
        settings = load_settings(config)
    except SodienError as error:
        yield _broken("settings", error)
        return
    yield Finding("version", "info", tr("Sodien {version}", version=__version__))
    yield Finding("settings", "ok", tr("the settings are sound"))
    yield check_disk(settings.ledger.path)
    from sodien.reading_calendar import reading_days

    state: State | None = None
    known: dict[str, ReadingDays] = {}
    try:
        ledger = open_ledger(settings)
    except SodienError as error:
        yield _broken("ledger", error)
        yield check_gpio(settings.gpio, counting=False)
    else:
        try:
            from firmware import state as state_file

            state = state_file.read(ledger)
            yield check_ledger(ledger)
            yield check_seals(ledger.path)
            yield check_daemon(state, now)
            yield check_clock(settings, state)
            yield check_gpio(settings.gpio, counting=state is not None)
            for meter in settings.meters:
                yield from _meter(settings, ledger, meter, state, now)
                known[meter.id] = reading_days(ledger, meter)
            yield check_queue(ledger, state, now)
        finally:
            ledger.close()
    yield from reached(settings, state)
    if state is not None:
        yield from check_wear(state.pid)
    for meter in settings.meters:
        yield reading_day(settings, meter, now, known.get(meter.id))
        yield check_tariff(settings, meter, now)


def reached(settings: Settings, state: State | None) -> Iterator[Finding]:
    """Broker, database and Grafana: whether somebody answers, and then whether we may do our work there."""
    broker = check_broker(settings.mqtt.host, settings.mqtt.port, state)
    yield broker
    if not broker.bad:
        yield try_broker(settings)
    if settings.collector.file is not None:
        return
    database = check_database(settings.influxdb.url)
    yield database
    if not database.bad:
        yield try_database(settings.influxdb)
    yield from check_grafana()


def _meter(
    settings: Settings, ledger: Ledger, meter: MeterSettings, state: State | None, now: int
) -> Iterator[Finding]:
    live = state.live.get(meter.id) if state is not None else None
    try:
        yield check_pulses(settings, ledger, meter.id, now, count_beyond(ledger, meter.id, live))
        yield check_dial(settings, ledger, meter)
        yield from check_power(settings, ledger, meter)
    except SodienError as error:
        yield _broken("ledger", error)


def _broken(name: str, error: SodienError) -> Finding:
    """An error sentence says "what is wrong; what to do"."""
    sentence, _, remedy = str(error).rpartition("; ")
    if not sentence:
        sentence, remedy = remedy, tr("mend this first, then run 'sodien doctor' again.")
    return Finding(name, "fail", sentence, remedy)


# -- ledger --------------------------------------------------------------------------------------------


def check_disk(ledger: Path) -> Finding:
    """Free space where the ledger is."""
    folder = ledger.absolute().parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            "disk",
            "fail",
            tr("{folder}: cannot be looked into ({reason})", folder=folder, reason=error.strerror or error),
            tr("create the folder, correct ledger.path, or run as its owner (sudo -u sodien …)."),
        )
    level: Level = "fail" if free < _DISK_FAIL else "warn" if free < _DISK_WARN else "ok"
    return Finding(
        "disk",
        level,
        tr("{folder}: {free} MiB free", folder=folder, free=free // _MIB),
        tr("free some space; without it the count is only in memory.") if level != "ok" else None,
    )


def check_ledger(ledger: Ledger) -> Finding:
    """The whole file is read."""
    try:
        ledger.check()
    except SodienError as error:
        return Finding(
            "ledger",
            "fail",
            str(error),
            tr("stop the service, keep a copy of the file, and start it: it salvages what can be read."),
        )
    return Finding(
        "ledger",
        "ok",
        tr(
            "{path}: sound, {entries} entries, {size} KiB",
            path=ledger.path,
            entries=ledger.newest_seq(),
            size=ledger.size() // 1024,
        ),
    )


def check_seals(path: Path) -> Finding:
    """Nothing that was sealed has been changed since, by a failing card or by hand."""
    from sodien.verification import verify_file

    try:
        report = verify_file(path).report
    except SodienError as error:
        return _broken("seals", error)
    if report.faults:
        return Finding(
            "seals",
            "fail",
            tr("{path}: does not fit its seals from entry {seq} on", path=path, seq=report.faults[0].seq),
            tr("see 'sodien verify'; keep a copy of the file, and restore a backup if the card is failing."),
        )
    if not report.seals:
        return Finding("seals", "info", tr("nothing is sealed yet; that happens once an hour"))
    return Finding("seals", "ok", tr("all seals fit ({count})", count=len(report.seals)))


# -- counting ------------------------------------------------------------------------------------------


def check_daemon(state: State | None, now: int) -> Finding:
    """Whether ``sodien run`` counts, and the ledger takes what it counts."""
    if state is None:
        return Finding(
            "counting",
            "fail",
            tr("'sodien run' is not running: nothing is being counted now"),
            tr("start it: sudo systemctl start sodien-firmware, or 'sodien run' in a terminal."),
        )
    if state.trouble:
        return Finding(
            "counting", "fail", state.trouble, tr("see the log: journalctl -u sodien-firmware -n 50.")
        )
    age_s = (now - state.written) // 1000
    if age_s * 1000 > _STALE_MS:
        return Finding(
            "counting",
            "fail",
            tr("'sodien run' (process {pid}) has not answered for {age} s", pid=state.pid, age=age_s),
            tr("restart it: sudo systemctl restart sodien-firmware."),
        )
    return Finding("counting", "ok", tr("'sodien run' is counting (process {pid})", pid=state.pid))


def check_clock(settings: Settings, state: State | None) -> Finding:
    """Rows get no time before the clock is known to be right."""
    if state is not None:
        known = state.clock_set
    else:
        from sodien.clock import SystemClock

        known = SystemClock(settings.clock == "trust").synchronised()
    if known:
        return Finding("clock", "ok", tr("the clock is set"))
    return Finding(
        "clock",
        "warn",
        tr("the clock is not set: pulses are counted, but get their times only later"),
        tr("connect to the network (timedatectl), or write 'clock: trust' where a hardware clock is right."),
    )


def check_gpio(gpio: GpioSettings, counting: bool, devices: Path = _DEVICES) -> Finding:
    """The GPIO chip is there and may be opened; whoever counts has it open already."""
    if gpio.factory == "simulated":
        return Finding("gpio", "info", tr("the pulses are simulated (gpio.factory)"))
    name = "gpiochip*" if gpio.chip is None else f"gpiochip{gpio.chip}"
    chips = sorted(devices.glob(name))
    if not chips:
        return Finding(
            "gpio",
            "fail",
            tr("there is no GPIO chip {name} on this machine", name=devices / name),
            tr("run on a Raspberry Pi, correct gpio.chip, or set gpio.factory: simulated to try."),
        )
    found = ", ".join(chip.name for chip in chips)
    if not counting and not any(os.access(chip, os.R_OK | os.W_OK) for chip in chips):
        return Finding(
            "gpio",
            "fail",
            tr("no permission to use {found}", found=found),
            tr("join the group: sudo adduser $USER gpio, then log in again."),
        )
    return Finding("gpio", "ok", tr("GPIO chip: {found}", found=found))


def check_pulses(
    settings: Settings, ledger: Ledger, meter: str, now: int, beyond: Count | None = None
) -> Finding:
    """A count that has not moved for a day is a sensor that has come off more often than an empty house.

    ``beyond`` is what was counted since the newest minute row.
    """
    last = ledger.newest("tick", meter)
    if last is None or last.at is None:
        return Finding("pulses", "info", tr("{meter}: nothing has been counted yet", meter=meter))
    pulses, at = (beyond.pulses, beyond.at) if beyond is not None else (last.pulses or 0, last.at)
    # The count of a day ago, or the oldest one of a ledger that is younger.
    before = ledger.newest("tick", meter, now - _QUIET_MS)
    if before is not None and before.pulses == pulses:
        return Finding(
            "pulses",
            "warn",
            tr("{meter}: no pulse for more than 24 hours (count {pulses})", meter=meter, pulses=pulses),
            tr("see whether the sensor still sits over the meter's LED and its own LED blinks."),
        )
    return Finding(
        "pulses",
        "ok" if pulses else "info",
        tr("{meter}: {pulses} pulses by {at}", meter=meter, pulses=pulses, at=local_time(at, settings)),
    )


def check_dial(settings: Settings, ledger: Ledger, meter: MeterSettings) -> Finding:
    """The register needs a dial reading, and readings must agree with the count."""
    from sodien.register import view_of

    view = view_of(settings, ledger, meter)
    readings = ledger.count_of("dial", meter.id)
    if readings == 0:
        return Finding(
            "dial",
            "info",
            tr("{meter}: no dial reading yet, so the register is not known", meter=meter.id),
            tr("type 'sodien dial' with what the meter shows."),
        )
    if found := view.findings(settings.zone):
        return Finding(
            "dial",
            "warn",
            f"{meter.id}: {found[0]}",
            tr("see 'sodien drift'; read the dial again and note it with 'sodien dial'."),
        )
    return Finding(
        "dial",
        "ok",
        tr("{meter}: {readings} dial readings agree with the count", meter=meter.id, readings=readings),
    )


def check_power(settings: Settings, ledger: Ledger, meter: MeterSettings) -> Iterator[Finding]:
    """The bounds rest on the most power that can flow; pulses may prove that it is set too small."""
    from sodien.metering.power import busiest, proven_kw

    stretch = busiest(ledger.counts(meter.id))
    proven = proven_kw(*stretch, Fraction(meter.constant)) if stretch is not None else None
    if proven is None:
        return
    proven /= settings.speed
    # One decimal, rounded up: what is written must not be below what was proven.
    least = f"{math.ceil(proven * 10) / 10:.1f}"
    most = f"{float(meter.p_max_kw):g}"
    if proven <= meter.p_max_kw:
        yield Finding(
            "max_power",
            "ok",
            tr(
                "{meter}: {proven} kW in the busiest minute, of {most} kW that can flow at most",
                meter=meter.id,
                proven=f"{math.floor(proven * 1000) / 1000:.3f}",
                most=most,
            ),
        )
        return
    yield Finding(
        "max_power",
        "warn",
        tr(
            "{meter}: {proven} kW flowed on average for a minute or longer, more than the {most} kW that the "
            "bounds of gaps rest on",
            meter=meter.id,
            proven=f"{math.floor(proven * 1000) / 1000:.3f}",
            most=most,
        ),
        tr(
            "write max_power_kw: {least} or more into the settings of this meter, or correct its constant "
            "where that is wrong.",
            least=least,
        ),
    )


def check_queue(ledger: Ledger, state: State | None, now: int) -> Finding:
    """What the database has not confirmed, and since when."""
    queue = state.queue if state is not None else None
    if queue is None:
        queue = ledger.unconfirmed(ledger.confirmed())
    last = state.last_confirmed if state is not None else None
    age_min = (now - last) // 60_000 if last is not None else None
    if age_min is None:
        sentence = tr("{queue} entries are not confirmed by the database yet", queue=queue)
    else:
        sentence = tr(
            "{queue} entries are not confirmed by the database yet; the last confirmation is {age} min old",
            queue=queue,
            age=age_min,
        )
    late = last is None or now - last > _UNCONFIRMED_MS
    if queue > _QUEUE and late:
        remedy = tr(
            "see whether 'sodien collect' runs: journalctl -u sodien-collector -n 50. Nothing is lost."
        )
        return Finding("queue", "warn", sentence, remedy)
    return Finding("queue", "ok", sentence)


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
