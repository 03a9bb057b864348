"""What happened to a meter as a sentence: a verdict, a reminder, a gap; and that no pulse comes any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from sodien import formats
from sodien.i18n import tr
from sodien.ledger.bodies import GapBody, ReminderBody, VerdictBody

if TYPE_CHECKING:
    from datetime import tzinfo

    from sodien.ledger.store import Ledger, Row

#: The kinds of entries that tell somebody something.
KINDS: Final = ("verdict", "reminder", "gap")
#: A count that has not moved for a day is a sensor that has come off more often than an empty house.
QUIET_MS: Final = 24 * 3_600_000


def sentence(row: Row, zone: tzinfo) -> str:
    """An entry of one of KINDS in words, times in ``zone``. Raises msgspec.MsgspecError for no such body."""
    if row.kind == "reminder":
        reminder = row.read(ReminderBody)
        return remind(row.meter, reminder.day.isoformat(), reminder.when)
    if row.kind == "gap":
        at = row.at or 0
        return tr(
            "{meter}: nothing was counted from {start} to {end}.",
            meter=row.meter,
            start=formats.instant(at, zone),
            end=formats.instant(row.read(GapBody).end(at), zone),
        )
    # A verdict's words are many and seldom needed.
    from sodien.billing.audit.result import Verdict
    from sodien.billing.words.verdict import headline

    body = row.read(VerdictBody)
    said = headline(msgspec.json.decode(body.verdict, type=Verdict))
    if body.first is None or body.last is None:
        return tr("{meter}: {verdict}", meter=row.meter, verdict=said)
    return tr(
        "{meter}, bill of {first} to {last}: {verdict}",
        meter=row.meter,
        first=formats.date(body.first),
        last=formats.date(body.last),
        verdict=said,
    )


def remind(meter: str, day: str, when: str) -> str:
    """The reminder in words; ``day`` is a date, ``when`` is today or tomorrow."""
    shown = formats.date(day)
    if when == "today":
        return tr(
            ("{meter}: read the dial today ({day}); the utility reads it today, too."), meter=meter, day=shown
        )
    return tr(
        "{meter}: the utility reads the meter tomorrow ({day}); read the dial then.", meter=meter, day=shown
    )


def quiet(ledger: Ledger, meter: str, pulses: int, now: int) -> bool:
    """Whether a count of ``pulses`` stood there a day before ``now`` (ms UTC) too."""
    before = ledger.newest("tick", meter, now - QUIET_MS)
    return before is not None and before.pulses == pulses


def quiet_sentence(meter: str, pulses: int) -> str:
    """That no pulse came for a day, with the count that stands still."""
    return tr(
        "{meter}: no pulse for more than 24 hours (count {pulses})", meter=meter, pulses=formats.count(pulses)
    )
