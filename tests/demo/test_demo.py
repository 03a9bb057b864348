"""`sodien demo` as a person or a script starts it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def demo(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sodien", "demo", *args],
        cwd=cwd,
        env={**os.environ, "SODIEN_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=280,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the one demo runs that the tests below look at."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def shared(folder: Path) -> subprocess.CompletedProcess[str]:
    return demo("--days", "12", "--seed", "7", "--json", cwd=folder)


@pytest.fixture(scope="module")
def report(shared: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert shared.returncode == 0, shared.stderr
    value: dict[str, Any] = json.loads(shared.stdout)
    return value


def test_every_pulse_is_counted_or_inside_a_declared_gap(report: dict[str, Any]) -> None:
    lost = report["pulses_emitted"] - report["pulses_counted"]
    # The Pi was without power while the household went on; what it then missed cannot have been counted.
    assert 0 < report["pulses_emitted_unplugged"] <= lost <= report["pulses_in_declared_gaps_max"]
    # A cut costs what is not saved: less than 20 Wh (32 pulses at 1600 imp/kWh) for each of the two.
    assert lost - report["pulses_emitted_unplugged"] <= 2 * 32


def test_every_entry_is_stored_once(report: dict[str, Any]) -> None:
    assert report["entries_written"] > 12 * 24 * 30
    assert report["entries_stored"] == report["entries_written"]
    assert (report["duplicates"], report["entries_unconfirmed"]) == (0, 0)


def bounds_hold(found: dict[str, str], true: str) -> bool:
    return Decimal(found["low"]) <= Decimal(true) <= Decimal(found["high"])


def test_the_truth_is_inside_the_bounds(report: dict[str, Any]) -> None:
    register = report["register"]
    assert bounds_hold(register, report["true_register"])
    assert Decimal(register["low"]) <= Decimal(register["best"]) <= Decimal(register["high"])
    # After the last dial reading nothing is left open but the reading's own step (0.1 kWh), the pulses'
    # phase, and how far the ledger's minute had got when the dial was read (4 kW for one minute).
    assert Decimal(register["high"]) - Decimal(register["low"]) <= Decimal("0.102") + Decimal(4) / 60


def test_the_reading_day_is_written_down(report: dict[str, Any]) -> None:
    (snapshot,) = report["snapshots"]
    assert snapshot["day"] == "2026-03-31"
    for name in ("start", "end"):
        assert bounds_hold(snapshot[name], snapshot[name]["true"])
        now = snapshot["known_now"][name]
        assert bounds_hold(now, snapshot[name]["true"])
        assert Decimal(snapshot[name]["low"]) <= Decimal(now["low"])
        assert Decimal(now["high"]) <= Decimal(snapshot[name]["high"])
    assert Decimal(snapshot["start"]["true"]) < Decimal(snapshot["end"]["true"])


def test_an_over_read_notice_is_found_and_the_corrected_one_is_not_accused(report: dict[str, Any]) -> None:
    over, corrected = report["bills"]
    assert (over["over_by_kwh"], over["verdict"], over["direction"]) == (30, "disagrees", "over")
    assert 0 < Decimal(over["disagrees_by_kwh"]) <= 30
    assert "index_new" in over["wrong"]
    assert corrected["verdict"] in ("consistent", "cannot_tell")
    assert corrected["wrong"] == []
    assert Decimal(over["billed_kwh"]) == Decimal(corrected["billed_kwh"]) + 30
    own = corrected["own_kwh"]
    assert Decimal(own["low"]) - 1 <= Decimal(corrected["billed_kwh"]) <= Decimal(own["high"]) + 1


def test_the_bill_can_be_looked_at_line_by_line(report: dict[str, Any], folder: Path) -> None:
    output = folder / "demo-output"
    shown = subprocess.run(
        [sys.executable, "-m", "sodien", "audit", "--json", "-c", str(output / "sodien.yaml")],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shown.returncode == 0, shown.stderr
    (bill,) = json.loads(shown.stdout)["bills"]
    assert bill["verdict"]["overall"] == report["bills"][1]["verdict"]
    assert "Chỉ số mới" in (output / "notice-over-read.txt").read_text(encoding="utf-8")
    wrong, right = ((output / f"evidence-{name}.html").read_text() for name in ("over-read", "corrected"))
    assert 'class="headline disagrees"' in wrong
    assert 'class="headline disagrees"' not in right


def test_the_folder_can_be_looked_at(report: dict[str, Any], folder: Path) -> None:
    settings = folder / "demo-output" / "sodien.yaml"
    shown = subprocess.run(
        [sys.executable, "-m", "sodien", "snapshots", "-c", str(settings), "--json"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shown.returncode == 0, shown.stderr
    assert "2026-03-31" in shown.stdout


def test_the_page_on_bounds_shows_what_this_demo_shows(report: dict[str, Any], folder: Path) -> None:
    page = (ROOT / "docs" / "explanation" / "bounds.md").read_text(encoding="utf-8")
    lines = re.findall(r"^(sodien (?:status|dial) .+?)   +(\S.*)$", page, re.MULTILINE)
    assert len(lines) == 3
    for command, shown in lines:
        run = subprocess.run(
            [sys.executable, "-m", "sodien", *shlex.split(command)[1:], "-c", "demo-output/sodien.yaml"],
            cwd=folder,
            env={**os.environ, "SODIEN_LANG": "en"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stderr
        assert shown in run.stdout


def test_progress_goes_to_standard_error(shared: subprocess.CompletedProcess[str]) -> None:
    assert "5 of 12 days" in shared.stderr
    assert "Traceback" not in shared.stderr


def invited(printed: str, cwd: Path) -> list[dict[str, str] | None]:
    """Types the commands that the demo proposes; the register of each that shows one."""
    found = []
    for line in printed.splitlines():
        if line.startswith("  sodien "):
            words = shlex.split(line)[1:]
            run = subprocess.run(
                [sys.executable, "-m", "sodien", *words, "--json"],
                cwd=cwd,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert run.returncode == 0, run.stdout + run.stderr
            report = json.loads(run.stdout)
            found.append(report["meters"][0]["register"] if "meters" in report else None)
    return found


def test_another_seed_tells_another_story_in_words(tmp_path: Path) -> None:
    run = demo("--days", "1", "--seed", "8", "--output", "here", cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Nothing missing, nothing twice" in run.stdout
    assert (tmp_path / "here" / "database.lp").stat().st_size > 0
    widths = [
        Decimal(found["high"]) - Decimal(found["low"])
        for found in invited(run.stdout, tmp_path)
        if found is not None
    ]
    assert len(widths) == 2, "status, then the reading, then status again"
    assert widths[1] < widths[0], "the reading that nobody took narrows the past"
    assert widths[1] < Decimal("0.3")
    # Its own files may be replaced by the next demo, nothing else may be touched. Two at the same time share
    # nothing, neither port nor file, and the same seed gives the same numbers.
    (tmp_path / "here" / "mine.txt").write_text("mine")
    words = ["--days", "1", "--seed", "8", "--json", "--output"]
    with ThreadPoolExecutor() as pool:
        again, beside = pool.map(lambda output: demo(*words, output, cwd=tmp_path), ["here", "beside"])
    assert (again.returncode, beside.returncode) == (0, 0), again.stderr + beside.stderr
    assert (tmp_path / "here" / "mine.txt").read_text() == "mine"
    assert json.loads(again.stdout)["entries_stored"] > 24 * 30
    assert again.stdout.replace("here", "beside") == beside.stdout


@pytest.mark.parametrize(
    "args",
    [
        ("--days", "0"),
        ("--days", "401"),
        ("--days", "many"),
        ("--seed", "-1"),
        ("--live", "--json"),
        ("--output", "occupied"),
        ("--output", "a-file"),
        ("--output", "a-file/below"),
    ],
)
def test_a_bad_argument_is_one_sentence(args: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "occupied").mkdir()
    (tmp_path / "occupied" / "ledger.db").write_text("somebody's")
    (tmp_path / "a-file").write_text("somebody's")
    run = demo(*args, cwd=tmp_path)
    assert run.returncode == 2
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert len(run.stderr.strip().splitlines()[-1]) > 20
    assert (tmp_path / "occupied" / "ledger.db").read_text() == "somebody's"
    assert (tmp_path / "a-file").read_text() == "somebody's"


def test_live_goes_on_until_it_is_interrupted(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "sodien", "demo", "--days", "1", "--live"],
        cwd=tmp_path,
        env={**os.environ, "SODIEN_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        try:
            for line in run.stdout:
                if "Ctrl-C" in line:
                    break
            run.send_signal(signal.SIGINT)
            _, errors = run.communicate(timeout=60)
        finally:
            run.kill()
    assert run.returncode == 0, errors
    assert "Traceback" not in errors
