"""What a ledger row of each kind carries beside its own columns: one struct for every kind of entry.

A body is stored as JSON with sorted keys, and seals are made over those bytes. So a row that is read keeps
its bytes (:class:`sodien.ledger.rows.Row`), and is decoded only for whoever asks: what this version does not
know of it is neither lost nor in the way. An optional field that is None is not stored. So no field is ever
renamed here, gets another type, or a default that it did not have.

Times are milliseconds UTC, lengths nanoseconds or milliseconds as their names say; kWh are decimals.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any, ClassVar, Literal, get_args

import msgspec
from msgspec import UNSET, UnsetType

from sodien.ledger.noted import Noted
from sodien.metering.register.outage import Boot
from sodien.protocol.values import Bounds, Instant, Money, Projection

#: Sequence numbers first..last, both included.
Range = tuple[int, int]


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the bodies of all kinds have in common; ``kind`` is the entry's."""

    kind: ClassVar[str]


# -- what is counted -----------------------------------------------------------------------------------


class TickBody(Body, frozen=True, kw_only=True):
    """A count is all in the row's own columns."""

    kind = "tick"


class GapBody(Body, frozen=True, kw_only=True):
    """A stretch in which pulses could have been missed; the row's time is its start.

    Attributes:
        ns: its length.
        reason: as in :class:`sodien.protocol.entries.GapEntry`.
        after: the cumulative count at its end.
        high: kWh that the supply can have carried meanwhile.
        low: kWh that must have flowed.
        most: pulses that can have been missed, where they were counted as they were lost.
        awake_ns: between boots: from the kernel's start to the first count of the boot that ended it.
        unsaved: pulses that the run before may have left unsaved.
        supply: ``metered`` where the settings said then that the Pi is fed from the metered supply.
        boots: those inside it that counted without ever knowing the time.
    """

    kind = "gap"

    ns: int
    reason: str
    after: int
    high: Decimal
    low: Decimal | None = None
    most: int | None = None
    awake_ns: int | None = None
    unsaved: int | None = None
    supply: str | None = None
    boots: tuple[Boot, ...] | None = None

    def end(self, at: int) -> int:
        """When it ended, ms UTC, if it began ``at``."""
        return at + math.ceil(self.ns / 1_000_000)


class HealthBody(Body, frozen=True, kw_only=True):
    """How counting goes, cumulative; see :class:`sodien.protocol.entries.HealthEntry`."""

    kind = "health"

    rejected: dict[str, int] | None = None
    undecided: int | None = None
    late: int | None = None
    lost: int | None = None
    errors: int | None = None
    queue: int | None = None
    ledger_bytes: int | None = None


#: The events that can be read back, by the word they are noted under.
_NOTED: dict[str, type[Noted]] = {kind.what: kind for kind in get_args(Noted)}


class EventBody(Body, frozen=True, kw_only=True):
    """Something worth keeping beside the numbers: ``what`` in one word, ``detail`` as plain values."""

    kind = "event"

    what: str
    detail: dict[str, Any] | None = None

    @classmethod
    def of(cls, noted: Noted) -> EventBody:
        """The event that notes this."""
        return cls(what=noted.what, detail=msgspec.to_builtins(noted))

    @property
    def noted(self) -> Noted | None:
        """What was noted, if somebody reads it back. Raises msgspec.ValidationError where that is none."""
        kind = _NOTED.get(self.what)
        return msgspec.convert(self.detail or {}, kind) if kind is not None else None


class SealBody(Body, frozen=True, kw_only=True):
    """A link of the chain of seals (:mod:`sodien.ledger.seals`).

    Attributes:
        ledger: id of the ledger that sealed.
        first: the first sequence number covered, ``last`` the last; the next seal begins after it.
        previous: hash of the seal before, "" for the first of all. After a salvage it is the last seal of
            the ledger that was salvaged.
        hash: SHA-256, 64 hexadecimal digits.
        marks: the beginnings of the entries' digests, in the order in which they are hashed.
        undated: ranges inside first..last that had no time yet.
        dated: ranges before ``first`` that were covered without their time and have one now.
    """

    kind = "seal"

    ledger: str
    first: int
    last: int
    previous: str
    hash: str
    marks: str
    undated: tuple[Range, ...] = ()
    dated: tuple[Range, ...] = ()


# -- what is worked out from it ------------------------------------------------------------------------


class HourBody(Body, frozen=True, kw_only=True):
    """Energy of a local hour; the row's time is its start.

    Attributes:
        end: its end.
        pulses: counted for certain.
        energy: kWh with bounds.
        counted: of its seconds, those counted.
        blind: the other seconds by reason; the first version did not note them.
    """

    kind = "hour"

    end: int
    pulses: int
    energy: Bounds
    counted: float
    blind: dict[str, float] | None = None


class DayBody(HourBody, frozen=True, kw_only=True):
    """Energy of a local day; the row's time is its start."""

    kind = "day"

    day: dt.date


class SnapshotBody(Body, frozen=True, kw_only=True):
    """The register at the start and end of a reading day, and at the utility's hour where one is set."""

    kind = "snapshot"

    day: dt.date
    start: Instant
    end: Instant
    hour: Instant | None = None


class RevisionBody(Body, frozen=True, kw_only=True):
    """What takes the place of an hour, a day, a snapshot or a cost so far that a wrong clock had closed.

    Attributes:
        of: that row's time, ``of_kind`` its kind.
        now: its body, as it is known now.
    """

    kind = "revision"

    of: int
    of_kind: Literal["hour", "day", "snapshot", "cost"] = msgspec.field(name="kind")
    now: msgspec.Raw


class CostBody(Body, frozen=True, kw_only=True):
    """The cost of a billing period so far; see :class:`sodien.protocol.entries.CostEntry`.

    Null says "not known", and was always written.
    """

    kind = "cost"

    first: dt.date
    last: dt.date
    kwh: Bounds
    cost: Money
    currency: str
    tier: int | UnsetType | None = UNSET
    next_tier_kwh: Decimal | None = None
    since: str | UnsetType | None = UNSET
    projection: Projection | UnsetType | None = UNSET


class ReminderBody(Body, frozen=True, kw_only=True):
    """It was time to read the dial: ``when`` is ``tomorrow`` or ``today``, ``day`` the reading day."""

    kind = "reminder"

    day: dt.date
    when: str


# -- what a person says --------------------------------------------------------------------------------


class Picture(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A picture of a dial or a notice: its SHA-256 (hexadecimal), where it was, its copy by the ledger."""

    sha256: str
    path: str | None = None
    copy: str | None = None


class DialBody(Body, frozen=True, kw_only=True):
    """A dial reading: the digits as shown, what they mean in kWh, ± ms of its time, who read it."""

    kind = "dial"

    reading: str
    low: Decimal
    high: Decimal
    within_ms: int | None = None
    by: str | None = None
    photo: Picture | None = None


class ResolutionBody(Body, frozen=True, kw_only=True):
    """What a person says of the gap at ``of``: it was one of the supply, or kWh, times ``multiplier``."""

    kind = "resolution"

    of: int
    what: Literal["supply_out", "supply_on", "energy", "undo"]
    low: Decimal | None = None
    high: Decimal | None = None
    by: str | None = None
    multiplier: int = 1


class ClockBody(Body, frozen=True, kw_only=True):
    """What a person says of the clock of a boot (its id): all that was noted of it before does not count."""

    kind = "clock"

    boot: str
    what: Literal["wrong", "undo"]
    by: str | None = None


class AmendmentBody(Body, frozen=True, kw_only=True):
    """What is said later of the entry ``of`` (its time) of kind ``of_kind``.

    Attributes:
        what: ``correct`` (a dial reading: the other values take its place) or ``withdraw``.
        because: why.
        reading, low, high: as in :class:`DialBody`.
        read_at: when it was read; ``within_ms`` how exactly that is known.
    """

    kind = "amendment"

    of: int
    of_kind: str = msgspec.field(name="kind")
    what: str
    because: str | None = None
    reading: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    read_at: int | None = None
    within_ms: int | None = None
    by: str | None = None


class DialRange(msgspec.Struct, frozen=True, kw_only=True):
    """What a dial showed: the digits, and what they mean in kWh."""

    reading: str
    low: Decimal
    high: Decimal


class ReplacementBody(Body, frozen=True, kw_only=True):
    """Another meter was installed; :class:`sodien.protocol.entries.ReplacementEntry`."""

    kind = "replacement"

    old_final: DialRange
    new_initial: DialRange
    constant: Decimal
    digits: int
    decimals: int
    multiplier: int
    serial: str | None = None
    within_ms: int | None = None
    by: str | None = None


class ConstantBody(Body, frozen=True, kw_only=True):
    """The meter's constant from the row's time on, or ``from_start`` since it was installed."""

    kind = "constant"

    constant: Decimal
    from_start: bool = False
    by: str | None = None


# -- the utility's side --------------------------------------------------------------------------------


class BillBody(Body, frozen=True, kw_only=True):
    """A notice or bill.

    Attributes:
        bill: :class:`sodien.billing.bill.Bill`, as it was written.
        text: the notice itself, with its ``sha256``.
        expected: the billing period that the household expected, where the bill prints none.
        corrects: the time of the bill whose place this one takes; ``because`` why.
        photo: a picture of it, such as a screenshot beside numbers that were typed.
    """

    kind = "bill"

    bill: msgspec.Raw
    text: str | None = None
    sha256: str | None = None
    expected: tuple[dt.date, dt.date] | None = None
    corrects: int | None = None
    because: str | None = None
    by: str | None = None
    photo: Picture | None = None


class VerdictBody(Body, frozen=True, kw_only=True):
    """The verdict on the bill whose first row is of the time ``of``; ``first``, ``last``: its period.

    ``verdict`` is :class:`sodien.billing.audit.result.Verdict`, as it was written.
    """

    kind = "verdict"

    of: int
    verdict: msgspec.Raw
    first: dt.date | None = None
    last: dt.date | None = None


class ScheduleBody(Body, frozen=True, kw_only=True):
    """The utility announced that it will read the meter on ``day``, or until ``until``."""

    kind = "schedule"

    day: dt.date
    until: dt.date | None = None
    text: str | None = None
    sha256: str | None = None
    by: str | None = None


class ClaimBody(Body, frozen=True, kw_only=True):
    """What the utility says the register showed; the row's time is that of the claim, or shortly after it.

    Attributes:
        index: kWh as the dial shows them.
        day: the local day of which it is said, or None: then ``read_at`` is the instant, ms UTC.
        told_at: when it was noted, ms UTC, where the clock was right.
        source: which portal, app or sensor said so.
    """

    kind = "claim"

    index: Decimal
    day: dt.date | None = None
    read_at: int | None = None
    told_at: int | None = None
    source: str | None = None
    by: str | None = None


#: The struct of each kind of entry.
BODIES: dict[str, type[Body]] = {
    body.kind: body
    for body in (
        TickBody,
        GapBody,
        HealthBody,
        EventBody,
        SealBody,
        HourBody,
        DayBody,
        SnapshotBody,
        RevisionBody,
        CostBody,
        ReminderBody,
        DialBody,
        ResolutionBody,
        ClockBody,
        AmendmentBody,
        ReplacementBody,
        ConstantBody,
        BillBody,
        VerdictBody,
        ScheduleBody,
        ClaimBody,
    )
}


def as_stored(value: Any) -> msgspec.Raw:
    """A bill or a verdict as its body holds it."""
    return msgspec.Raw(msgspec.json.encode(value, order="sorted"))
