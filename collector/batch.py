"""From messages to lines, from refusals to the lines that caused them, from lines to confirmations. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from collector.inbox import Message
from collector.line_protocol import of_entry
from collector.outputs.base import Refused
from sodien.errors import BadPayload
from sodien.protocol.messages import decode_batch, decode_entry
from sodien.protocol.topics import device_of
from sodien.ranges import Ranges

#: Longest payload that is taken; a full batch of the device is far below.
MAX_PAYLOAD = 4 << 20
#: Most entries of one message; the device sends 250.
MAX_ENTRIES = 5000
#: Each entry but the last is followed by a comma and holds fewer than so many: counting them takes no memory.
_MAX_COMMAS = 40 * MAX_ENTRIES
_MAX_LEDGER_ID = 100


@dataclass(frozen=True, slots=True)
class DatabaseLine:
    """One entry, ready to be written: its line, and what confirming or putting it aside needs."""

    text: str
    device: str
    ledger: str
    seq: int
    topic: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class BadMessage:
    """Something that cannot be stored, with the reason.

    Attributes:
        kind: ``size``, ``topic``, ``message``, ``entry`` (does not fit the contract) or ``line`` (the
            database refused it).
    """

    kind: str
    topic: str
    reason: str
    payload: bytes


def unpack(message: Message) -> tuple[list[DatabaseLine], list[BadMessage]]:
    """The lines of a message, and what of it does not fit. One bad entry spoils no other. Never raises."""
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
        if not 1 <= len(batch.ledger) <= _MAX_LEDGER_ID:
            raise BadPayload("ledger message: the ledger's id is empty or too long")
    except Exception as error:  # noqa: BLE001  (hostile input finds errors nobody thought of)
        return [], [BadMessage("message", topic, _reason(error), message.payload)]
    lines: list[DatabaseLine] = []
    bad: list[BadMessage] = []
    for entry_raw in batch.entries:
        raw = bytes(entry_raw)
        try:
            entry = decode_entry(raw)
            if entry.seq < 1:
                raise BadPayload(f"entry {entry.seq}: sequence numbers begin at 1")
            lines.append(DatabaseLine(of_entry(device, entry), device, batch.ledger, entry.seq, topic, raw))
        except Exception as error:  # noqa: BLE001
            bad.append(BadMessage("entry", topic, _reason(error), raw))
    return lines, bad


def write_all(lines: Sequence[DatabaseLine], write: Callable[[Sequence[str]], None]) -> list[BadMessage]:
    """Write all lines; where the database refuses some, halve until each bad one stands alone.

    Args:
        lines: what to write; a good line may be written more than once.
        write: stores lines or raises Refused; whatever else it raises ends this function.

    Returns:
        The refused lines. All others are stored when this returns.
    """
    bad: list[BadMessage] = []
    parts: list[Sequence[DatabaseLine]] = [lines] if lines else []
    while parts:
        part = parts.pop()
        try:
            write([line.text for line in part])
        except Refused as refusal:
            if len(part) == 1:
                bad.append(BadMessage("line", part[0].topic, str(refusal), part[0].raw))
            else:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
    return bad


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


def _too_many() -> BadPayload:
    return BadPayload(f"ledger message: more than {MAX_ENTRIES} entries")


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, BadPayload) else f"{type(error).__name__}: {error}"
