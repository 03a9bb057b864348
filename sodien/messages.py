"""The wire contract: MQTT topics and JSON payloads, defined once for both programs.

Topics are ``sodien/<device>/…`` (see :class:`Topics`). Payloads are UTF-8 JSON; times are RFC 3339 in
UTC with milliseconds; every kWh is a decimal string that travels with its bounds (:class:`Bounds`) or is
absent together with a reason. Unknown fields are ignored, so that an older collector understands a newer
device; a payload that does not fit raises :class:`BadPayload` and is never confirmed as written.

An entry's identity in a database is (measurement, device, meter, time): writing it twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

VERSION = 1
#: What the availability topic says; the broker says OFFLINE when the device dies (last will).
ONLINE, OFFLINE = "online", "offline"
ROOT = "sodien"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}\Z")


class BadPayload(ValueError):  # noqa: N818  (the field says "bad payload", not "bad payload error")
    """A payload that does not fit the contract; the message says where."""


def valid_name(name: str) -> bool:
    """Whether a device or meter id is safe in a topic, a tag and a file name (1-63 of A-Z a-z 0-9 _ . -)."""
    return _NAME.match(name) is not None


class Topics:
    """The topics of one device. ``device`` must satisfy :func:`valid_name`."""

    def __init__(self, device: str) -> None:
        self.device = device
        base = f"{ROOT}/{device}"
        self.ledger = f"{base}/ledger"
        self.availability = f"{base}/availability"
        self.stored = f"{base}/stored"
        self.replay = f"{base}/replay"

    def live(self, meter: str) -> str:
        """The retained live state of one meter."""
        return f"{ROOT}/{self.device}/{meter}/live"


#: What a collector subscribes to: the ledgers of all devices.
ALL_LEDGERS = f"{ROOT}/+/ledger"


def device_of(topic: str) -> str:
    """The device a topic belongs to. Raises BadPayload when the topic is not one of ours."""
    parts = topic.split("/")
    if len(parts) < 3 or parts[0] != ROOT or not valid_name(parts[1]):
        raise BadPayload(f"topic {topic!r} is not {ROOT}/<device>/…")
    return parts[1]


def format_time(ms: int) -> str:
    """Milliseconds since 1970 UTC as RFC 3339, e.g. ``2026-11-23T17:00:00.000Z``."""
    seconds, millis = divmod(ms, 1000)
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{millis:03d}Z"


def parse_time(text: str) -> int:
    """RFC 3339 with an offset, to milliseconds since 1970 UTC. Raises BadPayload."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadPayload(f"{text!r} is not an RFC 3339 time") from None
    if moment.tzinfo is None:
        raise BadPayload(f"{text!r} has no offset from UTC")
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)


class Bounds(msgspec.Struct, frozen=True):
    """kWh as decimal strings on the wire: ``low ≤ true ≤ high``, with a best estimate in between."""

    low: Decimal
    best: Decimal
    high: Decimal


class Money(msgspec.Struct, frozen=True):
    """Money in units of the currency as decimal strings, with its bounds as :class:`Bounds`."""

    low: Decimal
    best: Decimal
    high: Decimal


class NextTier(msgspec.Struct, frozen=True):
    """The tier after the one reached: above ``starts_at_kwh`` billed kWh each costs ``price`` before tax."""

    tier: int
    starts_at_kwh: Decimal
    price: Decimal


class Projection(msgspec.Struct, frozen=True):
    """Billed kWh and money at the end of ``day``, the next reading day, if the days until then are usual."""

    day: str
    kwh: Bounds
    cost: Money


class _Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """What every ledger entry carries. ``at`` is its time and, with kind and meter, its identity."""

    seq: int
    at: str
    meter: str | None = None


class Tick(_Entry, tag="tick", frozen=True, kw_only=True):
    """The cumulative count at ``at``: all pulses that began before it.

    Attributes:
        pulses: cumulative accepted pulses since the ledger began; never goes down.
        register: the dial's kWh; absent until a dial reading anchors it.
        power_w: mean power in watts since the previous tick; absent when unknown.
        coverage: share (0..1) of the time since the previous tick in which pulses were counted.
        number: which tick of this meter it is, by time, from 1; so whoever has the ticks of a stretch of time
            can tell how many are missing: last - first + 1 - how many there are.
    """

    pulses: int
    number: int | None = None
    register: Bounds | None = None
    power_w: float | None = None
    coverage: float | None = None


class Gap(_Entry, tag="gap", frozen=True, kw_only=True):
    """A stretch in which pulses could have been missed; ``at`` is its start.

    Attributes:
        end: when counting began again (RFC 3339).
        reason: ``stopped`` (clean stop), ``killed`` (no goodbye, same boot), ``power`` (no goodbye, other
            boot), ``damaged`` (the ledger was salvaged: what it had counted last may be lost), ``restored``
            (from a backup, likewise) or ``overflow`` (edges were lost while running).
        seconds: its length.
        energy: what can have flowed meanwhile: 0 .. P_max x length, in kWh.
        pulses_max: the same upper bound in whole pulses, rounded up.
        counted: pulses of boots inside it that never knew the time; they are part of ``energy``.
        supply: ``out`` when the supply itself counts as having been out, by the settings or a person's word.
    """

    end: str
    reason: str
    seconds: float
    energy: Bounds
    pulses_max: int
    counted: int = 0
    supply: str | None = None


class Dial(_Entry, tag="dial", frozen=True, kw_only=True):
    """A dial reading by a person: an anchor. ``reading`` is as shown, low/high what it means in kWh.

    ``photo`` is the SHA-256 of a picture of it, in hexadecimal digits.
    """

    reading: str
    low: Decimal
    high: Decimal
    within_s: float = 0.0
    by: str | None = None
    photo: str | None = None


class Resolution(_Entry, tag="resolution", frozen=True, kw_only=True):
    """What a person says of a gap; ``at`` is when it was said. The last one of a gap counts.

    Attributes:
        of: the gap's ``at``.
        what: ``supply_out`` or ``supply_on`` (the supply itself was, or was not, out), ``energy`` (``low`` to
            ``high`` kWh flowed), ``undo`` (nothing said before counts).
    """

    of: str
    what: str
    low: Decimal | None = None
    high: Decimal | None = None
    by: str | None = None


class Amendment(_Entry, tag="amendment", frozen=True, kw_only=True):
    """What is said of an earlier entry; ``at`` is when it was said. The last one of an entry counts.

    Attributes:
        of: the entry's ``at``; ``of_kind`` its kind (``dial``, ``replacement``, ``constant``, ``bill`` or
            ``schedule``).
        what: ``correct`` (a dial reading: the other values take its place) or ``withdraw``.
        because: why it was withdrawn.
        reading: as the dial showed it; ``low`` and ``high`` what that means in kWh.
        read_at: when it was read; ``within_s`` how exactly that is known, ± seconds.
    """

    of: str
    of_kind: str
    what: str
    because: str | None = None
    reading: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    read_at: str | None = None
    within_s: float | None = None
    by: str | None = None


class Replacement(_Entry, tag="replacement", frozen=True, kw_only=True):
    """The meter was replaced at ``at`` (± ``within_s``).

    Attributes:
        old_final, new_initial: what the old dial showed at last and the new one at first.
        constant: imp/kWh of the new one; ``digits``, ``decimals`` of its dial; ``multiplier`` of its bill.
        serial: its plate's serial number.
    """

    old_final: str
    new_initial: str
    constant: Decimal
    digits: int
    decimals: int
    multiplier: int
    serial: str | None = None
    within_s: float = 0.0
    by: str | None = None


class Constant(_Entry, tag="constant", frozen=True, kw_only=True):
    """The meter's constant is ``constant`` imp/kWh from ``at`` on.

    With ``from_start`` it was so for as long as the meter that hung there at ``at`` had hung there.
    """

    constant: Decimal
    from_start: bool = False
    by: str | None = None


class Instant(msgspec.Struct, frozen=True, omit_defaults=True):
    """The register at one instant; ``why`` says why there is none."""

    at: str
    register: Bounds | None = None
    why: str | None = None


class Snapshot(_Entry, tag="snapshot", frozen=True, kw_only=True):
    """The register around one reading day (local date ``day``), as known when it was written.

    ``at`` is the end of the day; ``hour`` the utility's usual reading time, when the settings name one.
    """

    day: str
    start: Instant
    end: Instant
    hour: Instant | None = None


class Hour(_Entry, tag="hour", frozen=True, kw_only=True):
    """Energy of one local hour (``at`` is its start), with the seconds counted of the seconds elapsed.

    ``blind`` has the other seconds by reason: those of :class:`Gap`, and ``before`` counting began.
    """

    pulses: int
    energy: Bounds
    seconds: float
    counted: float
    blind: dict[str, float] = {}


class Day(Hour, tag="day", frozen=True, kw_only=True):
    """Energy of one local day (``at`` is its start; 23, 24 or 25 hours)."""

    day: str


class BillEntry(_Entry, tag="bill", frozen=True, kw_only=True):
    """What a notice or bill of the utility says; ``at`` is when it was stored. Names and codes stay at home.

    Attributes:
        sha256: of the notice's text, in hexadecimal digits; absent when it was typed.
        source: where it comes from: ``sms``, ``xml``, ``text`` or ``typed``.
        corrects: ``at`` of the bill whose place this one takes.
        first, last: the period as printed, else as the household expects it; ``last`` is the reading day.
        old, new: the indices in kWh; ``multiplier`` that of the bill.
        billed_kwh: the consumption; money in units of the currency.
        estimated: the notice says that the reading was estimated.
    """

    source: str
    sha256: str | None = None
    corrects: str | None = None
    first: str | None = None
    last: str | None = None
    old: Decimal | None = None
    new: Decimal | None = None
    multiplier: Decimal | None = None
    billed_kwh: Decimal | None = None
    net: Decimal | None = None
    tax: Decimal | None = None
    total: Decimal | None = None
    estimated: bool = False


class VerdictEntry(_Entry, tag="verdict", frozen=True, kw_only=True):
    """The verdict on a bill; ``at`` is when it was reached. Every check of it is in the ledger.

    Attributes:
        of: the bill's ``at``; ``first`` and ``last`` its period.
        overall: ``consistent``, ``cannot_tell`` or ``disagrees``; ``why`` what was in the way.
        direction: ``over`` or ``under`` billed, by at least ``disagrees_by_kwh`` and ``disagrees_by_money``.
        detectable_kwh: an error above this would have been noticed.
        billed_kwh: the bill's; ``own_low``, ``own``, ``own_high`` ours, after the multiplier.
        wrong: keys of the checks that disagree.
        reason: key of the likeliest explanation.
        read_from, read_to: when the new index can have been read, by our register; absent when it never
            showed it.
    """

    of: str
    overall: str
    why: str = ""
    first: str | None = None
    last: str | None = None
    direction: str = ""
    disagrees_by_kwh: Decimal | None = None
    disagrees_by_money: Decimal | None = None
    detectable_kwh: Decimal | None = None
    billed_kwh: Decimal | None = None
    own_low: Decimal | None = None
    own: Decimal | None = None
    own_high: Decimal | None = None
    wrong: tuple[str, ...] = ()
    reason: str = ""
    read_from: str | None = None
    read_to: str | None = None


class ScheduleEntry(_Entry, tag="schedule", frozen=True, kw_only=True):
    """The utility announced that it will read the meter on ``day``, or until ``until``; ``at``: when told."""

    day: str
    until: str | None = None


class CostEntry(_Entry, tag="cost", frozen=True, kw_only=True):
    """The cost of a billing period up to ``at``, the end of a local hour.

    Attributes:
        first, last: the period; ``last`` is the reading day.
        kwh: billed kWh so far; ``cost`` their money, taxes included; ``currency`` ISO 4217.
        tier: the tier reached, from 1.
        since: from when on it was counted, when later than the period's beginning.
        projection: at the end of the reading day.
    """

    first: str
    last: str
    kwh: Bounds
    cost: Money
    currency: str
    tier: int | None = None
    since: str | None = None
    projection: Projection | None = None


class ReminderEntry(_Entry, tag="reminder", frozen=True, kw_only=True):
    """It was time to read the dial: ``when`` is ``tomorrow`` or ``today``, ``day`` the reading day."""

    day: str
    when: str


class Health(_Entry, tag="health", frozen=True, kw_only=True):
    """How counting goes, cumulative since the daemon started; one an hour and one at a clean stop.

    Attributes:
        rejected: edges refused by the pulse filter, by reason.
        undecided: edges of which the filter could not say whether they were a pulse.
        late: pulses that arrived after their minute was closed.
        lost: edges that could not be kept and were declared lost, by the kernel or a full queue.
        errors: edges whose handling failed.
        queue: entries the database has not confirmed.
        ledger_bytes: size of the ledger's files.
    """

    rejected: dict[str, int] = {}
    undecided: int = 0
    late: int = 0
    lost: int = 0
    errors: int = 0
    queue: int = 0
    ledger_bytes: int = 0


class Event(_Entry, tag="event", frozen=True, kw_only=True):
    """Something worth keeping beside the numbers: run started or stopped, clock set, meter settings.

    ``what`` is one word (``started``, ``stopped``, ``clock``, ``meter``); ``detail`` plain values.
    """

    what: str
    detail: dict[str, str | int | float | bool | None] = {}


class Seal(_Entry, tag="seal", frozen=True, kw_only=True):
    """A link of the chain that shows whether entries were changed later (docs/reference/seals.md).

    Attributes:
        hash: SHA-256 over the entries first..last and ``previous``, 64 hexadecimal digits.
        previous: hash of the seal before, empty for the first of all.
        first: the first sequence number covered, ``last`` the last.
        ledger: id of the ledger that sealed.
    """

    hash: str
    previous: str
    first: int
    last: int
    ledger: str


Entry = (
    Tick
    | Gap
    | Dial
    | Resolution
    | Amendment
    | Replacement
    | Constant
    | BillEntry
    | VerdictEntry
    | ScheduleEntry
    | CostEntry
    | ReminderEntry
    | Snapshot
    | Hour
    | Day
    | Health
    | Event
    | Seal
)

#: Measurement in the database for each entry kind; the tags are ``device`` and ``meter``.
MEASUREMENTS: dict[type[_Entry], str] = {
    Tick: "meter",
    Gap: "gap",
    Dial: "dial",
    Resolution: "resolution",
    Amendment: "amendment",
    Replacement: "replacement",
    Constant: "constant",
    BillEntry: "bill",
    VerdictEntry: "verdict",
    ScheduleEntry: "schedule",
    CostEntry: "cost",
    ReminderEntry: "reminder",
    Snapshot: "snapshot",
    Hour: "hour",
    Day: "day",
    Health: "health",
    Event: "event",
    Seal: "seal",
}

#: The word for each kind, on the wire and in the ledger.
KINDS: frozenset[str] = frozenset(str(kind.__struct_config__.tag) for kind in MEASUREMENTS)


class Batch(msgspec.Struct, frozen=True):
    """Payload of the ledger topic; entries stay raw until decoded, so that one bad entry spoils no other."""

    v: int
    ledger: str
    entries: list[msgspec.Raw]


class Stored(msgspec.Struct, frozen=True):
    """Collector to device: the sequence numbers (first, last), both included, that the database accepted."""

    ledger: str
    ranges: list[tuple[int, int]]
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
        register: kWh on the dial; ``why`` says why it is absent.
        today_kwh: since local midnight; ``period_kwh`` since the last reading day ended.
        coverage: share of today's elapsed seconds in which pulses were counted.
        counter_kwh: energy of all counted pulses since installation, each at the constant in force when it
            was counted; an exact count, not a register, so it has no bounds, and it never goes down.
        cost: what this billing period has cost so far, taxes included, in ``currency`` (ISO 4217).
        cost_since: from when on that was counted, when later than the period's beginning.
        tier: the tier reached; ``next_tier`` the one above it.
        projection: at the end of the next reading day.
        reading_day: local date of the next reading day, today included.
        reminder: ``tomorrow`` or ``today`` when that is near: time to read the dial.
        problem: a sentence when something needs a person.
    """

    pulses: int
    at: str | None = None
    power_w: float | None = None
    power_max_w: float | None = None
    register: Bounds | None = None
    why: str | None = None
    today_kwh: Bounds | None = None
    period_kwh: Bounds | None = None
    coverage: float | None = None
    rejected: dict[str, int] = {}
    counter_kwh: Decimal | None = None
    cost: Money | None = None
    currency: str | None = None
    cost_since: str | None = None
    tier: int | None = None
    next_tier: NextTier | None = None
    projection: Projection | None = None
    reading_day: str | None = None
    reminder: str | None = None
    problem: str | None = None
    v: int = VERSION


_encoder = msgspec.json.Encoder(decimal_format="string")
_entry_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_batch_decoder = msgspec.json.Decoder(Batch)
_stored_decoder = msgspec.json.Decoder(Stored)
_replay_decoder = msgspec.json.Decoder(Replay)


def encode(message: msgspec.Struct) -> bytes:
    """Any message of this module as compact UTF-8 JSON."""
    return _encoder.encode(message)


def plain(message: msgspec.Struct) -> dict[str, Any]:
    """A message as plain JSON values, decimals as strings."""
    value: dict[str, Any] = msgspec.to_builtins(message)
    return value


def encode_batch(ledger: str, entries: list[Any]) -> bytes:
    """Entries of one ledger, in order, as the payload of its ledger topic."""
    raws = [msgspec.Raw(_encoder.encode(entry)) for entry in entries]
    return _encoder.encode(Batch(v=VERSION, ledger=ledger, entries=raws))


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
    return stored


def decode_replay(payload: bytes) -> Replay:
    """A request to send again. Raises BadPayload unless exactly one of seq and time is given."""
    replay = _decoded(_replay_decoder, payload, "replay message")
    if (replay.from_seq is None) == (replay.from_time is None):
        raise BadPayload("replay message: give either from_seq or from_time")
    if replay.from_time is not None:
        parse_time(replay.from_time)
    return replay
