"""`sodien collect --setup`: a real InfluxDB 1.x, and a stand-in for the documented InfluxDB 2 API."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from collector.provision import provision
from sodien.errors import SodienError
from sodien.settings.model import InfluxSettings
from tests.cli.conftest import Sodien, sodien
from tests.support.servers import Influx

__all__ = ["sodien"]
ADMIN = "admin-secret"
ORG = "0a" * 8


#: How servers refuse, in their words: (how known, status, body).
ANSWERS: dict[str, tuple[str, int, dict[str, str]]] = {
    "unknown token": ("run, 2.7.12", 401, {"code": "unauthorized", "message": "unauthorized access"}),
    "no right to make a bucket": (
        "read, 2.7", 401, {"code": "unauthorized", "message": f"write:orgs/{ORG}/buckets is unauthorized"}
    ),
    "no right to make a token": (
        "read, 2.7", 403, {"code": "forbidden", "message": "permission {write [{buckets}]} is not allowed"}
    ),
    "mapping taken": (
        "run, 2.7.12",
        422,
        {"code": "conflict", "message": "another DBRP mapping with same orgID, db, and rp exists"},
    ),
    "reserved name": (
        "read, 2.7",
        400,
        {"code": "invalid", "message": "bucket name _mine is invalid. Buckets may not start with underscore"},
    ),
}  # fmt: skip


class Influx2:
    """Organisations, buckets, mappings and authorizations, in memory (InfluxDB 2.7 API reference).

    ``refuses`` are answers of :data:`ANSWERS` by the path that gets them; ``version`` what it says of itself.
    """

    def __init__(self) -> None:
        self.refuses: dict[str, str] = {}
        self.version = "v2.7.12"
        self.blind = False
        self.buckets: list[dict[str, Any]] = []
        self.mappings: list[dict[str, Any]] = []
        self.tokens: list[dict[str, Any]] = []
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(*world.get(urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(*world.post(urlsplit(self.path).path, body))

            def do_DELETE(self) -> None:
                self._answer(*world.delete(urlsplit(self.path).path))

            def _answer(self, status: int, body: object) -> None:
                if self.headers.get("Authorization") != f"Token {ADMIN}" and self.path != "/ping":
                    status, body = 401, {"code": "unauthorized", "message": "unauthorized access"}
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("X-Influxdb-Version", world.version)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        if path == "/ping":
            return 204, {}
        if path == "/api/v2/orgs":
            if query.get("org") != ["home"]:
                return 404, {"code": "not found", "message": 'organization name "away" not found'}
            # A token that may not see it gets none, and no error (run, 2.7.12).
            return 200, {"orgs": [] if self.blind else [{"id": ORG, "name": "home"}]}
        if path == "/api/v2/buckets":
            return 200, {"buckets": [b for b in self.buckets if [b["name"]] == query.get("name")]}
        if path == "/api/v2/dbrps":
            return 200, {"content": [m for m in self.mappings if [m["database"]] == query.get("db")]}
        return 404, {"code": "not found", "message": path}

    def delete(self, path: str) -> tuple[int, object]:
        kind, _, one = path.removeprefix("/api/v2/").partition("/")
        things = {"buckets": self.buckets, "dbrps": self.mappings, "authorizations": self.tokens}[kind]
        things[:] = [thing for thing in things if thing["id"] != one]
        return 204, {}

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, object]:
        if path in self.refuses:
            _, status, said = ANSWERS[self.refuses[path]]
            return status, said
        if path == "/api/v2/buckets":
            made = {**body, "id": f"{len(self.buckets):016x}"}
            self.buckets.append(made)
            # Every bucket without a mapping of its own has a virtual one.
            self.mappings.append(
                {"id": "v", "database": body["name"], "bucketID": made["id"], "orgID": ORG, "default": True,
                 "retention_policy": "autogen", "virtual": True}
            )  # fmt: skip
            return 201, made
        if path == "/api/v2/dbrps":
            made = {**body, "id": f"m{len(self.mappings)}", "virtual": False}
            self.mappings.append(made)
            return 201, made
        if path == "/api/v2/authorizations":
            made = {**body, "id": f"t{len(self.tokens)}", "token": f"secret-{len(self.tokens)}"}
            self.tokens.append(made)
            return 201, made
        return 404, {"code": "not found", "message": path}


@pytest.fixture
def influx2() -> Iterator[Influx2]:
    world = Influx2()
    yield world
    world.server.shutdown()
    world.server.server_close()


def test_everything_is_made_once_and_then_found(influx2: Influx2, tmp_path: Path) -> None:
    settings = InfluxSettings(url=influx2.url)
    write, read = tmp_path / "write.token", tmp_path / "read.token"
    first = list(provision(settings, "v2", ADMIN, write, read))
    assert [sentence.split(":")[0] for sentence in first] == [
        "bucket sodien", "InfluxQL mapping of sodien", str(write), str(read)
    ]  # fmt: skip
    (bucket,) = influx2.buckets
    assert bucket["name"] == "sodien"
    assert bucket["orgID"] == ORG
    assert bucket["retentionRules"] == []  # kept for ever
    (mapping,) = [one for one in influx2.mappings if not one["virtual"]]
    assert (mapping["bucketID"], mapping["database"], mapping["default"]) == (bucket["id"], "sodien", True)
    rights = [token["permissions"][0] for token in influx2.tokens]
    assert [one["action"] for one in rights] == ["write", "read"]
    assert {one["resource"]["id"] for one in rights} == {bucket["id"]}
    assert all(len(token["permissions"]) == 1 for token in influx2.tokens)
    assert [token["description"] for token in influx2.tokens] == [
        "Sodien's collector: may only write sodien",
        "Grafana for Sodien: may only read sodien",
    ]
    assert (write.read_text(), read.read_text()) == ("secret-0\n", "secret-1\n")
    assert stat.S_IMODE(write.stat().st_mode) == 0o600
    again = list(provision(settings, "v2", ADMIN, write, read))
    assert [sentence.rpartition(": ")[2] for sentence in again] == [
        "there",
        "there",
        *2 * ["there already, left as it is"],
    ]
    assert (len(influx2.buckets), len(influx2.tokens), len(influx2.mappings)) == (1, 2, 2)


def test_a_bucket_that_forgets_is_said(influx2: Influx2) -> None:
    influx2.buckets.append(
        {
            "id": "b9" * 8,
            "name": "sodien",
            "orgID": ORG,
            "retentionRules": [{"type": "expire", "everySeconds": 2592000}],
        }
    )
    first, *_ = provision(InfluxSettings(url=influx2.url), "v2", ADMIN, None, None)
    assert "forgets after 30 days" in first


def test_what_can_go_wrong_is_one_sentence(influx2: Influx2, tmp_path: Path) -> None:
    settings = InfluxSettings(url=influx2.url)
    with pytest.raises(SodienError, match="does not know the token"):
        list(provision(settings, "v2", "wrong", None, None))
    with pytest.raises(SodienError, match="cannot be written"):
        list(provision(settings, "v2", ADMIN, tmp_path / "no" / "folder", None))
    assert influx2.tokens == []
    with pytest.raises(SodienError, match="no organisation away"):
        list(provision(InfluxSettings(url=influx2.url, org="away"), "v2", ADMIN, None, None))
    influx2.server.shutdown()
    influx2.server.server_close()
    with pytest.raises(SodienError, match="cannot be reached"):
        list(provision(settings, "v2", ADMIN, None, None))


def test_a_token_that_may_not_see_the_organisation(influx2: Influx2) -> None:
    influx2.blind = True
    with pytest.raises(SodienError, match="may not do this: look for the organisation home"):
        list(provision(InfluxSettings(url=influx2.url), "v2", ADMIN, None, None))


TAKEN = {"id": "7f" * 8, "database": "sodien", "bucketID": "ee" * 8, "orgID": ORG, "virtual": False}
BUCKETS, MAPPINGS, TOKENS = "/api/v2/buckets", "/api/v2/dbrps", "/api/v2/authorizations"


@pytest.mark.parametrize(
    ("path", "answer", "cause"),
    [
        (BUCKETS, "no right to make a bucket", "may not do this: make the bucket sodien (write:orgs"),
        (BUCKETS, "reserved name", "make the bucket sodien: bucket name _mine is invalid"),
        (MAPPINGS, "mapping taken", "make the InfluxQL mapping of sodien: another DBRP mapping"),
        (TOKENS, "no right to make a token", "may not do this: make a token (permission"),
        (BUCKETS, "unknown token", "does not know the token in --admin-token"),
    ],
)
def test_the_cause_is_named_and_nothing_half_is_left(
    influx2: Influx2, tmp_path: Path, path: str, answer: str, cause: str
) -> None:
    influx2.refuses[path] = answer
    write = tmp_path / "write.token"
    with pytest.raises(SodienError) as raised:
        list(provision(InfluxSettings(url=influx2.url), "v2", ADMIN, write, None))
    assert cause in str(raised.value)
    assert influx2.buckets == influx2.tokens == []
    assert [one for one in influx2.mappings if not one["virtual"]] == []
    assert not write.exists()


def test_a_second_token_that_fails_takes_the_first_one_back(influx2: Influx2, tmp_path: Path) -> None:
    with pytest.raises(SodienError, match="cannot be written"):
        list(provision(InfluxSettings(url=influx2.url), "v2", ADMIN, tmp_path / "w", tmp_path / "no" / "r"))
    assert influx2.buckets == influx2.tokens == []
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("default", [True, False])
def test_a_name_that_leads_to_another_bucket(influx2: Influx2, default: bool) -> None:
    influx2.mappings.append({**TAKEN, "default": default, "retention_policy": "autogen"})
    with pytest.raises(SodienError) as raised:
        list(provision(InfluxSettings(url=influx2.url), "v2", ADMIN, None, None))
    assert "another bucket (eeee" in str(raised.value)
    assert f"influx v1 dbrp delete --id {TAKEN['id']}" in str(raised.value)
    assert influx2.buckets == [], "looked at before anything was made"


def test_an_own_mapping_that_is_not_the_default_is_not_there(influx2: Influx2) -> None:
    settings = InfluxSettings(url=influx2.url)
    list(provision(settings, "v2", ADMIN, None, None))
    ours = next(one for one in influx2.mappings if not one["virtual"])
    ours["default"] = False
    influx2.mappings.append({**TAKEN, "default": True, "retention_policy": "year"})
    with pytest.raises(SodienError, match=f"influx v1 dbrp update --id {ours['id']} --default"):
        list(provision(settings, "v2", ADMIN, None, None))
    assert len(influx2.buckets) == 1, "what was there stays"


def test_a_bucket_that_an_upgrade_has_named(influx2: Influx2) -> None:
    """Database and policy of 1.x are one bucket's name; InfluxQL knows them as two."""
    list(provision(InfluxSettings(url=influx2.url, bucket="sodien/year"), "v2", ADMIN, None, None))
    (mapping,) = [one for one in influx2.mappings if not one["virtual"]]
    assert (mapping["database"], mapping["retention_policy"]) == ("sodien", "year")


@pytest.mark.parametrize(
    ("version", "cause"), [("1.8.10", "influxdb.api: v1"), ("3.9.6", "influxdb3 create token")]
)
def test_a_server_that_has_none_of_this(influx2: Influx2, version: str, cause: str) -> None:
    influx2.version = version
    with pytest.raises(SodienError, match=f"version {version}.*{cause}"):
        list(provision(InfluxSettings(url=influx2.url), "v2", ADMIN, None, None))
    assert influx2.buckets == []


def test_by_command(influx2: Influx2, tmp_path: Path, sodien: Sodien) -> None:
    config = tmp_path / "sodien.yaml"
    config.write_text(
        f"device: d\nmeters: [{{id: main, pin: 17, constant: 1600}}]\ninfluxdb: {{url: '{influx2.url}'}}\n"
    )
    assert "--admin-token" in sodien("collect", "-c", config, "--setup").err
    (tmp_path / "admin").write_text(ADMIN)
    result = sodien("collect", "-c", config, "--setup", "--admin-token", tmp_path / "admin")
    assert result.code == 0, result.err
    assert "bucket sodien: made" in result.out
    assert sodien("collect", "-c", config, "--read-token", "x").code == 2


def test_influxdb_1(influxdb: Influx, tmp_path: Path, sodien: Sodien) -> None:
    config = tmp_path / "sodien.yaml"
    config.write_text(
        f"device: d\nmeters: [{{id: main, pin: 17, constant: 1600}}]\ninfluxdb: {{url: '{influxdb.url}'}}\n"
    )
    for _ in range(2):
        result = sodien("collect", "-c", config, "--setup")
        assert (result.code, result.out) == (0, "database sodien: there\n")
    assert {"name": "sodien"} in influxdb.query("SHOW DATABASES")
