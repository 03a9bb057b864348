"""What is still to be told to an address, and how far each has been told, in a small file beside the ledger.

An address has a position of its own: one that is dead holds up none of the others. The position is saved
after each message that was sent. So a crash loses nothing; one between sending and saving tells that one
message again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from sodien.files import replacing, sync_folder
from sodien.i18n import tr
from sodien.ledger.bodies import GapBody
from sodien.ledger.misfits import misfit
from sodien.notify.happened import KINDS, quiet, quiet_sentence, sentence

if TYPE_CHECKING:
    from datetime import tzinfo

    from sodien.ledger.store import Ledger, Row

#: One message holds so many sentences; of what came before, only how many there were.
MOST: Final = 10
#: What could not be sent for so long is history, ms.
_WEEK_MS: Final = 7 * 24 * 3_600_000
#: A gap that is shorter, ms: an upgrade, say.
_SHORT_MS: Final = 60_000
#: Entries that a position may lag behind where nothing was sent: each save costs the card some blocks.
_LAG: Final = 2000


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far an address has been told.

    Attributes:
        label: what it is called before people; no secret is in it.
        seq: the last entry that was looked at.
        quiet: of each meter, the count at which it was told that no pulse comes.
        week: the Monday up to which the weeks are told; None where none was due yet.
        failed: why the last message could not be sent, and ``since`` when (ms UTC).
    """

    label: str
    seq: int
    quiet: dict[str, int] = {}
    week: dt.date | None = None
    failed: str | None = None
    since: int | None = None


class Position(msgspec.Struct, frozen=True):
    """How far the addresses of a ledger have been told, by the name of each."""

    ledger: str
    addresses: dict[str, Told]


def path_of(ledger: Path) -> Path:
    """Where the position of a ledger is."""
    return Path(f"{ledger}-told")


def read(ledger: Ledger) -> dict[str, Told]:
    """How far each address has been told; of a ledger that took this one's place nothing is known."""
    try:
        found = msgspec.json.decode(path_of(ledger.path).read_bytes(), type=Position)
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}
    return found.addresses if found.ledger == ledger.id else {}


def save(ledger: Ledger, addresses: dict[str, Told]) -> None:
    """Keep that, so that it survives a power cut. Raises OSError."""
    with replacing(path_of(ledger.path), as_caller=False) as file:
        file.write(msgspec.json.encode(Position(ledger.id, addresses)))
    sync_folder(ledger.path.parent)


def worth_saving(before: Told | None, after: Told) -> bool:
    """Whether more has changed than the number of an entry, where nothing was sent."""
    if before is None or after.seq - before.seq > _LAG:
        return True
    return msgspec.structs.replace(after, seq=before.seq) != before


def happened(
    ledger: Ledger, after: int, meters: Iterable[str], zone: tzinfo, now: int
) -> tuple[list[str], int]:
    """What happened to these meters after an entry, in order, and the last entry that was looked at.

    An entry whose time comes as soon as the clock is set is waited for. ``now`` is ms UTC; None of what is
    more than a week older is told.
    """
    wanted = frozenset(meters)
    below = _waits(ledger, after, wanted)
    recent = ledger.first_seq_since(now - _WEEK_MS)
    after = max(after, recent - 1 if recent is not None else 0)
    sentences: list[str] = []
    while rows := ledger.rows(after, below):
        after = rows[-1].seq
        sentences += (said for row in rows if row.meter in wanted for said in _said(row, zone))
    return sentences, after


def _waits(ledger: Ledger, after: int, meters: Iterable[str]) -> int | None:
    """The first entry that this boot will still give a time."""
    last = ledger.last_run()
    rows = [row for meter in meters for kind in KINDS for row in ledger.undated(kind, meter, after)]
    boots = {
        run: found.boot
        for run in {row.run for row in rows if row.run is not None}
        if (found := ledger.run(run))
    }
    seqs = [
        row.seq
        for row in rows
        if last is not None and row.run is not None and boots.get(row.run) == last.boot
    ]
    return min(seqs, default=None)


def _said(row: Row, zone: tzinfo) -> Iterator[str]:
    if row.kind not in KINDS or misfit(row) is not None:
        return
    try:
        if row.kind == "gap" and row.read(GapBody).ns < _SHORT_MS * 1_000_000:
            return
        yield sentence(row, zone)
    except (msgspec.MsgspecError, KeyError):  # of another version, which had other words
        return


def stands_still(ledger: Ledger, meters: Iterable[str], now: int) -> dict[str, int]:
    """The meters that have had no pulse for a day, and the count of each. ``now`` is ms UTC."""
    found = {}
    for meter in meters:
        last = ledger.last_dated_tick(meter)
        if last is not None and quiet(ledger, meter, last.pulses or 0, now):
            found[meter] = last.pulses or 0
    return found


def message(sentences: list[str], still: dict[str, int], told: dict[str, int]) -> str:
    """All that is to be told, a sentence a line; "" for nothing. ``told``: at which counts it was before."""
    lines = sentences[-MOST:]
    if (more := len(sentences) - len(lines)) > 0:
        lines.insert(0, tr("Not listed, because too much happened: {count}.", count=more))
    lines += [
        f"{quiet_sentence(meter, count)}." for meter, count in still.items() if told.get(meter) != count
    ]
    return "\n".join(lines)
