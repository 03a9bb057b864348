"""Where the demo's files go. It removes only files of its own, and only from a folder that it marked."""

from __future__ import annotations

from pathlib import Path

from sodien.errors import SodienError
from sodien.i18n import tr

_MARK = "made-by-sodien-demo.txt"
_NAMES = (
    "sodien.yaml",
    "ledger.db",
    "ledger.db-wal",
    "ledger.db-shm",
    "ledger.db-counts",
    "ledger.db.lock",
    "database.lp",
    "put-aside.jsonl",
    "demo.log",
    "notice-over-read.txt",
    "notice-corrected.txt",
    "evidence-over-read.html",
    "evidence-corrected.html",
    "portal.json",
    "house.yaml",
    "house.db",
    "house.db-wal",
    "house.db-shm",
    "house.db-counts",
    "house.db.lock",
    "receipts.html",
    "report.json",
)


class Folder:
    """The demo's folder, empty of what an earlier demo left there."""

    def __init__(self, path: Path) -> None:
        """Make or clear it. Raises SodienError when it holds something else or cannot be written."""
        self.path = path
        self.settings = path / "sodien.yaml"
        self.ledger = path / "ledger.db"
        self.database = path / "database.lp"
        self.aside = path / "put-aside.jsonl"
        self.log = path / "demo.log"
        self.portal = path / "portal.json"
        self.house = path / "house.yaml"
        self.receipts = path / "receipts.html"
        self.report = path / "report.json"
        mark = path / _MARK
        try:
            path.mkdir(parents=True, exist_ok=True)
            if not mark.exists() and any(path.iterdir()):
                raise SodienError(
                    tr(
                        "{path} already holds other files; name an empty or new folder with --output",
                        path=path,
                    )
                )
            mark.write_text("'sodien demo' overwrites its own files in this folder.\n", encoding="utf-8")
            for name in _NAMES:
                (path / name).unlink(missing_ok=True)
        except OSError as error:
            raise SodienError(
                tr(
                    "{path} cannot be used for the demo's files ({error}); name another folder with --output",
                    path=path,
                    error=error.strerror or error,
                )
            ) from None
