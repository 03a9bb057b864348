"""Asking a real database as the collector does, with and without rights."""

from __future__ import annotations

import http.server
import json
import re
import threading
from pathlib import Path
from typing import Any

from collector.outputs.influx_v1 import Influx1
from sodien.cli.doctor.database import METER_FIELDS, try_database
from sodien.cli.doctor.finding import Finding
from sodien.settings.model import InfluxSettings
from tests.collector.test_line_protocol import EVERY_KIND
from tests.support.servers import Influx, Victoria


def test_nobody_there() -> None:
    assert try_database(InfluxSettings(url="http://127.0.0.1:9")).level == "warn"


def test_influxdb_1(influxdb: Influx) -> None:
    settings = InfluxSettings(url=influxdb.url)
    assert "will be made" in try_database(settings).sentence
    influxdb.query("CREATE DATABASE sodien")
    assert try_database(settings).level == "ok"
    assert influxdb.query("SHOW MEASUREMENTS", "sodien") == []  # nothing is left behind
    influxdb.query('ALTER RETENTION POLICY "autogen" ON "sodien" DURATION 168h')
    forgets = try_database(settings)
    assert "forgets after 7 days" in forgets.sentence
    assert "DURATION INF" in (forgets.remedy or "")


def test_a_field_of_another_type_is_named_before_anything_is_refused(influxdb: Influx) -> None:
    influxdb.query("CREATE DATABASE sodien")
    Influx1(influxdb.url, "sodien").write(["meter,device=x pulses=1.5 1795910000000"])
    finding = try_database(InfluxSettings(url=influxdb.url))
    assert finding.level == "fail"
    assert "meter.pulses as float" in finding.sentence


def test_the_types_are_those_that_the_collector_writes() -> None:
    kinds: dict[str, str] = {}
    for _, text in EVERY_KIND:
        if text.startswith("meter,"):
            for name, value in re.findall(r"(\w+)=([^, ]+)", text.partition(" ")[2]):
                kinds[name] = "integer" if value.endswith("i") else "float"
    assert kinds == METER_FIELDS


BUCKETS = "/api/v2/buckets"
POLICIES = [["autogen", "0s", "168h0m0s", 1, True]]
COLUMNS = ["name", "duration", "shardGroupDuration", "replicaN", "default"]


def influx_2(buckets: list[Any], values: list[Any] | None) -> Finding:
    """What the doctor says of an InfluxDB 2.7.12 that answers so: its own API, then InfluxQL."""
    shown = {"name": "", "columns": COLUMNS} | ({} if values is None else {"values": values})

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(204, b"")

        def do_GET(self) -> None:
            body: dict[str, Any] = {"results": [{"statement_id": 0}]}
            if self.path.startswith(BUCKETS):
                body = {"links": {"self": self.path}, "buckets": buckets}
            elif "RETENTION" in self.path:
                body = {"results": [{"statement_id": 0, "series": [shown]}]}
            self.answer(200, json.dumps(body).encode())

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("X-Influxdb-Version", "v2.7.12")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        finding = try_database(InfluxSettings(url=f"http://127.0.0.1:{server.server_address[1]}"))
        server.shutdown()
    return finding


def test_retention_of_influxdb_2_is_asked_of_its_own_api() -> None:
    forgets = {"id": "0a", "retentionRules": [{"type": "expire", "everySeconds": 86400}]}
    finding = influx_2([forgets], POLICIES)
    assert "forgets after 1 day" in finding.sentence or "forgets after 24 h" in finding.sentence
    assert "bucket update --id 0a" in (finding.remedy or "")
    assert influx_2([{"id": "0a", "retentionRules": []}], POLICIES).level == "ok"


def test_a_token_that_may_only_write_is_as_it_should_be() -> None:
    """InfluxDB 2.7 says 200 to it: no buckets, and a series without values."""
    assert influx_2([], None).level == "ok"


def test_influxdb_1_with_users(tmp_path: Path) -> None:
    with Influx(tmp_path / "influx", auth=True) as server:
        server.query("CREATE USER admin WITH PASSWORD 'admin' WITH ALL PRIVILEGES")
        (tmp_path / "good").write_text("admin")
        (tmp_path / "bad").write_text("nonsense")
        server.query("CREATE DATABASE sodien", u="admin", p="admin")
        good = InfluxSettings(url=server.url, user="admin", password_file=tmp_path / "good")
        assert try_database(good).level == "ok"
        bad = InfluxSettings(url=server.url, user="admin", password_file=tmp_path / "bad")
        assert "does not let the collector write (401)" in try_database(bad).sentence


def test_victoriametrics_takes_it_but_answers_no_influxql(victoria: Victoria) -> None:
    finding = try_database(InfluxSettings(url=victoria.url))
    assert "does not answer InfluxQL" in finding.sentence
