"""One program at a time on a ledger: ``sodien run`` while it counts, ``sodien restore`` while it swaps."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sodien.errors import SodienError
from sodien.i18n import tr


class LedgerInUseError(SodienError):
    """Another program counts into this ledger."""


def lock_path(ledger: Path) -> Path:
    """The file that is locked; it stays there."""
    return Path(f"{ledger}.lock")


@contextmanager
def only_one(ledger: Path) -> Iterator[None]:
    """Hold the ledger's lock file. A folder that is missing is left to whoever opens the ledger.

    Raises:
        LedgerInUseError: another program holds it.
        SodienError: the lock file cannot be used.
    """
    try:
        stream = lock_path(ledger).open("w", encoding="ascii")
    except FileNotFoundError:
        yield
        return
    except OSError as error:
        raise _unusable(ledger, error) from None
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LedgerInUseError(
                tr("{path}: another 'sodien run' is counting into this ledger; stop it first.", path=ledger)
            ) from None
        except OSError as error:
            raise _unusable(ledger, error) from None
        yield


def _unusable(ledger: Path, error: OSError) -> SodienError:
    return SodienError(
        tr(
            "{path}: the lock file cannot be used ({error}); let the service's user write in its folder.",
            path=ledger,
            error=error.strerror or error,
        )
    )
