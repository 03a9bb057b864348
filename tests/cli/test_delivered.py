"""A meter that counts what is delivered to the grid: no cost, no tier, no consumption, and named so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodien.ledger.store import Ledger
from sodien.settings import model
from tests.cli.billed import freeze, notice
from tests.cli.conftest import Sodien
from tests.cli.rooms import SUN, house


@pytest.fixture
def sun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and a ledger of a two-way meter, one month on."""
    freeze(monkeypatch)
    return house(tmp_path, SUN, dials=("main", "room1"))


def test_status_calls_it_delivered_and_gives_no_cost(sodien: Sodien, sun: Path) -> None:
    main, delivered = sodien("status", "-c", sun).out.split("\nroom1\n")
    for word in ("delivered to the grid today", "delivered this period"):
        assert word not in main
        assert word in delivered
    for word in ("cost so far", "tier", "expected by"):
        assert word in main
        assert word not in delivered
    _, one = sodien("status", "--json", "-c", sun).json["meters"]
    assert (one["delivery_of"], one["cost"]) == ("main", None)
    assert "delivered to the grid" in one["cost_why"]
    assert "phát lên lưới" in sodien("--lang", "vi", "status", "-c", sun).out


def test_nothing_that_is_for_consumption_takes_it(sodien: Sodien, sun: Path) -> None:
    assert sodien("days", "--meter", "room1", "--json", "-c", sun).json["meters"][0]["currency"] is None
    for command in (("measure", "start", "kettle"), ("what-if", "--less", "20")):
        said = sodien(*command, "--meter", "room1", "-c", sun).one_sentence()
        assert "room1 counts what is delivered to the grid" in said
    assert "No meter is behind" in sodien("shares", "-c", sun).one_sentence()


def test_a_bill_is_for_the_other_register(sodien: Sodien, sun: Path) -> None:
    file = sun.parent / "notice.txt"
    file.write_text(notice(), encoding="utf-8")
    refused = sodien("bill", "import", file, "--meter", "room1", "-c", sun)
    assert "the bill is for main: --meter main" in refused.one_sentence()
    # Without --meter there is one it can be for.
    taken = sodien("bill", "import", file, "--json", "-c", sun)
    assert taken.code in (0, 1), taken.err
    ledger = Ledger.open(model.load(sun).ledger.path)
    try:
        assert ledger.count_of("bill", "main") == 1
        assert ledger.count_of("bill", "room1") == 0
    finally:
        ledger.close()


def test_a_day_without_sun_is_no_fault_and_a_week_of_sun_no_consumption(sodien: Sodien, sun: Path) -> None:
    doctor = sodien("doctor", "--json", "-c", sun).out
    assert "a light that blinks for both directions can be counted for neither" in doctor
