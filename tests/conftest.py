"""Fixtures for every test: the real servers, each fresh for the test that asks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.servers import Influx, Mosquitto, Victoria

# A busy machine is no failure; a failing case is printed so that it can be played again.
# Where a run decides about a change, two runs try the same; everywhere else each looks for something new.
settings.register_profile("sodien", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "sodien"))

_SERVERS = {"mosquitto", "influxdb", "victoria"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a server is marked ``servers``, so that ``make quick`` can leave it out."""
    for item in items:
        if _SERVERS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that keeps every message and forgets them when killed."""
    with Mosquitto(tmp_path / "mosquitto") as server:
        yield server


@pytest.fixture
def influxdb(tmp_path: Path) -> Iterator[Influx]:
    """An empty InfluxDB 1.x."""
    with Influx(tmp_path / "influxdb") as server:
        yield server


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[Victoria]:
    """An empty VictoriaMetrics."""
    with Victoria(tmp_path / "victoria") as server:
        yield server
