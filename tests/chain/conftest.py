"""A household on the test's own broker and database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chain.household import Household
from tests.support.servers import Influx, Mosquitto


@pytest.fixture
def house(tmp_path: Path, mosquitto: Mosquitto, influxdb: Influx) -> Iterator[Household]:
    """Programs not started yet; ended with the test whatever happens."""
    folder = tmp_path / "house"
    folder.mkdir()
    with Household(folder, mosquitto.port, influxdb.url) as household:
        yield household
