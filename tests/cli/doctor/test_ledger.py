"""Wear since the daemon started, from what the kernel tells."""

from __future__ import annotations

import os
from pathlib import Path

from sodien.cli.doctor.ledger import check_names, check_wear, written
from sodien.ledger.store import Ledger, Save


def process(folder: Path, write_bytes: int, started_s: float, uptime_s: float) -> Path:
    ticks = int(started_s * os.sysconf("SC_CLK_TCK"))
    (folder / "7").mkdir()
    (folder / "7" / "io").write_text(f"rchar: 1\nwchar: 2\nread_bytes: 3\nwrite_bytes: {write_bytes}\n")
    # A process may call itself anything, with brackets and spaces.
    (folder / "7" / "stat").write_text("7 (so) di en) S " + " ".join(["0"] * 18) + f" {ticks} 0 0\n")
    (folder / "uptime").write_text(f"{uptime_s} 100.0\n")
    return folder


def test_bytes_and_seconds(tmp_path: Path) -> None:
    assert written(7, process(tmp_path, 5_000_000, 100, 86_500)) == (5_000_000, 86_400)


def test_little_is_fine_and_much_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (fine,) = check_wear(7, process(tmp_path / "a", 21_000_000, 0, 86_400))
    assert (fine.level, "21.0 MB a day" in fine.sentence) == ("ok", True)
    (much,) = check_wear(7, process(tmp_path / "b", 500_000_000, 0, 2 * 86_400))
    assert (much.level, "250.0 MB a day" in much.sentence, bool(much.remedy)) == ("warn", True, True)


def test_what_is_not_known_is_not_said(tmp_path: Path) -> None:
    assert list(check_wear(7, tmp_path)) == []
    assert list(check_wear(7, process(tmp_path, 10**9, 0, 600))) == []  # too short to tell


def test_the_real_kernel_answers_about_ourselves() -> None:
    found = written(os.getpid())
    assert found is not None
    assert found[1] > 0


def test_where_the_entries_of_former_names_are(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    run = ledger.begin_run("boot", 0, "1")
    ledger.append([], [Save("old-meter", run, 1, 5), Save("main", run, 1, 5)])
    ledger.named("raspberrypi")
    ledger.named("nha-toi")
    meter, device = check_names(ledger, "nha-toi", ["main"])
    assert "meter = old-meter" in meter.sentence
    assert "device = raspberrypi" in device.sentence
    assert not meter.bad
    assert not device.bad
    assert list(check_names(ledger, "nha-toi", ["main", "old-meter"])) == [device]
    ledger.close()
