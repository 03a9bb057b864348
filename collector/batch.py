"""From messages to lines, from refusals to the lines that caused them, from both to answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from collector.inbox import Message
from collector.line_protocol import of_entry
from collector.outputs.base import Refused
from sodien.errors import BadPayload
from sodien.printable import printable
from sodien.protocol.messages import (
    LONGEST_LEDGER_ID,
    Batch,
    RefusedEntry,
    Stored,
    decode_batch,
    decode_entry,
)
from sodien.protocol.topics import device_of
from sodien.ranges import Ranges

#: Longest payload that is taken; a full batch of the device is far below.
MAX_PAYLOAD = 4 << 20
#: Most entries of one message; the device sends 250.
MAX_ENTRIES = 5000
#: Each entry but the last is followed by a comma and holds fewer than so many: counting them takes no memory.
_MAX_COMMAS = 40 * MAX_ENTRIES
_MOST_FOLLOWED = 1000
#: Refusals in one message, and characters of a reason: together far below what a device takes.
_MOST_REFUSED = 200
_LONGEST_WHY = 200


@dataclass(frozen=True, slots=True)
class DatabaseLine:
    """One entry, ready to be written: its line, and what confirming or putting it aside needs."""

    text: str
    device: str
    ledger: str
    seq: int
    topic: str
    raw: bytes

    @property
    def time(self) -> int | None:
        """When it was, ms UTC: a line ends with it; None where it does not."""
        end = self.text.rpartition(" ")[2]
        return int(end) if re.fullmatch(r"-?\d{1,18}", end, re.ASCII) else None


@dataclass(frozen=True, slots=True)
class BadMessage:
    """Something that cannot be stored, with the reason.

    Attributes:
        kind: ``size``, ``topic``, ``message``, ``entry`` (does not fit the contract), ``line`` (the
            database refused it) or ``name`` (another ledger has the device's name).
        device: whose entry it is, with ``ledger`` and ``seq``; None where it does not say which.
    """

    kind: str
    topic: str
    reason: str
    payload: bytes
    device: str = ""
    ledger: str = ""
    seq: int | None = None


class _Numbered(msgspec.Struct):
    """What an entry has to say so that it can be answered, whatever else is wrong with it."""

    seq: int


_numbered = msgspec.json.Decoder(_Numbered)


def unpack(
    message: Message, refuse: Callable[[str, Batch], str | None] = lambda _device, _batch: None
) -> tuple[list[DatabaseLine], list[BadMessage]]:
    """The lines of a message, and what of it does not fit. One bad entry spoils no other. Never raises.

    ``refuse`` says why nothing that this ledger brings under this device's name is taken; None: it is.
    """
    topic = message.topic
    if message.too_long:
        reason = f"more than {MAX_PAYLOAD} bytes"
        return [], [BadMessage("size", topic, reason, message.payload)]
    try:
        device = device_of(topic)
    except BadPayload as error:
        return [], [BadMessage("topic", topic, str(error), message.payload)]
    try:
        if message.payload.count(b",") > _MAX_COMMAS:
            raise _too_many()
        batch = decode_batch(message.payload)
        if len(batch.entries) > MAX_ENTRIES:
            raise _too_many()
        if not 1 <= len(batch.ledger) <= LONGEST_LEDGER_ID:
            raise BadPayload("ledger message: the ledger's id is empty or too long")
        if len(batch.follows) > _MOST_FOLLOWED or any(len(one) > LONGEST_LEDGER_ID for one in batch.follows):
            raise BadPayload("ledger message: it follows too many ledgers")
    except Exception as error:  # noqa: BLE001  (hostile input finds errors nobody thought of)
        return [], [BadMessage("message", topic, _reason(error), message.payload)]
    lines: list[DatabaseLine] = []
    bad: list[BadMessage] = []
    # A message without entries only asks whether it may be sent.
    if batch.entries and (why := refuse(device, batch)) is not None:
        raws = [bytes(one) for one in batch.entries]
        return [], [
            BadMessage("name", topic, why, raw, device, batch.ledger, _number_of(raw)) for raw in raws
        ]
    for entry_raw in batch.entries:
        raw = bytes(entry_raw)
        try:
            entry = decode_entry(raw)
            if entry.seq < 1:
                raise BadPayload(f"entry {entry.seq}: sequence numbers begin at 1")
            lines.append(DatabaseLine(of_entry(device, entry), device, batch.ledger, entry.seq, topic, raw))
        except Exception as error:  # noqa: BLE001
            reason = _reason(error)
            bad.append(BadMessage("entry", topic, reason, raw, device, batch.ledger, _number_of(raw)))
    return lines, bad


def _number_of(raw: bytes) -> int | None:
    """The sequence number of an entry that does not fit; None where none can be found."""
    try:
        seq = _numbered.decode(raw).seq
    except Exception:  # noqa: BLE001
        return None
    return seq if seq >= 1 else None


def write_all(
    lines: Sequence[DatabaseLine],
    write: Callable[[Sequence[str]], None],
    all_too_old: Callable[[int, int], bool] = lambda _oldest, _newest: False,
) -> tuple[list[BadMessage], int]:
    """Write all lines; where the database refuses some, halve until each bad one stands alone.

    Args:
        lines: what to write; a good line may be written more than once.
        write: stores lines or raises Refused; whatever else it raises ends this function.
        all_too_old: whether lines of these times, oldest and newest, are all older than the database keeps.

    Returns:
        The refused lines, and how many are older than the database keeps: those count as stored, because it
        would delete them at once. All others are stored when this returns.
    """
    bad: list[BadMessage] = []
    expired = 0
    parts: list[Sequence[DatabaseLine]] = [lines] if lines else []
    while parts:
        part = parts.pop()
        try:
            write([line.text for line in part])
        except Refused as refusal:
            times = [line.time for line in part if line.time is not None]
            dated = len(times) == len(part) and not refusal.too_long
            if dated and all_too_old(min(times), max(times)):
                expired += len(part)
            elif len(part) == 1:
                one = part[0]
                reason = str(refusal)
                bad.append(BadMessage("line", one.topic, reason, one.raw, one.device, one.ledger, one.seq))
            else:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
    return bad, expired


def confirmations(
    lines: Iterable[DatabaseLine], refused: Iterable[BadMessage] = ()
) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Ranges of sequence numbers that are stored, by device and ledger.

    A sequence number of which any line was refused is not confirmed, whatever else carried that number.
    """
    spoilt = {(bad.topic, bad.payload) for bad in refused}
    good: dict[tuple[str, str], set[int]] = {}
    not_good: dict[tuple[str, str], set[int]] = {}
    for line in lines:
        target = not_good if (line.topic, line.raw) in spoilt else good
        target.setdefault((line.device, line.ledger), set()).add(line.seq)
    found = {key: Ranges.of(seqs - not_good.get(key, set())).items() for key, seqs in good.items()}
    return {key: ranges for key, ranges in found.items() if ranges}


def answers(lines: Iterable[DatabaseLine], bad: Sequence[BadMessage]) -> Iterator[tuple[str, Stored]]:
    """What to tell each device of its entries: stored, or refused, because …; (device, message).

    Args:
        lines: what was written.
        bad: what was refused, of the lines and of what never became one.
    """
    stored = confirmations(lines, bad)
    refused: dict[tuple[str, str], dict[int, str]] = {}
    for one in bad:
        if one.seq is not None:
            refused.setdefault((one.device, one.ledger), {})[one.seq] = printable(one.reason)[:_LONGEST_WHY]
    for key in {**stored, **refused}:
        left = [RefusedEntry(seq, why) for seq, why in sorted(refused.get(key, {}).items())]
        yield key[0], Stored(ledger=key[1], ranges=stored.get(key, []), refused=left[:_MOST_REFUSED])
        for start in range(_MOST_REFUSED, len(left), _MOST_REFUSED):
            yield key[0], Stored(key[1], [], left[start : start + _MOST_REFUSED])


def _too_many() -> BadPayload:
    return BadPayload(f"ledger message: more than {MAX_ENTRIES} entries")


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, BadPayload) else f"{type(error).__name__}: {error}"
