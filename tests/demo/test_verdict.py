"""The demo's verdict notices each thing that can be wrong."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from sodien.demo.verdict import DemoReport, SnapshotTruth, Truth, read_points
from sodien.protocol.values import Bounds

BOUNDS = Bounds(Decimal("1.0"), Decimal("1.5"), Decimal("2.0"))
GOOD, BAD, NONE = (
    Truth(BOUNDS, Fraction(2)),
    Truth(BOUNDS, Fraction(2000001, 10**6)),
    Truth(None, Fraction(1)),
)
FINE = DemoReport(1, 1, 100, 90, 10, 9, 50, 50, 0, 0, 0, GOOD)


def test_nothing_wrong() -> None:
    assert replace(FINE, snapshots=[SnapshotTruth("2026-03-31", GOOD, GOOD, GOOD, GOOD)]).findings() == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(FINE, pulses_counted=101),
        replace(FINE, pulses_counted=89),
        replace(FINE, entries_stored=49),
        replace(FINE, duplicates=1),
        replace(FINE, unconfirmed=1),
        replace(FINE, put_aside=1),
        replace(FINE, register=BAD),
        replace(FINE, register=NONE),
        replace(FINE, days_outside=1),
        replace(FINE, snapshots=[SnapshotTruth("2026-03-31", GOOD, GOOD, GOOD, BAD)]),
        replace(FINE, snapshots=[SnapshotTruth("2026-03-31", NONE, GOOD, GOOD, GOOD)]),
    ],
)
def test_each_thing_wrong_is_one_finding(wrong: DemoReport) -> None:
    assert len(wrong.findings()) == 1
    assert wrong.plain()["findings"] == wrong.findings()


def test_a_point_written_again_overwrites_itself(tmp_path: Path) -> None:
    file = tmp_path / "database.lp"
    file.write_text(
        "meter,device=demo,meter=main pulses=1i 1000\n"
        'event,device=demo detail="{\\"a b\\":1}",what="started" 1000\n'
        "meter,device=demo,meter=main pulses=1i,power_w=2 1000\n"
        "meter,device=demo,meter=main pulses=9i 20"  # torn by a crash
    )
    assert read_points(file) == {
        ("meter", "main", 1000): "pulses=1i,power_w=2",
        ("event", "", 1000): 'detail="{\\"a b\\":1}",what="started"',
    }
