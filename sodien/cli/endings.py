"""How the program ends: a mistake gets one sentence and an exit code, a reader that left gets nothing."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from sodien.errors import SodienError
from sodien.i18n import tr


def end(error: SodienError | OSError) -> NoReturn:
    """Say what is wrong and exit."""
    if isinstance(error, SodienError):
        say(f"sodien: {error}")
        sys.exit(error.exit_code)
    if isinstance(error, BrokenPipeError):
        leave_quietly()
    _write_no_more()
    place = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or error
    sentence = tr("{place}{reason}; free some space, or give permission.", place=place, reason=reason)
    say(f"sodien: {sentence}")
    sys.exit(2)


def stopped() -> NoReturn:
    """Somebody pressed Ctrl-C."""
    say(tr("Stopped."))
    sys.exit(130)


def leave_quietly() -> NoReturn:
    """The reader (head, less) went away: that is its right."""
    _write_no_more()
    sys.exit(0)


def say(text: str) -> None:
    """One line on standard error, where there is one."""
    if sys.stderr is not None:
        print(text, file=sys.stderr, flush=True)


def _write_no_more() -> None:
    """What is still to be written goes nowhere, so that the interpreter is quiet at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
