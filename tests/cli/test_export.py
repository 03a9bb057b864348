"""`sodien export` and `sodien snapshots`."""

from __future__ import annotations

import csv
import io
import os
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from sodien.bills.evidence_sheet import gap_rows
from sodien.history.meter import history_of
from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.times import format_time
from sodien.settings.model import load
from tests.cli.conftest import SNAPSHOT, Sodien, minute
from tests.support.histories import History


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_ticks(sodien: Sodien, home: Path) -> None:
    rows = table(sodien("export", "ticks", "-c", home).out)
    assert len(rows) == 91
    assert rows[0]["at"] == "2026-10-30T01:00:00.000Z"
    assert [int(row["pulses"]) for row in rows][:3] == [0, 8, 16]
    assert int(rows[-1]["pulses"]) == 720
    assert {row["kwh"] for row in rows} == {""}
    assert float(rows[1]["power_w"]) == 300
    assert float(rows[1]["coverage"]) == 1


def test_ticks_carry_the_bounds_of_a_reading(sodien: Sodien, home: Path) -> None:
    sodien("dial", "12345.6", "--at", "2026-10-30 08:30", "-c", home)
    for row in table(sodien("export", "ticks", "-c", home).out):
        assert Decimal(row["kwh_low"]) <= Decimal(row["kwh"]) <= Decimal(row["kwh_high"])


def test_only_a_part(sodien: Sodien, home: Path) -> None:
    part = ["--from", "2026-10-30 08:10", "--to", "2026-10-30 08:20"]
    rows = table(sodien("export", "ticks", *part, "-c", home).out)
    assert [row["at"][11:16] for row in rows] == [f"01:{n}" for n in range(10, 20)]


def test_gaps(sodien: Sodien, home: Path) -> None:
    (row,) = table(sodien("export", "gaps", "-c", home).out)
    assert (row["from"], row["to"]) == ("2026-10-30T02:00:00.000Z", "2026-10-30T03:00:00.000Z")
    assert (float(row["seconds"]), row["reason"], int(row["pulses_max"])) == (3600, "power", 22458)
    assert (Decimal(row["kwh_low"]), Decimal(row["kwh_high"])) == (0, Decimal("14.036"))


def test_snapshots(sodien: Sodien, home: Path) -> None:
    (row,) = table(sodien("export", "snapshots", "-c", home).out)
    assert (row["meter"], row["day"]) == ("main", "2026-10-31")
    assert [Decimal(row[f"start_{name}"]) for name in ("low", "best", "high")] == [
        Decimal("12345.6"),
        Decimal("12345.65"),
        Decimal("12345.7"),
    ]
    assert (row["hour_low"], row["end_low"]) == ("", "")


def test_to_a_file(sodien: Sodien, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "ticks.csv"
    result = sodien("export", "ticks", "-o", file, "-c", home)
    assert (result.code, result.out) == (0, "")
    assert len(table(file.read_text())) == 91
    assert list(tmp_path.glob("*.part")) == []
    assert list(tmp_path.glob("*.new")) == []


def test_to_a_file_that_cannot_be(sodien: Sodien, home: Path, tmp_path: Path) -> None:
    result = sodien("export", "ticks", "-o", tmp_path / "no" / "ticks.csv", "-c", home)
    assert result.code == 2
    assert "choose another --output" in result.one_sentence()


def test_a_device_is_not_replaced_by_a_file(sodien: Sodien, home: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    result = sodien("export", "ticks", "-o", pipe, "-c", home)
    assert result.code == 2
    assert "is not a file; name another one with -o" in result.one_sentence()
    assert pipe.is_fifo()


def test_nothing_half_written_remains(sodien: Sodien, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ticks.csv"
    folder.mkdir()
    result = sodien("export", "ticks", "-o", folder, "-c", home)
    assert result.code == 2
    result.one_sentence()
    assert list(tmp_path.glob("*.part")) == []
    assert list(tmp_path.glob("*.new")) == []


def test_the_list_of_snapshots(sodien: Sodien, home: Path) -> None:
    report = sodien("snapshots", "--json", "-c", home).json
    now = {"now": None, "differs": True}
    start, end = {**SNAPSHOT["start"], **now}, {**SNAPSHOT["end"], "now": None, "differs": False}
    shown = {"meter": "main", **SNAPSHOT, "digits": 5, "start": start, "end": end, "revised": None}
    assert report == {"snapshots": [shown]}
    out = sodien("snapshots", "-c", home).out
    assert "2026-10-31  main" in out
    assert "12345.650 kWh  [12345.600 … 12345.700]" in out
    assert "no dial reading yet" in out
    assert "usual hour" not in out


def test_what_later_readings_taught_stands_beside_a_snapshot(sodien: Sodien, home: Path) -> None:
    """Worth more than the reading itself: the past becomes narrower, and what was written stays."""
    ledger = Ledger.open(home.parent / "ledger.db")
    wide = {"low": "12345.6", "best": "12350.0", "high": "12354.7"}
    body = {"day": "2026-10-30", "start": {"at": format_time(minute(30)), "register": wide}}
    body["end"] = {"at": format_time(minute(130)), "register": wide}
    ledger.append([NewRow("snapshot", "main", None, None, minute(2499), body=body)])
    ledger.close()
    assert sodien("dial", "12345.9", "--at", "2026-10-30 08:30", "--within", "0s", "-c", home).code == 0
    first = sodien("snapshots", "--json", "-c", home).json["snapshots"][0]
    assert first["start"] == {
        "at": format_time(minute(30)),
        "register": wide,
        "now": {"low": "12345.900000", "best": "12345.950000", "high": "12346.000000"},
        "differs": True,
    }
    out = sodien("snapshots", "-c", home).out
    assert "12350.000 kWh  [12345.600 … 12354.700]" in out
    assert "as known now   12345.950 kWh  [12345.900 … 12346.000]" in out
    assert "exclude" not in out.split("2026-10-31")[0]
    # At the midnight of the other one there was no reading yet; now there is one.
    later = sodien("snapshots", "--json", "-c", home).json["snapshots"][1]["end"]
    assert (later["why"], later["differs"]) == ("no dial reading yet", True)
    assert Decimal(later["now"]["low"]) > 12345


def test_a_snapshot_that_cannot_be_true_any_more_says_so(sodien: Sodien, home: Path) -> None:
    assert sodien("dial", "22345.9", "--at", "2026-10-30 08:30", "-c", home).code == 0
    assert "The two contradict each other" in sodien("snapshots", "-c", home).out


def test_no_snapshots_yet(sodien: Sodien, home: Path, config: Path) -> None:
    config.write_text(config.read_text().replace("id: main", "id: other"))
    assert "No reading day has ended yet" in sodien("snapshots", "-c", config).out
    assert sodien("snapshots", "--json", "-c", config).json == {"snapshots": []}


@pytest.mark.parametrize("seed", range(12))
def test_a_gap_is_one_number_in_every_output(seed: int, sodien: Sodien, config: Path, tmp_path: Path) -> None:
    """Random histories with replacements, readings and what was said of gaps: list, table and sheet agree."""
    history = History(tmp_path / "ledger.db", Random(seed))
    assert history.view().gaps
    listed = sodien("gaps", "--json", "-c", config).json["gaps"]
    rows = table(sodien("export", "gaps", "-c", config).out)
    names = ("low", "best", "high")
    columns = ("kwh_low", "kwh", "kwh_high")
    exported = {row["from"]: [Decimal(row[name]) for name in columns] for row in rows}
    assert {one["start"]: [Decimal(one["energy"][name]) for name in names] for one in listed} == exported
    where = load(config)
    ledger = Ledger.open(history.path)
    view = history_of(where, ledger, where.meters[0])
    on_sheet = [(row.energy.low, row.energy.best, row.energy.high) for row in gap_rows(view, (0, 1 << 60))]
    shown = [tuple(Decimal(one["energy"][name]) for name in names) for one in listed]
    assert sorted(on_sheet) == sorted(shown)
