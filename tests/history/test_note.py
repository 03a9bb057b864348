"""What a person notes of a meter: readings, replacements, constants, gaps."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sodien.device import state as daemon_state
from sodien.errors import FieldError, SodienError
from sodien.history.current import MeterLedger
from sodien.history.note_gap import find_gap, resolve_gap
from sodien.history.note_meter import note_constant, note_replacement, withdraw_meter_note
from sodien.history.note_reading import correct_reading, find_reading, note_reading, withdraw_reading
from sodien.ledger.store import Ledger
from sodien.settings.model import parse
from tests.cli.conftest import MINUTE, SETTINGS, fill, minute
from tests.support.rows import body_of

NOW = minute(150)


@contextlib.contextmanager
def opened() -> Iterator[MeterLedger]:
    """A meter with an hour at 0.3 kW, an hour without power and half an hour at 0.3 kW."""
    with tempfile.TemporaryDirectory() as folder:
        household = parse(SETTINGS, Path(folder) / "sodien.yaml")
        ledger = Ledger.open(Path(folder) / "ledger.db", create=True, durable=False)
        try:
            fill(ledger)
            yield MeterLedger(household, ledger, household.meters[0])
        finally:
            ledger.close()


@pytest.fixture
def where() -> Iterator[MeterLedger]:
    with opened() as found:
        yield found


@pytest.fixture
def gap(where: MeterLedger) -> int:
    (found,) = where.history().gaps
    return found.seq


# -- readings ------------------------------------------------------------------------------------------


def test_a_reading_pins_the_register(where: MeterLedger) -> None:
    noted = note_reading(where, "12345.6", now=NOW, within=0, by="Lan")
    assert noted.before.at(NOW) is None
    register = noted.after.at(NOW)
    assert register is not None
    assert Decimal("12345.6") <= register.low <= register.high <= Decimal("12345.7")
    assert (noted.at, body_of(noted.row)["by"], body_of(noted.row)["within_ms"]) == (NOW, "Lan", 0)
    assert find_reading(where, where.history(), noted.entry or 0).text == "12345.6"
    assert body_of(note_reading(where, "12345.6", now=NOW + 1).row)["within_ms"] == MINUTE


@settings(max_examples=25)
@given(st.integers(0, 999_999), st.integers(-90, 0), st.booleans())
def test_what_is_tried_is_what_is_stored(tenths: int, minutes: int, tried_first: bool) -> None:
    text, at = f"{tenths // 10:05}.{tenths % 10}", NOW + minutes * MINUTE
    with opened() as where:
        tried = note_reading(where, text, now=NOW, at=at, dry_run=True)
        assert tried.entry is None
        assert where.history().readings == []
        stored = note_reading(where, text, now=NOW, at=at)
        assert stored.before.at(at) is None
        assert tried.after.at(at) == stored.after.at(at) == where.history().at(at)
        if tried_first:
            taken_back = withdraw_reading(where, stored.entry or 0, because="typed wrongly", now=NOW + 1)
            assert taken_back.after.at(at) is None
            assert taken_back.at == at


@settings(max_examples=25)
@given(st.lists(st.integers(0, 999_999), min_size=1, max_size=4))
def test_the_last_correction_counts_and_the_time_stays(tenths: list[int]) -> None:
    with opened() as where:
        entry = note_reading(where, "12345.6", now=NOW, at=minute(10), within=5000).entry or 0
        for number, value in enumerate(tenths):
            text = f"{value // 10:05}.{value % 10}"
            noted = correct_reading(where, entry, text, now=NOW + number, because="misread")
        reading = find_reading(where, where.history(), entry)
        assert (reading.text, reading.at, reading.within) == (text, minute(10), 5000)
        assert find_reading(where, where.history(), noted.entry or 0) == reading
        assert body_of(reading.row)["reading"] == "12345.6"


@pytest.mark.parametrize("text", ["", "-1", "1234567", "12.345,6", "abc"])
def test_what_is_no_reading_names_its_field(where: MeterLedger, text: str) -> None:
    with pytest.raises(FieldError) as refused:
        note_reading(where, text, now=NOW)
    assert refused.value.field == "reading"
    assert where.history().readings == []


def test_a_time_that_has_not_come(where: MeterLedger) -> None:
    with pytest.raises(FieldError, match="lies in the future") as refused:
        note_reading(where, "12345.6", now=NOW, at=NOW + 2 * MINUTE)
    assert refused.value.field == "at"
    assert note_reading(where, "12345.6", now=NOW, at=NOW + 30_000).entry is not None


def test_now_needs_a_daemon_that_knows_the_time(where: MeterLedger) -> None:
    state = daemon_state.State(pid=1, written=NOW, clock_set=False, broker="connected")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(daemon_state, "read", lambda _: state)
        with pytest.raises(SodienError, match="does not know the time"):
            note_reading(where, "12345.6", now=NOW)
        with pytest.raises(SodienError, match="does not know the time"):
            note_constant(where, Decimal(800), now=NOW)
        assert note_reading(where, "12345.6", now=NOW, at=minute(10)).entry is not None
        late = NOW + 86_400_000  # of a clock that stood still without power
        assert note_reading(where, "12345.6", now=NOW, at=late).entry is not None


def test_a_picture_is_copied_only_when_the_reading_is_stored(where: MeterLedger, tmp_path: Path) -> None:
    picture = tmp_path / "dial.JPG"
    picture.write_bytes(b"a picture")
    tried = note_reading(where, "12345.6", now=NOW, photo=picture, dry_run=True)
    copy = where.ledger.path.parent / body_of(tried.row)["photo"]["copy"]
    assert not copy.exists()
    note_reading(where, "12345.6", now=NOW, photo=picture)
    assert copy.read_bytes() == b"a picture"
    with pytest.raises(SodienError, match="cannot be kept"):
        note_reading(where, "12345.7", now=NOW, photo=tmp_path / "none.jpg")


def test_no_such_reading(where: MeterLedger) -> None:
    with pytest.raises(SodienError, match="no dial reading 99"):
        withdraw_reading(where, 99, because="x", now=NOW)


# -- the meter itself ----------------------------------------------------------------------------------


def test_a_replacement_takes_the_rest_from_the_settings(where: MeterLedger) -> None:
    noted = note_replacement(
        where, now=NOW, at=minute(30), old_final="12345.6", new_initial="0.0", constant=Decimal(800)
    )
    old, new = noted.after.installations
    assert (old.constants[-1].constant, new.constants[-1].constant) == (1600, 800)
    assert (new.digits, new.decimals, new.multiplier, new.start) == (5, 1, 1, minute(30))
    with pytest.raises(SodienError, match=f"withdraw {noted.entry} --because"):
        note_replacement(where, now=NOW, at=minute(30), old_final="12345.6", new_initial="0.0")
    after = withdraw_meter_note(where, noted.entry or 0, because="it was not", now=NOW).after
    assert [one.start for one in after.installations] == [None]


@pytest.mark.parametrize("field", ["old_final", "new_initial"])
def test_which_dial_cannot_show_that(where: MeterLedger, field: str) -> None:
    shown = {"old_final": "12345.6", "new_initial": "0.0", field: "1234567"}
    with pytest.raises(FieldError) as refused:
        note_replacement(where, now=NOW, at=minute(30), **shown)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize("constant", ["0", "-1600", "1000001", "NaN", "Infinity"])
def test_what_is_no_constant(where: MeterLedger, constant: str) -> None:
    with pytest.raises(FieldError, match="is not a meter constant") as refused:
        note_constant(where, Decimal(constant), now=NOW)
    assert refused.value.field == "constant"


@settings(max_examples=25)
@given(st.decimals(1, 100_000, places=2), st.integers(1, 149))
def test_a_constant_holds_from_its_time_on(constant: Decimal, since: int) -> None:
    with opened() as where:
        after = note_constant(where, constant, now=NOW, at=minute(since)).after
        assert after.constant(minute(since) - 1) == 1600
        assert after.constant(minute(since)) == Fraction(constant)
        assert after.pulses(NOW) == where.history().pulses(NOW)


# -- gaps ----------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.decimals(0, 4, places=3), st.decimals(0, 4, places=3))
def test_a_gap_holds_what_was_said_until_it_is_undone(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    with opened() as where:
        (gap,) = where.history().gaps
        noted = resolve_gap(where, gap.seq, "energy", now=NOW, energy=(low, high))
        (resolved,) = noted.after.gaps
        told = resolved.blind()
        assert low <= told.low
        assert told.high is not None
        assert told.high <= max(high, told.low)
        assert noted.at == gap.start
        undone = resolve_gap(where, gap.seq, "undo", now=NOW + 1)
        assert undone.after.gaps == [gap]


def test_more_than_the_supply_can_carry(where: MeterLedger, gap: int) -> None:
    with pytest.raises(SodienError, match="may have flowed"):
        resolve_gap(where, gap, "energy", now=NOW, energy=(Decimal(1000), Decimal(1001)))
    with pytest.raises(SodienError, match="came back after gap"):
        resolve_gap(where, gap, "supply_out", now=NOW)
    assert where.ledger.of_kind("resolution", "main") == []


def test_whose_gap_it_is(where: MeterLedger, gap: int) -> None:
    assert find_gap([where], gap) is where
    with pytest.raises(SodienError, match="no gap 4711"):
        find_gap([where], 4711)
    with pytest.raises(SodienError, match="no gap 4711"):
        resolve_gap(where, 4711, "supply_on", now=NOW)
