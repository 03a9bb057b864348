"""Real servers: what they answer is what the tests of every change take it to be.

``make interop`` builds 1.8.10; ``INFLUXD_2_7`` names the program of an InfluxDB 2.7 where there is one.
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collector.line_protocol import of_entry
from collector.outputs.influx_v2 import Influx2
from collector.provision import provision
from sodien.errors import SodienError
from sodien.settings.model import InfluxSettings
from tests.collector.test_answers import TABLE
from tests.grafana import money
from tests.grafana.answers import EXPECTED, MAIN
from tests.grafana.household import NOW, START
from tests.grafana.test_queries import OTHERS, QUERIES, VARIABLES
from tests.support.servers import Influx

PROGRAMS = {
    "1.6.7": "influxd",  # Debian's
    "1.8.10": os.environ.get("INFLUXD_1_8", ""),
    "2.7.12": os.environ.get("INFLUXD_2_7", ""),
}
#: What differs from one answer to the next, or from machine to machine.
CHANGING = re.compile(r"[0-9a-f]{16}|\d+")
ROWS = [row for row in TABLE if row[1] == "run" and row[0] in PROGRAMS]


class Real(Influx):
    """One of the programs, 1.x or 2.x, with a database that keeps an hour and one that keeps everything."""

    token = ""

    def __init__(self, folder: Path, version: str) -> None:
        super().__init__(folder, auth=version.startswith("1"))
        self.version, self.command = version, PROGRAMS[version]

    def arguments(self) -> list[str]:
        if self.version.startswith("1"):
            return super().arguments()
        here = self.folder
        return [
            f"--bolt-path={here}/bolt", f"--engine-path={here}/engine", f"--sqlite-path={here}/sqlite",
            f"--http-bind-address=127.0.0.1:{self.port}", "--reporting-disabled",
        ]  # fmt: skip

    def prepare(self) -> None:
        """Make the user, and the databases ``short`` and ``sodien``."""
        if self.version.startswith("1"):
            self.query("CREATE USER me WITH PASSWORD 'secret' WITH ALL PRIVILEGES")
            self.token = "me:secret"
            self.query("CREATE DATABASE short WITH DURATION 1h", u="me", p="secret")
            self.query("CREATE DATABASE kept", u="me", p="secret")
            return
        setup = {"username": "me", "password": "secret-secret", "org": "home", "bucket": "short",
                 "retentionPeriodSeconds": 3600}  # fmt: skip
        self.token = json.loads(self.post("/api/v2/setup", json.dumps(setup), "")[1])["auth"]["token"]
        orgs = json.loads(self.post("/api/v2/orgs?org=home", None, self.token)[1])
        made = {"orgID": orgs["orgs"][0]["id"], "name": "kept", "retentionRules": []}
        assert self.post("/api/v2/buckets", json.dumps(made), self.token)[0] == 201

    def post(self, path: str, body: str | None, token: str) -> tuple[int, str]:
        """Status and body of an answer; no body asks with GET."""
        request = urllib.request.Request(self.url + path, None if body is None else body.encode())
        if token:
            request.add_header("Authorization", f"Token {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def write(self, database: str, lines: str, token: str | None = None, policy: str = "") -> tuple[int, str]:
        """Status, and what is said where it is not stored."""
        token = self.token if token is None else token
        if self.version.startswith("1"):
            user, _, password = token.partition(":")
            path = f"/write?db={database}&precision=ms&rp={policy}&u={user}&p={password}"
            status, body = self.post(path, lines, "")
        else:
            path = f"/api/v2/write?org=home&bucket={database}&precision=ms"
            status, body = self.post(path, lines, token)
        said = json.loads(body) if body else {}
        return status, said.get("error") or said.get("message") or ""

    def ask(self, text: str) -> list[dict[str, Any]]:
        """Rows of an InfluxQL statement in ``kept``."""
        if self.version.startswith("1"):
            return self.query(text, "kept", u="me", p="secret")
        quoted = urllib.parse.quote(text)
        status, body = self.post(f"/query?db=kept&epoch=ms&q={quoted}", None, self.token)
        assert status == 200, body
        (result,) = json.loads(body)["results"]
        assert "error" not in result, result
        return [
            {**series.get("tags", {}), **dict(zip(series["columns"], values, strict=True))}
            for series in result.get("series", [])
            for values in series["values"]
        ]


@pytest.fixture(scope="module", params=PROGRAMS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    if not PROGRAMS[request.param]:
        pytest.skip(f"no InfluxDB {request.param} on this machine")
    with Real(tmp_path_factory.mktemp("influxdb"), request.param) as server:
        server.prepare()
        yield server


def provoke(server: Real, what: str) -> tuple[int, str]:
    """Make a server refuse."""
    match what:
        case "too old":
            return server.write("short", "m x=1i 1")
        case "conflict":
            assert server.write("kept", f"m x=1i {NOW}")[0] == 204
            return server.write("kept", f"m x=1.5 {NOW}")
        case "malformed":
            return server.write("kept", "nonsense")
        case "unauthorized":
            return server.write("kept", f"m x=1i {NOW}", token="me:wrong")
        case "no database" | "no bucket":
            return server.write("sodien", f"m x=1i {NOW}")
        case "no policy":
            return server.write("kept", f"m x=1i {NOW}", policy="long")
    raise AssertionError(what)


def plain(said: str) -> str:
    return re.sub(r"Bound at [^ ,]+", "Bound", CHANGING.sub("#", said))


def test_it_refuses_as_it_is_written_down(server: Real) -> None:
    rows = [row for row in ROWS if row[0] == server.version]
    assert rows
    for _, _, what, status, said, _ in rows:
        answer = provoke(server, what)
        assert (answer[0], plain(answer[1])) == (status, plain(said)), (what, answer[1])


def test_every_question_of_dashboards_has_the_right_answer(server: Real) -> None:
    lines = money.lines("nha-toi")
    for device, household in [("nha-toi", MAIN), *OTHERS]:
        lines += [of_entry(device, entry) for entry in household.entries]
    status, said = server.write("kept", "\n".join(lines))
    assert status == 204, said
    for name, query in QUERIES.items():
        EXPECTED[name](server.ask(query.render(VARIABLES, START, NOW)))


def test_setup_makes_what_the_collector_and_grafana_need(server: Real, tmp_path: Path) -> None:
    settings = InfluxSettings(url=server.url, org="home", bucket="sodien")
    if server.version.startswith("1"):
        with pytest.raises(SodienError, match=r"InfluxDB 1\.|1\.[68]"):
            list(provision(settings, "v2", server.token, None, None))
        return
    for words in ("made", "there"):
        said = list(provision(settings, "v2", server.token, tmp_path / "write", tmp_path / "read"))
        assert all(words in one for one in said[:2]), said
    output = Influx2(server.url, "home", "sodien", (tmp_path / "write").read_text().strip())
    output.write([of_entry("nha-toi", MAIN.entries[0])])
    output.close()
    reads = (tmp_path / "read").read_text().strip()
    status, body = server.post("/query?db=sodien&q=SELECT+*+FROM+meter", None, reads)
    assert (status, "nha-toi" in body) == (200, True)
    assert server.post("/api/v2/write?org=home&bucket=sodien", "m x=1", reads)[0] in (401, 403)
    for token, cause in (("wrong", "does not know the token"), (reads, "may not do this: look for")):
        with pytest.raises(SodienError, match=cause):
            list(provision(settings, "v2", token, None, None))
    with pytest.raises(SodienError, match="has no organisation away"):
        list(provision(msgspec.structs.replace(settings, org="away"), "v2", server.token, None, None))
