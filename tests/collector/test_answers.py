"""What each database answers, and what the collector makes of it: stored, refused because …, or try later.

The wordings are those of real servers where the row says *run* (``make interop`` asks again), and of the
server's source where it says *read*. None of them decides anything: the property below changes them all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.ages import MEASUREMENT, Ages
from collector.batch import DatabaseLine, write_all
from collector.outputs.base import Denied, Refused, Unreachable
from collector.outputs.http_errors import error_of

NOW = 1_795_910_000_000
DAY = 86_400_000
CONFLICT = (
    'partial write: field type conflict: input field "x" on measurement "m" is type float, already exists '
    "as type integer dropped=1"
)
_POINT = (
    "point m at 1970-01-01T00:00:00.001Z dropped because it violates a Retention Policy Lower Bound at "
    "2026-11-29T12:38:44.687665509Z"
)
OUTSIDE = (
    "partial write: dropped 1 points outside retention policy of duration 1h0m0s - "
    f"oldest {_POINT}, newest {_POINT} dropped=1 for database: 79adfb972dd72126 for retention policy: autogen"
)
BEYOND = "partial write: points beyond retention policy dropped=1"
V2 = "failure writing points to database: "

#: (server, how known, what is wrong, status, text, meaning); "later" is tried again until it works.
TABLE = [
    ("1.6.7", "run", "too old", 400, BEYOND, "stored"),
    ("1.6.7", "run", "conflict", 400, CONFLICT, "refused"),
    ("1.6.7", "run", "malformed", 400, "unable to parse 'nonsense': missing fields", "refused"),
    ("1.6.7", "run", "unauthorized", 401, "authorization failed", "later"),
    ("1.6.7", "run", "no database", 404, 'database not found: "sodien"', "later"),
    ("1.6.7", "run", "no policy", 500, "retention policy not found: long", "later"),
    ("1.6.7", "read", "too long", 413, "Request Entity Too Large", "halves"),
    ("1.6.7", "read", "busy", 503, "timeout", "later"),
    ("1.8.10", "run", "too old", 400, BEYOND, "stored"),
    ("1.8.10", "run", "conflict", 400, CONFLICT, "refused"),
    ("1.8.10", "run", "unauthorized", 401, "authorization failed", "later"),
    ("1.8.10", "run", "no database", 404, 'database not found: "sodien"', "later"),
    ("1.12", "read", "too old", 400, OUTSIDE, "stored"),
    ("1.12", "read", "conflict", 400, CONFLICT, "refused"),
    ("2.7.11", "run", "too old", 422, V2 + "points beyond retention policy dropped=3", "stored"),
    ("2.7.12", "run", "too old", 422, V2 + OUTSIDE, "stored"),
    ("2.7.12", "run", "conflict", 422, V2 + CONFLICT, "refused"),
    ("2.7.12", "run", "malformed", 400, "unable to parse 'nonsense': missing fields", "refused"),
    ("2.7.12", "run", "unauthorized", 401, "unauthorized access", "later"),
    ("2.7.12", "run", "no bucket", 404, 'bucket "sodien" not found', "later"),
    ("2.7.12", "read", "too long", 413, "unable to read data: points batch is too large", "halves"),
    ("2.7.12", "read", "quota", 429, "too many requests", "later"),
    ("2.7.12", "read", "failed", 500, "internal error", "later"),
    ("3 Core", "run", "malformed", 400, "partial write of line protocol occurred", "refused"),
    ("3 Core", "run", "conflict", 400, "partial write of line protocol occurred", "refused"),
    ("3 Core", "read", "unauthorized", 401, "the request was not authenticated", "later"),
    ("3 Core", "read", "forbidden", 403, "requestor is forbidden from requested resource", "later"),
    ("any, behind a proxy", "run", "down", 502, "<html><h1>502 Bad Gateway</h1></html>", "later"),
    ("any, behind a proxy", "run", "down", 504, "", "later"),
]  # fmt: skip


class Database:
    """Keeps lines no older than a day; refuses for their age with one answer, and bad ones with another."""

    def __init__(self, too_old: tuple[int, str], bad: tuple[int, str], most: int = 10_000) -> None:
        self.too_old, self.bad, self.most = too_old, bad, most
        self.stored: dict[str, str] = {}
        self.requests = 0

    def write(self, texts: Sequence[str]) -> None:
        self.requests += 1
        answer = (413, "long") if len(texts) > self.most else None
        for text in texts if answer is None else ():
            name, _, time = text.rpartition(" ")
            if int(time) < NOW - DAY:
                answer = answer or self.too_old
            elif "bad" in name:
                answer = answer or self.bad
            else:
                self.stored[time] = name
        if answer is not None:
            raise error_of(answer[0], json.dumps({"error": answer[1]}), None, "db", "remedy")

    def probes(self) -> int:
        return sum(MEASUREMENT in name for name in self.stored.values())


def lines_of(texts: Sequence[str]) -> list[DatabaseLine]:
    return [DatabaseLine(text, "d", "l", n, "t", text.encode()) for n, text in enumerate(texts, 1)]


@pytest.mark.parametrize(("server", "known", "what", "status", "said", "meaning"), TABLE)
def test_every_answer_of_every_server(
    server: str, known: str, what: str, status: int, said: str, meaning: str
) -> None:
    error = error_of(status, json.dumps({"error": said, "message": said}), None, server, "remedy")
    assert len(str(error)) < 400, known
    if meaning == "later":
        assert isinstance(error, Denied | Unreachable)
        return
    assert isinstance(error, Refused)
    assert error.too_long == (meaning == "halves")
    if meaning == "halves":
        return
    database = Database((status, said), (status, said))
    ages = Ages(database.write, lambda: NOW)
    time = NOW - 400 * DAY if what == "too old" else NOW - DAY // 2
    bad, expired = write_all(lines_of([f"m bad=1i {time}"]), database.write, ages.all_too_old)
    assert (len(bad), expired) == ((0, 1) if meaning == "stored" else (1, 0))


@given(
    st.lists(st.tuples(st.integers(0, 3 * DAY), st.booleans()), max_size=60),
    st.sampled_from([400, 422]),
    st.sampled_from([400, 422]),
    st.text(max_size=20),
    st.text(max_size=20),
    st.integers(1, 80),
)
def test_whatever_a_database_says_each_line_ends_as_what_it_is(
    made: list[tuple[int, bool]], old: int, bad: int, says: str, also: str, most: int
) -> None:
    """Same and other words for age and content, in any order, also where a request may hold few lines."""
    made = list({age: (age, is_bad) for age, is_bad in made}.values())
    texts = [f"m {'bad' if is_bad else 'x'}=1i {NOW - age}" for age, is_bad in made]
    database = Database((old, says), (bad, also), most)
    refused, expired = write_all(
        lines_of(texts), database.write, Ages(database.write, lambda: NOW).all_too_old
    )
    assert sorted(one.seq or 0 for one in refused) == [
        n for n, (age, is_bad) in enumerate(made, 1) if is_bad and age <= DAY
    ]
    assert expired == sum(age > DAY for age, _ in made)
    assert {t for t, n in database.stored.items() if MEASUREMENT not in n} <= {str(NOW - a) for a, _ in made}


def test_few_lines_are_tried_for_many_that_are_too_old_or_bad() -> None:
    for texts in (
        [f"m x=1i {NOW - 400 * DAY + n}" for n in range(5000)],
        [f"m bad=1i {NOW - DAY // 2 + n}" for n in range(5000)],
    ):
        database = Database((422, "a"), (422, "b"))
        write_all(lines_of(texts), database.write, Ages(database.write, lambda: NOW).all_too_old)
        assert database.probes() <= 2


def test_a_database_that_takes_nothing_at_all_proves_no_age() -> None:
    def never(_texts: Sequence[str]) -> None:
        raise Refused("no")

    bad, expired = write_all(
        lines_of([f"m x=1i {NOW - 9 * DAY}"]), never, Ages(never, lambda: NOW).all_too_old
    )
    assert (len(bad), expired) == (1, 0)
