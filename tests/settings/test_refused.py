"""Settings that cannot be used: what is said about them, and that nothing but a sentence ever comes out."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from firmware.homeassistant import announcements
from sodien import i18n
from sodien.metering.counting.limits import PulseLimits
from sodien.settings.model import Settings, SettingsError, load, parse
from sodien.settings.reader import keys
from tests.settings.test_model import EXAMPLE, FILE, MINIMAL, assert_sentence, sentence, settings


def test_min_pulse_longer_than_the_shortest_period() -> None:
    said = sentence(MINIMAL + "    breaker_amps: 80\n    min_pulse_ms: 200\n")
    assert "line 7: meters[0].min_pulse_ms is 200 ms, but at 17.6 kW a pulse comes every 127.8 ms" in said
    assert "breaker_amps" in said


def test_min_dark_longer_than_there_is_room_for() -> None:
    said = sentence(MINIMAL + "    breaker_amps: 80\n    min_dark_ms: 125\n")
    assert (
        "line 7: meters[0].min_dark_ms is 125 ms, but at 17.6 kW a pulse of 5 ms comes every 127.8 ms" in said
    )
    assert "null" in said


def test_dividing_by_heads_needs_them() -> None:
    room = "  - {id: room1, pin: 27, constant: 1000, sub_of: main%s}\n"
    text = MINIMAL + "    billing: {common: people}\n"
    said = sentence(text + room % "")
    assert "line 6: meters[0].billing.common is people, but nobody says how many live behind room1" in said
    assert "meters[1].tenant.people" in said
    settings = parse(text + room % ", tenant: {people: 2}", FILE)
    assert [one.id for one in settings.subs("main")] == ["room1"]


SUN = MINIMAL + "  - {id: sun, pin: %s, constant: 1000, delivery_of: %s}\n"


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        (SUN % (27, "house"), "meters[1].delivery_of is 'house', which is no meter here", "taken from"),
        (SUN % (27, "sun"), "meters[1].delivery_of is 'sun', this meter itself", "taken from the grid"),
        (
            SUN % (27, "main") + "  - {id: more, pin: 22, constant: 1000, delivery_of: sun}\n",
            "meters[2].delivery_of is 'sun', which counts what is delivered to the grid",
            "taken from the grid",
        ),
        (
            SUN % (27, "main") + "  - {id: more, pin: 22, constant: 1000, delivery_of: main}\n",
            "meters[2].delivery_of is 'main' like that of sun",
            "taken from the grid",
        ),
        (
            SUN % (27, "main") + "  - {id: room, pin: 22, constant: 1000, sub_of: sun}\n",
            "meters[2].sub_of is 'sun', which counts what is delivered to the grid",
            "the utility's meter",
        ),
        (
            SUN % (27, "main, sub_of: main"),
            "meters[1].sub_of cannot stand beside meters[1].delivery_of",
            "no sub-meter's consumption",
        ),
        (SUN % (17, "main"), "meters[1].pin is 17 like that of meters[0]", "can be counted for neither"),
        (
            SUN % (27, "main, reading_day: 15"),
            "meters[1].reading_day is not that of main, whose other register this is",
            "write reading_day: last",
        ),
        (
            SUN % (27, 'main, reading_hour: "09:30"'),
            "meters[1].reading_hour is not that of main",
            "write reading_hour: null",
        ),
    ],
)
def test_a_register_of_deliveries_that_is_refused(text: str, what: str, remedy: str) -> None:
    said = sentence(text)
    assert what in said
    assert remedy in said.partition("; ")[2]


def test_a_register_of_deliveries_has_no_bill_of_its_own() -> None:
    settings = parse(SUN % (27, "main"), FILE)
    main, sun = settings.meters
    assert (main.own_bill, sun.own_bill) == (True, False)
    assert settings.delivering("main") is sun
    assert settings.delivering("sun") is None


# What is refused. Each row: lines put at the end of the minimal file (line 6 on), what must be said.

METER = [
    ("pin: 17.5", "meters[0].pin is 17.5, not a whole number", "BCM"),
    ("pin: '17'", "meters[0].pin is the text '17', not a number", "without quotes"),
    ("pin: 40", "meters[0].pin is 40, which the Raspberry Pi's header does not have", "gpio.chip"),
    ("pin: -1", "meters[0].pin is -1, which is too small", "BCM"),
    ("pin:", "meters[0].pin is empty", "BCM"),
    ("constant: 0", "meters[0].constant is 0, which is too small", "imp/kWh"),
    ("constant: 1600 W", "meters[0].constant is '1600 W', not a number alone", "without a unit"),
    (
        "constant: 1.600 imp/kWh",
        "meters[0].constant is '1.600 imp/kWh', which could mean thousands",
        "such as 1600",
    ),
    ("constant: Kh 0", "meters[0].constant is 'Kh 0', not a number", "imp/kWh"),
    ("constant: 1.600", "meters[0].constant is '1.600', which could mean thousands", "such as 1600"),
    ("constant: .inf", "meters[0].constant is '.inf', not a number", "imp/kWh"),
    ("constant: 1600,5", "meters[0].constant is '1600,5', with a comma", "decimal point"),
    ("id: nhà tôi", "meters[0].id is 'nhà tôi', which is not a valid id", "such as nha-toi"),
    ("id: stored", "meters[0].id is 'stored', a word the MQTT topics need", "another id"),
    ("id: [a]", "meters[0].id is a list, not a single value", "write the meter's id"),
    ("voltage: 0.22", "meters[0].voltage is 0.22, which is too small", "volts, from 50 to 500"),
    ("breaker_amps: 40A", "meters[0].breaker_amps is '40A', not a number alone", "without a unit"),
    ('breaker_amps: "40 A"', "meters[0].breaker_amps is '40 A', not a number alone", "amperes"),
    (
        "max_power_kw: 8800 W",
        "meters[0].max_power_kw is '8800 W', not a number alone",
        "kilowatts, not watts",
    ),
    ("max_power_kw: 12000", "meters[0].max_power_kw is 12000, which is too large", "from 0.1 to 10000"),
    ("max_power_kw: 0", "meters[0].max_power_kw is 0, which is too small", "from 0.1 to 10000"),
    ("min_pulse_ms: 0.03", "meters[0].min_pulse_ms is 0.03, which is too small", "milliseconds"),
    ("pull: off", "meters[0].pull is 'off'", "none, up or down"),
    ("pull: null", "meters[0].pull is empty", "none, up or down"),
    ("active: High", "meters[0].active is 'High'", "high or low"),
    ("digits: 10", "meters[0].digits is 10, which is too large", "from 1 to 9"),
    ("decimals: 4", "meters[0].decimals is 4, which is too large", "from 0 to 3"),
    ("multiplier: 0", "meters[0].multiplier is 0, which is too small", "from 1"),
    ("phases: true", "meters[0].phases is 'true', not a number", "from 1 to 3"),
    ("reading_day: 32", "meters[0].reading_day is '32', not a day of the month", "1 to 31, or last"),
    ("billing: {customer: Ba}", "meters[0].billing.customer is 'Ba', not a customer code", "PB05010001234"),
    ("billing: {company: EVN}", "meters[0].billing.company is 'EVN', not a power company", "SPC"),
    ("billing: {households: 3/0}", "meters[0].billing.households is '3/0', not a number of", "3/4"),
    ("billing: {households: 0}", "meters[0].billing.households is '0', not more than 0", "3/4"),
    (
        "billing: {reading: hour}",
        "meters[0].billing.reading is hour, but the hour is not known",
        "reading_hour",
    ),
    ("billing: {tariffs: {a: 1}}", "meters[0].billing.tariffs is a group of keys", "a tariff file"),
    ("billing: {tariffs: [a, [b]]}", "meters[0].billing.tariffs[1] is a list", "a tariff file"),
    ("billing: {slip_days: 11}", "meters[0].billing.slip_days is 11, which is too large", "0 to 10"),
    ("reading_day: Last", "meters[0].reading_day is 'Last'", "1 to 31, or last"),
    ("reading_hour: 8h30", "meters[0].reading_hour is '8h30', not a time of day", "HH:MM"),
    ("reading_hour: 24:00", "meters[0].reading_hour is '24:00', not a time of day", "HH:MM"),
    ("sub_of: house", "meters[0].sub_of is 'house', which is no meter here", "the utility's meter"),
    ("sub_of: main", "meters[0].sub_of is 'main', which is a sub-meter itself", "the utility's meter"),
    ("tenant: {people: 2}", "meters[0].tenant is for a sub-meter", "meters[0].sub_of"),
    ("tenant: {people: 0}", "meters[0].tenant.people is 0, which is too small", "from 1 to 1000"),
    ("billing: {common: halves}", "meters[0].billing.common is 'halves'", "people or equally"),
    ("min_puls_ms: 5", "meters[0] has no key 'min_puls_ms'", "write meters[0].min_pulse_ms"),
]


def with_meter(line: str) -> str:
    """The minimal file with this line for its meter, the sixth."""
    key = line.partition(":")[0]
    text = re.sub(rf"(?m)^(  - |    ){key}:.*\n", r"\1# \n", MINIMAL) + f"    {line}\n"
    return text.replace("  - # \n", "  -\n")


@pytest.mark.parametrize(("line", "what", "remedy"), METER, ids=[row[0] for row in METER])
def test_a_meter_that_is_refused(line: str, what: str, remedy: str) -> None:
    said = sentence(with_meter(line))
    assert f", line 6: {what}" in said
    assert remedy in said.partition("; ")[2]


REST = [
    ("timezone: Asia/Hanoi", "timezone is 'Asia/Hanoi', which is not a known time zone", "Asia/Ho_Chi_Minh"),
    ("timezone: asia/ho_chi_minh", "timezone is", "such as Asia/Ho_Chi_Minh"),
    ("timezone: Asia/Hanoi", "timezone is", "such as Asia/Ho_Chi_Minh"),
    ("timezone: Asia/Hà Nội", "timezone is", "such as Asia/Ho_Chi_Minh"),
    ("timezone: Vietnam", "timezone is", "such as Asia/Ho_Chi_Minh"),
    ("timezone: Europe/Berln", "timezone is", "such as Europe/Berlin"),
    ("timezone: ../../etc/passwd", "timezone is", "IANA"),
    ("timezone: Asia", "timezone is 'Asia'", "IANA"),
    ("clock: rtc", "clock is 'rtc'", "auto or trust"),
    ("ledger: {at_risk_wh: 0.005}", "ledger.at_risk_wh is 0.005, which is too small", "watt-hours, not kWh"),
    ("ledger: {at_risk_wh: 0}", "ledger.at_risk_wh is 0, which is too small", "from 0.1 to 1000"),
    ("ledger: {at_risk_wh: -5}", "ledger.at_risk_wh is -5, which is too small", "watt-hours"),
    ("ledger: ledger.db", "ledger is a single value, not a group of keys", "path, at_risk_wh"),
    ('ledger: {path: "a\\nb"}', "ledger.path holds a line break", "path of the ledger's file"),
    ("ledger: {path: ''}", "ledger.path is empty", "path of the ledger's file"),
    ("at_risk_wh: 5", "the top level has no key 'at_risk_wh'", "write it as ledger.at_risk_wh"),
    ("metres: []", "the top level has no key 'metres'", "write meters if that is meant"),
    ("qwxz: 1", "the top level has no key 'qwxz'", "remove it, or write one of device, meters"),
    ("? [a, b]\n: 1", "the top level has a list or group as a key", "one word before each colon"),
    ("device: again", "device is written twice", "keep one"),
    ("gpio: {factory: rpigpio}", "gpio.factory is 'rpigpio'", "auto, lgpio, gpiod or simulated"),
    ("gpio: {chip: chip0}", "gpio.chip is 'chip0'", "gpiochip0"),
    ("gpio: {simulated: {speed: 0}}", "gpio.simulated.speed is 0, which is too small", "more than 0"),
    ("gpio: {simulated: {speed: 60x}}", "gpio.simulated.speed is '60x'", "without a unit"),
    ("gpio: {simulated: {sped: 1}}", "gpio.simulated has no key 'sped'", "gpio.simulated.speed"),
    ("mqtt: [localhost]", "mqtt is a list, not a group of keys", "host, port"),
    ("mqtt: {host: mqtt://pi}", "mqtt.host is 'mqtt://pi', not a host name or address", "localhost"),
    ("mqtt: {host: 'pi:1883'}", "mqtt.host is 'pi:1883', not a host name", "port and tls have keys"),
    ("mqtt: {port: 0}", "mqtt.port is 0, which is too small", "from 1 to 65535"),
    ("mqtt: {port: 65536}", "mqtt.port is 65536, which is too large", "from 1 to 65535"),
    ("mqtt: {version: 3.1}", "mqtt.version is '3.1'", "5 or 3.1.1"),
    ("mqtt: {confirm: never}", "mqtt.confirm is 'never'", "collector or broker"),
    ("mqtt: {tls: true}", "mqtt.tls is a single value, not a group of keys", "ca, cert, key, insecure"),
    ("mqtt: {tls: {insecure: 1}}", "mqtt.tls.insecure is '1'", "true or false"),
    ("mqtt: {tls: {key: k.pem}}", "mqtt.tls.key has no certificate", "mqtt.tls.cert"),
    ("mqtt: {password_file: pw}", "mqtt.password_file has no user", "mqtt.user"),
    ("mqtt: {bucket: b}", "mqtt has no key 'bucket'", "write it as influxdb.bucket"),
    ("mqtt: {user: !!python/name:os.system x}", "mqtt.user is marked with a YAML tag", "user name"),
    ("influxdb: {password_file: pw}", "influxdb.password_file has no user", "influxdb.user"),
    ("influxdb: {url: 'localhost:8086'}", "influxdb.url is 'localhost:8086'", "http://host:port"),
    ("influxdb: {url: 'ftp://db'}", "influxdb.url is 'ftp://db'", "http://host:port"),
    ("influxdb: {url: 'http://db:99999'}", "influxdb.url is", "http://host:port"),
    ("influxdb: {url: 'http://[::1'}", "influxdb.url is", "http://host:port"),
    ("influxdb: {api: v3}", "influxdb.api is 'v3'", "auto, v2 or v1"),
    ("influxdb: {timeout_s: 10s}", "influxdb.timeout_s is '10s'", "seconds"),
    ("collector: {share: a/b}", "collector.share is 'a/b'", "A-Z a-z 0-9"),
    ("collector: {aside: null}", "collector.aside is empty", "remove the line for the default"),
]


@pytest.mark.parametrize(("line", "what", "remedy"), REST, ids=[row[0] for row in REST])
def test_the_rest_that_is_refused(line: str, what: str, remedy: str) -> None:
    said = sentence(MINIMAL + line + "\n")
    assert f", line 6: {what}" in said
    assert remedy in said.partition("; ")[2]


REFUSED = [with_meter(row[0]) for row in METER] + [f"{MINIMAL}{row[0]}\n" for row in REST]
ENGLISH = re.compile(r"\b(is|the|write|not|which|has|holds|with|without|from|or|of|and|line|would)\b")


@pytest.mark.parametrize("text", REFUSED, ids=[row[0] for row in METER + REST])
def test_the_same_in_vietnamese(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    english = sentence(text)
    monkeypatch.setattr(i18n, "_language", "vi")
    said = sentence(text)
    assert ", dòng 6: " in said
    assert ", line 6: " in english
    assert not ENGLISH.search(re.sub(r"'[^']*'", "", said.removeprefix(str(FILE)))), said


def test_files_that_cannot_be_read_in_vietnamese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(i18n, "_language", "vi")
    (tmp_path / "latin.yaml").write_bytes(b"device: nh\xe0\n")
    for name, words in (
        ("none.yaml", "Không có"),
        (".", "là thư mục"),
        ("latin.yaml", "dòng 1: chỗ này không phải UTF-8; hãy lưu"),
    ):
        with pytest.raises(SettingsError, match=words):
            load(tmp_path / name)
    assert "dòng 2: chỗ này không đúng YAML (có dấu tab" in sentence("device: a\n\tclock: auto\n")
    assert "trống; hãy bắt đầu từ tệp mẫu" in sentence("")


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("", " is empty", "config/sodien.yaml"),
        ("# only this\n", " is empty", "config/sodien.yaml"),
        ("~", " is empty", "config/sodien.yaml"),
        ("- a\n- b\n", ", line 1: the file is a list, not a group of keys", "device"),
        ("hello", ", line 1: the file is a single value", "device"),
        ("meters: []\n", ", line 1: meters is empty", "beginning with '- '"),
        ("device: a\nmeters: {id: a}\n", ", line 2: meters is a group of keys, not a list", "'- '"),
        ("device: a\nmeters:\n", ", line 2: meters is empty", "'- '"),
        ("device: a\n", ", line 1: meters is missing", "'- '"),
        ("meters:\n- {id: m, pin: 1, constant: 1}\n", ", line 1: device is missing", "such as nha-toi"),
        ("device: a\nmeters:\n  - id: m\n    pin: 1\n", ", line 3: meters[0].constant is missing", "imp/kWh"),
        ("device: a\nmeters:\n  -\n", ", line 3: meters[0].id is missing", "meter's id"),
        ("device: nhà\nmeters: []\n", ", line 1: device is 'nhà', which is not a valid id", "such as nha"),
        ("device: a\n\tclock: auto\n", ", line 2: this is not YAML (a tab stands", "spaces"),
        ("device: a: b\n", ", line 1: this is not YAML", "indentation"),
        ("device: a\nx: {\n", ", line 3: this is not YAML", "indentation"),
        ("x: {a: b\n", ", line 2: this is not YAML (expected ',' or '}', but got '<stream end>')", "quote"),
        ("device: a\n---\ndevice: b\n", ", line 2: this is not YAML (a second document", "---"),
        ("device: a\nx: \x00\n", ", line 2: there is a character", "delete it"),
        ("[" * 600, ", line 1: this is not a settings file", "config/sodien.yaml"),
        ('"\\UFFFFFFFF"', ", line 1: this is not a settings file", "config/sodien.yaml"),
    ],
)
def test_files_that_are_refused(text: str, what: str, remedy: str) -> None:
    said = sentence(text)
    assert said.startswith(f"{FILE}{what}")
    assert remedy in said.partition("; ")[2]


SECOND = "  - {{id: {id}, pin: {pin}, constant: 1000}}\n"


def test_two_meters_need_ids_and_pins_of_their_own() -> None:
    said = sentence(MINIMAL + SECOND.format(id="other", pin=17))
    assert "line 6: meters[1].pin is 17 like that of meters[0]; give each meter a pin of its own" in said
    said = sentence(MINIMAL + SECOND.format(id="main", pin=18))
    assert "line 6: meters[1].id is 'main' like that of meters[0]; give each meter an id of its own" in said
    assert len(settings(SECOND.format(id="other", pin=18)).meters) == 2


@pytest.mark.parametrize("other", ["Main", "MAIN", "main-", "main_."])
def test_two_meters_need_ids_that_differ_in_home_assistant_too(other: str) -> None:
    said = sentence(MINIMAL + SECOND.format(id=other, pin=18))
    assert f"line 6: meters[1].id is '{other}', which differs from 'main' only in capitals" in said
    assert "in Home Assistant the two would be one" in said
    assert len(settings(SECOND.format(id="main2", pin=18)).meters) == 2


@given(st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,4}", fullmatch=True), min_size=2, max_size=4))
def test_accepted_ids_are_injective_in_home_assistant(ids: list[str]) -> None:
    rows = "".join(SECOND.format(id=f"'{name}'", pin=18 + index) for index, name in enumerate(ids))
    text = MINIMAL + rows
    try:
        meters = parse(text, FILE).meters
    except SettingsError:
        return
    found = announcements("homeassistant", "nha", meters, "1")
    assert len(found) == 1 + len(meters)
    entities = [
        one["default_entity_id"]
        for config in found.values()
        for one in config["cmps"].values()
        if "default_entity_id" in one
    ]
    assert len(set(entities)) == len(entities)


def test_another_chip_has_other_lines() -> None:
    text = MINIMAL.replace("17", "40")
    assert parse(text + "gpio: {chip: /dev/gpiochip2}\n", FILE).meters[0].pin == 40


# Whatever is written, nothing but settings or a sentence comes out

WORDS = sorted({part for key in keys(Settings) for part in re.split(r"\W+", key) if part})
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
    | st.sampled_from(["17", "40A", "1.600", "a/b", "~x", "http://[", "last", "2026-11-23", "\x85", "\ud7ff"])
)  # fmt: skip
names = st.sampled_from([*WORDS, "password", "<<"]) | st.text(max_size=6)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
SAMPLE = yaml.safe_load(EXAMPLE.read_text("utf-8"))


def judged(text: str) -> None:
    try:
        got = parse(text, FILE)
    except SettingsError as error:
        assert_sentence(str(error))
    else:
        assert all(isinstance(meter.limits(got.speed), PulseLimits) for meter in got.meters)
        assert isinstance(hash(got), int)
        assert msgspec.structs.replace(got) == got


@given(trees)
def test_junk_trees(tree: object) -> None:
    judged(yaml.safe_dump(tree, allow_unicode=True))


@given(st.data())
def test_junk_within_the_example(data: st.DataObject) -> None:
    tree = copy.deepcopy(SAMPLE)
    at = tree
    while True:
        if isinstance(at, list):
            at = at[0]
        name = data.draw(st.sampled_from(sorted(at)))
        group = at[name][:1] if isinstance(at[name], list) else [at[name]]
        if not group or not isinstance(group[0], dict) or data.draw(st.integers(0, 3)) == 0:
            break
        at = at[name]
    at[data.draw(names) if data.draw(st.booleans()) else name] = data.draw(trees)
    judged(yaml.safe_dump(tree))


@given(st.text() | st.text(alphabet="ab:-[]{}&*!|>'\"%@`#, \n\t?<", max_size=40))
def test_junk_text(text: str) -> None:
    judged(text)
    judged(MINIMAL + text)


@given(st.binary(max_size=60))
def test_junk_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "junk.yaml"
    file.write_bytes(data)
    try:
        load(file)
    except SettingsError as error:
        assert_sentence(str(error))
