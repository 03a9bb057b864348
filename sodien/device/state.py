"""The daemon's present state for `sodien status`: a small JSON file that is replaced as a whole.

It lives in systemd's runtime directory (memory, not the card) where there is one, else beside the ledger.
It is a convenience: nothing is decided on it, and a stale one is recognised by its process being gone.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from sodien.clock import SystemClock
from sodien.ledger.store import Ledger
from sodien.metering.counting.refused import Doubted
from sodien.protocol.messages import Live

RUNTIME = Path("/run/sodien")
_encoder = msgspec.json.Encoder(decimal_format="string")


@dataclass(frozen=True, slots=True)
class Count:
    """A count beyond what the ledger holds: all pulses of ``run`` before monotonic ``mono`` (ns).

    Attributes:
        first: when the first pulse since the ledger's last tick began (monotonic ns); None without one.
        doubt: cumulative pulses in doubt; 0 where the ledger knows as much.
    """

    run: int
    mono: int
    pulses: int
    first: int | None = None
    doubt: int = 0


class State(msgspec.Struct, omit_defaults=True):
    """What only the running daemon knows.

    Attributes:
        pid: its process.
        broker: connecting, connected or disconnected; ``broker_failure`` says why.
        queue: entries the database has not answered.
        oldest: the first of those, and since when it has been the first (``oldest_since``, ms UTC).
        refused: entries it refused for good; ``refused_because`` is the reason of most.
        last_save: ms UTC of the last saved count; None while the clock is not set.
        live: the live state of each meter.
        trouble: a sentence while the ledger refuses rows.
        set_aside: entries that cannot be sent.
        denied: topics that the broker lets the device not write, or not read.
        counts: of each meter while the clock is set, as of ``live``.
        refused_flashes: of each meter whose limits seem to refuse pulses.
    """

    pid: int
    written: int
    clock_set: bool
    broker: str
    queue: int | None = None
    oldest: int | None = None
    oldest_since: int | None = None
    broker_failure: str | None = None
    last_save: int | None = None
    last_confirmed: int | None = None
    live: dict[str, Live] = {}
    trouble: str | None = None
    set_aside: tuple[int, ...] = ()
    denied: tuple[str, ...] = ()
    refused: int = 0
    refused_because: str | None = None
    counts: dict[str, Count] = {}
    refused_flashes: dict[str, Doubted] = {}


def _name(ledger_id: str) -> str:
    return f"{ledger_id}.state.json"


def write_path(ledger: Ledger) -> Path:
    """Where the daemon of this ledger writes its state."""
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    folder = Path(runtime.split(":")[0]) if runtime else ledger.path.parent
    return folder / _name(ledger.id)


def write(path: Path, state: State) -> None:
    """Replace the file; a failure is no harm, the next one comes in seconds."""
    beside = path.with_suffix(".new")
    with contextlib.suppress(OSError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(beside, flags, 0o666), "wb") as file:
            file.write(_encoder.encode(state))
        os.replace(beside, path)


def read(ledger: Ledger) -> State | None:
    """The state of the daemon that runs on this ledger, None when none runs."""
    for path in (RUNTIME / _name(ledger.id), ledger.path.parent / _name(ledger.id)):
        try:
            state = msgspec.json.decode(path.read_bytes(), type=State)
        except (OSError, msgspec.DecodeError):
            continue
        if _runs(state.pid):
            return state
    return None


def clock_set(state: State | None, *, trust: bool) -> bool:
    """Whether the clock is known to be right: by the daemon that runs, without one by this machine.

    With ``trust`` the machine's clock is right without network time.
    """
    return state.clock_set if state is not None else SystemClock(trust).synchronised()


def remove(path: Path) -> None:
    """The daemon has stopped."""
    path.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
