"""The known-load test in words: the plan, the budget line by line, what came of it and what follows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sodien import formats
from sodien.i18n import tr
from sodien.metering.known_load import LoadPlan, Part, Result

_PLACES = 2


def plan(wanted: LoadPlan, constant: Fraction, seconds: int | None, *, panels: bool = False) -> str:
    """How long the load must run, or that no day is long enough (``seconds`` is None).

    ``panels``: the household delivers to the grid, so that by day an honest meter counts less than is used.
    """
    if seconds is None:
        return tr(
            "No test with this reference can detect an error of {tell}: even a whole day leaves ±{least}."
            " Use a better plug-in meter, or look for a larger error.",
            tell=formats.percent(wanted.tell / 100, None),
            least=percent(Fraction(wanted.least(constant))),
        )
    told = tr(
        "To detect an error of {tell}, a load of {watts} must run for {duration} ({kwh} kWh).",
        tell=formats.percent(wanted.tell / 100, None),
        watts=formats.watts(wanted.watts),
        duration=formats.duration(seconds),
        kwh=formats.kwh(wanted.watts * seconds / 3_600_000, "up"),
    )
    if panels:
        told += " " + tr(
            "The panels feed part of the load, which the meter rightly does not count: test after dark, or "
            "with the panels switched off."
        )
    return told


def closing(passed: int, seconds: int, watts: Fraction, expanded: Decimal) -> str:
    """How far a test is after ``passed`` of the planned seconds, and what it would leave open now."""
    return tr(
        "{passed} of {duration}: {watts}, ±{expanded}",
        passed=formats.duration(passed),
        duration=formats.duration(seconds),
        watts=formats.watts(watts),
        expanded=percent(Fraction(expanded)),
    )


def name(part: Part) -> str:
    """What one line of the budget is about."""
    return {
        "class": tr("accuracy of the plug-in meter"),
        "display": tr("last digit of its display"),
        "moments": tr("moment of reading, ±2 s"),
        "pulses": tr("fractions of a pulse"),
        "rest": tr("what else was on"),
        "rating": tr("power on the heater's plate"),
        "voltage": tr("voltage (counts twice)"),
        "clock": tr("the Pi's clock"),
    }[part.name]


def shape(part: Part) -> str:
    """How it is spread, as an uncertainty budget says it."""
    return {"rectangular": tr("rectangular"), "triangular": tr("triangular")}[part.shape]


def percent(value: Fraction) -> str:
    """A value in per cent of a budget, rounded up."""
    return formats.percent(value / 100, _PLACES, "up")


def budget(result: Result) -> list[tuple[str, str, str, str]]:
    """The uncertainty budget: name, limit, how it is spread, standard uncertainty; the last line is all."""
    lines = [
        (name(part), percent(part.half), shape(part), percent(Fraction(part.standard)))
        for part in result.parts
    ]
    together = percent(result.farthest), "", percent(Fraction(result.expanded))
    return [*lines, (tr("together, k = 2"), *together)]


def found(result: Result) -> str:
    """The meter's error with its uncertainty: ``+1.20 % ± 2.47 % (k = 2)``."""
    sign = "+" if result.error > 0 else ""
    return tr(
        "{error} ± {expanded} (k = 2)",
        error=sign + formats.percent(result.error / 100, _PLACES),
        expanded=percent(Fraction(result.expanded)),
    )


def judgement(result: Result) -> str:
    """What that says about the meter, in one sentence."""
    limit = formats.percent(result.limit / 100, None)
    match result.judgement:
        case "within":
            return tr(
                "The meter is within its class (±{limit}), even if every part is at its limit.", limit=limit
            )
        case "outside":
            return tr(
                "The meter is outside its class (±{limit}), or something else was on: not even all parts at "
                "their limits explain it.",
                limit=limit,
            )
        case _:
            return tr(
                "Cannot tell: with all parts at their limits the error may be {farthest} larger or smaller, "
                "and the class is ±{limit}.",
                farthest=percent(result.farthest),
                limit=limit,
            )


def advice(result: Result) -> str:
    """What to do next."""
    if result.judgement == "outside":
        return tr(
            "Unplug the load and see whether the LED still flashes; test again with a load of another size. "
            "If it stays so, ask the power company in writing to check the meter. This test is a reason to "
            "ask, not a proof."
        )
    if result.judgement == "within":
        return tr("There is no reason to have the meter checked for its accuracy.")
    return tr("A longer test, a larger load or a better plug-in meter tells more.")
