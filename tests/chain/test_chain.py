"""LED to database with real processes, a real broker and a real database: all agree to the pulse."""

from __future__ import annotations

import time
from pathlib import Path

import paho.mqtt.client
import paho.mqtt.enums
import paho.mqtt.publish

from collector.outputs.file import read_lines
from sodien.ledger.store import Ledger, NewRow
from sodien.protocol.messages import Replay, encode
from sodien.protocol.topics import Topics
from tests.chain.household import (
    DEVICE,
    Household,
    expected,
    month_of_ticks,
    stored,
    until,
    wait_for_all,
)
from tests.support.servers import Influx, Mosquitto


def test_every_tick_arrives_and_everybody_agrees_to_the_pulse(house: Household, influxdb: Influx) -> None:
    house.collector.start()
    house.firmware.start()

    until(
        lambda: house.ledger_path.exists() and house.saved() > 50, 75, "a count that is saved, its minute not"
    )
    until(lambda: len(house.true_pulses()) > 300, 75, "enough pulses to compare")
    until(lambda: house.queue() == 0, 30, "everything confirmed")
    running = house.status()
    assert running["broker"] == "connected"
    assert running["running"]
    house.firmware.stop()
    have = wait_for_all(house, influxdb, 20)

    ticks = {key[2]: pulses for key, pulses in have.items() if key[0] == "meter"}
    rows = influxdb.query(f"SELECT pulses FROM meter WHERE device='{DEVICE}' AND meter='main'", "sodien")
    assert {row["time"]: row["pulses"] for row in rows} == ticks
    true = len(house.true_pulses())
    status = house.status()
    assert status["meters"][0]["pulses"] == house.saved() == rows[-1]["pulses"] == true
    assert status["queue"] <= 3, "what was written after the last word is confirmed to the next run"
    assert running["meters"][0]["pulses"] <= true


class Witness:
    """Listens at the broker: how many ticks had been sent when the dial reading was."""

    def __init__(self, port: int) -> None:
        self.ticks = 0
        self.before_dial: int | None = None
        self.client = paho.mqtt.client.Client(paho.mqtt.enums.CallbackAPIVersion.VERSION2)
        self.client.on_message = self._heard
        self.client.connect("127.0.0.1", port)
        self.client.subscribe(Topics(DEVICE).ledger, qos=1)
        self.client.loop_start()

    def _heard(self, _client: object, _data: object, message: paho.mqtt.client.MQTTMessage) -> None:
        if b'"dial"' in message.payload and self.before_dial is None:
            self.before_dial = self.ticks
        self.ticks += message.payload.count(b'"tick"')

    def stop(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def test_a_month_of_backlog_drains_while_live_entries_pass(
    house: Household, influxdb: Influx, mosquitto: Mosquitto
) -> None:
    count = 43_200
    witness = Witness(mosquitto.port)
    month_of_ticks(house.ledger_path, count, end_ms=int(time.time() - 600) * 1000)
    house.collector.start()
    house.firmware.start()

    def ticks() -> int:
        if "sodien" not in {row["name"] for row in influxdb.query("SHOW DATABASES")}:
            return 0
        found = influxdb.query("SELECT count(pulses) FROM meter", "sodien")
        return int(found[0]["count"]) if found else 0

    until(lambda: ticks() > 1000, 60, "the backlog has begun to drain")
    ledger = Ledger.open(house.ledger_path)
    # The hours and costs of that month are written first: they are backlog too.
    until(lambda: ledger.count_of("hour", "main") >= count // 60, 30, "the month's hours")
    until(lambda: ledger.count_of("cost", "main") >= count // 60 - 5, 30, "the month's costs")
    body = {"reading": "123.4", "low": "123.4", "high": "123.5", "within_ms": 0}
    ledger.append([NewRow("dial", "main", at=int(time.time() * 1000), body=body)])
    asked = witness.ticks
    ledger.close()
    until(lambda: influxdb.query("SELECT reading FROM dial", "sodien"), 30, "the live entry")
    until(lambda: house.queue() == 0, 120, "the month is confirmed")
    until(lambda: witness.ticks >= count, 20, "all heard")
    witness.stop()
    print(f"asked after {asked} of {count} ticks, sent after {witness.before_dial}")
    assert witness.before_dial is not None
    assert witness.before_dial < count, "the new entry did not wait for the month before it"
    house.firmware.stop()
    want = expected(house.rows())
    until(lambda: ticks() >= sum(key[0] == "meter" for key in want), 20, "every tick")
    assert stored(influxdb) == want


def test_two_collectors_share_the_work_and_lose_nothing(
    house: Household, tmp_path: Path, mosquitto: Mosquitto
) -> None:
    text = house.file.read_text().replace(", client_id: test-collector", ", share: team")
    house.file.write_text(text)
    month_of_ticks(house.ledger_path, 5000, end_ms=int(time.time() - 600) * 1000)
    files = [tmp_path / "one.lp", tmp_path / "two.lp"]
    pair = [house.program("collect", "--to", str(file), "--client-id", file.stem) for file in files]
    for collector in pair:
        collector.start()

    def lines(file: Path) -> set[str]:
        return {str(line) for line in read_lines(file)} if file.exists() else set()

    # A shared subscription spreads what comes after it was made.
    until(lambda: all("subscribed" in c.text() or "connected" in c.text() for c in pair), 20, "both listen")
    house.firmware.start()
    until(lambda: lines(files[0]) and lines(files[1]), 30, "both have work")
    pair[0].kill()
    pair[0].start()
    until(lambda: house.queue() == 0, 90, "all is confirmed, whoever stored it")
    house.firmware.stop()
    want = len(house.rows())
    until(lambda: len(lines(files[0]) | lines(files[1])) >= want, 20, "every entry in one of the files")
    assert len(lines(files[0]) | lines(files[1])) == want


def test_an_emptied_database_is_filled_again_on_request(
    house: Household, influxdb: Influx, mosquitto: Mosquitto
) -> None:
    month_of_ticks(house.ledger_path, 2000, end_ms=int(time.time() - 600) * 1000)
    house.collector.start()
    house.firmware.start()
    until(lambda: house.queue() == 0, 60, "all is confirmed")
    influxdb.query("DROP SERIES FROM /.*/", "sodien")
    assert len(stored(influxdb)) < 20
    paho.mqtt.publish.single(
        Topics(DEVICE).replay,
        encode(Replay(from_seq=1)),
        qos=1,
        hostname="127.0.0.1",
        port=mosquitto.port,
    )
    until(lambda: len(stored(influxdb)) >= 2000, 60, "the database is full again")
    until(lambda: house.queue() == 0, 60, "all is confirmed again")
    house.firmware.stop()
    wait_for_all(house, influxdb, 20)
