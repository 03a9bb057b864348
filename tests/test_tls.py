"""Certificates with one fault each, made by OpenSSL, at a real TLS socket: each fault is named."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.outputs.base import Denied, Unreachable
from collector.outputs.influx_v1 import Influx1
from collector.outputs.influx_v2 import Influx2
from sodien.http import HttpClient, NoAnswerError
from sodien.mqtt import broker_of, client_of, connect_options, why_unreachable
from sodien.settings.model import MqttSettings, TlsSettings
from tests.chain.household import Household, until
from tests.support.servers import Mosquitto

#: fault → what the broker's client says, what the database's says
WORDS = {
    "expired": ("has expired", "has expired"),
    "name": ("another name than mqtt.host", "another name than the one in the address"),
    "authority": ("mqtt.tls.ca does not name", "authority that is not known here"),
    "no_tls": ("does not speak TLS", "http:// instead of https://"),
}


def openssl(*words: str, folder: Path) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and a certificate and key for each fault."""
    folder = tmp_path_factory.mktemp("tls")
    new = ("-newkey", "rsa:2048", "-nodes")
    for name in ("ca", "authority"):
        openssl("req", "-x509", *new, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                "-days", "9", "-keyout", f"{name}.key", "-out", f"{name}.crt", folder=folder)  # fmt: skip
    subjects = {"right": ("localhost", "9"), "expired": ("localhost", "-1"), "name": ("other.example", "9")}
    for name, (host, days) in subjects.items():
        openssl(
            "req",
            *new,
            "-subj",
            f"/CN={host}",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            folder=folder,
        )
        (folder / "ext").write_text(f"subjectAltName=DNS:{host}\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", days, "-extfile", "ext", "-out", f"{name}.crt", folder=folder)  # fmt: skip
    return folder


@pytest.fixture(params=WORDS)
def server(request: pytest.FixtureRequest, certificates: Path) -> Iterator[tuple[str, int]]:
    """(fault, port) of a server that has it."""
    fault: str = request.param
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if fault != "no_tls":
        context.load_cert_chain(certificates / f"{fault}.crt", certificates / f"{fault}.key")

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            try:
                if fault == "no_tls":
                    peer.recv(10)
                    peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                else:
                    peer = context.wrap_socket(peer, server_side=True)
            except OSError:
                pass
            peer.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield fault, listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def test_the_brokers(server: tuple[str, int], certificates: Path) -> None:
    fault, port = server
    broker = broker_of(MqttSettings(host="localhost", port=port, tls=TlsSettings(ca=certificates / "ca.crt")))
    client = client_of(broker, "test")
    with pytest.raises(OSError, match=r".") as raised:
        client.connect(broker.host, broker.port, **connect_options(broker))
    assert client.failure is raised.value
    assert WORDS[fault][0] in why_unreachable(client.failure)


def test_the_databases(server: tuple[str, int], certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault, port = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "ca.crt"))
    url = f"https://localhost:{port}"
    with HttpClient(url) as client, pytest.raises(NoAnswerError, match=WORDS[fault][1]):
        client.ask("GET", "/ping")
    for output in (Influx1(url, "sodien"), Influx2(url, "home", "sodien")):
        with pytest.raises((Denied, Unreachable), match=WORDS[fault][1]) as raised:
            output.write(["a b=1 1"])
        assert "\n" not in str(raised.value)
        output.close()


def test_what_python_takes_exception_to_is_named() -> None:
    """Authorities of many a tutorial: without key usage, which Python 3.13 and newer ask for."""
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = 92  # X509_V_ERR_CA_CERT_MISSING_KEY_USAGE
    assert why_unreachable(error).endswith("lacks a field that this Python requires; make both again")


@pytest.mark.parametrize("speaks_tls", [False, True])
def test_the_daemon_holds_openssl_only_where_it_speaks_tls(
    speaks_tls: bool, certificates: Path, tmp_path: Path
) -> None:
    files = {"cafile": "ca.crt", "certfile": "right.crt", "keyfile": "right.key"} if speaks_tls else {}
    config = (*(f"{key} {certificates / name}" for key, name in files.items()), "allow_anonymous true")
    with (
        Mosquitto(tmp_path / "broker", ("log_type all",), config) as broker,
        Household(tmp_path, broker.port, "http://127.0.0.1:1") as house,
    ):
        tls = f", tls: {{ca: {certificates / 'ca.crt'}}}" if speaks_tls else ""
        text = house.file.read_text().replace("host: 127.0.0.1", "host: localhost")
        house.file.write_text(text.replace(f"port: {broker.port}", f"port: {broker.port}{tls}"))
        house.firmware.start()
        until(lambda: broker.log.read_text().count("Received PUBLISH") > 5, 30, "what the daemon tells")
        assert house.firmware.process is not None
        mapped = Path(f"/proc/{house.firmware.process.pid}/maps").read_text()
        assert ("libcrypto" in mapped or "_ssl" in mapped) is speaks_tls
        house.firmware.stop()
        assert "connection" not in house.firmware.text()
