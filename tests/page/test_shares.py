"""The tenants' shares on the page: each with its sums open, and receipts to print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from page.app import create_app
from sodien.settings import model
from tests.cli.billed import NOW, notice
from tests.cli.rooms import SETTINGS, house
from tests.page.conftest import Visitor

Rooms = Callable[..., Visitor]


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    """A page on the boarding house, with October's bill unless there is none."""
    apps = []

    def made(settings: str = SETTINGS, *, bill: bool = True) -> Visitor:
        config = house(tmp_path, settings)
        app = create_app(model.load(config), config, lambda: NOW)
        apps.append(app)
        visitor = Visitor(app.test_client(), app)
        visitor.get("/?lang=en")
        if bill:
            assert visitor.post("/notices", text=notice(), keep="yes", meter="main").status_code == 303
        return visitor

    yield made
    for app in apps:
        app.extensions["sodien"].close()


def test_who_owes_what_with_the_sums_open(rooms: Rooms) -> None:
    page = rooms(SETTINGS.replace("customer:", "common: equally, customer:"))
    for address in ("/shares", "/shares?meter=room2", "/shares?entry=2695"):
        shown = page.get(address)
        assert "792,184 × 111.75 kWh ÷ 298 kWh = 297,069 VND" in shown
        assert "792,184 × 37.25 kWh ÷ 298 kWh × 1 ÷ 2 = 49,511 VND" in shown
        assert "All tenants together may be charged 792,184 VND at most" in shown
        assert "/bills/2695?meter=main" in shown
    assert "/shares" in page.get("/bills")
    assert "/shares?entry=2695" in page.get("/bills/2695")
    assert page.client.get("/shares?entry=x").status_code == 404


def test_receipts_are_pages_of_their_own(rooms: Rooms) -> None:
    page = rooms()
    every = page.client.get("/shares/receipts")
    assert every.text.count('<section class="receipt">') == 2
    assert "script-src" not in every.headers["Content-Security-Policy"]
    one = page.get("/shares/receipts?of=room1")
    assert "room1 · Lan" in one
    assert "room2" not in one


def test_without_a_bill_it_is_said(rooms: Rooms) -> None:
    page = rooms(bill=False)
    assert "No bill has come yet" in page.get("/shares")
    assert "Provisional, before the bill" in page.get("/shares/receipts")


def test_a_household_without_sub_meters_sees_nothing_of_it(visit: Callable[..., Visitor]) -> None:
    page = visit()
    assert "/shares" not in page.get("/bills")
    assert page.client.get("/shares").status_code == 404
