"""The bodies of rows: every row that was ever written, and every row that can be, is the same bytes again."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.ledger import bodies
from sodien.ledger.bodies import BODIES, Body, DialBody, EventBody, GapBody
from sodien.ledger.noted import ClockNoted, MeterNoted
from sodien.ledger.rows import NewRow, encoded, row_of
from sodien.ledger.store import Ledger
from sodien.metering.register.outage import Boot
from sodien.protocol.entries import KINDS
from tests.ledger.recorded import SCHEMAS, raw_rows, unpack

_words = st.text(max_size=8)
_numbers = st.floats(allow_nan=False, allow_infinity=False)
_plain = st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | _numbers | _words
_LEAVES: dict[object, st.SearchStrategy[object]] = {
    Any: _plain,
    float: _numbers,
    str: _words,
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    msgspec.Raw: st.dictionaries(_words, _plain, max_size=3).map(bodies.as_stored),
    msgspec.UnsetType: st.just(msgspec.UNSET),
}


def _values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of the type of a field."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in _LEAVES:
        return _LEAVES[kind]
    if origin in (Union, UnionType):
        return st.one_of([_values(one) for one in inner])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is dict:
        return st.dictionaries(_values(inner[0]), _values(inner[1]), max_size=3)
    if origin is tuple and inner[1:] == (...,):
        return st.lists(_values(inner[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(_values, inner))
    if issubclass(kind, msgspec.Struct | Boot):
        hints = {name: one for name, one in get_type_hints(kind).items() if get_origin(one) is not ClassVar}
        return st.builds(kind, **{name: _values(one) for name, one in hints.items()})
    return st.from_type(kind)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_recorded_body_is_the_same_bytes_again(schema: int, tmp_path: Path) -> None:
    unpack(schema, tmp_path)
    seen = set()
    for values in raw_rows(tmp_path / "ledger.db"):
        row = row_of(values)
        body = row.read(BODIES[row.kind])
        assert encoded(body) == values[-1]
        seen.add(row.kind)
    younger = {"clock", "revision", "claim"}
    assert seen >= KINDS - younger - (
        set() if schema == 2 else {"bill", "verdict", "schedule", "cost", "reminder", "seal"}
    )


def test_every_kind_of_entry_has_its_struct() -> None:
    assert set(BODIES) == KINDS | {"revision"}, "a revision travels as what it takes the place of"
    assert all(body.kind == kind for kind, body in BODIES.items())


@pytest.mark.parametrize("kind", sorted(BODIES))
@given(data=st.data())
def test_what_is_written_is_read_again(kind: str, data: st.DataObject) -> None:
    body = data.draw(_values(BODIES[kind]))
    assert isinstance(body, Body)
    text = encoded(body)
    row = row_of((1, kind, "main", None, None, 5, None, None, None, text))
    again = row.read(BODIES[kind])
    assert encoded(again) == text
    if text is not None:
        assert list(json.loads(text)) == sorted(json.loads(text))


def test_what_this_version_does_not_know_is_neither_lost_nor_in_the_way(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db", create=True, durable=False)
    ledger.append(
        [
            NewRow(
                "dial",
                "main",
                at=1_800_000_000_000,
                body=DialBody(reading="1.0", low=Decimal(1), high=Decimal(2)),
            )
        ]
    )
    text = b'{"high":"2","low":"1","mood":{"of":["the","dial"]},"reading":"1.0"}'
    ledger._db.execute("UPDATE entry SET body = ?", (text,))
    (row,) = ledger.of_kind("dial")
    assert row.read(DialBody).reading == "1.0"
    assert ledger.append([row]) == [2]
    assert ledger._db.execute("SELECT body FROM entry").fetchall() == [(text,), (text,)]
    ledger.close()


def test_a_body_without_anything_is_not_stored() -> None:
    assert encoded(bodies.HealthBody()) is None
    assert row_of((1, "health", "main", *[None] * 7)).read(bodies.HealthBody) == bodies.HealthBody()


def test_another_kind_of_body_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        row_of((1, "dial", "main", *[None] * 6, b'{"what":"started"}')).read(DialBody)


def test_the_end_of_a_gap_is_never_too_early() -> None:
    gap = GapBody(ns=1_000_001, reason="power", after=0, high=Decimal(0))
    assert (gap.end(100), msgspec.structs.replace(gap, ns=1_000_000).end(100)) == (102, 101)


def test_what_was_noted_of_a_meter_and_of_the_clock() -> None:
    noted = EventBody(what="meter", detail={"constant": "1600", "p_max_w": 8800, "new": True}).noted
    assert isinstance(noted, MeterNoted)
    assert (noted.constant, noted.p_max_w, noted.digits) == (1600, 8800, None)
    clock = EventBody(what="clock", detail={"boot": "b", "offset_ns": 3})
    assert clock.noted == ClockNoted(boot="b", offset_ns=3)
    assert EventBody(what="started").noted is None
