"""What `sodien setup` asks, one by one, in the order in which it asks."""

from __future__ import annotations

import hashlib
import os
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sodien.i18n import tr
from sodien.settings.model import MeterSettings, Settings

#: The example's name, which every Pi would have that nobody names.
_SHIPPED = "nha-toi"
#: Names that many machines have from the start.
_ANYBODYS = ("localhost", "raspberrypi", "raspberry", "pi", "debian", "ubuntu", "dietpi", "linux")
_MACHINE = Path("/etc/machine-id")


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask: the option that answers it, the key it sets, and how it is put to a person."""

    option: str
    key: str
    ask: str
    why: str
    now: Callable[[Settings, MeterSettings], Any]


def questions(*, fresh: bool) -> list[Question]:
    """In the order in which they are asked, in the language in use; ``fresh``: there are no settings yet."""
    return [
        Question(
            "device",
            "device",
            tr("Name of this Pi"),
            tr("without spaces or accents; it becomes part of topics and dashboards"),
            lambda s, _: _device(s),
        ),
        Question(
            "pin",
            "meter.pin",
            tr("GPIO pin of the sensor"),
            tr("the BCM number; GPIO17 is physical pin 11 of the header"),
            lambda _, m: m.pin,
        ),
        Question(
            "active",
            "meter.active",
            tr("Which sensor (1 to 4)"),
            tr(
                "1: a module with a digital output (LM393)\n2: a phototransistor with a resistor\n"
                "3: the meter's S0 output\n4: any other whose output is high in light\n"
                "'sodien aim' tells you when the choice is wrong"
            ),
            lambda _, m: "1" if fresh or m.active == "low" else "4",
        ),
        Question(
            "constant",
            "meter.constant",
            tr("Meter constant, imp/kWh"),
            tr("as the meter's plate prints it beside the LED: 1600, 375 rev/kWh, 0.625 Wh/imp or Kh 7.2"),
            lambda _, m: m.constant,
        ),
        Question(
            "reading",
            "reading",
            tr("What the dial shows now"),
            tr("digit by digit, the decimals (often red) after a point, such as 12345.6"),
            lambda _, m: None,
        ),
        Question(
            "breaker",
            "meter.breaker_amps",
            tr("Main breaker, amperes"),
            tr("it limits how much may have been used while nothing was counted"),
            lambda _, m: m.breaker_amps,
        ),
        Question(
            "phases",
            "meter.phases",
            tr("Phases (1 or 3)"),
            tr("a meter with one live wire has one"),
            lambda _, m: m.phases,
        ),
        Question(
            "reading_day",
            "meter.reading_day",
            tr("Day of the month on which the utility reads the meter"),
            tr("1 to 31, or last for the last of the month; on the bill it is the date after 'đến ngày'"),
            lambda _, m: m.reading_day,
        ),
        Question(
            "customer",
            "meter.billing.customer",
            tr("Customer code (mã khách hàng), or nothing"),
            tr("on every notice, such as PB05010001234; used to work out your power company and its hotline"),
            lambda _, m: m.billing.customer,
        ),
        Question(
            "serial",
            "meter.billing.serial",
            tr("Serial number of the meter (số công tơ), or nothing"),
            tr("on the meter's plate and on the notice; so a notice for another meter is spotted"),
            lambda _, m: m.billing.serial,
        ),
        Question(
            "name",
            "meter.billing.name",
            tr("Name of the contract's holder, or nothing"),
            tr("for letters to the power company, with the next three; what is missing is left to the pen"),
            lambda _, m: m.billing.name,
        ),
        Question(
            "address",
            "meter.billing.address",
            tr("Address of the contract, or nothing"),
            tr("as on the bill"),
            lambda _, m: m.billing.address,
        ),
        Question(
            "phone",
            "meter.billing.phone",
            tr("Your telephone number, or nothing"),
            tr("where the power company can reach you"),
            lambda _, m: m.billing.phone,
        ),
        Question(
            "office",
            "meter.billing.office",
            tr("Local branch of the power company, or nothing"),
            tr("as on the bill, such as Điện lực Gò Dầu"),
            lambda _, m: m.billing.office,
        ),
        Question(
            "broker",
            "mqtt.host",
            tr("MQTT broker, HOST or HOST:PORT"),
            tr("localhost when Mosquitto runs on this Pi"),
            lambda s, _: s.mqtt.host,
        ),
        Question(
            "database",
            "influxdb.url",
            tr("InfluxDB, its URL"),
            tr("http://localhost:8086 when it runs on this Pi"),
            lambda s, _: s.influxdb.url,
        ),
    ]


def _device(present: Settings) -> str:
    """What is set; the host's name in place of the shipped one, as long as nothing was counted under that."""
    if present.device != _SHIPPED or os.path.lexists(present.ledger.path):
        return present.device
    return proposed_name(socket.gethostname())


def proposed_name(host: str, machine: Path = _MACHINE) -> str:
    """A device name that no other Pi in the house has: the host's; with a mark of this machine where many
    hosts are called that from the start. Two devices of one name would overwrite each other's minutes.
    """
    name = re.sub(r"[^a-z0-9]+", "-", host.partition(".")[0].lower()).strip("-")[:40]
    if name and name not in _ANYBODYS:
        return name
    try:
        mark = hashlib.blake2b(machine.read_bytes().strip(), digest_size=2).hexdigest()
    except OSError:
        return name or _SHIPPED
    return f"{name or 'pi'}-{mark}"
