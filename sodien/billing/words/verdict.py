"""A verdict in words: the headline, each check, reasons, assumptions and advice, in the language in use."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from sodien import formats
from sodien.billing.audit.result import Check, Note, Reason, Verdict
from sodien.billing.words.sentences import say
from sodien.billing.words.values import shown
from sodien.i18n import tr

#: Values that are money, in checks of the charge.
_MONEY: Final = frozenset(
    {"printed", "net", "tax", "price", "sum", "by", "right", "debt", "discount", "step", "own", "other"}
)


def check_sentence(check: Check) -> str:
    """One check in one sentence. Raises KeyError for a key without a sentence."""
    money = check.topic in ("tiers", "money") and check.key != "tiers_kwh"
    values = shown(check.values, money=_MONEY if money else ())
    if "removed" in check.values:
        values["plus"] = _plus(Decimal(check.values["removed"]))
    return say(key_of(check), values)


def key_of(check: Check) -> str:
    """The key of its sentence: there is another where a part of the usual one would say nothing."""
    if check.values.get("quotas") == "-" and check.says in ("quotas_agree", "quotas_wrong"):
        return f"{check.says}_one"
    if check.says == "total_items" and "0" in (check.values["debt"], check.values["discount"]):
        return "total_items_owed" if check.values["discount"] == "0" else "total_items_given"
    return check.says


def _plus(kwh: Decimal) -> str:
    """What is added to the difference of two indices, or taken off it; nothing where it is nothing."""
    if not kwh:
        return ""
    return f" {'+' if kwh > 0 else '−'} {formats.number(abs(kwh), most=3)}"


def reason_sentence(reason: Reason) -> str:
    """One possible cause in one sentence. Raises KeyError for a key without a sentence."""
    money = ("sum",) if reason.key == "money_mistyped" else ()
    return say(reason_key(reason), shown(reason.values, money=money))


def reason_key(reason: Reason) -> str:
    """The key of its sentence: another meter may have no number on the bill."""
    unnamed = reason.key == "other_meter" and reason.values.get("serial", "?") == "?"
    return "other_meter_read" if unnamed else reason.key


def note_sentence(note: Note) -> str:
    """One assumption or advice in one sentence. Raises KeyError for a key without a sentence."""
    return say(note.key, shown(note.values, money=("value",) if note.key == "habit_total_step" else ()))


def result_word(check: Check) -> str:
    """*agrees*, *cannot tell* or *disagrees* in the language in use."""
    if check.result == "agrees":
        return tr("agrees")
    return tr("cannot tell") if check.result == "cannot_tell" else tr("disagrees")


def headline(verdict: Verdict) -> str:
    """The verdict in one or two sentences."""
    kwh = formats.number(verdict.disagrees_by_kwh or 0, most=3, rounding="down")
    if verdict.overall == "consistent":
        text = _consistent(verdict)
    elif verdict.overall == "cannot_tell":
        text = _cannot_tell(verdict)
    elif verdict.disagrees_by_kwh is None:
        text = _disagrees(verdict)
    elif verdict.direction == "over":
        text = tr("The bill disagrees: at least {kwh} kWh too many.", kwh=kwh)
    else:
        text = tr("The bill disagrees: at least {kwh} kWh too few.", kwh=kwh)
    if verdict.disagrees_by_money is not None:
        money = formats.money_in_words(verdict.disagrees_by_money, verdict.currency, "down")
        text += " " + (
            tr("It is wrong by at least {money}.", money=money)
            if verdict.disagrees_by_kwh is None
            else tr("That is at least {money}.", money=money)
        )
    if verdict.detectable_kwh is not None and verdict.overall != "disagrees":
        least = formats.number(verdict.detectable_kwh, most=3, rounding="up")
        text += " " + tr(
            "A misreading that changes the bill by more than {kwh} kWh would have been noticed.", kwh=least
        )
    return text


def habit_phrase(habits: Iterable[Note]) -> str:
    """What the utility would have to do, to follow on "if the utility"."""
    found = [note_sentence(note) for note in habits]
    return functools.reduce(
        lambda first, second: tr("{first} and {second}", first=first, second=second), found
    )


def _disagrees(verdict: Verdict) -> str:
    """With what a bill disagrees that may charge the right kWh."""
    topics = {check.topic for check in verdict.checks if check.result == "disagrees"}
    used = verdict.check("consumption")
    if topics <= {"tiers", "money"}:
        if used is not None and used.result == "agrees":
            return tr(
                "The kWh on the bill are consistent with your own register, but the charge is not right."
            )
        return tr("The charge on the bill is not right.")
    if topics & {"reading", "consumption"}:
        return tr("The bill disagrees with your own register.")
    return tr("The bill contradicts itself, the bill before or what is known of your meter.")


def _cannot_tell(verdict: Verdict) -> str:
    text = say(f"cannot_tell_{verdict.why}", {})
    if verdict.habits:
        habit = habit_phrase(verdict.habits)
        text += " " + tr("It can be right only if the utility {habit}.", habit=habit)
    return text


def _consistent(verdict: Verdict) -> str:
    if not verdict.habits:
        return tr("The bill is consistent with your own register.")
    habit, least = habit_phrase(verdict.habits), verdict.otherwise_kwh
    if least is None:
        return tr("The bill is consistent with your own register, if the utility {habit}.", habit=habit)
    return tr(
        "The bill is consistent only if the utility {habit}; under every other practice it is wrong "
        "by at least {kwh} kWh.",
        habit=habit,
        kwh=formats.number(least, most=3, rounding="down"),
    )
