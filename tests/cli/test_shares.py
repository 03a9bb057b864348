"""`sodien shares`: a bill shared among the rooms behind its meter, from the ledger."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.billed import HOUR, NOW, START, freeze, notice
from tests.cli.conftest import Sodien
from tests.cli.rooms import METERS, SETTINGS, house


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    freeze(monkeypatch)
    return house(tmp_path)


def entered(rooms: Path, sodien: Sodien, text: str | None = None) -> None:
    file = rooms.parent / "notice.txt"
    file.write_text(text or notice(), encoding="utf-8")
    assert sodien("bill", "import", file, "--meter", "main", "-c", rooms).code in (0, 1)


def inside(value: dict[str, str], true: Decimal | float) -> bool:
    return Decimal(value["low"]) <= Decimal(true) <= Decimal(value["high"])


def used(meter: str, first: int, last: int) -> Decimal:
    """kWh between two instants (hours since the start)."""
    return Decimal(METERS[meter][0]) * (last - first) / 1000


def test_a_bill_is_shared_with_the_truth_inside(rooms: Path, sodien: Sodien) -> None:
    entered(rooms, sodien)
    found = sodien("shares", "-c", rooms, "--json")
    assert (found.code, found.err) == (0, "")
    shares: dict[str, Any] = {one["meter"]: one for one in found.json["shares"]}
    # The utility read in some hour in which main showed 9570 and 9868: 60 to 62.5, 805 to 807.5.
    for meter in ("room1", "room2"):
        for first, last in ((60, 805), (62, 807), (62, 805), (60, 807)):
            kwh = used(meter, first, last)
            assert inside(shares[meter]["own"]["kwh"], kwh)
            assert inside(shares[meter]["money"], 792_184 * kwh / 298)
    assert found.json["kwh_printed"]
    assert found.json["total_printed"]
    charges = [Decimal(one["charge"]) for one in found.json["shares"]]
    assert sum(charges) + Decimal(found.json["left"]) == 792_184
    rest = used("main", 60, 805) - used("room1", 60, 805) - used("room2", 60, 805)
    assert inside(found.json["loss"]["kwh"], rest)
    assert found.json["at_most"]["law"].startswith("TT 60/2025")
    assert (found.json["households"], found.json["households_declared"]) == ("1.000000", "1.250000")
    # Quotas for 1.25 households: 63 × 1,984 + 63 × 2,050 + 125 × 2,380 + 47 × 2,998, and 8 % VAT
    assert Decimal(found.json["declared_saves"]) == 792_184 - 747_952


def test_it_is_told_with_its_sums_open(rooms: Path, sodien: Sodien) -> None:
    entered(rooms, sodien)
    shown = sodien("shares", "-c", rooms).out
    assert "room1 · Lan: 792,184 × 111.75 kWh ÷ 298 kWh = 297,069 VND" in shown
    assert "Left for the landlord: 792,184 − 297,069 − 396,092 = 99,023 VND" in shown
    assert "at most: the bill (TT 60/2025/TT-BCT, điều 12" in shown
    assert "Declared to the power company, the same kWh would cost 44,232 VND less." in shown


def test_the_rest_is_divided_as_agreed(rooms: Path, sodien: Sodien) -> None:
    rooms.write_text(SETTINGS.replace("customer:", "common: people, customer:"), encoding="utf-8")
    entered(rooms, sodien)
    shown = sodien("shares", "-c", rooms).out
    assert "of the rest: 792,184 × 37.25 kWh ÷ 298 kWh × 2 ÷ 5 = 39,609 VND" in shown
    assert "Left for the landlord: 792,184 − 336,678 − 455,505 = 1 VND" in shown


def test_before_the_bill_comes_everything_has_bounds(rooms: Path, sodien: Sodien) -> None:
    found = sodien("shares", "-c", rooms, "--json").json
    assert (found["bill"], found["kwh_printed"], found["total_printed"]) == (None, False, False)
    assert (found["first"], found["last"]) == ("2026-10-01", "2026-10-31")
    assert found["total"]["low"] < found["total"]["best"] < found["total"]["high"]
    assert inside(found["total"], 792_184)
    assert "No bill has come yet" in sodien("shares", "-c", rooms).out


def test_a_newer_period_goes_before_an_older_bill(
    rooms: Path, sodien: Sodien, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered(rooms, sodien)
    freeze(monkeypatch, NOW + 30 * 24 * HOUR)
    newer = sodien("shares", "-c", rooms, "--json").json
    assert (newer["bill"], newer["last"]) == (None, "2026-11-30")
    freeze(monkeypatch, NOW + 70 * 24 * HOUR)  # nothing of December was counted
    assert sodien("shares", "-c", rooms, "--json").json["last"] == "2026-10-31"
    entry = sodien("bill", "list", "-c", rooms, "--json").json["bills"][0]["entry"]
    older = sodien("shares", entry, "-c", rooms, "--json").json
    assert (older["bill"], older["last"]) == (entry, "2026-10-31")
    assert sodien("bill", "withdraw", entry, "--meter", "main", "--because", "twice", "-c", rooms).code == 0
    assert "is withdrawn" in sodien("shares", entry, "-c", rooms).one_sentence()


def test_charges_are_judged(rooms: Path, sodien: Sodien) -> None:
    entered(rooms, sodien)
    fair = sodien("shares", "-c", rooms, "--charged", "room1=290.000", "--charged", "room2=396000")
    assert fair.code == 0
    assert "room1 · Lan: 290,000 VND is not more than the share" in fair.out
    assert "All together 686,000 VND: not more than the bill." in fair.out
    greedy = sodien("shares", "-c", rooms, "--charged", "room1=450000", "--charged", "room2=600000", "--json")
    assert greedy.code == 1
    assert [one["result"] for one in greedy.json["charged"]] == ["disagrees", "disagrees"]
    assert greedy.json["charged_together"]["too_much_by_at_least"] == str(1_050_000 - 792_184)


@pytest.mark.parametrize("typed", ["room1", "attic=5", "room1=-5", "room1=", "room1=1.00.0", "room1=x"])
def test_a_charge_that_is_none(rooms: Path, sodien: Sodien, typed: str) -> None:
    entered(rooms, sodien)
    wrong = sodien("shares", "-c", rooms, "--charged", typed)
    assert wrong.code == 2
    assert "350000" in wrong.one_sentence()


def test_sub_meters_that_have_too_much_are_a_finding(rooms: Path, sodien: Sodien) -> None:
    rooms.write_text(
        SETTINGS.replace("pin: 22, constant: 1000", "pin: 22, constant: 1000, multiplier: 2"),
        encoding="utf-8",
    )
    entered(rooms, sodien)
    found = sodien("shares", "-c", rooms)
    assert found.code == 1
    assert "kWh more than main, which cannot be" in found.out


def test_a_sub_meter_has_no_tiers_of_its_own(rooms: Path, sodien: Sodien) -> None:
    meters = {one["id"]: one for one in sodien("status", "-c", rooms, "--json").json["meters"]}
    assert meters["main"]["cost"] is not None
    assert meters["room1"]["cost"] is None
    assert "share of that bill" in meters["room1"]["cost_why"]


def test_what_cannot_be_shared_is_said(
    tmp_path: Path, sodien: Sodien, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(monkeypatch)
    alone = house(
        tmp_path,
        SETTINGS.replace(", sub_of: main", "")
        .replace(", tenant: {people: 3}", "")
        .replace(", tenant: {name: Lan, people: 2}", ""),
    )
    assert "sub_of" in sodien("shares", "-c", alone).one_sentence()
    alone.write_text(SETTINGS, encoding="utf-8")
    assert sodien("shares", "99", "-c", alone).code == 2
    freeze(monkeypatch, START + HOUR)
    assert "No whole billing period" in sodien("shares", "-c", alone).one_sentence()


def test_receipts_name_their_own_tenant_alone(rooms: Path, sodien: Sodien) -> None:
    entered(rooms, sodien)
    file = rooms.parent / "receipts.html"
    assert str(file) in sodien("shares", "-c", rooms, "-o", file).out
    html = file.read_text(encoding="utf-8")
    first, second = html.split('<section class="receipt">')[1:]
    assert "room1 · Lan" in first
    assert "297,069\N{NO-BREAK SPACE}VND" in first
    assert "Lan" not in second
    assert "396,092 VND" in second
    assert "room2" not in first
    assert "396,092" not in first
    assert "792,184 × 149 kWh ÷ 298 kWh = 396,092\N{NO-BREAK SPACE}VND" in second
    assert sodien("--lang", "vi", "shares", "-c", rooms, "-o", file).code == 0
    assert "Phiếu tính tiền điện" in file.read_text(encoding="utf-8")
