"""The simulated home: its meter, the Raspberry Pi beside it, and the collector somewhere else."""

from __future__ import annotations

import math
import os
from fractions import Fraction
from queue import SimpleQueue

from collector.outputs.file import FileOutput
from collector.service import Collector
from firmware.daemon import Station
from firmware.gpio.inputs import Edge, PulseInput, close_inputs, open_inputs
from firmware.publisher import Publisher
from firmware.simulation.load_profile import Profile
from firmware.simulation.manual_clock import ManualClock
from firmware.simulation.source import SimulatedFactory, SimulatedMeter, SimulatedSource
from sodien import formats
from sodien.clock import ms_of
from sodien.demo.broker import HOST, PASSWORD, USER
from sodien.demo.folder import Folder
from sodien.demo.plan import CUSTOMER, FIRST_DAY, READING_HOUR, TIMEZONE, Plan
from sodien.device import state as daemon_state
from sodien.device.state import Count
from sodien.history.current import MeterLedger, live_count
from sodien.history.note_reading import note_reading
from sodien.history.wire_entries import WireEntries
from sodien.ledger.bodies import DialBody
from sodien.ledger.store import Ledger
from sodien.metering import calendar, dial
from sodien.mqtt import Broker
from sodien.settings.model import MeterSettings, Settings, parse

METER = "main"
_MQTT_3_1_1 = 3
_MINUTE_NS = 60 * 10**9
_LIVE_S = 5

SETTINGS = """\
# The settings of the demo's device: try 'sodien status -c {file}', snapshots, export.
device: demo
timezone: {timezone}
clock: trust
ledger: {{path: {ledger}}}
gpio:
  factory: simulated
  simulated: {{seed: {seed}}}
meters:
  - id: {meter}
    pin: 17
    constant: 1600
    digits: 5
    decimals: 1
    breaker_amps: 40
    reading_day: last
    reading_hour: {hour}
    billing: {{customer: {customer}, reading: hour}}
"""


def settings_of(plan: Plan, folder: Folder) -> Settings:
    """The device's settings, also left in the folder for the other commands."""
    file = folder.settings
    text = SETTINGS.format(
        file=file,
        timezone=TIMEZONE,
        ledger=folder.ledger.name,
        seed=plan.seed,
        meter=METER,
        hour=READING_HOUR,
        customer=CUSTOMER,
    )
    file.write_text(text, encoding="utf-8")
    return parse(text, file)


class Pi:
    """The Raspberry Pi on the simulated LED: the real inputs, filter, recorder, ledger and publisher."""

    def __init__(self, plan: Plan, settings: Settings, port: int) -> None:
        """Switched off; the simulated world stands at the plan's first midnight."""
        self.settings = settings
        self.meter_settings: MeterSettings = settings.meters[0]
        self._port = port
        zone = settings.zone
        self.midnight_ms, _ = calendar.day_bounds(FIRST_DAY, zone)
        self.clock = ManualClock(wall_ns=self.midnight_ms * 1_000_000)
        self.factory = SimulatedFactory(self.clock)
        self.source = SimulatedSource(self.factory, settings, self.clock, start_kwh={METER: plan.start_kwh})
        self._inputs: list[PulseInput] = []
        self.ledger: Ledger | None = None
        self.publisher: Publisher | None = None
        self.station: Station | None = None

    @property
    def meter(self) -> SimulatedMeter:
        """The simulated meter itself: what is true."""
        return self.source.meters[METER]

    @property
    def counted(self) -> int:
        """Pulses that the running station has counted, those of earlier runs included."""
        assert self.station is not None
        return self.station.recorder.meters[0].counter.pulses

    def true_kwh(self, at_ms: int) -> Fraction:
        """The true register at an instant (ms UTC) of the story."""
        return self.meter.energy_kwh((at_ms - self.midnight_ms) * 1_000_000)

    def now_ms(self) -> int:
        """True time, ms UTC."""
        return ms_of(self.clock.true_wall_ns())

    # -- power -----------------------------------------------------------------------------------------

    def switch_on(self) -> None:
        """What `sodien run` does when the Pi starts."""
        self.ledger = self.open_ledger()
        self.ledger.check()
        queue: SimpleQueue[Edge] = SimpleQueue()
        opened = self.clock.monotonic_ns()
        self._inputs = open_inputs(self.settings, queue, self.factory)
        levels = [bool(one.is_active) for one in self._inputs]
        self.publisher = self.new_publisher()
        self.station = Station(
            self.settings,
            self.clock,
            self.ledger,
            queue,
            self.publisher,
            levels=levels,
            started=opened,
            grace_ns=0,  # an edge of the simulated LED is in the queue at once
        )
        self.publisher.start()

    def open_ledger(self) -> Ledger:
        """The ledger, without waiting for the disk: these files are thrown away."""
        return Ledger.open(self.settings.ledger.path, create=True, durable=False)

    def new_publisher(self) -> Publisher:
        """A publisher of this ledger, not started."""
        broker = Broker(HOST, self._port, _MQTT_3_1_1, USER, PASSWORD)
        return Publisher(
            broker, self.settings.device, self.open_ledger, lambda own: WireEntries(self.settings, own)
        )

    def pull_plug(self) -> None:
        """No goodbye: what is not in the ledger by now is lost, and so is what was noted as confirmed."""
        assert self.ledger is not None
        assert self.publisher is not None
        close_inputs(self._inputs)
        noted = self.ledger.confirmed()
        # Threads cannot be cut off like a Pi; what the publisher notes while it stops is taken back.
        self.publisher.stop()
        self.ledger.set_confirmed(noted)
        self.ledger.close()
        self.ledger = self.publisher = self.station = None
        self._inputs = []

    def shut_down(self) -> None:
        """A clean stop (SIGTERM); the publisher goes on, so that the rest can be confirmed."""
        assert self.station is not None
        assert self.ledger is not None
        close_inputs(self._inputs)
        self.station.stop()
        self._inputs = []
        daemon_state.remove(daemon_state.write_path(self.ledger))

    def close_publisher(self) -> None:
        """End the publisher of a stopped station, and close the ledger."""
        if self.publisher is not None and self.publisher.alive():
            self.publisher.stop()
        if self.ledger is not None:
            self.ledger.close()
        self.ledger = self.publisher = self.station = None

    def close(self) -> None:
        """Release everything, in whatever state."""
        close_inputs(self._inputs)
        self.close_publisher()
        self.source.close()
        self.factory.close()

    # -- a household that is watched from second to second ---------------------------------------------

    @property
    def where(self) -> MeterLedger:
        """The meter in the ledger of the running Pi, as every command sees it."""
        assert self.ledger is not None
        return MeterLedger(self.settings, self.ledger, self.meter_settings, self.clock)

    def use(self, name: str, *stretches: tuple[int, int]) -> None:
        """From now on the meter registers these (watts, minutes) over and over."""
        watts, minutes = zip(*stretches, strict=True)
        self.source.change(METER, Profile(name, watts, tuple(one * _MINUTE_NS for one in minutes)))

    def live(self, seconds: int) -> None:
        """Let time pass in steps as a real station tells its count; its state is told to the commands."""
        assert self.station is not None
        assert self.ledger is not None
        begun = self.clock.now_ns()
        for passed in (*range(_LIVE_S, seconds, _LIVE_S), seconds):
            self.source.run_until(begun + passed * 1_000_000_000)
            self.station.turn()
        daemon_state.write(daemon_state.write_path(self.ledger), self.station.state(os.getpid()))

    def count(self) -> Count | None:
        """The newest count, as it is told."""
        assert self.station is not None
        return live_count(METER, self.station.state(os.getpid()))

    # -- a person --------------------------------------------------------------------------------------

    def read_dial(self) -> str:
        """Somebody reads the dial now and types it in, as `sodien dial` does; returns the reading."""
        now = self.now_ms()
        noted = note_reading(self.where, self.dial_at(now), now=now, at=now, within=0, by="demo")
        return noted.row.read(DialBody).reading

    def dial_at(self, at: int) -> str:
        """What the true dial shows at an instant (ms UTC) of the story."""
        meter = self.meter_settings
        return dial.show(self.true_kwh(at), meter.digits, meter.decimals)


def make_collector(folder: Folder, port: int) -> Collector:
    """The real collector on the output that needs no server."""
    return Collector(
        Broker(HOST, port, _MQTT_3_1_1, USER, PASSWORD),
        FileOutput(folder.database),
        client_id="sodien-demo-collector",
        dead_letters=folder.aside,
        reconnect_s=(1, 1),
    )


def local(ms: int, settings: Settings) -> str:
    """ms UTC as local date and time to the minute."""
    return formats.instant(ms, settings.zone)


def pulses_in(kwh_high: Fraction, constant: Fraction) -> int:
    """Whole pulses that this much energy can have been, rounded up."""
    return math.ceil(kwh_high * constant)
