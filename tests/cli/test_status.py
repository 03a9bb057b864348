"""`sodien status`: what scripts rely on, and what a person sees."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from pathlib import Path

import pytest

from sodien.device import state as state_file
from sodien.ledger.store import Ledger
from sodien.protocol.messages import Live
from sodien.protocol.times import format_time
from tests.cli.conftest import CONSTANT, Sodien, minute, runs
from tests.support.tools import ROOT


def decimal(text: object) -> Decimal:
    """kWh travel as strings: JSON numbers would be rounded by whoever reads them."""
    assert isinstance(text, str)
    return Decimal(text)


def test_without_a_dial_reading_everything_but_the_register(sodien: Sodien, home: Path) -> None:
    result = sodien("status", "--json", "-c", home)
    assert result.code == 0
    report = result.json
    assert (report["device"], report["running"], report["broker"]) == ("nha-toi", False, "not running")
    assert report["queue"] == 93  # 91 ticks, a gap, a snapshot: none confirmed
    (meter,) = report["meters"]
    assert (meter["id"], meter["pulses"], meter["register"], meter["power_w"]) == ("main", 720, None, None)
    assert "sodien dial" in meter["why"]
    assert meter["at"] == format_time(minute(150))
    low, best, high = (decimal(meter["today_kwh"][name]) for name in ("low", "best", "high"))
    # 720 pulses were counted; the hour without power may have had up to 14.036 kWh.
    assert Decimal(719) / CONSTANT - Decimal("0.001") <= low <= Decimal(720) / CONSTANT
    assert low <= best <= high
    assert Decimal(720) / CONSTANT + Decimal("14") <= high <= Decimal(722) / CONSTANT + Decimal("14.036")
    assert meter["coverage"] == pytest.approx(90 / 150, abs=0.001)
    expected = {"seconds": 9000.0, "counted": 5400.0, "blind": {"power": 3600.0}}
    assert meter["coverage_today"] == expected
    # The period began on 1 October: what was before counting is a part of it.
    assert meter["coverage_period"] == {
        "seconds": 2543400.0,
        "counted": 5400.0,
        "blind": {"before": 2534400.0, "power": 3600.0},
    }
    assert meter["findings"] == []


def test_with_a_dial_reading_the_register_has_bounds(sodien: Sodien, home: Path) -> None:
    at = "2026-10-30 08:30"
    assert sodien("dial", "12345.6", "--at", at, "--within", "0s", "-c", home).code == 0
    (meter,) = sodien("status", "--json", "--at", "2026-10-30 09:00", "-c", home).json["meters"]
    low, best, high = (decimal(meter["register"][name]) for name in ("low", "best", "high"))
    counted, pulse = Decimal(240) / CONSTANT, Decimal(1) / CONSTANT
    assert Decimal("12345.6") + counted - pulse <= low <= Decimal("12345.6") + counted
    assert Decimal("12345.7") + counted <= high <= Decimal("12345.7") + counted + pulse
    assert low <= best <= high
    assert (meter["pulses"], meter["pulses_max"]) == (480, 480)
    assert "power_w" not in meter


def test_text_names_what_counts(sodien: Sodien, home: Path) -> None:
    result = sodien("status", "-c", home)
    assert result.code == 0
    for text in ("main", "register", "no dial reading yet", "720", "2026-10-30 10:30:00", "not running"):
        assert text in result.out
    assert "60.0% (1 h: the Pi lost its power or was reset)" in result.out
    vietnamese = sodien("--lang", "vi", "status", "-c", home).out
    assert "chỉ số" in vietnamese
    assert "60,0% (1 giờ: Pi mất điện hoặc bị khởi động lại)" in vietnamese


def test_readings_that_disagree_are_told(sodien: Sodien, home: Path) -> None:
    for reading, at in (("12345.6", "08:10"), ("12349.0", "08:50")):
        sodien("dial", "--yes", reading, "--at", f"2026-10-30 {at}", "-c", home)
    (finding,) = sodien("status", "--json", "-c", home).json["meters"][0]["findings"]
    assert "12345.6 (2026-10-30 08:10), 12349.0 (2026-10-30 08:50)" in finding
    assert "Likeliest: " in finding
    assert finding in sodien("status", "-c", home).out


def test_a_running_daemon_is_believed(sodien: Sodien, home: Path) -> None:
    live = Live(pulses=725, at=format_time(minute(151)), power_w=312.5, power_max_w=320.0)
    runs(home, live)
    at = ("--at", "2026-10-30 10:30", "--within", "0s")
    assert sodien("dial", "12346.0", *at, "-c", home).code == 0
    report = sodien("status", "--json", "-c", home).json
    assert (report["running"], report["broker"], report["queue"]) == (True, "connected", 3)
    (meter,) = report["meters"]
    assert (meter["pulses"], meter["pulses_stored"], meter["power_w"]) == (725, 720, 312.5)
    assert meter["at"] == live.at
    assert meter["coverage"] == pytest.approx(91 / 151, abs=1e-4)
    # Five more pulses than the newest row has: the register reaches up to the live count.
    low, high = (decimal(meter["register"][name]) for name in ("low", "high"))
    more = Decimal(5) / CONSTANT
    assert Decimal("12346.0") + more - Decimal(1) / CONSTANT <= low <= Decimal("12346.0") + more
    assert Decimal("12346.1") + more <= high <= Decimal("12346.1") + more + Decimal(1) / CONSTANT
    out = sodien("status", "-c", home).out
    assert "313 W" in out
    assert "2026-10-30 10:31:00" in out
    assert "not running" not in out


def test_a_dial_reading_counts_before_the_daemon_knows_of_it(sodien: Sodien, home: Path) -> None:
    live = Live(pulses=725, at=format_time(minute(151)), why="no dial reading yet; …", problem="older")
    runs(home, live)
    (meter,) = sodien("status", "--json", "-c", home).json["meters"]
    assert meter["register"] is None
    # Read a minute after the live state was made, which knows nothing of it.
    assert sodien("dial", "12346.0", "--at", "2026-10-30 10:32", "-c", home).code == 0
    (meter,) = sodien("status", "--json", "-c", home).json["meters"]
    assert meter["why"] is None
    assert decimal(meter["register"]["high"]) <= Decimal("12346.2")


def test_the_newest_row_counts_more_than_an_older_live_state(sodien: Sodien, home: Path) -> None:
    runs(home, Live(pulses=710, at=format_time(minute(149)), power_w=300.0))
    (meter,) = sodien("status", "--json", "-c", home).json["meters"]
    assert (meter["at"], meter["pulses"]) == (format_time(minute(150)), 720)


@pytest.mark.parametrize(
    ("broker", "word"),
    [
        ("connected", "đã kết nối"),
        ("connecting", "đang kết nối"),
        ("disconnected", "mất kết nối"),
        ("off", "tắt"),
    ],
)
def test_the_language_is_that_of_who_asks(sodien: Sodien, home: Path, broker: str, word: str) -> None:
    why = "no dial reading yet; type 'sodien dial' with what the meter shows"
    runs(home, Live(pulses=725, at=format_time(minute(151)), why=why), broker=broker)
    out = sodien("--lang", "vi", "status", "-c", home).out
    assert f"broker {word} ·" in out
    assert "chưa" in out.splitlines()[2]
    assert "no dial reading" not in out
    assert sodien("--lang", "vi", "status", "--json", "-c", home).json["broker"] == broker


def test_without_a_daemon_that_is_said_in_vietnamese_too(sodien: Sodien, home: Path) -> None:
    out = sodien("--lang", "vi", "status", "-c", home).out
    assert "broker chưa rõ ·" in out, "the broker may run all the same"
    assert "không chạy: hiện không đếm được gì" in " ".join(out.split())


def test_pulses_without_a_time_are_shown_and_why(sodien: Sodien, config: Path) -> None:
    Ledger.open(config.parent / "ledger.db", create=True).close()
    runs(config, Live(pulses=7, why="the clock is not set yet"), clock_set=False)
    (meter,) = sodien("status", "--json", "-c", config).json["meters"]
    assert (meter["pulses"], meter["register"], meter["why"]) == (7, None, "the clock is not set yet")


def test_a_daemon_that_has_gone_is_not(sodien: Sodien, home: Path) -> None:
    ledger = Ledger.open(home.parent / "ledger.db")
    gone = os.fork()
    if gone == 0:
        os._exit(0)
    os.waitpid(gone, 0)
    state_file.write(state_file.write_path(ledger), state_file.State(gone, 0, True, "connected", queue=3))
    ledger.close()
    assert sodien("status", "--json", "-c", home).json["running"] is False


def test_an_empty_ledger_says_so(sodien: Sodien, config: Path) -> None:
    Ledger.open(config.parent / "ledger.db", create=True).close()
    report = sodien("status", "--json", "-c", config).json
    assert report["meters"][0]["pulses"] == 0
    assert report["meters"][0]["why"] == "nothing has been counted yet"
    assert "nothing has been counted yet" in sodien("status", "-c", config).out


def test_a_time_that_is_none_is_one_sentence(sodien: Sodien, home: Path) -> None:
    result = sodien("status", "--at", "yesterday", "-c", home)
    assert result.code == 2
    assert "'yesterday' is not a time" in result.one_sentence()


def test_a_larger_stated_power_widens_gaps_that_were_declared_before(sodien: Sodien, home: Path) -> None:
    """The row says 8.8 kWh, as was believed then; who now knows that more can flow must be told."""
    assert sodien("dial", "12345.6", "--at", "2026-10-30 08:30", "--within", "0s", "-c", home).code == 0

    def high() -> Decimal:
        (meter,) = sodien("status", "--json", "--at", "2026-10-30 10:00", "-c", home).json["meters"]
        return decimal(meter["register"]["high"])

    before = high()
    text = home.read_text()
    home.write_text(text.replace("digits: 5", "digits: 5, max_power_kw: 15"))
    assert high() - before == Decimal("0.964")
    home.write_text(text.replace("digits: 5", "digits: 5, max_power_kw: 5"))
    assert high() - before == Decimal("-9.036")


def test_a_period_that_began_before_counting_stands_on_the_last_bill(sodien: Sodien, home: Path) -> None:
    sodien("dial", "12345.6", "--at", "2026-10-30 08:01", "-c", home)
    sodien("bill", "add", "--last", "30/9/2026", "--new", 12300, "-c", home)
    (meter,) = sodien("status", "--json", "-c", home).json["meters"]
    assert (meter["cost_previous"], meter["cost_since"]) == ("12300", None)
    assert 45 <= decimal(meter["billed_kwh"]["low"]) <= decimal(meter["billed_kwh"]["high"]) <= 65
    out = sodien("status", "-c", home).out
    assert "from the last bill's reading 12300 on" in out
    assert "only what was counted" not in out


def test_what_the_period_has_cost_so_far(sodien: Sodien, home: Path) -> None:
    (meter,) = sodien("status", "--json", "-c", home).json["meters"]
    low, best, high = (decimal(meter["cost"][name]) for name in ("low", "best", "high"))
    assert 0 <= low <= best <= high
    # Up to 14.5 kWh may have flowed: at most 15 kWh on a bill, at 1984 đồng and 8 % VAT.
    assert high == pytest.approx(Decimal(15 * 1984) * Decimal("1.08"), abs=1)
    assert (meter["currency"], meter["tier"], meter["next_tier"]["starts_at_kwh"]) == ("VND", 1, "50")
    assert meter["period"] == {"first": "2026-10-01", "last": "2026-10-31"}
    assert meter["cost_since"] == format_time(minute(0))
    assert meter["reading_day"] == "2026-10-31"
    assert meter["projection"] is None, "hours say nothing about days"
    text = sodien("status", "-c", home).out
    assert "cost so far" in text
    assert "VND" in text
    assert "only what was counted since 2026-10-30 08:00:00" in text


def test_without_a_usable_tariff_it_says_why(sodien: Sodien, home: Path) -> None:
    home.write_text(home.read_text().replace("last}", "last, billing: {tariff: nowhere}}"))
    result = sodien("status", "--json", "-c", home)
    assert result.code == 0
    (meter,) = result.json["meters"]
    assert meter["cost"] is None
    assert "nowhere" in meter["cost_why"]
    assert "nowhere" in sodien("status", "-c", home).out


@pytest.mark.parametrize(
    ("lang", "page"),
    [("en", "tutorial/first-pulse.md"), ("vi", "vi/xung-dau-tien.md"), ("vi", "vi/doc-ket-qua.md")],
)
def test_the_documents_show_the_rows_that_are_printed(
    sodien: Sodien, home: Path, lang: str, page: str
) -> None:
    def rows(text: str) -> list[str]:
        found = re.search(r"^main\n((?:  .*\n)+)", text, re.MULTILINE)
        assert found is not None
        return [name for line in found[1].splitlines() if (name := line[2:28].partition("  ")[0].strip())]

    printed = rows(sodien("--lang", lang, "status", "-c", home).out)
    assert rows((ROOT / "docs" / page).read_text(encoding="utf-8")) == printed
