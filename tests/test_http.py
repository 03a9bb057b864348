"""The HTTP client, against a server that answers as it is told, and where nobody answers."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sodien.http import LARGEST_B, HttpClient, NoAnswerError


class Server(ThreadingHTTPServer):
    """Answers every question with ``status``, ``said`` and ``more`` headers; remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.said, self.more = 200, b"", {}
        self.asked: list[tuple[str, str, bytes, str | None]] = []
        self.callers: set[int] = set()
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, body, self.headers.get("Authorization")))
        self.server.callers.add(self.client_address[1])
        self.send_response(self.server.status)
        for name, value in {**self.server.more, "Content-Length": str(len(self.server.said))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.said)

    do_GET = do_POST = answer  # noqa: N815  (the library's names)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.mark.parametrize("status", [200, 204, 302, 401, 404, 500, 503])
def test_any_status_is_an_answer_and_nothing_is_asked_twice(server: Server, status: int) -> None:
    server.status, server.said, server.more = status, b"" if status == 204 else b"said", {"Location": "/else"}
    with HttpClient(server.url + "/") as client:
        answer = client.ask("GET", "/ping")
    assert (answer.status, answer.good) == (status, status < 300)
    assert answer.headers.get("location") == "/else", "names in any case"
    assert [path for _, path, _, _ in server.asked] == ["/ping"]


def test_questions_share_a_connection(server: Server) -> None:
    server.said = "ổn".encode()
    with HttpClient(server.url) as client:
        for number in range(3):
            assert client.ask("POST", "/write", b"m x=%di" % number).text == "ổn"
    assert [body for _, _, body, _ in server.asked] == [b"m x=0i", b"m x=1i", b"m x=2i"]
    assert len(server.callers) == 1


def test_a_long_answer_is_cut_and_does_not_spoil_the_next(server: Server) -> None:
    with HttpClient(server.url) as client:
        server.said = b"x" * (3 * LARGEST_B)
        assert client.ask("GET", "/").text == "x" * LARGEST_B
        server.said = b"y"
        assert client.ask("GET", "/").text == "y"


def test_who_asks(server: Server) -> None:
    pair = base64.b64encode("chủ:mật".encode()).decode()
    for options, expected in (
        ({}, None),
        ({"token": "t"}, "Token t"),
        ({"user": "chủ", "password": "mật", "token": "t"}, f"Basic {pair}"),
    ):
        with HttpClient(server.url, **options) as client:
            client.ask("GET", "/")
        assert server.asked[-1][3] == expected


def test_nobody_there_is_told_in_the_systems_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        closed_port = gone.getsockname()[1]
    with HttpClient(f"http://127.0.0.1:{closed_port}") as client, pytest.raises(NoAnswerError) as raised:
        client.ask("GET", "/ping")
    assert str(raised.value) == "Connection refused"


def test_silence_ends_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with HttpClient(url, timeout_s=0.2) as client, pytest.raises(NoAnswerError) as raised:
            client.ask("GET", "/ping")
    assert "timed out" in str(raised.value)
    assert "object at" not in str(raised.value)
