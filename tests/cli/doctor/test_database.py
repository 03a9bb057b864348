"""Asking a real database as the collector does, with and without rights."""

from __future__ import annotations

from pathlib import Path

from sodien.cli.doctor.database import try_database
from sodien.settings.model import InfluxSettings
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
