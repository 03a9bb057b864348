"""Artemis as a pair, and HAProxy before it, from the settings beside this file."""

from __future__ import annotations

import os
import shutil
import socket
import string
from pathlib import Path

from tests.support.servers import PortLease, Server, find_program

HERE = Path(__file__).parent
#: An empty queue takes 32 KiB here, and each subscription and each retained topic has one: some 20 a meter.
HEAP_MB = 2048


class Artemis(Server):
    """One of the pair. ``ports``: of MQTT and of the pair's own talk, its own two and then the partner's."""

    name = command = "java"
    package = "default-jre-headless"
    leases_wanted = 0
    start_seconds = 120.0

    def __init__(self, folder: Path, role: str, ports: list[int]) -> None:
        super().__init__(folder)
        self.home = Path(os.environ["ARTEMIS"])  # make interop-cluster sets it
        self.role, self.ports = role, ports
        self.name = f"artemis-{role}"
        self.log = folder / f"{self.name}.log"

    @property
    def port(self) -> int:
        return self.ports[0]

    def start_here(self) -> None:
        """Start on the ports that it was given."""
        self._launch(find_program(self.command, self.package))

    def arguments(self) -> list[str]:
        etc = self.folder / "etc"
        shutil.copytree(HERE / "artemis", etc, dirs_exist_ok=True)
        (self.folder / "tmp").mkdir(exist_ok=True)
        properties = {
            "ha.role": self.role,
            "self.address": f"127.0.0.1:{self.ports[1]}",
            "other.address": f"127.0.0.1:{self.ports[3]}",
            "mqtt.address": f"127.0.0.1:{self.port}",
            "data.dir": self.folder / "data",
            "artemis.home": self.home,
            "artemis.instance": self.folder,
            "artemis.instance.etc": etc,
            "java.security.auth.login.config": etc / "login.config",
            "log4j2.configurationFile": etc / "log4j2.properties",
            "log4j2.disableJmx": "true",
            "java.io.tmpdir": self.folder / "tmp",
        }
        return [
            f"-Xmx{HEAP_MB}m",
            "-XX:+UseSerialGC",
            *(f"-D{name}={value}" for name, value in properties.items()),
            "-cp",
            str(self.home / "lib" / "artemis-boot.jar"),
            "org.apache.activemq.artemis.boot.Artemis",
            "run",
        ]

    def answers(self) -> bool:
        """The primary takes connections; the backup holds all that the primary has."""
        if self.role == "backup":
            return b"AMQ221031" in self.log.read_bytes()  # announced, after it was synchronised
        return accepts(self.port)


class HAProxy(Server):
    """One address before the two."""

    name = command = package = "haproxy"

    def __init__(self, folder: Path, primary: Artemis, backup: Artemis) -> None:
        super().__init__(folder)
        self.pair = primary, backup

    def arguments(self) -> list[str]:
        names = ("MQTT_FRONT", "MQTT_PRIMARY", "MQTT_BACKUP")
        ports = (self.port, *(one.port for one in self.pair))
        addresses = {name: f"127.0.0.1:{port}" for name, port in zip(names, ports, strict=True)}
        path = self.folder / "haproxy.cfg"
        path.write_text(string.Template((HERE / "haproxy.cfg").read_text()).substitute(addresses))
        return ["-db", "-f", str(path)]

    def answers(self) -> bool:
        return accepts(self.port)


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


def pair(folder: Path) -> tuple[Artemis, Artemis, list[PortLease]]:
    """Both, not started yet, and the leases of their ports."""
    leases = [PortLease() for _ in range(4)]
    ports = [lease.port for lease in leases]
    primary = Artemis(folder / "primary", "primary", ports)
    return primary, Artemis(folder / "backup", "backup", ports[2:] + ports[:2]), leases
