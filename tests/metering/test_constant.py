"""Constants as plates print them, and what is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sodien.metering.constant import parse, thousands

PLATES = {
    "1600 imp/kWh": "1600",
    "1600imp/kW·h": "1600",
    "6400 imp / kWh": "6400",
    "375 rev/kWh": "375",
    "450 r/kWh": "450",
    "900 vòng/kWh": "900",
    "0.625 Wh/imp": "1600",
    "0,625 Wh/imp": "1600",
    "3.125 Wh/imp": "320",
    "0.001 kWh/pulse": "1000",
    "Kh 7.2": "138.888888888889",
    "Kh = 1.0 Wh/rev": "1000",
    "kh:3.6": "277.777777777778",
}


@pytest.mark.parametrize(("text", "constant"), PLATES.items())
def test_a_plate_is_read(text: str, constant: str) -> None:
    assert parse(text) == Decimal(constant)


@pytest.mark.parametrize(
    "text", ["1600", "", "imp/kWh", "1600 kWh", "Kh", "Kh 0", "0 imp/kWh", "7.2", "K 7.2", "1 W"]
)
def test_what_is_no_constant_with_its_unit(text: str) -> None:
    assert parse(text) is None


def test_only_a_number_of_pulses_may_have_been_meant_in_thousands() -> None:
    assert [thousands(text) for text in ("1.600", "1,600 imp/kWh", "12.800 imp/kWh")] == [
        "1.600",
        "1,600",
        "12.800",
    ]
    assert [thousands(text) for text in ("3.125 Wh/imp", "1600.5", "0.625", "16.00 imp/kWh")] == [None] * 4
