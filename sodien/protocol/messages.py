"""The wire contract: MQTT topics and JSON payloads, defined once for both programs.

Topics are ``sodien/<device>/…`` (:mod:`.topics`). Payloads are UTF-8 JSON; times are RFC 3339 in UTC with
milliseconds (:mod:`.times`); every kWh is a decimal string that travels with its bounds (:mod:`.values`) or
is absent together with a reason; the ledger's entries are in :mod:`.entries`. Unknown fields are ignored, so
that an older collector understands a newer device; a payload that does not fit raises :class:`BadPayload`
and is never confirmed as written.

Whoever speaks the whole contract finds all its names here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal, TypeVar

import msgspec

from sodien.errors import BadPayload
from sodien.protocol.entries import (
    Entry,
)
from sodien.protocol.times import parse_time
from sodien.protocol.topics import valid_name
from sodien.protocol.values import Bounds, Money, NextTier, Projection

T = TypeVar("T")

VERSION = 1
LONGEST_LEDGER_ID = 100
_OWNED_BY = "another ledger delivers under this device's name: "
#: Beyond what a household's meter can count in a hundred years: who reads more has read nonsense.
MOST_PULSES = 10**12
MOST_KWH = Decimal(10**8)
#: Characters of a reading that was typed elsewhere, and of an appliance's name.
LONGEST_READING, LONGEST_NAME = 60, 40
#: Bytes of a claim, and of a request to measure.
LONGEST_CLAIM = LONGEST_REQUEST = 1000


class Batch(msgspec.Struct, frozen=True, omit_defaults=True):
    """Payload of the ledger topic; entries stay raw until decoded, so that one bad entry spoils no other.

    ``follows``: the ledgers that this one carries on, oldest first; it only ever grows.
    """

    v: int
    ledger: str
    entries: list[msgspec.Raw]
    follows: list[str] = []


class Owner(msgspec.Struct, frozen=True, omit_defaults=True):
    """Retained, collector to collectors: the one ledger that delivers under a device's name.

    Attributes:
        follows: how many ledgers it said it carries on when it took the name.
        passed: the ledgers that had the name before, with their number of the same kind.
        since: when it took the name, ms UTC.
        term: how often the name had been taken over by then.
    """

    ledger: str
    follows: int = 0
    passed: dict[str, int] = {}
    since: int = 0
    v: int = VERSION
    term: int = 0


class RefusedEntry(msgspec.Struct, frozen=True):
    """An entry that the database will never take as it is, and why, in one sentence."""

    seq: int
    why: str


class Stored(msgspec.Struct, frozen=True):
    """Collector to device: what has become of entries.

    Attributes:
        ranges: sequence numbers (first, last), both included, that the database has accepted.
        refused: entries that it refused for good.
    """

    ledger: str
    ranges: list[tuple[int, int]]
    refused: list[RefusedEntry] = []
    v: int = VERSION


class Replay(msgspec.Struct, frozen=True, omit_defaults=True):
    """Anyone allowed to device: send again from a sequence number, or from a time (RFC 3339)."""

    from_seq: int | None = None
    from_time: str | None = None
    v: int = VERSION


class Live(msgspec.Struct, frozen=True, omit_defaults=True):
    """Retained state of one meter; any number may be absent when it is not known.

    Attributes:
        at: when it was made (RFC 3339, UTC); absent while the clock is not set.
        pulses: cumulative accepted pulses.
        power_w: from the last two pulses; ``power_max_w`` is the upper bound that decays while none comes.
        register: kWh as the dial shows them; ``why`` says why it is absent.
        multiplier: energy and power are the dial's times this; absent where that is 1.
        today_kwh: since local midnight; ``period_kwh`` since the last reading day ended.
        period_since: when this billing period began by what was known as it did; stays while it runs.
        energy_kwh: consumed since ``energy_since``, what was not counted included, through all meters that
            were installed; it may fall when more becomes known. ``energy_since`` is the ledger's beginning.
        coverage: share of today's elapsed seconds in which pulses were counted.
        counter_kwh: energy of all counted pulses since installation, each at the constant in force when it
            was counted; an exact count, not a register, so it has no bounds, and it never goes down.
        cost: what this billing period has cost so far, taxes included, in ``currency`` (ISO 4217).
        cost_since: from when on that was counted, when later than the period's beginning.
        cost_previous: the last bill's reading that the cost goes on from, where counting began later.
        tier: the tier reached, ``price`` a kWh in it before tax; ``next_tier`` the one above it.
        projection: at the end of the next reading day.
        reading_day: local date of the next reading day, today included.
        reminder: ``tomorrow`` or ``today`` when that is near: time to read the dial.
        problem: a sentence when something needs a person; ``problem_since`` when this was noticed first since
            the start of the daemon.
    """

    pulses: int
    at: str | None = None
    power_w: float | None = None
    power_max_w: float | None = None
    register: Bounds | None = None
    multiplier: int | None = None
    why: str | None = None
    today_kwh: Bounds | None = None
    period_kwh: Bounds | None = None
    period_since: str | None = None
    energy_kwh: Bounds | None = None
    energy_since: str | None = None
    coverage: float | None = None
    rejected: dict[str, int] = {}
    counter_kwh: Decimal | None = None
    cost: Money | None = None
    currency: str | None = None
    cost_since: str | None = None
    cost_previous: Decimal | None = None
    tier: int | None = None
    price: Decimal | None = None
    next_tier: NextTier | None = None
    projection: Projection | None = None
    reading_day: str | None = None
    reminder: str | None = None
    problem: str | None = None
    problem_since: str | None = None
    v: int = VERSION


class Home(Live, frozen=True, omit_defaults=True):
    """The live state as Home Assistant is told it: numbers rounded, and moved only now and then.

    ``reminder_text`` is the reminder as a sentence.
    """

    reminder_text: str | None = None


class DialTyped(msgspec.Struct, frozen=True):
    """A dial reading that somebody typed elsewhere, ``at`` a time by their clock (RFC 3339)."""

    reading: str
    at: str | None = None


class DialAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Retained: what came of the last reading that was typed elsewhere.

    Attributes:
        typed: as it came.
        sentence: what came of it.
        accepted: whether it is in the ledger now, as ``entry``; ``register`` is what it shows since.
        at: when it came.
    """

    typed: str
    sentence: str
    accepted: bool = False
    entry: int | None = None
    register: Bounds | None = None
    at: str | None = None
    v: int = VERSION


class ClaimTold(msgspec.Struct, frozen=True):
    """What the utility says a meter showed on ``day`` (a local date), or ``at`` a time (RFC 3339)."""

    index: Decimal
    day: dt.date | None = None
    at: str | None = None
    source: str = ""


class PerMille(msgspec.Struct, frozen=True):
    """How far the utility's register rose beside ours, in ‰ with bounds."""

    low: Decimal
    best: Decimal
    high: Decimal


class ClaimAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Retained: what came of the last claim that was told.

    Attributes:
        index: as it was told, kWh; ``day`` its local day, ``source`` who says so.
        sentence: what came of it.
        accepted: whether it is in the ledger, as ``entry`` where it is new.
        result: ``agrees``, ``cannot_tell`` or ``disagrees``; ``low`` and ``high`` our register then.
        drift: theirs beside ours over all claims, as far as it is known.
        findings: what may be wrong with their readings, in sentences.
        at: when it came.
    """

    index: Decimal
    sentence: str
    day: str | None = None
    source: str = ""
    accepted: bool = False
    entry: int | None = None
    result: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    drift: PerMille | None = None
    findings: tuple[str, ...] = ()
    at: str | None = None
    v: int = VERSION


class MeasureAsked(msgspec.Struct, frozen=True):
    """An appliance of this ``name`` is to be measured; or the one that is being measured, no more."""

    what: Literal["start", "stop", "drop"]
    name: str = ""


class LowHigh(msgspec.Struct, frozen=True):
    """A number with its bounds and no best estimate."""

    low: Decimal
    high: Decimal


class MeasureAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Retained: what came of the last request to measure an appliance.

    Attributes:
        sentence: what came of it.
        accepted: whether it was done; ``entry`` is the number of what was measured.
        running: the appliance that is being measured now.
        name: the one that was; ``kwh`` it used in ``seconds``, ``watts`` on average, and what an hour of it
            costs in ``currency``, taxes included, where a tariff says so.
        at: when it came.
    """

    sentence: str
    accepted: bool = False
    running: str | None = None
    entry: int | None = None
    name: str | None = None
    seconds: int | None = None
    kwh: LowHigh | None = None
    watts: LowHigh | None = None
    cost_an_hour: LowHigh | None = None
    currency: str | None = None
    at: str | None = None
    v: int = VERSION


_encoder = msgspec.json.Encoder(decimal_format="string")
_entry_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_batch_decoder = msgspec.json.Decoder(Batch)
_owner_decoder = msgspec.json.Decoder(Owner)
_stored_decoder = msgspec.json.Decoder(Stored)
_live_decoder = msgspec.json.Decoder(Live)
_claim_decoder = msgspec.json.Decoder(ClaimTold)
_dial_decoder = msgspec.json.Decoder(DialTyped)
_measure_decoder = msgspec.json.Decoder(MeasureAsked)
_replay_decoder = msgspec.json.Decoder(Replay)


def encode(message: msgspec.Struct) -> bytes:
    """Any message of this module as compact UTF-8 JSON."""
    return _encoder.encode(message)


def plain(message: msgspec.Struct) -> dict[str, Any]:
    """A message as plain JSON values, decimals as strings."""
    value: dict[str, Any] = msgspec.to_builtins(message)
    return value


def encode_batch(ledger: str, entries: list[Any], follows: Sequence[str] = ()) -> bytes:
    """Entries of one ledger, in order, as the payload of its ledger topic."""
    raws = [msgspec.Raw(_encoder.encode(entry)) for entry in entries]
    return _encoder.encode(Batch(v=VERSION, ledger=ledger, entries=raws, follows=list(follows)))


def _decoded(decoder: msgspec.json.Decoder[T], payload: bytes | msgspec.Raw, what: str) -> T:
    """The payload as its struct. Raises BadPayload, whatever a stranger may have sent."""
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPayload(f"{what}: {error}") from None
    except RecursionError:
        raise BadPayload(f"{what}: nested too deeply") from None


def decode_batch(payload: bytes) -> Batch:
    """The envelope of a ledger message. Raises BadPayload."""
    batch = _decoded(_batch_decoder, payload, "ledger message")
    if batch.v != VERSION:
        raise BadPayload(f"ledger message: version {batch.v} is not {VERSION}; update the collector")
    return batch


def decode_owner(payload: bytes) -> Owner:
    """Whose a device's name is. Raises BadPayload."""
    owner = _decoded(_owner_decoder, payload, "owner message")
    if owner.v != VERSION or not 1 <= len(owner.ledger) <= LONGEST_LEDGER_ID:
        raise BadPayload("owner message: another version, or no ledger")
    return owner


def owned_by(ledger: str) -> str:
    """Why entries are refused where another ledger, this one, delivers under the device's name."""
    return f"{_OWNED_BY}{ledger}"


def owner_in(why: str) -> str | None:
    """The ledger that a reason of :func:`owned_by` names; None for any other reason."""
    ledger = why.removeprefix(_OWNED_BY)
    return ledger if ledger != why and re.fullmatch(r"[0-9a-f]{32}", ledger) else None


def decode_entry(raw: bytes | msgspec.Raw) -> Entry:
    """One entry of a batch. Raises BadPayload, also for a kind this version does not know."""
    entry = _decoded(_entry_decoder, raw, "entry")
    parse_time(entry.at)
    if entry.meter is not None and not valid_name(entry.meter):
        raise BadPayload(f"entry {entry.seq}: meter {entry.meter!r} is not a valid id")
    return entry


def decode_stored(payload: bytes) -> Stored:
    """A confirmation. Raises BadPayload; a range runs upwards and from 1."""
    stored = _decoded(_stored_decoder, payload, "stored message")
    if any(not 1 <= first <= last for first, last in stored.ranges):
        raise BadPayload("stored message: a range does not run upwards")
    if any(one.seq < 1 for one in stored.refused):
        raise BadPayload("stored message: sequence numbers begin at 1")
    return stored


def decode_live(payload: bytes) -> Live:
    """A live state. Raises BadPayload unless its counts are such as a meter can have reached."""
    live = _decoded(_live_decoder, payload, "live state")
    kwh = live.counter_kwh or Decimal(0)
    if not (0 <= live.pulses <= MOST_PULSES and kwh.is_finite() and 0 <= kwh <= MOST_KWH):
        raise BadPayload("live state: no meter counts that far")
    return live


def decode_dial(payload: bytes) -> DialTyped:
    """A typed reading: as JSON, or nothing but what was typed. Raises BadPayload."""
    if payload.lstrip()[:1] == b"{":
        typed = _decoded(_dial_decoder, payload, "typed reading")
    else:
        try:
            typed = DialTyped(payload.decode())
        except UnicodeDecodeError as error:
            raise BadPayload(f"typed reading: {error}") from None
    if not 1 <= len(typed.reading.strip()) <= LONGEST_READING:
        raise BadPayload("typed reading: nothing, or more than a reading")
    if typed.at is not None:
        parse_time(typed.at)
    return typed


def decode_claim(payload: bytes) -> ClaimTold:
    """A claim. Raises BadPayload unless it is a number of one day or of one time."""
    if len(payload) > LONGEST_CLAIM:
        raise BadPayload("claim: more than a claim")
    told = _decoded(_claim_decoder, payload, "claim")
    if (told.day is None) == (told.at is None):
        raise BadPayload("claim: give either day or at")
    if not told.index.is_finite() or not -30 < told.index.adjusted() < 30:
        raise BadPayload("claim: no meter shows that")
    if told.at is not None:
        parse_time(told.at)
    return told


def decode_measure(payload: bytes) -> MeasureAsked:
    """A request to measure. Raises BadPayload."""
    if len(payload) > LONGEST_REQUEST:
        raise BadPayload("request to measure: more than that")
    return _decoded(_measure_decoder, payload, "request to measure")


def decode_replay(payload: bytes) -> Replay:
    """A request to send again. Raises BadPayload unless exactly one of seq and time is given."""
    replay = _decoded(_replay_decoder, payload, "replay message")
    if (replay.from_seq is None) == (replay.from_time is None):
        raise BadPayload("replay message: give either from_seq or from_time")
    if replay.from_time is not None:
        parse_time(replay.from_time)
    return replay
