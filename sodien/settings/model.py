"""Settings: one YAML file into typed, validated, frozen values.

:func:`load` is the only way to validated settings; building the structs by hand checks nothing (tests do).
What goes wrong is one :class:`SettingsError`: a sentence with file, line, key and remedy. Secrets are not
in the settings: ``password_file`` and ``token_file`` name files, and :func:`read_secret` reads one when it
is needed.
"""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import msgspec

from sodien.i18n import tr
from sodien.metering import supply
from sodien.metering.counting.limits import NoiseLimits, PulseLimits
from sodien.settings import values
from sodien.settings.billing import BillingSettings, TenantSettings
from sodien.settings.reader import SettingsError, read, read_text
from sodien.settings.setting_conflicts import conflicts
from sodien.settings.values import read_secret
from sodien.value_rules import Choice, Each, File, Flag, Number, Word, expand

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

__all__ = [
    "BillingSettings",
    "CollectorSettings",
    "GpioSettings",
    "HomeAssistantSettings",
    "InfluxSettings",
    "LedgerSettings",
    "MeterSettings",
    "MqttSettings",
    "NotifySettings",
    "PageSettings",
    "ReminderSettings",
    "Settings",
    "SettingsError",
    "SimulatedSettings",
    "TenantSettings",
    "TlsSettings",
    "find",
    "load",
    "parse",
    "read_secret",
]

DEFAULT_FILE = Path("/etc/sodien/sodien.yaml")
#: A light that is out for less than this was not out: it spans the dips of a lamp on the mains.
MIN_DARK_MS = 10
#: The periods of light on the mains, a little wider: 10 and 8.3 ms, 20 and 16.7 ms where it is rectified.
FLICKER_MS = (Fraction(15, 2), 22)
#: No flash of a meter is shorter (IEC 62052-11), and no dark between two flashes is.
LEAST_PULSE_MS = Fraction(1, 5)
BREAK_MS = 2
#: Keys that would hold a secret, and the key that names a file instead.
_SECRETS = {
    "password": "password_file",
    "passwd": "password_file",
    "pass": "password_file",
    "pwd": "password_file",
    "secret": "password_file",
    "token": "token_file",
    "api_token": "token_file",
    "auth_token": "token_file",
    "urls": "urls_file",
}

Clock = Literal["auto", "trust"]
Language = Literal["auto", "en", "vi"]
Factory = Literal["auto", "lgpio", "gpiod", "simulated"]
Pull = Literal["none", "up", "down"]
Active = Literal["high", "low"]
Supply = Literal["other", "metered"]
Confirm = Literal["collector", "broker"]
Api = Literal["auto", "v2", "v1"]


class LedgerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the ledger is, and how much energy (Wh) a power cut may leave unsaved."""

    path: Annotated[Path, File("the ledger's file")] = Path("/var/lib/sodien/ledger.db")
    at_risk_wh: Annotated[
        Decimal, Number("the energy a power cut may cost in watt-hours, not kWh", Decimal("0.1"), 1000)
    ] = Decimal(20)


class SimulatedSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The simulated meter LED. ``profile`` None is the built-in household, drawn from ``seed``.

    ``speed`` is how many seconds of the profile pass in one real second; ``truth`` is where it logs what it
    emitted (None: nowhere).
    """

    profile: Annotated[Path | None, File("a CSV file time,power_kw")] = None
    speed: Annotated[
        Decimal, Number("the seconds of the profile that pass in one second", 0, 100_000, above=True)
    ] = Decimal(1)
    truth: Annotated[Path | None, File("the log of emitted pulses")] = None
    seed: Annotated[int, Number("the seed of the built-in household", 0, 2**31, int)] = 1


class GpioSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where edges come from. ``chip`` is N of /dev/gpiochipN; None lets the pin factory choose."""

    factory: Annotated[Factory, Choice(get_args(Factory), "where pulses come from")] = "auto"
    chip: Annotated[int | None, Word("the chip as gpiochip0, /dev/gpiochip0 or 0, or null", values.chip)] = (
        None
    )
    simulated: SimulatedSettings = SimulatedSettings()


class MeterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One meter and the sensor on it.

    ``constant`` is in imp/kWh (or rev/kWh); ``breaker_amps`` and ``voltage`` (phase to neutral) are per
    phase and, with ``phases``, bound the power *through the meter*, unless ``max_power_kw`` states that
    bound; ``supply`` is ``metered`` where the Pi itself hangs on this meter's supply, without a battery, so
    that a cut of its power is one of the supply; ``min_pulse_ms`` is the shortest flash that counts and
    ``min_dark_ms`` the shortest dark between two (None: as suits the meter);
    ``reading_day`` is a day of the month or ``last``; ``reading_hour`` is the utility's usual local time, if
    known; ``sub_of`` is the id of the utility's meter that this one is behind, and ``tenant`` who is there;
    ``delivery_of`` is the id of the meter whose energy delivered to the grid this light or output tells: the
    other register of the same housing.
    """

    id: Annotated[str, Word("the meter's id, such as main", values.meter_name)]
    pin: Annotated[int, Number("the pin's BCM number (at most 27 without gpio.chip)", 0, 9999, int)]
    constant: Annotated[
        Decimal,
        values.MeterConstant("the imp/kWh (or rev/kWh) printed on the meter", 0, 1_000_000, above=True),
    ]
    pull: Annotated[Pull, Choice(get_args(Pull), "the Pi's own resistor on the pin")] = "none"
    active: Annotated[Active, Choice(get_args(Active), "the pin's level during a flash")] = "high"
    digits: Annotated[int, Number("how many digits the dial has before the point", 1, 9, int)] = 5
    decimals: Annotated[int, Number("how many digits the dial has after the point", 0, 3, int)] = 1
    multiplier: Annotated[int, Number("the bill's multiplier (hệ số nhân)", 1, 1_000_000, int)] = 1
    breaker_amps: Annotated[Decimal, Number("the main breaker's rating in amperes", 1, 6300)] = Decimal(40)
    phases: Annotated[int, Number("the number of phases", 1, 3, int)] = 1
    voltage: Annotated[Decimal, Number("the voltage from phase to neutral in volts", 50, 500)] = Decimal(220)
    max_power_kw: Annotated[
        Decimal | None,
        Number("the most power the meter can ever carry in kilowatts, not watts", Decimal("0.1"), 10_000),
    ] = None
    supply: Annotated[Supply, Choice(get_args(Supply), "what feeds the Pi")] = "other"
    min_pulse_ms: Annotated[
        Decimal, Number("the shortest flash that counts in milliseconds", Decimal("0.2"), 1000)
    ] = Decimal(5)
    min_dark_ms: Annotated[
        Decimal | None, Number("how long the light must be off to count as off, in milliseconds", 0, 1000)
    ] = None
    reading_day: Annotated[
        int | Literal["last"],
        Word("the day of reading, 1 to 31, or last", values.reading_day),
    ] = "last"
    reading_hour: Annotated[
        dt.time | None,
        Word("the utility's usual local time as HH:MM, or null", values.time_of_day),
    ] = None
    billing: BillingSettings = BillingSettings()
    sub_of: Annotated[
        str | None, Word("the id of the utility's meter that this one is behind, or null", values.meter_name)
    ] = None
    tenant: TenantSettings = TenantSettings()
    delivery_of: Annotated[
        str | None,
        Word("the id of the meter whose delivery to the grid this one counts, or null", values.meter_name),
    ] = None

    @property
    def own_bill(self) -> bool:
        """Whether the utility bills what it counts, by a tariff: not a sub-meter's, nor what is delivered."""
        return self.sub_of is None and self.delivery_of is None

    @property
    def pulses_per_kwh(self) -> Fraction:
        """Pulses per real kWh: the constant counts those of the dial."""
        return Fraction(self.constant) / self.multiplier

    @property
    def rated_kw(self) -> Fraction:
        """The power that the meter is made to carry, in kW: as stated, or the main breaker's rating."""
        if self.max_power_kw is not None:
            return Fraction(self.max_power_kw)
        return supply.rated_kw(Fraction(self.breaker_amps), Fraction(self.voltage), self.phases)

    @property
    def p_max_kw(self) -> Fraction:
        """The most mean power that can flow through the meter, in kW: as stated, or by the breaker."""
        return self.rated_kw if self.max_power_kw is not None else supply.most_kw(self.rated_kw)

    @property
    def shortest_period_s(self) -> Fraction:
        """Seconds from pulse to pulse at ``rated_kw``."""
        return 3600 / (Fraction(self.constant) * self.rated_kw)

    def limits(self, speed: Fraction | int = 1) -> PulseLimits:
        """What a legal pulse of this meter looks like, on a source that runs ``speed`` times as fast.

        The spacing is half the shortest period at the rated power, the usual guidance for dead time: a
        breaker lets more than its rating through, and a limit too long would lose pulses that are real. The
        dark is a quarter of that at most: a pulse output is dark for 30 ms or more (IEC 62053-31), and an LED
        for half its period at least. The mains' rhythm is refused where no two pulses can be so close.
        """
        scale = Fraction(1_000_000) / speed
        min_active = max(1, int(Fraction(self.min_pulse_ms) * scale))
        spacing = max(int(self.shortest_period_s * 1000 / 2 * scale), min_active)
        if self.min_dark_ms is not None:
            dark = int(Fraction(self.min_dark_ms) * scale)
        else:
            dark = min(int(MIN_DARK_MS * scale), spacing // 4)
        first, last = (int(ms * scale) for ms in FLICKER_MS)
        if last >= spacing:
            first = last = 0
        return PulseLimits(min_active, spacing, min(dark, spacing - 1), first, last)

    def noise(self, speed: Fraction | int = 1) -> NoiseLimits:
        """What no pulse looks like whatever the settings say; flicker where no two pulses can be so close."""
        scale = Fraction(1_000_000) / speed
        return NoiseLimits(
            int(LEAST_PULSE_MS * scale), int(BREAK_MS * scale), self.limits(speed).flicker_to_ns
        )


class TlsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """TLS to the broker. ``ca`` None trusts the system's authorities; ``insecure`` checks no host name."""

    ca: Annotated[Path | None, File("the certificate authority's file (PEM)")] = None
    cert: Annotated[Path | None, File("this client's certificate (PEM)")] = None
    key: Annotated[Path | None, File("the key of this client's certificate (PEM)")] = None
    insecure: Annotated[bool, Flag("true: do not check the broker's host name")] = False


class MqttSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The broker. ``version`` is 5, or 3 for MQTT 3.1.1; ``confirm`` says what makes an entry done."""

    host: Annotated[str, Word("the broker's host name or address", values.host)] = "localhost"
    port: Annotated[int, Number("the broker's TCP port", 1, 65535, int)] = 1883
    version: Annotated[Literal[5, 3], Word("5 or 3.1.1 (the MQTT version)", values.mqtt_version)] = 5
    user: Annotated[str | None, Word("the user name at the broker, or null")] = None
    password_file: Annotated[Path | None, File("the file that holds the password", values.credential)] = None
    tls: TlsSettings | None = None
    confirm: Annotated[Confirm, Choice(get_args(Confirm), "whose confirmation completes an entry")] = (
        "collector"
    )


class ReminderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """When and how the household is told that it is time to read the dial.

    At the local time ``at`` of the day before and of the reading day an entry is published, and ``command``
    (program and arguments; no shell) is run, if there is one, and stopped after ``timeout_s``.
    """

    at: Annotated[dt.time, Word("the local time of the reminder as HH:MM", values.time_of_day)] = dt.time(18)
    day_before: Annotated[bool, Flag("true: also on the day before the reading day")] = True
    command: Annotated[tuple[str, ...], Each(Word("a program, or one of its arguments"))] = ()
    timeout_s: Annotated[int, Number("how long the command may take in seconds", 1, 600, int)] = 30


class NotifySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who is told what happened: ``urls_file`` holds addresses of Apprise, one a line; None: nobody.

    ``weekly``: once a week what is always on, the busiest hour, and days that stood out.
    """

    urls_file: Annotated[Path | None, File("the file that holds the addresses", values.credential)] = None
    weekly: Annotated[bool, Flag("true: tell once a week what is always on and what stood out")] = True


class InfluxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The database. ``bucket`` is the database's name for API v1; ``url`` has no slash at its end."""

    url: Annotated[str, Word("the URL as http://host:port or https://host:port", values.url)] = (
        "http://localhost:8086"
    )
    api: Annotated[Api, Choice(get_args(Api), "the write API; auto finds out")] = "auto"
    org: Annotated[str, Word("the organisation in InfluxDB 2")] = "home"
    bucket: Annotated[str, Word("the bucket, or the database in InfluxDB 1")] = "sodien"
    token_file: Annotated[Path | None, File("the file that holds the token", values.credential)] = None
    user: Annotated[str | None, Word("the user name in InfluxDB 1, or null")] = None
    password_file: Annotated[Path | None, File("the file that holds the password", values.credential)] = None
    timeout_s: Annotated[
        float, Number("how long to wait for an answer in seconds", Decimal("0.1"), 600, float)
    ] = 10.0


class HomeAssistantSettings(msgspec.Struct, frozen=True, kw_only=True):
    """MQTT discovery; ``prefix`` is the one set in Home Assistant's MQTT integration.

    ``dial``: dial readings may be typed there; ``claim``: it may forward the utility's daily readings;
    ``measure``: appliances may be measured from there.
    """

    discovery: Annotated[bool, Flag("true: announce the meters to Home Assistant")] = True
    prefix: Annotated[
        str, Word("Home Assistant's discovery prefix, such as homeassistant", values.prefix)
    ] = "homeassistant"
    dial: Annotated[bool, Flag("true: dial readings may be typed in Home Assistant")] = False
    claim: Annotated[bool, Flag("true: Home Assistant may forward the utility's daily readings")] = False
    measure: Annotated[bool, Flag("true: appliances may be measured from Home Assistant")] = False


class CollectorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The collector. ``client_id`` None: it derives one; ``share`` is a ``$share`` group or None.

    ``aside`` takes payloads that do not fit; ``file`` takes line protocol instead of a database.
    """

    client_id: Annotated[str | None, Word("an MQTT client id, or null")] = None
    share: Annotated[str | None, Word("a group of A-Z a-z 0-9 _ . -, or null", values.share_group)] = None
    aside: Annotated[Path, File("the file for messages that do not fit")] = Path(
        "/var/lib/sodien-collector/aside.jsonl"
    )
    file: Annotated[Path | None, File("a file to write line protocol to")] = None


class PageSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The household's page: where it listens, and who may do what.

    ``listen`` is an address of this machine, ``0.0.0.0`` or ``::`` for all of them. ``base`` is the path
    under which a proxy shows the page. ``passphrase_file`` is made by ``sodien page passphrase``; None: there
    is none, and only this machine itself may use the page. ``trusted_proxy`` is the address of the one proxy
    whose ``X-Forwarded-`` headers are believed.
    """

    listen: Annotated[
        str, Word("an address of this machine, such as 127.0.0.1 or 0.0.0.0", values.address)
    ] = "127.0.0.1"
    port: Annotated[int, Number("the page's TCP port", 1, 65535, int)] = 8470
    base: Annotated[str, values.BasePath("a path such as /dien, or nothing", values.base_path)] = ""
    passphrase_file: Annotated[Path | None, File("the file that 'sodien page passphrase' makes")] = None
    read_without_passphrase: Annotated[
        bool, Flag("true: everybody who reaches the page may read, nobody writes without the passphrase")
    ] = False
    trusted_proxy: Annotated[
        str | None, Word("the address of the proxy in front of the page, or null", values.address)
    ] = None

    @property
    def loopback(self) -> bool:
        """Whether only this machine itself reaches the page: on loopback, with no proxy in front.

        Behind a proxy on the same machine every visitor comes from 127.0.0.1.
        """
        import ipaddress

        own = ipaddress.ip_address(self.listen).is_loopback
        return own and self.trusted_proxy is None and not self.base


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the person decides; the attributes are the keys of the YAML file."""

    device: Annotated[str, Word("a name for this device, such as nha-toi", values.name)]
    meters: tuple[MeterSettings, ...]
    timezone: Annotated[str, Word("a name from the IANA list, such as Asia/Ho_Chi_Minh", values.zone)] = (
        "Asia/Ho_Chi_Minh"
    )
    clock: Annotated[Clock, Choice(get_args(Clock), "trust: the clock is right without network time")] = (
        "auto"
    )
    language: Annotated[Language, Choice(get_args(Language), "the language of what is told to others")] = (
        "auto"
    )
    ledger: LedgerSettings = LedgerSettings()
    gpio: GpioSettings = GpioSettings()
    mqtt: MqttSettings = MqttSettings()
    homeassistant: HomeAssistantSettings = HomeAssistantSettings()
    reminder: ReminderSettings = ReminderSettings()
    notify: NotifySettings = NotifySettings()
    influxdb: InfluxSettings = InfluxSettings()
    collector: CollectorSettings = CollectorSettings()
    page: PageSettings = PageSettings()

    def subs(self, meter: str) -> list[MeterSettings]:
        """The sub-meters behind a meter, in the order of the file."""
        return [one for one in self.meters if one.sub_of == meter]

    def delivering(self, meter: str) -> MeterSettings | None:
        """The one that counts what a meter delivers to the grid; None where nothing does."""
        return next((one for one in self.meters if one.delivery_of == meter), None)

    @property
    def zone(self) -> ZoneInfo:
        """The meters' time zone."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone)

    @property
    def speed(self) -> Fraction:
        """How many times faster than life the source runs: 1 unless it is simulated."""
        return Fraction(self.gpio.simulated.speed) if self.gpio.factory == "simulated" else Fraction(1)


def find(option: str | None) -> Path:
    """The settings file: the option, else $SODIEN_CONFIG, else /etc/sodien/sodien.yaml. It may not exist."""
    named = option or os.environ.get("SODIEN_CONFIG")
    return expand(named) if named else DEFAULT_FILE


def load(path: Path | str) -> Settings:
    """The settings in a file; relative paths in it start at its folder.

    Raises:
        SettingsError: the file cannot be read or used as it is.
    """
    file = Path(path)
    missing = tr("make it with 'sudo sodien setup', or name your file with --config or SODIEN_CONFIG")
    return parse(read_text(file, missing), file)


def parse(text: str, file: Path) -> Settings:
    """The same for text; ``file`` is named in errors and gives relative paths their folder.

    Raises:
        SettingsError: the settings cannot be used as they are.
    """
    settings, places = read(text, Settings, file, _SECRETS)
    for error in conflicts(settings, places):
        raise error
    return settings
