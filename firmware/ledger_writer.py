"""The writing side of the counting loop: rows and counts wait here, and go to the ledger together.

Where only counts are due they are saved alone, at a tenth of the cost, and the rows go on waiting.
Nothing here waits or loses anything: while the ledger refuses (it is full or locked) rows stay in memory, and
each call tries again when it is time to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from sodien.ledger.store import Ledger, LedgerBusyError, NewRow, Save

log = logging.getLogger(__name__)

MINUTE_NS = 60_000_000_000
#: A count waits so long at most: a gap after a power cut begins at the last one saved.
HOLD_NS = 3 * MINUTE_NS
#: Ticks that have waited for so long are written with the next count that is saved, HOLD_NS later at most:
#: what a commit costs the card hardly depends on what is in it. Longer than HOLD_NS, so that on quiet days
#: only every second one is.
ROWS_HOLD_NS = 4 * MINUTE_NS
_RETRY_NS = 5_000_000_000


class LedgerWriter:
    """What one run has for the ledger, until the ledger has it.

    Attributes:
        run: the run whose rows these are.
        on_disk_ns: monotonic ns as of which the ledger has the counts.
        trouble: a sentence while the ledger refuses rows, else None.
    """

    def __init__(
        self, ledger: Ledger, run: int, boot: str, now: int, *, grace_ns: int, on_saved: Callable[[], None]
    ) -> None:
        """Begin with nothing to write.

        Args:
            ledger: open for writing; only this object writes counts to it.
            run: the run's number.
            boot: the id of its boot.
            now: monotonic ns at which it begins.
            grace_ns: how much later than a minute's end the minute is closed.
            on_saved: called when the ledger has taken all that was waiting.
        """
        self.run = run
        self.on_disk_ns = self._rows_ns = now
        self.trouble: str | None = None
        self._ledger = ledger
        self._boot = boot
        self._grace = grace_ns
        self._on_saved = on_saved
        self._rows: list[NewRow] = []
        self._saves: dict[str, Save] = {}
        self._date_due: int | None = None
        self._retry_at = 0

    def add(self, *rows: NewRow) -> None:
        """Take rows along with the next write."""
        self._rows.extend(rows)

    def save(self, meter: str, mono: int, pulses: int, doubt: int) -> None:
        """Note a meter's count as of ``mono``; the newest one goes along with the next write."""
        self._saves[meter] = Save(meter, self.run, mono, pulses, doubt)

    def date(self, offset_ns: int) -> None:
        """The clock is known now: date the boot's rows with this offset at the next write."""
        self._date_due = offset_ns

    @property
    def waiting(self) -> int:
        """Rows that the ledger has not taken yet."""
        return len(self._rows)

    def waiting_ticks(self, meter: str) -> Iterator[NewRow]:
        """A meter's ticks that the ledger has not taken yet, in order."""
        return (row for row in self._rows if row.kind == "tick" and row.meter == meter)

    def due(self, now: int, *, urgent: bool = False, held: bool = False) -> bool:
        """Whether something has to be written now.

        Ticks alone may wait, but not for a second try. ``urgent``: so much is not saved that nothing may;
        ``held``: do not let ticks wait.
        """
        if now < self._retry_at:
            return False
        if urgent or self.trouble is not None or self._saves or self._date_due is not None:
            return True
        return bool(self._rows) and (held or now >= self._hold_end() or self._has_news())

    def _has_news(self) -> bool:
        """Whether a row waits that is no tick."""
        return any(row.kind != "tick" for row in self._rows)

    def counts_suffice(self, now: int, *, held: bool = False) -> bool:
        """Whether the rows may go on waiting when the counts are saved now."""
        if held or self.trouble is not None or self._date_due is not None or self._has_news():
            return False
        return not self._rows or now < self._rows_ns + ROWS_HOLD_NS

    def next_due(self) -> int | None:
        """Monotonic ns at which :meth:`due` becomes true by itself; None when nothing waits."""
        if self.trouble is not None:
            return self._retry_at
        return self._hold_end() if self._rows else None

    def _hold_end(self) -> int:
        """Monotonic ns at which what waits is written, or its count: with a minute that closes then."""
        return self.on_disk_ns + HOLD_NS + self._grace

    def write_counts(self) -> bool:
        """Save the counts alone; False where that cannot be done, and all is for :meth:`write`."""
        saves = list(self._saves.values())
        if not saves or not self._ledger.save_counts(saves):
            return False
        self._on_saved()
        self.on_disk_ns = max([self.on_disk_ns, *(save.mono for save in saves)])
        self._saves.clear()
        return True

    def write(self, now: int) -> bool:
        """Bring rows and counts into the ledger; when it refuses, keep them and try again later.

        True if rows were written or dated; a save of the count alone concerns the next run only.
        """
        news = bool(self._rows) or self._date_due is not None
        try:
            if self._rows or self._saves:
                self._append()
            if self._date_due is not None:
                dated = self._ledger.date(self._boot, self._date_due)
                self._date_due = None
                if dated:
                    log.info("the clock is set; %d rows written before were dated", dated)
        except LedgerBusyError as error:
            self._retry_at = now + _RETRY_NS
            if self.trouble is None:
                log.error("%s Counting goes on in memory; nothing is lost while this process runs.", error)
            self.trouble = str(error)
            return False
        if self.trouble is not None:
            log.info("the ledger takes rows again; nothing was lost")
            self.trouble = None
        self._retry_at = 0
        return news

    def _append(self) -> None:
        self._ledger.append(self._rows, list(self._saves.values()))
        self._on_saved()
        # What the run before had saved is among them too, with the time of another boot.
        ticks = [row.mono or 0 for row in self._rows if row.kind == "tick" and row.run == self.run]
        saves = [save.mono for save in self._saves.values()]
        self.on_disk_ns = self._rows_ns = max([self.on_disk_ns, *ticks, *saves])
        self._rows.clear()
        self._saves.clear()

    def stop(self, now: int) -> bool:
        """Write everything at once and mark the run as ended; False when the ledger does not take it."""
        if not self.write(now):
            return False
        try:
            self._ledger.append((), stop=(self.run, now))
        except LedgerBusyError as error:
            log.error("%s", error)
            return False
        return True
