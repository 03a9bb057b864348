"""The outputs against real databases: what is stored, and what each refusal becomes."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.ages import Ages
from collector.batch import DatabaseLine, write_all
from collector.outputs.base import Denied, Output, Refused, Unreachable
from collector.outputs.detect import Probing, api_of
from collector.outputs.influx_v1 import Influx1
from collector.outputs.influx_v2 import Influx2
from tests.collector.test_line_protocol import EVERY_KIND, MS
from tests.support.servers import Influx, Victoria

EVERY_LINE = [f"{text} {MS + index}" for index, (_, text) in enumerate(EVERY_KIND)]


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address where nobody answers (bound, not listening)."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


class TestInflux1:
    def test_makes_its_database_and_keeps_every_kind_exactly(self, influxdb: Influx) -> None:
        output = Influx1(influxdb.url, "sổ điện")
        output.write(EVERY_LINE)
        output.write(EVERY_LINE)  # a repeat changes nothing
        assert influxdb.query("SELECT * FROM meter", "sổ điện") == [
            {"time": MS, "device": "d", "meter": "main", "pulses": 7, "register": None, "low": None,
             "high": None, "power_w": None, "coverage": None, "number": None},
            {"time": MS + 1, "device": "d", "meter": "main", "pulses": 7, "register": None, "low": None,
             "high": None, "power_w": None, "coverage": None, "number": 3},
            {"time": MS + 2, "device": "d", "meter": "main", "pulses": 7, "register": 12.05, "low": 12,
             "high": 12.1, "power_w": 230, "coverage": 1, "number": None},
        ]  # fmt: skip
        (event,) = influxdb.query("SELECT what, detail FROM event", "sổ điện")
        assert event["detail"] == '{"by_s":2.5,"note":"a\\"b\\nc"}'
        (dial,) = influxdb.query('SELECT "by", reading FROM dial', "sổ điện")
        assert (dial["by"], dial["reading"]) == ('Chị "Ba"', "12345.6")
        output.close()

    def test_the_retention_policy_is_part_of_the_bucket(self, influxdb: Influx) -> None:
        output = Influx1(influxdb.url, "sodien/long")
        with pytest.raises(Unreachable, match='CREATE RETENTION POLICY "long" ON "sodien"'):
            output.write(EVERY_LINE)  # the database is made, the policy is the owner's decision
        influxdb.query('CREATE RETENTION POLICY "long" ON "sodien" DURATION 1h REPLICATION 1')
        with pytest.raises(Refused):
            output.write(["m x=1i 1", "m x=2i 4000000000000"])
        assert influxdb.query('SELECT x FROM "long".m', "sodien") == [{"time": 4000000000000, "x": 2}]
        output.close()

    def test_what_is_too_old_is_told_from_what_is_bad_by_trying(self, influxdb: Influx) -> None:
        output = Influx1(influxdb.url, "sodien/long")
        output.create_database()
        influxdb.query('CREATE RETENTION POLICY "long" ON "sodien" DURATION 24h REPLICATION 1')
        now = time.time_ns() // 1_000_000
        output.write([f"m x=1i {now - 60_000}"])
        texts = [f"m x={n}i {n}" for n in range(1, 40)]  # in 1970
        texts += [f"m x={n}{'.5' if n % 10 == 0 else 'i'} {now - n}" for n in range(1, 40)]
        lines = [DatabaseLine(text, "d", "l", n, "t", text.encode()) for n, text in enumerate(texts)]
        bad, expired = write_all(lines, output.write, Ages(output.write, lambda: now).all_too_old)
        assert sorted(one.payload for one in bad) == sorted(
            f"m x={n}.5 {now - n}".encode() for n in (10, 20, 30)
        )
        assert expired == 39
        (rows,) = influxdb.query('SELECT count(x) FROM "long".m', "sodien")
        assert rows["count"] == 37
        output.close()

    def test_bad_lines_are_found_among_good_ones(self, influxdb: Influx) -> None:
        output = Influx1(influxdb.url, "sodien")
        output.write(["m x=1i 1"])
        texts = [f"m x={n}i {n}" if n % 10 else f"m x={n}.5 {n}" for n in range(2, 40)] + ["nonsense"]
        lines = [DatabaseLine(text, "d", "l", n, "t", text.encode()) for n, text in enumerate(texts)]
        bad, _ = write_all(lines, output.write)
        assert sorted(one.payload for one in bad) == [
            b"m x=10.5 10",
            b"m x=20.5 20",
            b"m x=30.5 30",
            b"nonsense",
        ]
        assert "conflict" in bad[0].reason
        rows = influxdb.query("SELECT x FROM m", "sodien")
        assert [row["x"] for row in rows] == [n for n in range(1, 40) if n % 10]
        output.close()

    def test_users_and_passwords(self, tmp_path: Path) -> None:
        with Influx(tmp_path / "auth", auth=True) as influxdb:
            influxdb.query("CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES")
            with pytest.raises(Denied, match=r"influxdb\.token_file"):
                Influx1(influxdb.url, "sodien", "root", "wrong").write(EVERY_LINE)
            Influx1(influxdb.url, "sodien", "root", "secret").write(EVERY_LINE)
            known = influxdb.query("SELECT count(pulses) FROM meter", "sodien", u="root", p="secret")
            assert known[0]["count"] == 3

    def test_nobody_there(self, nobody: str) -> None:
        with pytest.raises(Unreachable, match="cannot be reached"):
            Influx1(nobody, "sodien").write(EVERY_LINE)


class TestInflux2:
    def test_writes_through_the_client_library(self, victoria: Victoria) -> None:
        output = Influx2(victoria.url, "home", "sodien", "token")
        output.write(EVERY_LINE)
        output.write(EVERY_LINE)
        (pulses,) = victoria.export('meter_pulses{device="d",meter="main"}')
        assert (pulses["timestamps"], pulses["values"]) == ([MS, MS + 1, MS + 2], [7, 7, 7])
        (register,) = victoria.export("snapshot_end_high")
        assert register["values"] == [3]
        output.close()

    def test_a_database_that_does_not_know_the_api(self, influxdb: Influx) -> None:
        output = Influx2(influxdb.url, "home", "sodien")  # 1.6 answers 404 to /api/v2/write
        with pytest.raises(Denied, match="influx bucket create --name sodien --org home"):
            output.write(EVERY_LINE)
        output.close()

    def test_nobody_there(self, nobody: str) -> None:
        output = Influx2(nobody, "home", "sodien")
        with pytest.raises(Unreachable, match="cannot be reached"):
            output.write(EVERY_LINE)
        output.close()

    def test_a_line_the_database_refuses(self, refusing: str) -> None:
        output = Influx2(refusing, "home", "sodien")
        with pytest.raises(Refused, match="unable to parse"):
            output.write(["nonsense"])
        output.close()

    @pytest.fixture
    def refusing(self) -> Iterator[str]:
        """Answers as InfluxDB 2 does to a malformed line (VictoriaMetrics takes those and logs them)."""
        import http.server
        import threading

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                body = b'{"code":"invalid","message":"unable to parse \'nonsense\': missing fields"}'
                self.send_response(400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_address[1]}"
            server.shutdown()


class TestProbing:
    def test_asks_the_database(self, influxdb: Influx, victoria: Victoria, nobody: str) -> None:
        assert api_of(influxdb.url) == "v1"
        assert api_of(victoria.url) == "v2"
        with pytest.raises(Unreachable):
            api_of(nobody)

    def test_waits_for_the_database_and_asks_again_after_a_denial(self, influxdb: Influx) -> None:
        asked: list[str] = []

        def make(api: str) -> Output:
            asked.append(api)
            if len(asked) == 1:
                return Influx2(influxdb.url, "home", "sodien")  # which 1.6 does not know
            return Influx1(influxdb.url, "sodien")

        output = Probing(influxdb.url, make)
        influxdb.kill()
        with pytest.raises(Unreachable):
            output.write(EVERY_LINE)
        influxdb.restart()
        with pytest.raises(Denied):
            output.write(EVERY_LINE)
        output.write(EVERY_LINE)
        output.write(EVERY_LINE)
        assert asked == ["v1", "v1"]
        output.close()
