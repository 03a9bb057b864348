"""What a command is given: settings, meters and ledger, read when asked for, and closed at the end."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sodien import formats
from sodien.cli.context import Session, with_session
from sodien.cli.typed import parse_energy, parse_when, parse_within
from sodien.errors import SodienError
from sodien.ledger.errors import LedgerError
from sodien.ledger.store import Ledger
from tests.cli.conftest import SETTINGS

ZONE = dt.timezone(dt.timedelta(hours=7))


@click.command("probe")
@with_session()
@click.option("--ask", type=click.Choice(["nothing", "ledger", "trouble"]))
def probe(session: Session, ask: str) -> None:
    """A command."""
    seen.append(session)
    if ask != "nothing":
        assert session.ledger is session.ledger
    if ask == "trouble":
        raise ValueError


seen: list[Session] = []


def test_nothing_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    result = CliRunner().invoke(probe, ["-c", str(tmp_path / "none.yaml"), "--ask", "nothing"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("ask", ["ledger", "trouble"])
def test_the_ledger_is_closed_whatever_happens(home: Path, ask: str) -> None:
    CliRunner().invoke(probe, ["-c", str(home), "--ask", ask])
    session = seen[-1]
    assert session._ledger is None


def test_a_ledger_that_is_not_there_is_no_new_one(config: Path) -> None:
    with pytest.raises(LedgerError):
        _ = Session(str(config)).ledger
    assert not (config.parent / "ledger.db").exists()


def test_which_meter(config: Path) -> None:
    assert Session(str(config)).meter.id == "main"
    assert Session(str(config), "main").meters == [Session(str(config)).meter]
    with pytest.raises(SodienError, match="the settings know: main"):
        _ = Session(str(config), "garage").meters
    Ledger.open(config.parent / "ledger.db", create=True).close()
    config.write_text(SETTINGS + "  - {id: garage, pin: 27, constant: 800, reading_day: 5}\n")
    assert [one.id for one in Session(str(config)).meters] == ["main", "garage"]
    with pytest.raises(SodienError, match="--meter: main, garage"):
        _ = Session(str(config)).meter
    assert Session(str(config)).meter_ledger_for(lambda meter: meter.pin == 27).meter.id == "garage"
    assert Session(str(config), "main").meter_ledger_for(lambda meter: meter.pin == 27).meter.id == "main"
    with pytest.raises(SodienError, match="several meters"):
        Session(str(config)).meter_ledger_for(lambda meter: True)


@given(st.datetimes(dt.datetime(2000, 1, 2), dt.datetime(2099, 12, 30), timezones=st.just(ZONE)))  # noqa: DTZ001
def test_a_time_without_an_offset_is_of_the_meters_zone(moment: dt.datetime) -> None:
    ms = int(moment.timestamp()) * 1000
    moment = moment.replace(microsecond=0, tzinfo=None)
    assert parse_when(str(moment), ZONE, 0) == ms
    assert parse_when(f"{moment.isoformat()}+00:00", ZONE, 0) == ms + 7 * 3_600_000
    for lang in ("en", "vi"):
        assert parse_when(formats.instant(ms, ZONE, seconds=True, lang=lang), ZONE, 0) == ms


def test_a_local_time_that_comes_twice_or_not_at_all_is_asked_about() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with pytest.raises(SodienError, match="happens twice") as twice:
        parse_when("2026-10-25 02:30", berlin, 0)
    first, second = re.findall(r"2026-10-25T\S+\d", str(twice.value))
    assert parse_when(second, berlin, 0) - parse_when(first, berlin, 0) == 3_600_000
    with pytest.raises(SodienError, match="does not exist") as never:
        parse_when("29/03/2026 02:30", berlin, 0)
    (instead,) = re.findall(r"2026-03-29T\S+\d", str(never.value))
    assert parse_when("2026-03-29 03:30", berlin, 0) == parse_when(instead, berlin, 0)
    assert parse_when("2026-10-25", berlin, 0) == parse_when("2026-10-25 00:00", berlin, 0)


@pytest.mark.parametrize("text", ["1999-12-31 23:59", "2100-01-01 00:00", "0001-01-01"])
def test_times_beyond_reason_are_refused(text: str) -> None:
    with pytest.raises(SodienError, match="in the years 2000 to 2099"):
        parse_when(text, ZONE, 0)


@pytest.mark.parametrize("text", ["0.2..1.5", "0,2..1,5 kWh", "0,200 … 1,500", " 0.2 .. 1.5 "])
def test_a_range_of_energy_as_it_is_typed_or_shown(text: str) -> None:
    assert parse_energy(text) == (Decimal("0.2"), Decimal("1.5"))


def test_now_is_the_time_of_the_call() -> None:
    assert parse_when("now", ZONE, 17) == 17
    with pytest.raises(SodienError, match="'tomorrow' is not a time"):
        parse_when("tomorrow", ZONE, 17)


@given(st.integers(0, 10**6), st.sampled_from([("", 1), ("s", 1), (" m", 60), ("min", 60), (" h", 3600)]))
def test_a_duration(number: int, unit: tuple[str, int]) -> None:
    word, seconds = unit
    assert parse_within(f"{number}{word}") == number * seconds * 1000


@pytest.mark.parametrize("text", ["", "-1m", "1.5h", "1d", "m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(SodienError, match="is not a duration"):
        parse_within(text)
