"""Settings: defaults, what is refused and in which words, and that nothing else ever comes out."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sodien.errors import SodienError
from sodien.metering.counting.limits import PulseLimits
from sodien.settings.model import (
    MeterSettings,
    Settings,
    SettingsError,
    TlsSettings,
    find,
    load,
    parse,
    read_secret,
)
from sodien.settings.reader import keys

EXAMPLE = Path(__file__).parents[2] / "config" / "sodien.yaml"
FILE = Path("/etc/sodien/sodien.yaml")
MINIMAL = """\
device: nha-toi
meters:
  - id: main
    pin: 17
    constant: 1600
"""
SECRET = "hunter2-and-more"


def settings(extra: str = "", *, meter: str = "") -> Settings:
    """The minimal file with more lines at its end, and more keys in its meter."""
    return parse(MINIMAL + "".join(f"    {line}\n" for line in meter.splitlines()) + extra, FILE)


def sentence(text: str) -> str:
    """What is said about a text that cannot be used: always one sentence on one line with the file in it."""
    with pytest.raises(SettingsError) as caught:
        parse(text, FILE)
    said = str(caught.value)
    assert_sentence(said)
    assert said.startswith(str(FILE))
    return said


def assert_sentence(said: str) -> None:
    assert said.isprintable()
    assert said.endswith(".")
    assert "; " in said, "no remedy"
    assert len(said.replace(str(FILE), "")) < 600


# The example and the defaults


def test_the_example_is_the_defaults() -> None:
    assert load(EXAMPLE) == settings()


def test_the_example_explains_every_key() -> None:
    text = EXAMPLE.read_text("utf-8")
    written = {
        match[1]: line for line in text.splitlines() if (match := re.match(r"[ #]*(?:- )?(\w+): ", line))
    }
    for key in keys(Settings):
        assert re.search(r"# \S", written[key.rpartition(".")[2]].partition(": ")[2]), key
    for key in keys(Settings):
        if key.startswith("mqtt.tls."):
            continue
        node = yaml.safe_load(text)
        for part in key.replace("[]", ".0").split("."):
            node = node[int(part)] if part.isdigit() else node[part]


def test_the_commented_tls_of_the_example_works() -> None:
    text = EXAMPLE.read_text("utf-8")
    text = re.sub(r"(?m)^  tls: null.*\n", "", text)
    text = re.sub(r"(?m)^  # (tls:|  \w+: )", r"  \1", text)
    assert parse(text, FILE).mqtt.tls == TlsSettings()


def test_the_shape_scripts_rely_on() -> None:
    text = """
device: nha-toi
timezone: Asia/Ho_Chi_Minh
clock: auto                        # auto | trust (an RTC, or no network time)
ledger: {path: /var/lib/sodien/ledger.db, at_risk_wh: 5}
gpio:
  factory: auto                    # auto | lgpio | gpiod | simulated
  simulated: {profile: load.csv, speed: 1, truth: pulses.log}
meters:
  - {id: main, pin: 17, pull: none, active: high, constant: 1600, digits: 5, decimals: 1, multiplier: 1,
     breaker_amps: 40, phases: 1, voltage: 220, min_pulse_ms: 5, reading_day: last}
mqtt: {host: localhost, port: 1883, version: 5, confirm: collector}
influxdb: {url: "http://localhost:8086", api: auto, org: home, bucket: sodien, token_file: null}
"""
    got = parse(text, FILE)
    assert got.gpio.simulated.profile == Path("/etc/sodien/load.csv")
    assert got.gpio.simulated.truth == Path("/etc/sodien/pulses.log")
    assert got.meters[0].constant == 1600
    assert got.zone.utcoffset(dt.datetime(2026, 1, 1, tzinfo=got.zone)) == dt.timedelta(hours=7)


def test_values_arrive_exact_and_typed() -> None:
    got = settings(
        "ledger: {at_risk_wh: 0.1}\n"
        "gpio: {factory: simulated, chip: gpiochip4, simulated: {speed: 0.1}}\n"
        'mqtt: {version: "3.1.1", tls: {}}\n'
        "influxdb: {url: https://db.example:8086/influx/, timeout_s: 2.5, bucket: 2026}\n",
        meter="reading_day: 31\nreading_hour: 17:30\nmin_pulse_ms: 0.7\npull: up",
    )
    meter = got.meters[0]
    assert got.ledger.at_risk_wh == Decimal("0.1")
    assert got.speed == Fraction(1, 10)
    assert (got.gpio.chip, got.mqtt.version, got.mqtt.tls) == (4, 3, TlsSettings())
    assert got.influxdb.url == "https://db.example:8086/influx"
    assert got.influxdb.timeout_s == 2.5
    # YAML 1.1 alone would make 1050 of the hour and a number of the bucket.
    assert (meter.reading_day, meter.reading_hour) == (31, dt.time(17, 30))
    assert got.influxdb.bucket == "2026"
    assert (meter.min_pulse_ms, meter.pull) == (Decimal("0.7"), "up")
    with pytest.raises(AttributeError):
        got.device = "other"  # type: ignore[misc]


@pytest.mark.parametrize(("written", "version"), [("5", 5), ("3.1.1", 3), ('"3.1.1"', 3), ("3", 3)])
def test_mqtt_versions(written: str, version: int) -> None:
    assert settings(f"mqtt: {{version: {written}}}\n").mqtt.version == version


def test_speed_counts_only_when_simulated() -> None:
    text = "gpio: {factory: lgpio, simulated: {speed: 60}}\n"
    assert settings(text).speed == 1
    assert settings(text.replace("lgpio", "simulated")).speed == 60


def test_empty_groups_take_the_defaults() -> None:
    assert settings("mqtt:\ngpio:\n  simulated:\nledger: {}\n") == settings()


def test_windows_lines_and_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert load(file) == settings()


def test_relative_paths_start_at_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    text = (
        "ledger: {path: a/l.db}\n"
        "gpio: {simulated: {profile: p.csv, truth: ../t.log}}\n"
        "collector: {aside: aside.jsonl, file: ~/out.lp}\n"
        "mqtt: {user: u, password_file: pw, tls: {ca: ca.pem, cert: c.pem, key: /k.pem}}\n"
        "influxdb: {token_file: ./token}\n"
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "s.yaml").write_text(MINIMAL + text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/an")
    got = load("sub/s.yaml")
    base = tmp_path / "sub"
    assert got.ledger.path == base / "a/l.db"
    assert got.gpio.simulated.profile == base / "p.csv"
    assert got.gpio.simulated.truth == base / "../t.log"
    assert (got.collector.aside, got.collector.file) == (base / "aside.jsonl", Path("/home/an/out.lp"))
    assert got.mqtt.password_file == base / "pw"
    assert got.mqtt.tls == TlsSettings(ca=base / "ca.pem", cert=base / "c.pem", key=Path("/k.pem"))
    assert got.influxdb.token_file == base / "token"


# The meter's limits


def test_limits_of_the_usual_meter() -> None:
    meter = settings().meters[0]
    assert meter.rated_kw == Fraction(44, 5)
    assert meter.p_max_kw == Fraction(44, 5) * Fraction(145, 100) * Fraction(11, 10)
    assert meter.shortest_period_s == Fraction(3600) / (1600 * Fraction(44, 5))
    assert meter.limits() == PulseLimits(
        min_active_ns=5_000_000,
        min_spacing_ns=127_840_909,
        min_dark_ns=10_000_000,
        flicker_from_ns=7_500_000,
        flicker_to_ns=22_000_000,
    )
    assert meter.limits(60) == PulseLimits(83_333, 2_130_681, 166_666, 125_000, 366_666)


@pytest.mark.parametrize(
    ("keys", "dark_ms", "flicker"),
    [
        ("min_dark_ms: 3.5", 3.5, True),
        ("min_dark_ms: 0", 0, True),
        ("constant: 6400, breaker_amps: 80", 3.995, False),  # half its shortest period: 16 ms
        ("constant: 3200, breaker_amps: 80", 7.99, True),
    ],
)
def test_a_quick_meter_has_no_room_for_flicker(keys: str, dark_ms: float, flicker: bool) -> None:
    meter = keys if "constant" in keys else f"constant: 1600, {keys}"
    limits = parse(f"device: d\nmeters: [{{id: m, pin: 1, {meter}}}]", FILE).meters[0].limits()
    assert limits.min_dark_ns == pytest.approx(dark_ms * 1e6, rel=1e-3)
    assert (limits.flicker_to_ns > 0) is flicker


def test_a_stated_most_power_counts_instead_of_the_breaker() -> None:
    meter = settings(meter="max_power_kw: 12.5").meters[0]
    assert meter.p_max_kw == Fraction(25, 2)
    assert meter.shortest_period_s == Fraction(3600) / (1600 * Fraction(25, 2))
    assert meter.limits().min_spacing_ns == 90_000_000


@given(
    constant=st.decimals("0.5", 10_000, places=1),
    amps=st.integers(1, 200),
    phases=st.integers(1, 3),
    ms=st.decimals("0.2", 1000, places=1),
    speed=st.fractions(Fraction(1, 10), 100_000),
)
def test_limits_never_refuse_a_legal_pulse(
    constant: Decimal, amps: int, phases: int, ms: Decimal, speed: Fraction
) -> None:
    text = (
        f"device: d\nmeters: [{{id: m, pin: 1, constant: {constant}, breaker_amps: {amps}, "
        f"phases: {phases}, min_pulse_ms: {ms}}}]"
    )
    period_ns = Fraction(3600 * 10**9) / (Fraction(constant) * amps * 220 * phases / 1000)
    if Fraction(ms) * 10**6 >= period_ns:
        assert "meters[0].min_pulse_ms" in sentence(text)
        return
    limits = parse(text, FILE).meters[0].limits(speed)
    width = Fraction(ms) * 10**6 / speed
    assert limits.min_active_ns <= max(1, width)
    assert width - 1 < limits.min_active_ns
    assert limits.min_spacing_ns <= max(1, period_ns / speed)
    assert limits.min_spacing_ns > period_ns / speed / 2 - 1
    # At twice its rated power an LED lit for half its period is dark long enough, and its rhythm is its own.
    assert limits.min_dark_ns <= period_ns / speed / 4
    assert limits.flicker_to_ns < limits.min_spacing_ns


# The file itself


def unusable(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        load(path)
    said = str(caught.value)
    assert_sentence(said)
    assert isinstance(caught.value, SodienError)
    assert str(path) in said or not str(path).isprintable()
    return said


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "does not exist; make it with 'sudo sodien setup'" in unusable(tmp_path / "none.yaml")
    assert "is a folder" in unusable(tmp_path)
    assert "cannot be read" in unusable(tmp_path / "a\0b")
    assert "cannot be read (File name too long)" in unusable(tmp_path / ("a" * 300))
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"device: a\n# t\xf4i\n")
    assert f"{latin}, line 2: this is not UTF-8; save the file as UTF-8" in unusable(latin)
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (1 << 20) + b"\n")
    assert "larger than 1 MiB" in unusable(large)
    assert "it is a device or a pipe" in unusable(Path("/dev/zero"))
    odd = tmp_path / "new\nline.yaml"
    odd.write_text("device: 1: 2")
    assert "\\n" in unusable(odd)


def test_a_file_without_permission() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        file = Path(folder) / "s.yaml"
        file.write_text(MINIMAL)
        file.chmod(0)
        # The superuser reads everything, so ask as nobody; everything else is imported before.
        code = (
            "import os; from sodien.settings.model import SettingsError, load\n"
            "if os.getuid() == 0: os.setuid(65534)\n"
            f"try: load({str(file)!r})\nexcept SettingsError as error: print(error)"
        )
        said = subprocess.check_output([sys.executable, "-c", code], text=True).strip()
    assert said.startswith(f"{file} may not be read by the user ")


def test_which_file_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SODIEN_CONFIG", raising=False)
    assert find(None) == Path("/etc/sodien/sodien.yaml")
    monkeypatch.setenv("SODIEN_CONFIG", "")
    assert find(None) == Path("/etc/sodien/sodien.yaml")
    monkeypatch.setenv("SODIEN_CONFIG", "/srv/s.yaml")
    assert find(None) == Path("/srv/s.yaml")
    assert find("mine.yaml") == Path("mine.yaml")


# Secrets


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (f"mqtt: {{password: {SECRET}}}", "name that file with mqtt.password_file"),
        (f"mqtt: {{Password: {SECRET}}}", "name that file with mqtt.password_file"),
        (f"influxdb:\n  token: {SECRET}", "name that file with influxdb.token_file"),
        (f"influxdb: {{password: [{SECRET}]}}", "name that file with influxdb.password_file"),
        (f"password: {SECRET}", "mqtt.password_file or influxdb.password_file"),
        (f"mqtt: {{passwrd: {SECRET}}}", "mqtt.password_file"),
        (f"mqtt: {{password: *{SECRET}}}", "quote"),
        (f"mqtt: {{password: &{SECRET} a, user: &{SECRET} b}}", "quote"),
        (f"mqtt: {{host: 'u:{SECRET}@pi'}}", "password_file"),
        (f"influxdb: {{url: 'http://u:{SECRET}@pi'}}", "token_file"),
        (f"influxdb: {{token_file: {SECRET * 5}==}}", "write the secret into a file of its own"),
    ],
)
def test_secrets_stay_out_of_the_settings_and_of_the_sentence(text: str, remedy: str) -> None:
    said = sentence(MINIMAL + text)
    assert remedy in said
    assert "hunter" not in said


def test_a_secret_is_read_and_stripped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    file = tmp_path / "password"
    file.write_text(f"\ufeff  {SECRET}\r\n")
    got = settings(f"mqtt: {{user: u, password_file: {file}}}\n")
    assert got.mqtt.password_file is not None
    assert read_secret(got.mqtt.password_file, "mqtt.password_file") == SECRET
    assert SECRET not in repr(got)


def test_credentials_come_first_for_a_bare_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, beside = tmp_path / "credentials", tmp_path / "etc"
    folder.mkdir()
    beside.mkdir()
    (folder / "mqtt").write_text(SECRET)
    (beside / "mqtt").write_text("beside")
    text = MINIMAL + "mqtt: {user: u, password_file: mqtt}\ninfluxdb: {token_file: ./mqtt}\n"
    monkeypatch.chdir(beside)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert read_secret("mqtt", "x") == "beside"
    assert parse(text, FILE).mqtt.password_file == FILE.parent / "mqtt"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    assert read_secret("mqtt", "x") == SECRET
    assert read_secret(beside / "mqtt", "x") == "beside"
    got = parse(text, beside / "sodien.yaml")
    assert got.mqtt.password_file == folder / "mqtt"
    assert got.influxdb.token_file == beside / "mqtt"
    (folder / "mqtt").unlink()
    assert parse(text, beside / "sodien.yaml").mqtt.password_file == beside / "mqtt"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "does not exist; write the secret for influxdb.token_file into it"),
        (b" \n", "is empty; write the secret for influxdb.token_file"),
        (b"hunter2\nhunter3\n", "holds more than one line of text; leave only the secret"),
        (b"hunter2\xff", "this is not UTF-8; save the file as UTF-8"),
    ],
)
def test_secrets_that_cannot_be_used(tmp_path: Path, content: bytes | None, what: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        read_secret(file, "influxdb.token_file")
    said = str(caught.value)
    assert_sentence(said)
    assert said.startswith(str(file))
    assert what in said
    assert "hunter" not in said


def test_a_token_in_the_place_of_its_file() -> None:
    with pytest.raises(SettingsError) as caught:
        read_secret("A" * 86 + "==", "influxdb.token_file")
    assert str(caught.value).startswith("influxdb.token_file looks like the secret itself")
    assert "AAA" not in str(caught.value)


def test_importing_the_settings_imports_no_yaml() -> None:
    code = "import sys, sodien.settings.model; print({'yaml', 'zoneinfo', 'difflib'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_a_meter_by_hand_needs_little() -> None:
    assert MeterSettings(id="m", pin=1, constant=Decimal(1000)).limits().min_active_ns == 5_000_000
