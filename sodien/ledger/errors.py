"""Why a ledger cannot be used: the errors, and what SQLite refused as sentences."""

from __future__ import annotations

import getpass
import sqlite3
from pathlib import Path

from sodien.errors import SodienError
from sodien.files import read_only
from sodien.i18n import tr


class LedgerError(SodienError):
    """The ledger cannot be used; the sentence says why and what to do."""


class LedgerDamagedError(LedgerError):
    """The file is there but is not a sound ledger."""


class LedgerBusyError(LedgerError):
    """A write did not go through now (disk full, locked, read-only); nothing of it was written."""


def none_yet(path: Path) -> LedgerError:
    """Nothing has been counted where the settings have their ledger."""
    return LedgerError(
        tr(
            "{path}: there is no ledger yet; start counting (sudo systemctl enable --now sodien-firmware, or "
            "'sodien run' in a terminal), or name another --config.",
            path=path,
        )
    )


def sentence(path: Path, error: sqlite3.Error) -> LedgerError:
    """What SQLite refused, as something a person can act on."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return LedgerBusyError(tr("{path}: another program holds the ledger; try again.", path=path))
    if "full" in text:
        return LedgerBusyError(tr("{path}: the disk is full; free some space.", path=path))
    if "readonly" in text or "unable to open" in text:
        return _no_permission(path)
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return damaged(path, text)
    return LedgerBusyError(tr("{path}: the ledger could not be written ({text}).", path=path, text=text))


def damaged(path: Path, text: str) -> LedgerDamagedError:
    """What SQLite found wrong with the file, in its words."""
    return LedgerDamagedError(
        tr(
            "{path}: the ledger is damaged ({text}); 'sodien run' sets it aside and salvages it.",
            path=path,
            text=text,
        )
    )


def newer(path: Path, found: int) -> LedgerError:
    """The file is of a schema that this program does not know yet."""
    return LedgerError(
        tr("{path}: written by a newer Sodien (schema {schema}); update this one.", path=path, schema=found)
    )


def not_ours(path: Path) -> LedgerDamagedError:
    """The file is SQLite's, but somebody else's."""
    return LedgerDamagedError(
        tr("{path}: this SQLite file is not a Sodien ledger; choose another ledger.path.", path=path)
    )


def present(path: Path) -> bool:
    """Whether the file is there. Raises LedgerError when the folder may not be looked into."""
    try:
        return path.exists()
    except PermissionError:
        raise _no_permission(path) from None


def _no_permission(path: Path) -> LedgerError:
    if (said := read_only(path)) is not None:
        return LedgerBusyError(said)
    return LedgerBusyError(
        tr(
            "{path}: no permission to use the ledger; run this with sudo, or once: "
            "sudo usermod -aG sodien {user}",
            path=path,
            user=getpass.getuser(),
        )
    )
