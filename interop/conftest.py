"""Programs that are not part of Sodien and not in Debian; `make interop` builds what it needs."""

from tests.conftest import influxdb, mosquitto

__all__ = ["influxdb", "mosquitto"]
