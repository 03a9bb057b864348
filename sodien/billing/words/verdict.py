"""A verdict in words: the headline, each check, reasons, assumptions and advice, in the language in use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from sodien.billing.audit.result import Check, Note, Reason, Verdict
from sodien.billing.words.sentences import say
from sodien.i18n import language, tr

#: Values that are money, in checks of the charge.
_MONEY: Final = frozenset({"printed", "net", "tax", "price", "sum", "by"})
_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)( \d\d:\d\d)?")


def check_sentence(check: Check) -> str:
    """One check in one sentence. Raises KeyError for a key without a sentence."""
    money = check.topic in ("tiers", "money") and check.key != "tiers_kwh"
    return say(check.says, shown(check.values, money=money))


def reason_sentence(reason: Reason) -> str:
    """One possible cause in one sentence. Raises KeyError for a key without a sentence."""
    return say(reason.key, shown(reason.values))


def note_sentence(note: Note) -> str:
    """One assumption or advice in one sentence. Raises KeyError for a key without a sentence."""
    return say(note.key, shown(note.values))


def result_word(check: Check) -> str:
    """*agrees*, *cannot tell* or *disagrees* in the language in use."""
    if check.result == "agrees":
        return tr("agrees")
    return tr("cannot tell") if check.result == "cannot_tell" else tr("disagrees")


def headline(verdict: Verdict) -> str:
    """The verdict in one or two sentences."""
    if verdict.overall == "consistent":
        text = tr("The bill is consistent with your own register.")
    elif verdict.overall == "cannot_tell":
        text = tr("With what was counted nobody can tell whether the bill is right.")
    elif verdict.disagrees_by_kwh is None:
        text = tr("The bill disagrees with your own register or with itself.")
    elif verdict.direction == "over":
        text = tr("The bill disagrees: at least {kwh} kWh too many.", kwh=number(verdict.disagrees_by_kwh))
    else:
        text = tr("The bill disagrees: at least {kwh} kWh too few.", kwh=number(verdict.disagrees_by_kwh))
    if verdict.disagrees_by_money is not None:
        money = number(verdict.disagrees_by_money, thousands=True)
        text += " " + tr("That is at least {money} đồng.", money=money)
    if verdict.detectable_kwh is not None and verdict.overall != "disagrees":
        least = number(verdict.detectable_kwh)
        text += " " + tr("A reading wrong by more than {kwh} kWh would have been noticed.", kwh=least)
    return text


def shown(values: Mapping[str, str], *, money: bool = False) -> dict[str, str]:
    """Values for a person: dates and decimals as the language in use writes them."""
    return {name: _shown(value, money and name in _MONEY) for name, value in values.items()}


def _shown(value: str, money: bool) -> str:
    if match := _DATE.fullmatch(value):
        year, month, day, time = match.groups()
        return f"{day}/{month}/{year}{time or ''}" if language() == "vi" else value
    if re.fullmatch(r"-?\d+(\.\d+)?", value):
        return number(Decimal(value), thousands=money)
    return value


def number(value: Decimal, *, thousands: bool = False) -> str:
    """A decimal: three places at most; Vietnamese writes a comma, and dots between thousands."""
    text = format(value, ",f" if thousands else "f")
    whole, point, places = text.partition(".")
    text = whole + (point + places[:3]).rstrip("0").rstrip(".")
    return text.translate(str.maketrans(".,", ",.")) if language() == "vi" else text
