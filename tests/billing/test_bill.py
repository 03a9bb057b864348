"""The rows of a bill: which is the whole register, what is billed, and what a correction changes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.bill import (
    Bill,
    IndexRow,
    corrected_rows,
    energy_rows,
    main_row,
    printed_kwh,
    whole_rows,
)

#: A meter that was replaced in the period: 50 kWh on the old one, 30 on the new one.
TWO_METERS = Bill(
    rows=(
        IndexRow(old=Decimal(950), new=Decimal(1000), kwh=Decimal(50), serial="111"),
        IndexRow(old=Decimal(0), new=Decimal(30), kwh=Decimal(30), serial="222"),
    )
)


def row(register: str, kwh: int, serial: str | None = None) -> IndexRow:
    return IndexRow(register=register, kwh=Decimal(kwh), serial=serial)


def test_of_two_meters_the_row_runs_from_the_first_index_to_the_last() -> None:
    assert main_row(TWO_METERS) == IndexRow(old=Decimal(950), new=Decimal(30), kwh=Decimal(80))
    assert printed_kwh(TWO_METERS) == 80


@pytest.mark.parametrize(
    ("rows", "whole", "kwh"),
    [
        ([row("KT", 24)], ["KT"], 24),
        ([row("KT", 24), row("SG", 24)], ["KT"], 24),  # SG repeats the sum: it is no second meter
        ([row("SG", 24)], ["SG"], 24),
        ([row("BT", 10), row("CD", 8), row("TD", 6)], [], 24),
        ([row("BT", 10), row("CD", 8), row("TD", 6), row("SG", 24)], ["SG"], 24),
        ([row("KT", 24), row("BT", 10), row("CD", 8), row("TD", 6)], ["KT"], 24),
        ([row("KT", 24), row("VC", 7)], ["KT"], 24),
        ([row("VC", 7)], [], None),
        ([row("KT", 50, "A"), row("SG", 30, "B")], ["KT", "SG"], 80),
        ([row("KT", 50, "A"), row("BT", 10, "B"), row("CD", 8, "B"), row("TD", 6, "B")], [], 74),
    ],
)
def test_each_kwh_is_counted_once(rows: list[IndexRow], whole: list[str], kwh: int | None) -> None:
    bill = Bill(rows=tuple(rows))
    assert [one.register for one in whole_rows(bill)] == whole
    assert printed_kwh(bill) == kwh
    assert printed_kwh(Bill(rows=tuple(rows), kwh=Decimal(99))) == 99


REGISTERS = st.sampled_from(["KT", "SG", "BT", "CD", "TD", "VC"])
ROWS = st.lists(
    st.builds(
        IndexRow,
        register=REGISTERS,
        kwh=st.none() | st.integers(0, 500).map(Decimal),
        serial=st.sampled_from([None, "A"]),
    ),
    max_size=5,
).map(tuple)


@given(ROWS)
def test_the_sum_never_counts_beside_its_parts(rows: tuple[IndexRow, ...]) -> None:
    billed = energy_rows(Bill(rows=rows))
    for one in billed:
        of_meter = {other.register for other in billed if other.serial == one.serial}
        assert one.register != "VC"
        assert len(of_meter & {"KT", "SG"}) <= 1
        if of_meter & {"SG"}:
            assert of_meter == {"SG"}


def test_a_correction_of_two_meters_changes_the_index_that_is_meant() -> None:
    (old, new) = corrected_rows(TWO_METERS, {"new": Decimal(31)}) or ()
    assert (old, new.new) == (TWO_METERS.rows[0], 31)
    (old, new) = corrected_rows(TWO_METERS, {"old": Decimal(951)}) or ()
    assert (old.old, new) == (951, TWO_METERS.rows[1])
    factors = [one.multiplier for one in corrected_rows(TWO_METERS, {"multiplier": Decimal(20)}) or ()]
    assert factors == [20, 20]
    assert corrected_rows(TWO_METERS, {"kwh": Decimal(80)}) == TWO_METERS.rows
    assert [one.kwh for one in corrected_rows(TWO_METERS, {"kwh": Decimal(81)}) or ()] == [None, None]


def test_a_correction_of_hours_has_no_row_to_change() -> None:
    hours = Bill(rows=(row("BT", 10), row("CD", 8), row("TD", 6)))
    assert corrected_rows(hours, {"new": Decimal(1)}) is None
    assert corrected_rows(hours, {"kwh": Decimal(24)}) == hours.rows
    assert corrected_rows(Bill(), {"new": Decimal(1)}) == (IndexRow(new=Decimal(1)),)
    assert corrected_rows(Bill(), {"kwh": Decimal(1)}) == ()


@given(ROWS, st.fixed_dictionaries({}, optional={n: st.integers(0, 9).map(Decimal) for n in ("old", "new")}))
def test_what_was_corrected_is_what_the_row_says(
    rows: tuple[IndexRow, ...], values: dict[str, Decimal]
) -> None:
    changed = corrected_rows(Bill(rows=rows), values)
    if changed is None or not values:
        return
    main = main_row(Bill(rows=changed))
    assert main is not None
    assert {name: getattr(main, name) for name in values} == values
