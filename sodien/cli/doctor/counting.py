"""What `sodien doctor` says of the counting: daemon, clock, GPIO chip, and the count of each meter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from sodien import formats
from sodien.cli.context import local_time
from sodien.cli.doctor.finding import Finding
from sodien.device import state as daemon_state
from sodien.device.state import State
from sodien.history.current import MeterLedger
from sodien.i18n import tr
from sodien.ledger.store import Ledger
from sodien.metering.counting.power import busiest, proven_kw
from sodien.notify.happened import quiet, quiet_sentence
from sodien.protocol.messages import Live
from sodien.protocol.times import parse_time
from sodien.settings.model import GpioSettings, MeterSettings, Settings
from sodien.words.flashes import refused_flashes

_STALE_MS = 120_000
_DEVICES = Path("/dev")

#: Kinds of entries that a clock dates; a clock may be ahead by so much that nobody minds.
_FUTURE_KINDS = ("tick", "hour", "day", "snapshot")
_AHEAD_MS = 3_600_000


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
    if daemon_state.clock_set(state, trust=settings.clock == "trust"):
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
    settings: Settings, ledger: Ledger, meter: str, now: int, live: Live | None = None
) -> Finding:
    """Whether pulses come; ``live`` is what the running daemon has counted."""
    last = ledger.newest("tick", meter)
    if last is None or last.at is None:
        return Finding("pulses", "info", tr("{meter}: nothing has been counted yet", meter=meter))
    pulses, at = last.pulses or 0, last.at
    if live is not None and live.at is not None and live.pulses >= pulses:
        pulses, at = live.pulses, parse_time(live.at)
    delivers = any(one.id == meter and one.delivery_of is not None for one in settings.meters)
    if not delivers and quiet(ledger, meter, pulses, now):  # there are days without sun
        return Finding(
            "pulses",
            "warn",
            quiet_sentence(meter, pulses),
            tr("check that the sensor still sits over the meter's LED, and that its own LED blinks."),
        )
    return Finding(
        "pulses",
        "ok" if pulses else "info",
        tr(
            "{meter}: {pulses:pulse|pulses} counted up to {at}",
            meter=meter,
            pulses=formats.HowMany(pulses),
            at=local_time(at, settings),
        ),
    )


def check_flashes(settings: Settings, meter: MeterSettings, state: State | None) -> Iterator[Finding]:
    """A limit that refuses what may be pulses is set wrong more often than noise is so regular."""
    found = state.refused_flashes.get(meter.id) if state is not None else None
    if found is not None:
        sentence, remedy = refused_flashes(found, meter.min_pulse_ms, settings.speed)
        yield Finding("flashes", "warn", f"{meter.id}: {sentence}", remedy)


def check_dial(settings: Settings, ledger: Ledger, meter: MeterSettings) -> Finding:
    """The register needs a dial reading, and readings must agree with the count."""
    history = MeterLedger(settings, ledger, meter).history()
    readings = ledger.count_of("dial", meter.id)
    if readings == 0:
        return Finding(
            "dial",
            "info",
            tr("{meter}: no dial reading yet, so the register is not known", meter=meter.id),
            tr("type 'sodien dial' with what the meter shows."),
        )
    if found := history.dial_findings(settings.zone):
        return Finding(
            "dial",
            "warn",
            f"{meter.id}: {found[0]}",
            tr("see 'sodien drift'; read the dial again and note it with 'sodien dial'."),
        )
    return Finding(
        "dial",
        "ok",
        tr(
            "{meter}: the count agrees with {readings:dial reading|dial readings}",
            meter=meter.id,
            readings=formats.HowMany(readings),
        ),
    )


def check_clocks(settings: Settings, ledger: Ledger, now: int) -> Iterator[Finding]:
    """Boots whose clocks contradict each other, or were ahead: a person may know which one was wrong."""
    history = MeterLedger(settings, ledger, settings.meters[0]).history()
    for sentence, remedy in history.clock_findings(settings.zone):
        yield Finding("clocks", "warn", sentence, remedy)
    meters = [meter.id for meter in settings.meters]
    ahead = [(kind, meter) for kind in _FUTURE_KINDS for meter in meters]
    count = sum(ledger.count_of(kind, meter, now + _AHEAD_MS) for kind, meter in ahead)
    if not count:
        return
    known = history.evidence.boots.known
    boots = [one for one in known if (one.wall(one.facts.begin) or 0) > now]
    if boots:
        yield Finding(
            "future",
            "warn",
            tr("the Pi's clock has dated {count:entry|entries} in the future", count=formats.HowMany(count)),
            tr("report it: sodien clock wrong {number}", number=boots[0].number),
        )
        return
    sentence = tr(
        "entries dated in the future by a wrong clock: {count}; they are ignored, and hours and days are "
        "corrected as their time comes",
        count=formats.count(count),
    )
    yield Finding("future", "info", sentence)


def check_power(settings: Settings, ledger: Ledger, meter: MeterSettings) -> Iterator[Finding]:
    """The bounds rest on the most power that can flow; pulses may prove that it is set too small."""
    stretch = busiest(ledger.counts(meter.id))
    proven = proven_kw(*stretch, Fraction(meter.constant)) if stretch is not None else None
    if proven is None:
        return
    proven /= settings.speed
    # One decimal, rounded up: what is written into the settings must not be below what was proven.
    least = formats.number(proven, 1, rounding="up", lang="en")
    if proven <= meter.p_max_kw:
        yield Finding(
            "max_power",
            "ok",
            tr(
                "{meter}: {proven} kW in the busiest minute; the supply carries at most {most} kW",
                meter=meter.id,
                proven=formats.number(proven, 2, rounding="down"),
                most=formats.most_kw(meter.p_max_kw),
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
            proven=formats.number(proven, 2),
            most=formats.number(meter.p_max_kw, most=2, rounding="down"),
        ),
        tr(
            "write max_power_kw: {least} or more into the settings of this meter, or correct its constant "
            "where that is wrong.",
            least=least,
        ),
    )
