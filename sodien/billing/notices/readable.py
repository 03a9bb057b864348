"""The text that is read: without leaders of dots, glosses, other services and other times; nothing moves."""

from __future__ import annotations

import re

from sodien.billing.notices.other_times import without_other_times
from sodien.billing.notices.services import without_services
from sodien.billing.notices.text import without_glosses

#: Dots between a label and its value.
_LEADERS = re.compile(r"[._…]{3,}(?=[ ]{0,4}[:=|0-9])|(?:[ ]\.){3,}(?=[ ]{0,4}[:=|0-9])")


def readable(text: str) -> str:
    """The folded text with blanks for what is not read."""
    plain = without_glosses(_LEADERS.sub(lambda match: " " * len(match[0]), text))
    return without_services(without_other_times(plain))
