"""Everything is killed, again and again: 0 missing, 0 twice, every lost pulse inside a declared gap."""

from __future__ import annotations

import os
import random
import threading
import time

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from sodien.ledger.verify import verify_file
from sodien.protocol.topics import ALL_LEDGERS
from tests.chain.household import (
    AT_RISK_PULSES,
    Household,
    until,
    wait_for_all,
)
from tests.support.rows import body_of
from tests.support.servers import Influx, Mosquitto

KILLS = 10


def lose_what_was_acknowledged(house: Household, mosquitto: Mosquitto) -> None:
    """The broker takes messages for a collector that is away, and then forgets them."""
    house.collector.kill()
    seen = threading.Event()
    watcher = paho.Client(CallbackAPIVersion.VERSION2)
    watcher.on_connect = lambda client, *_: client.subscribe(ALL_LEDGERS, 1)
    watcher.on_subscribe = lambda *_: ready.set()
    watcher.on_message = lambda *_: seen.set()
    ready = threading.Event()
    watcher.connect("127.0.0.1", mosquitto.port)
    watcher.loop_start()
    assert ready.wait(10)
    house.firmware.kill()
    house.firmware.start()  # its start alone makes new entries
    assert seen.wait(20), "the broker has passed an entry on, so it has taken it"
    watcher.disconnect()
    watcher.loop_stop()
    mosquitto.kill()
    mosquitto.restart()
    house.collector.start()


@pytest.mark.timeout(240)
def test_kills_at_random_moments(house: Household, influxdb: Influx, mosquitto: Mosquitto) -> None:
    seed = int(os.environ.get("SODIEN_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
    print(f"seed {seed}: repeat with SODIEN_TEST_SEED={seed}")
    chance = random.Random(seed)
    house.collector.start()
    house.firmware.start()
    house.counting()
    lose_what_was_acknowledged(house, mosquitto)

    jobs = ["firmware"] * (KILLS - 1) + ["collector"] * (KILLS - 1) + ["database"] * 2 + ["broker"]
    chance.shuffle(jobs)
    for job in jobs:
        if job == "firmware" and chance.random() < 0.6:
            house.counting()  # the other times it may still be starting
        time.sleep(chance.uniform(0.0, 1.2))
        if job == "firmware":
            house.firmware.kill()
            house.firmware.start()
        elif job == "collector":
            house.collector.kill()
            house.collector.start()
        elif job == "database":
            influxdb.kill()
            time.sleep(chance.uniform(0.0, 1.0))
            influxdb.restart()
        else:
            mosquitto.kill()
            mosquitto.restart()
    assert (house.firmware.kills, house.collector.kills) == (KILLS, KILLS)

    house.counting()
    until(lambda: house.queue() == 0, 120, "everything is confirmed")
    house.firmware.stop()
    have = wait_for_all(house, influxdb, 30)

    # The truth: every pulse is counted, or lies in a gap that the ledger and the database declare.
    gaps = [row for row in house.rows() if row.kind == "gap"]
    spans = [(row.mono or 0, (row.mono or 0) + int(body_of(row)["ns"])) for row in gaps]
    true = house.true_pulses()
    lost = [sum(start <= at < end for at in true) for start, end in spans]
    counted = house.saved()
    assert counted == len(true) - sum(lost), (counted, len(true), lost)
    assert max(lost) < AT_RISK_PULSES, "a kill costs less than at_risk_wh"
    assert len(gaps) <= KILLS
    assert {body_of(row)["reason"] for row in gaps} == {"killed"}
    declared = influxdb.query("SELECT pulses_max FROM gap", "sodien")
    assert len(true) - counted <= sum(row["pulses_max"] for row in declared)
    chain = verify_file(house.ledger_path).report
    assert (chain.faults, chain.unsealed) == ([], 1), "a clean stop seals what ten kills left"
    published = {row["hash"] for row in influxdb.query("SELECT hash FROM seal", "sodien")}
    assert published == {made.hash for _, _, made in chain.seals}
    ticks = sorted((key[2], pulses or 0) for key, pulses in have.items() if key[0] == "meter")
    assert [pulses for _, pulses in ticks] == sorted(pulses for _, pulses in ticks)
    assert ticks[-1][1] == counted == house.status()["meters"][0]["pulses"]
    print(f"{len(true)} pulses, {counted} counted, lost by kill: {lost}, {len(have)} entries")
