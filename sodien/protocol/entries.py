"""The kinds of ledger entries on the wire: what each carries, and its measurement in the database.

An entry's identity in a database is (measurement, device, meter, time): writing it twice changes nothing.
The fields of its point follow from the declarations here (:mod:`sodien.protocol.fields`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, get_args

import msgspec

from sodien.protocol.fields import NOT_STORED, FieldRule, Time
from sodien.protocol.values import Bounds, Instant, Money, Projection


class _Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """What every ledger entry carries. ``at`` is its time and, with kind and meter, its identity."""

    seq: Annotated[int, NOT_STORED]
    at: Annotated[str, NOT_STORED]
    meter: Annotated[str | None, NOT_STORED] = None


class TickEntry(_Entry, tag="tick", frozen=True, kw_only=True):
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
    register: Annotated[Bounds | None, FieldRule(bounds=("low", "register", "high"))] = None
    power_w: float | None = None
    coverage: float | None = None


class GapEntry(_Entry, tag="gap", frozen=True, kw_only=True):
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

    end: Time
    reason: str
    seconds: float
    energy: Annotated[Bounds, FieldRule(bounds=("kwh_low", None, "kwh_high"))]
    pulses_max: int
    counted: int = 0
    supply: str | None = None


class DialEntry(_Entry, tag="dial", frozen=True, kw_only=True):
    """A dial reading by a person: an anchor. ``reading`` is as shown, low/high what it means in kWh.

    ``photo`` is the SHA-256 of a picture of it, in hexadecimal digits.
    """

    reading: str
    low: Decimal
    high: Decimal
    within_s: float = 0.0
    by: str | None = None
    photo: str | None = None


class ResolutionEntry(_Entry, tag="resolution", frozen=True, kw_only=True):
    """What a person says of a gap; ``at`` is when it was said. The last one of a gap counts.

    Attributes:
        of: the gap's ``at``.
        what: ``supply_out`` or ``supply_on`` (the supply itself was, or was not, out), ``energy`` (``low`` to
            ``high`` kWh flowed), ``undo`` (nothing said before counts).
    """

    of: Time
    what: str
    low: Decimal | None = None
    high: Decimal | None = None
    by: str | None = None


class ClockEntry(_Entry, tag="clock", frozen=True, kw_only=True):
    """What a person says of the clock of a boot; ``at`` is when it was said. The last one of a boot counts.

    ``what`` is ``wrong`` (what was noted of that clock before does not count) or ``undo``.
    """

    boot: str
    what: str
    by: str | None = None


class AmendmentEntry(_Entry, tag="amendment", frozen=True, kw_only=True):
    """What is said of an earlier entry; ``at`` is when it was said. The last one of an entry counts.

    Attributes:
        of: the entry's ``at``; ``of_kind`` its kind (``dial``, ``replacement``, ``constant``, ``bill``,
            ``schedule`` or ``claim``).
        what: ``correct`` (a dial reading: the other values take its place) or ``withdraw``.
        because: why it was withdrawn.
        reading: as the dial showed it; ``low`` and ``high`` what that means in kWh.
        read_at: when it was read; ``within_s`` how exactly that is known, ± seconds.
    """

    of: Time
    of_kind: str
    what: str
    because: str | None = None
    reading: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    read_at: Time | None = None
    within_s: float | None = None
    by: str | None = None


class ReplacementEntry(_Entry, tag="replacement", frozen=True, kw_only=True):
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


class ConstantEntry(_Entry, tag="constant", frozen=True, kw_only=True):
    """The meter's constant is ``constant`` imp/kWh from ``at`` on.

    With ``from_start`` it was so for as long as the meter that was installed at ``at`` had been installed.
    """

    constant: Decimal
    from_start: bool = False
    by: str | None = None


class SnapshotEntry(_Entry, tag="snapshot", frozen=True, kw_only=True):
    """The register around one reading day (local date ``day``), as known when it was written.

    ``at`` is the end of the day; ``hour`` the utility's usual reading time, when the settings name one.
    Where a wrong clock had closed the day, ``revised`` is when that was put right, and ``then_start`` and
    ``then_end`` are what was written first.
    """

    day: str
    start: Instant
    end: Instant
    hour: Instant | None = None
    revised: Time | None = None
    then_start: Annotated[Bounds | None, FieldRule(name="then_start")] = None
    then_end: Annotated[Bounds | None, FieldRule(name="then_end")] = None


class HourEntry(_Entry, tag="hour", frozen=True, kw_only=True):
    """Energy of one local hour (``at`` is its start), with the seconds counted of the seconds elapsed.

    ``blind`` has the other seconds by reason: those of :class:`GapEntry`, and ``before`` counting began.
    Where a wrong clock had closed it, ``revised`` is when that was put right, and ``then`` the energy that
    was written first.
    """

    pulses: int
    energy: Annotated[Bounds, FieldRule(name="kwh")]
    seconds: float
    counted: float
    blind: dict[str, float] = {}
    revised: Time | None = None
    then: Annotated[Bounds | None, FieldRule(name="then_kwh")] = None


class DayEntry(HourEntry, tag="day", frozen=True, kw_only=True):
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
    corrects: Time | None = None
    first: str | None = None
    last: str | None = None
    old: Annotated[Decimal | None, FieldRule(name="index_old")] = None
    new: Annotated[Decimal | None, FieldRule(name="index_new")] = None
    multiplier: Decimal | None = None
    billed_kwh: Annotated[Decimal | None, FieldRule(name="kwh")] = None
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

    of: Time
    overall: Annotated[str, FieldRule(name="verdict")]
    why: str = ""
    first: str | None = None
    last: str | None = None
    direction: str = ""
    disagrees_by_kwh: Decimal | None = None
    disagrees_by_money: Decimal | None = None
    detectable_kwh: Decimal | None = None
    billed_kwh: Decimal | None = None
    own_low: Annotated[Decimal | None, FieldRule(name="own_kwh_low")] = None
    own: Annotated[Decimal | None, FieldRule(name="own_kwh")] = None
    own_high: Annotated[Decimal | None, FieldRule(name="own_kwh_high")] = None
    wrong: tuple[str, ...] = ()
    reason: str = ""
    read_from: Time | None = None
    read_to: Time | None = None


class ScheduleEntry(_Entry, tag="schedule", frozen=True, kw_only=True):
    """The utility announced that it will read the meter on ``day``, or until ``until``; ``at``: when told."""

    day: str
    until: str | None = None


class ClaimEntry(_Entry, tag="claim", frozen=True, kw_only=True):
    """What the utility says the register showed on ``day``, or at ``read_at``; ``at`` is that time.

    It is judged and proves nothing. ``register`` is ours from the first to the last instant of that time,
    ``source`` who said so; several claims of one time are a few milliseconds apart.
    """

    index: Decimal
    day: str | None = None
    read_at: Time | None = None
    source: str = ""
    register: Annotated[Bounds | None, FieldRule(bounds=("low", "register", "high"))] = None
    by: str | None = None


class CostEntry(_Entry, tag="cost", frozen=True, kw_only=True):
    """The cost of a billing period up to ``at``, the end of a local hour.

    Attributes:
        first, last: the period; ``last`` is the reading day.
        kwh: billed kWh so far; ``cost`` their money, taxes included; ``currency`` ISO 4217.
        tier: the tier reached, from 1; None where one price is for all kWh.
        next_tier_kwh: the billed kWh above which the next tier begins; None in the last.
        since: from when on it was counted, when later than the period's beginning.
        projection: at the end of the reading day.
        revised: as of an hour; ``then`` is the cost that was told first.
    """

    first: str
    last: str
    kwh: Bounds
    cost: Money
    currency: str
    tier: int | None = None
    next_tier_kwh: Decimal | None = None
    since: Time | None = None
    projection: Annotated[Projection | None, FieldRule(name="projected")] = None
    revised: Time | None = None
    then: Annotated[Money | None, FieldRule(name="then_cost")] = None


class ReminderEntry(_Entry, tag="reminder", frozen=True, kw_only=True):
    """It was time to read the dial: ``when`` is ``tomorrow`` or ``today``, ``day`` the reading day."""

    day: str
    when: str


class HealthEntry(_Entry, tag="health", frozen=True, kw_only=True):
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


class EventEntry(_Entry, tag="event", frozen=True, kw_only=True):
    """Something worth keeping beside the numbers: run started or stopped, clock set, meter settings.

    ``what`` is one word (``started``, ``stopped``, ``clock``, ``meter``, ``power``, ``counter``,
    ``meter_test``, ``measure_begun``, ``measured``, ``measure_dropped``); ``detail`` plain values.
    """

    what: str
    detail: dict[str, str | int | float | bool | None] = {}


class SealEntry(_Entry, tag="seal", frozen=True, kw_only=True):
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
    TickEntry
    | GapEntry
    | DialEntry
    | ResolutionEntry
    | ClockEntry
    | AmendmentEntry
    | ReplacementEntry
    | ConstantEntry
    | BillEntry
    | VerdictEntry
    | ScheduleEntry
    | ClaimEntry
    | CostEntry
    | ReminderEntry
    | SnapshotEntry
    | HourEntry
    | DayEntry
    | HealthEntry
    | EventEntry
    | SealEntry
)

#: Measurement in the database for each entry kind; the tags are ``device`` and ``meter``.
MEASUREMENTS: dict[type[_Entry], str] = {
    kind: "meter" if kind is TickEntry else str(kind.__struct_config__.tag) for kind in get_args(Entry)
}

#: The word for each kind, on the wire and in the ledger.
KINDS: frozenset[str] = frozenset(str(kind.__struct_config__.tag) for kind in MEASUREMENTS)
