"""`sodien export` and `sodien snapshots`."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

from tests.cli.conftest import SNAPSHOT, Sodien


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
    assert (float(row["seconds"]), row["reason"], int(row["pulses_max"])) == (3600, "power", 14080)
    assert (Decimal(row["kwh_low"]), Decimal(row["kwh_high"])) == (0, Decimal("8.8"))


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


def test_to_a_file_that_cannot_be(sodien: Sodien, home: Path, tmp_path: Path) -> None:
    result = sodien("export", "ticks", "-o", tmp_path / "no" / "ticks.csv", "-c", home)
    assert result.code == 2
    assert "choose another --output" in result.one_sentence()


def test_nothing_half_written_remains(sodien: Sodien, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ticks.csv"
    folder.mkdir()
    result = sodien("export", "ticks", "-o", folder, "-c", home)
    assert result.code == 2
    result.one_sentence()
    assert list(tmp_path.glob("*.part")) == []


def test_the_list_of_snapshots(sodien: Sodien, home: Path) -> None:
    report = sodien("snapshots", "--json", "-c", home).json
    assert report == {"snapshots": [{"meter": "main", **SNAPSHOT}]}
    out = sodien("snapshots", "-c", home).out
    assert "2026-10-31  main" in out
    assert "12345.650 kWh  [12345.600 … 12345.700]" in out
    assert "no dial reading yet" in out
    assert "usual hour" not in out


def test_no_snapshots_yet(sodien: Sodien, home: Path, config: Path) -> None:
    config.write_text(config.read_text().replace("id: main", "id: other"))
    assert "No reading day has ended yet" in sodien("snapshots", "-c", config).out
    assert sodien("snapshots", "--json", "-c", config).json == {"snapshots": []}
