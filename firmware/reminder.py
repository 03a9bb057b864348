"""The command that tells the household to read the dial: run beside the counting, never in its way.

It is run once its entry is in the ledger. What it prints goes nowhere; that it failed goes to the log.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sodien.files import of_a_child
from sodien.ledger.bodies import ReminderBody
from sodien.notify.happened import remind

if TYPE_CHECKING:
    from sodien.ledger.store import NewRow
    from sodien.settings.model import ReminderSettings

log = logging.getLogger(__name__)


def words(command: Iterable[str], meter: str, day: str, when: str) -> list[str]:
    """The command with ``{text}``, ``{meter}``, ``{day}`` and ``{when}`` filled in; other braces stay."""
    values = {"{text}": remind(meter, day, when), "{meter}": meter, "{day}": day, "{when}": when}
    filled = []
    for word in command:
        for name, value in values.items():
            word = word.replace(name, value)
        filled.append(word)
    return filled


class ReminderCommand:
    """Runs the command of the settings for every reminder, one after the other, on a thread of its own."""

    def __init__(self, settings: ReminderSettings) -> None:
        self._command = settings.command
        self._timeout_s = settings.timeout_s

    def run(self, rows: Iterable[NewRow]) -> threading.Thread | None:
        """Begin to run the command for the reminders among these rows; the thread that does, if any."""
        reminders = [row for row in rows if row.kind == "reminder"]
        if not reminders or not self._command:
            return None
        bodies = [(row.meter, row.read(ReminderBody)) for row in reminders]
        commands = [words(self._command, meter, body.day.isoformat(), body.when) for meter, body in bodies]
        thread = threading.Thread(target=self._execute, args=(commands,), name="reminder", daemon=True)
        thread.start()
        return thread

    def _execute(self, commands: list[list[str]]) -> None:
        import subprocess

        user, group = of_a_child()
        for command in commands:
            try:
                done = subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=self._timeout_s,
                    check=False,
                    user=user,
                    group=group,
                )
            except subprocess.TimeoutExpired:
                log.warning("the reminder's command took longer than %d s and was stopped", self._timeout_s)
            except (OSError, ValueError) as error:
                log.warning("the reminder's command could not be run: %s", error)
            else:
                if done.returncode != 0:
                    said = done.stderr[-200:].decode("utf-8", "replace").strip()
                    log.warning("the reminder's command failed with exit code %d: %s", done.returncode, said)
