"""What was in the way of a verdict, by ``Verdict.why``: the headline of a bill of which nobody can tell."""

from __future__ import annotations

from typing import Final

from sodien.i18n import Text

HEADLINE_WORDS: Final[dict[str, Text]] = {
    "cannot_tell_no_dates": "The notice does not say for which days it is, so the bill cannot be judged.",
    "cannot_tell_no_numbers": (
        "The notice prints neither kWh nor both readings, so the bill cannot be judged."
    ),
    "cannot_tell_no_reading": "Nothing was counted and no dial was read, so the bill cannot be judged.",
    "cannot_tell_blind": "Too little was counted to judge this bill.",
    "cannot_tell_before": "This bill is from before counting began: only what is printed on it was checked.",
    "cannot_tell_since": (
        "Counting began after this bill's period did, so its consumption cannot be judged; the rest was "
        "checked."
    ),
    "cannot_tell_time": "The time of the reading is not known well enough to judge this bill.",
    "cannot_tell_replaced": (
        "The bill mentions a replaced meter that is not recorded here, so it cannot be judged."
    ),
    "cannot_tell_registers": (
        "The bill has registers by the time of day but no total, so it cannot be judged."
    ),
    "cannot_tell_estimated": (
        "The reading was estimated: the bill cannot be judged before the next real reading."
    ),
}
