"""Inbox, dead letters, back-off and the meaning of HTTP answers."""

from __future__ import annotations

import datetime as dt
import json
import logging
import random
import threading
from pathlib import Path

import pytest

from collector.batch import BadMessage
from collector.dead_letters import DeadLetters
from collector.inbox import BATCH_BYTES, BATCH_MESSAGES, Inbox, Message
from collector.outputs.base import Denied, OutputError, Refused, Unreachable
from collector.outputs.http_errors import error_of
from collector.retry import Backoff, Trouble


def message(payload: bytes = b"x", generation: int = 1, mid: int = 1) -> Message:
    return Message(generation, mid, 1, "sodien/d/ledger", payload)


class TestInbox:
    def test_what_does_not_fit_stays_with_the_broker(self) -> None:
        inbox = Inbox(limit_bytes=10_000)
        assert inbox.put(message(b"x" * 20_000))  # alone it may be of any size
        assert not inbox.put(message())
        assert not inbox.relieved()  # not before there is room
        assert len(inbox.take(0)) == 1
        assert inbox.relieved()
        assert not inbox.relieved()  # told once
        assert inbox.put(message())

    def test_takes_at_most_a_batch_and_in_order(self) -> None:
        inbox = Inbox()
        for mid in range(BATCH_MESSAGES + 5):
            inbox.put(message(mid=mid))
        first = inbox.take(0)
        assert [one.mid for one in first] == list(range(BATCH_MESSAGES))
        assert len(inbox.take(0)) == 5
        for _ in range(3):
            inbox.put(message(b"x" * BATCH_BYTES))
        assert len(inbox.take(0)) == 1

    def test_forgets_what_the_broker_sends_again(self) -> None:
        inbox = Inbox(limit_bytes=3100)
        inbox.put(message(b"x" * 1000, generation=1))
        inbox.put(message(b"x" * 1000, generation=2))
        assert inbox.forget_before(2) == 1
        assert inbox.put(message(b"x" * 500, generation=2))  # and its room is free again
        assert [one.generation for one in inbox.take(0)] == [2, 2]

    def test_wake_ends_the_wait(self) -> None:
        inbox = Inbox()
        waiter = threading.Thread(target=inbox.take, args=(60,))
        waiter.start()
        while waiter.is_alive():
            inbox.wake()
            waiter.join(0.01)


class TestAside:
    def now(self) -> dt.datetime:
        return dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC)

    def bad(self, payload: bytes, kind: str = "entry") -> BadMessage:
        return BadMessage(kind, "sodien/d/ledger", "does not fit", payload)

    def test_each_payload_once_counted_always_logged_once_a_kind(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = tmp_path / "new" / "dead.jsonl"
        dead = DeadLetters(path, self.now)
        for payload in (b"a", b"b", b"a", b"\xff\n"):
            dead.put(self.bad(payload))
        dead.put(self.bad(b"c", kind="line"))
        rows = [json.loads(row) for row in path.read_text().splitlines()]
        assert [row["payload"] for row in rows] == ["a", "b", "\\xff\n", "c"]
        assert rows[0] == {
            "time": "2026-11-23T17:00:00.000+00:00",
            "topic": "sodien/d/ledger",
            "kind": "entry",
            "reason": "does not fit",
            "payload": "a",
            "payload_bytes": 1,
        }
        assert dead.counts == {"entry": 4, "line": 1}
        assert len(caplog.records) == 2

    def test_size_is_capped_and_counting_goes_on(self, tmp_path: Path) -> None:
        path = tmp_path / "dead.jsonl"
        dead = DeadLetters(path, self.now, max_bytes=2000)
        for number in range(100):
            dead.put(self.bad(str(number).encode() * 10))
        assert 1000 < path.stat().st_size <= 2000
        assert dead.counts["entry"] == 100

    def test_a_torn_line_of_a_crash_spoils_no_other(self, tmp_path: Path) -> None:
        path = tmp_path / "dead.jsonl"
        path.write_text('{"time": "20')
        DeadLetters(path, self.now).put(self.bad(b"a"))
        assert json.loads(path.read_text().splitlines()[1])["payload"] == "a"

    def test_a_file_that_cannot_be_written_is_told_once(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        dead = DeadLetters(tmp_path, self.now)  # a directory
        for payload in (b"a", b"b"):
            dead.put(self.bad(payload))
        assert dead.counts["entry"] == 2
        assert sum("cannot be written" in record.message for record in caplog.records) == 1


class TestRetry:
    def test_waits_double_up_to_the_cap_with_jitter(self) -> None:
        backoff = Backoff(1.0, 8.0, random.Random(5))
        for base in (1, 2, 4, 8, 8, 8):
            assert base / 2 <= backoff.wait() <= base
        assert backoff.wait(at_least=100) == 100
        backoff.reset()
        assert backoff.wait() <= 1

    def test_one_line_at_the_beginning_one_at_the_end(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        trouble = Trouble("the database")
        trouble.end(0)
        for second in range(100):
            trouble.begin("unreachable", "cannot be reached", second)
        trouble.begin("denied", "says no", 100)
        trouble.begin("denied", "says no", 100 + 3599)
        trouble.begin("denied", "still says no", 100 + 3600)
        trouble.end(4000)
        trouble.end(4001)
        assert [record.message for record in caplog.records] == [
            "cannot be reached",
            "says no",
            "still says no",
            "the database works again after 4000 s",
        ]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"error":"unable to parse"}', Refused),
        (413, "Request Entity Too Large", Refused),
        (422, '{"code":"unprocessable entity","message":"field type conflict"}', Refused),
        (400, '{"error":"partial write: points beyond retention policy dropped=12"}', Refused),
        (400, '{"error":"partial write: conflict: \\"points beyond retention policy\\" dropped=1"}', Refused),
        (401, '{"error":"authorization failed"}', Denied),
        (403, "", Denied),
        (404, '{"error":"database not found: \\"x\\""}', Denied),
        (500, '{"error":"retention policy not found: nope"}', Unreachable),
        (301, "", Denied),
        (405, "", Denied),
        (429, "", Unreachable),
        (500, '{"error":"timeout"}', Unreachable),
        (503, "<html>\n<b>busy</b>", Unreachable),
    ],
)  # fmt: skip
def test_meaning_of_an_answer(status: int, body: str, kind: type[OutputError]) -> None:
    error = error_of(status, body, None, "InfluxDB", "create it")
    assert type(error) is kind
    assert "\n" not in str(error)
    assert "{" not in str(error)


@pytest.mark.parametrize(("header", "seconds"), [(None, None), ("7", 7.0), ("soon", None), ("9999", 300.0)])
def test_retry_after(header: str | None, seconds: float | None) -> None:
    error = error_of(429, "", header, "InfluxDB", "")
    assert isinstance(error, Unreachable)
    assert error.retry_after == seconds
