"""Home Assistant as a process: started, asked, stopped; its clock may run faster."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.chain.household import until
from tests.support.servers import PortLease

HERE = Path(__file__).parent
#: What stands in its log on any machine without a camera, a compiler or a network.
NOT_OURS = (
    "aiohttp_fast_zlib",
    "homeassistant.bootstrap] Skipping pip",
    "homeassistant.components.camera.img_util",
    "haffmpeg",
)
#: And what it says where its clock runs faster: ten of its seconds are half of one.
HURRIED = ("No ACK from MQTT server",)
CONFIGURATION = """\
homeassistant:
  name: Sodien
  time_zone: Asia/Ho_Chi_Minh
  currency: VND
  country: VN
  unit_system: metric
http:
  server_host: 127.0.0.1
  server_port: {port}
recorder:
  commit_interval: 1
api:
config:
energy:
automation: !include automations.yaml
"""


class HomeAssistant:
    """One configuration folder and the process on it."""

    def __init__(self, folder: Path, python: Path) -> None:
        self._python, self.folder = python, folder
        self._lease = PortLease()
        self.url = f"http://127.0.0.1:{self._lease.port}"
        self.log = folder / "home.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._token = ""
        self._ahead, self._speed, self._begun = 0.0, 1, 0.0
        (folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self._lease.port))
        (folder / "automations.yaml").write_text("[]\n")
        self._hass("--script", "auth", "-c", str(folder), "add", "tester", "secret")
        storage = folder / ".storage"
        done = {"done": ["user", "core_config", "analytics", "integration"]}
        entry = {"version": 4, "minor_version": 1, "key": "onboarding", "data": done}
        (storage / "onboarding").write_text(json.dumps(entry))

    def _hass(self, *words: str) -> None:
        subprocess.run([self._python.parent / "hass", *words], check=True, capture_output=True)

    def version(self) -> str:
        """Of Home Assistant."""
        said = subprocess.run([self._python.parent / "hass", "--version"], check=True, capture_output=True)
        return said.stdout.decode().strip()

    def start(self, *, speed: int = 1) -> None:
        """Start, and wait until it runs; its clock goes on ``speed`` times as fast from where it was."""
        environment = dict(os.environ)
        if speed > 1:
            environment |= {"LD_PRELOAD": faketime(), "FAKETIME": f"+{self._ahead:.0f} x{speed}"}
        self._speed, self._begun = speed, time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._python.parent / "hass", "-c", str(self.folder), "--skip-pip"],
                stdout=log, stderr=log, env=environment,
            )  # fmt: skip
        until(self._answers, 120, "Home Assistant answers")
        self._token = ""
        self._token = self._log_in()
        until(lambda: self.ask({"type": "get_config"})["state"] == "RUNNING", 60, "Home Assistant runs")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._heard()[-4000:]
        try:
            with urllib.request.urlopen(f"{self.url}/manifest.json", timeout=5):
                return True
        except OSError:
            return False

    def _heard(self) -> str:
        file = self.folder / "home-assistant.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def stop(self) -> None:
        """SIGTERM; it writes what it has."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None
            self._ahead += (self._speed - 1) * (time.monotonic() - self._begun)

    def close(self) -> None:
        """Leave nothing behind."""
        self.stop()
        self._lease.release()

    def complaints(self) -> list[str]:
        """Warnings and errors in its log, from this start on, that are not of the machine."""
        lines = [line for line in self._heard().splitlines() if " WARNING " in line or " ERROR " in line]
        told = NOT_OURS + (HURRIED if self._speed > 1 else ())
        return [line for line in lines if not any(one in line for one in told)]

    # -- asking ----------------------------------------------------------------------------------------

    def _log_in(self) -> str:
        client = f"{self.url}/"
        flow = self.post("/auth/login_flow", {"client_id": client, "redirect_uri": client,
                                              "handler": ["homeassistant", None]})  # fmt: skip
        entered = self.post(f"/auth/login_flow/{flow['flow_id']}", {"client_id": client,
                            "username": "tester", "password": "secret"})  # fmt: skip
        form = {"grant_type": "authorization_code", "code": entered["result"], "client_id": client}
        with urllib.request.urlopen(
            f"{self.url}/auth/token", urllib.parse.urlencode(form).encode(), timeout=30
        ) as answer:
            self._token = json.loads(answer.read())["access_token"]
        ask = {"type": "auth/long_lived_access_token", "client_name": str(time.time()), "lifespan": 9}
        return str(self.ask(ask))

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer of its REST interface."""
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def ask(self, *requests: dict[str, Any]) -> Any:
        """The results of websocket commands; of one, that one."""
        done = subprocess.run(
            [self._python, HERE / "ask.py", self.url, self._token, json.dumps(requests)],
            capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        found = json.loads(done.stdout)
        return found[0] if len(requests) == 1 else found

    def connect_broker(self, port: int) -> None:
        """Set up the MQTT integration as a person would."""
        flow = self.post("/api/config/config_entries/flow", {"handler": "mqtt"})
        if flow["type"] == "menu":
            flow = self.post(f"/api/config/config_entries/flow/{flow['flow_id']}", {"next_step_id": "broker"})
        done = self.post(
            f"/api/config/config_entries/flow/{flow['flow_id']}", {"broker": "127.0.0.1", "port": port}
        )
        assert done["type"] == "create_entry", done

    def entities(self) -> dict[str, dict[str, Any]]:
        """The entities that came by MQTT, by their unique id."""
        found = self.ask({"type": "config/entity_registry/list"})
        return {one["unique_id"]: one for one in found if one["platform"] == "mqtt"}

    def states(self) -> dict[str, dict[str, Any]]:
        """All states by entity id."""
        return {one["entity_id"]: one for one in self.ask({"type": "get_states"})}

    def call(self, service: str, entity: str, **data: Any) -> None:
        """Call a service on an entity."""
        domain, name = service.split(".")
        self.ask({"type": "call_service", "domain": domain, "service": name, "service_data": data,
                  "target": {"entity_id": entity}})  # fmt: skip


def faketime() -> str:
    """The library that makes a clock run faster (Debian: faketime)."""
    found = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
    if found is None:
        pytest.fail("faketime is not installed: sudo apt-get install faketime", pytrace=False)
    return str(found)
