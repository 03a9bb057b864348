"""What a person reads on each dashboard, drawn by Grafana's own components, for values that are known."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from interop.grafana.pictures import BOARDS, PAGE, asked, draw, fill
from tests.grafana.dashboards import CONFIG, load, panels
from tests.grafana.household import HOUR, NOW, START, local
from tests.support.servers import Influx

pytestmark = pytest.mark.skipif(
    not PAGE.exists() or shutil.which("chromium") is None,
    reason="make pictures builds the page; needs Chromium",
)
LANGUAGES = ("en", "vi")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    with Influx(tmp_path_factory.mktemp("influxdb")) as server:
        fill(server)
        server.query("CREATE DATABASE empty")
        yield server


def path_of(name: str, language: str) -> Path:
    return CONFIG / "dashboards" / language / f"{name}.json"


def shown(server: Influx, name: str, language: str, now: int = NOW, database: str = "sodien") -> list[str]:
    """What each panel shows, in the order of the panels."""
    path = path_of(name, language)
    drawn = draw(path, asked(server, path, now, database), now)
    return [drawn[panel["title"]] for panel in panels(load(path))]


#: By dashboard: what the first panels show; None where it is drawn and has no text of its own.
READS: dict[str, dict[str, list[str]]] = {
    "sodien": {
        "en": [
            "300 W",
            "12385.1 kWh",
            "at least 12383.8 kWh at most 12397.1 kWh",
            "at least 1.49 kWh about 1.49 kWh at most 1.49 kWh",
            "10,000",
            "at least 16 kWh about 17 kWh at most 19 kWh",
            "at least 33,999 about 34,000 at most 34,002",
            "reached 1 next one from 50 kWh",
            "2026-12-22",
            "2026-11-24 10:25",
            "at least 179 kWh about 180 kWh at most 182 kWh",
            "at least 399,999 about 400,000 at most 400,002",
            "at least about at most the next tier begins",
            "highest mean of the hour",
            "counted not counted, at most",
        ],
        "vi": [
            "300 W",
            "12385.1 kWh",
            "ít nhất 12383.8 kWh nhiều nhất 12397.1 kWh",
            "ít nhất 1.49 kWh khoảng 1.49 kWh nhiều nhất 1.49 kWh",
            "10.000",
            "ít nhất 16 kWh khoảng 17 kWh nhiều nhất 19 kWh",
        ],
    },
    "sodien-reading-day": {
        "en": [
            "does not fit what was counted",
            "3.2 kWh",
            "14.0 kWh",
            "2026-12-22",
            "our bounds, from our bounds, to utility − ours",
        ],
        "vi": ["không khớp với số đã đếm", "3.2 kWh", "14.0 kWh", "22/12/2026"],
    },
    "sodien-health": {
        "en": ["2026-11-24 10:25", "missing 0 in the ledger 341", "1", "0.0 MB", "13.20 kWh"],
        "vi": ["24/11/2026 10:25", "thiếu 0 trong sổ 341", "1", "0.0 MB", "13.20 kWh"],
    },
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", READS)
def test_a_panel_reads_as_the_dial_and_the_bill_do(server: Influx, name: str, language: str) -> None:
    found = shown(server, name, language)
    wanted = READS[name][language]
    assert found[: len(wanted)] == wanted


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", BOARDS)
def test_every_panel_is_drawn_without_an_error_and_none_rescales(
    server: Influx, name: str, language: str
) -> None:
    for text in shown(server, name, language):
        assert "failed" not in text
        assert "No data" not in text
        assert text
        assert not {"MWh", "GWh", "Wh", "kW", "K", "Mil", "KiB", "GB"} & set(text.split()), text


def test_just_after_midnight_nothing_is_shown_that_was_yesterday(server: Influx) -> None:
    now = local(24, 0, 5)
    fill(server, "midnight", now)
    found = shown(server, "sodien", "en", now, "midnight")
    assert found[3] == "at least – about nothing yet at most –"
    assert found[4] == "nothing yet"
    assert found[5] == "at least 11 kWh about 12 kWh at most 14 kWh"


def test_on_the_first_day_of_a_period_nothing_is_of_the_one_before(server: Influx) -> None:
    """The meter is read on the 22nd; the entry of the first hour of the 23rd is of the new period."""
    fill(server, "first", local(23, 1, 5))
    found = shown(server, "sodien", "en", local(23, 1, 5), "first")
    assert found[3] == "at least 0.00 kWh about 0.00 kWh at most 0.00 kWh"
    assert found[5] == "at least 0 kWh about 1 kWh at most 3 kWh"  # 12 of the period before it
    assert found[8] == "2026-12-22"


def test_after_an_outage_nothing_stands_for_now(server: Influx) -> None:
    found = shown(server, "sodien", "en", local(26, 12))
    now = [text for number, text in enumerate(found[:12]) if number not in (3, 4, 9)]
    assert set(now) == {"not known"}
    assert found[3] == found[4] == "nothing yet"
    assert shown(server, "sodien-health", "en", local(26, 12))[2] == "not known"
    assert found[9] == "2026-11-24 10:25"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_database_is_no_error(server: Influx, language: str) -> None:
    words = {
        "en": {"nothing yet", "not known", "none for a week", "–"},
        "vi": {"chưa có", "chưa rõ", "không có trong một tuần", "–"},
    }[language]
    for name in BOARDS:
        assert set(shown(server, name, language, NOW, "empty")) <= words


def test_the_first_evening_shows_what_there_is(server: Influx) -> None:
    now = START + 5 * HOUR
    fill(server, "evening", now)
    found = shown(server, "sodien", "en", now, "evening")
    assert found[0].endswith(" W")
    assert found[3] == "at least 0.01 kWh about 0.01 kWh at most 0.01 kWh"
    assert found[7] == "reached 6 next one from none"
    assert shown(server, "sodien-days", "en", now, "evening")[0] == "nothing yet"  # of days
    assert set(shown(server, "sodien-reading-day", "en", now, "evening")[:3]) == {"nothing yet"}
