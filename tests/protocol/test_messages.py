"""Payloads from strangers: either a value or BadPayload, nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sodien.errors import BadPayload
from sodien.protocol import messages

DECODERS = [messages.decode_batch, messages.decode_entry, messages.decode_stored, messages.decode_replay]
DEEP = b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
NAMES = ["v", "ledger", "entries", "ranges", "from_seq", "from_time", "kind", "seq", "at", "meter", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=20,
)
DIAL = b'{"kind":"dial","seq":1,"at":"2026-01-01T00:00:00Z","reading":"1","low":"NaN","high":"1e999999999"}'


@pytest.mark.parametrize("decode", DECODERS, ids=lambda decode: decode.__name__)
@given(payload=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
@example(payload=DEEP)
@example(payload=b'{"ledger":"a","ranges":[[1,' + b"9" * 5000 + b"]]}")
@example(payload=DIAL)
def test_a_value_or_a_bad_payload(decode: Callable[[bytes], object], payload: bytes) -> None:
    try:
        decode(payload)
    except BadPayload as error:
        assert str(error)  # noqa: PT017


def test_deep_nesting_is_said() -> None:
    with pytest.raises(BadPayload, match="nested too deeply"):
        messages.decode_stored(DEEP)
