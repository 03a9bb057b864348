"""Why dial and count disagree: explanations with numbers, the likeliest first.

The order is a judgement, not a probability: a usual constant that fits every reading beats a misreading,
unless good readings on both sides show that only this one is off. Each explanation says what it rests on, so
that a person can check it: the plate, the photo, the wiring.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import log

from sodien.metering.bounds import Interval
from sodien.metering.register.drift import Drift
from sodien.metering.register.misreadings import misreadings
from sodien.metering.register.observations import Anchor
from sodien.metering.register.register import Register, RegisterFinding

#: Constants found on plates (imp/kWh, or rev/kWh on disc meters). Half and double of the one set also count:
#: half the flashes seen, or both edges of each.
USUAL_CONSTANTS = (225, 450, 600, 800, 900, 1000, 1200, 1600, 2000, 3200, 6400, 10000)

_DAY = 24 * 3_600_000
_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """One possible reason.

    Attributes:
        key: what kind: constant, missed, double, extra, serial, decimal_point, transposed, one_digit,
            clock or replaced.
        likelihood: above 0, up to 1; only for ordering.
        parameters: names of readings and dial values (text), and numbers as exact fractions: ``constant``
            and its limits in imp/kWh, shares in ‰ of all pulses, times in minutes (below 0: earlier).
            :func:`sodien.words.register.explanation` makes a sentence of them.
    """

    key: str
    likelihood: float
    parameters: Mapping[str, str | Fraction]


def explain_conflict(
    register: Register,
    finding: RegisterFinding,
    *,
    digits: int = 6,
    serials: Sequence[str] = (),
    constants: Iterable[int] = USUAL_CONSTANTS,
) -> list[Explanation]:
    """Explanations of a ``conflict``, the likeliest first; empty for other findings.

    ``digits`` are those of the dial before the point; ``serials`` the meter's, as printed on it.
    """
    if finding.kind != "conflict":
        return []
    place = {anchor.id: i for i, anchor in enumerate(register.anchors)}
    pairs = [sorted((a, b), key=place.__getitem__) for a, b, _ in finding.pairs]
    first, second = min(pairs, key=lambda pair: place[pair[1]] - place[pair[0]])
    found: list[Explanation] = []
    if finding.stretches or finding.entangled:
        worst = register.drift(first, second)
        if len(finding.stretches) > 1:  # wrong in many places: the whole history tells more exactly how much
            whole = register.drift(finding.anchors[0], finding.anchors[-1])
            worst = worst if whole.agrees else whole
        found += from_count(worst, [register.drift(a, b) for a, b in pairwise(place)], constants)
    for name in (*finding.rejected, *finding.suspects):
        found += _from_reading(register, finding, name, digits, serials)
    found += _replaced(register, finding, first, second)
    return sorted(found, key=lambda explanation: -explanation.likelihood)


def from_count(
    worst: Drift, steps: Sequence[Drift], constants: Iterable[int] = USUAL_CONSTANTS
) -> list[Explanation]:
    """What a wrong count would explain: a wrong constant, missed or doubled pulses.

    ``worst`` is the drift to explain; ``steps`` are the drifts from reading to reading, which an explanation
    for all of the history has to fit (may be ``[worst]``). The likeliest first.
    """
    always = len(steps) >= 3  # enough readings to tell a rule from an accident
    found = []
    fitting = _fitting_constants(worst, steps, constants)
    for rank, (constant, low, high) in enumerate(fitting):
        assert worst.constant is not None
        found.append(
            Explanation(
                "constant",
                (0.9 if always else 0.6) - 0.02 * min(rank, 5),
                {"constant": Fraction(constant), "now": worst.constant, "low": low, "high": high},
            )
        )
    if worst.lost is None:
        return found
    between = {"first": worst.first, "second": worst.second}
    fewest, most = worst.lost
    if fewest is not None and fewest > 0:
        likelihood = 0.5 if fewest < Fraction(1, 5) else 0.3
        found.append(
            Explanation("missed", likelihood, {**between, "low": fewest * 1000, "high": most * 1000})
        )
    elif most < 0:
        twice = fewest is not None and fewest <= -1 <= most
        found.append(
            Explanation(
                "double" if twice else "extra", 0.55 if twice else 0.4, {**between, "low": -most * 1000}
            )
        )
    return sorted(found, key=lambda explanation: -explanation.likelihood)


def _fitting_constants(
    worst: Drift, steps: Sequence[Drift], constants: Iterable[int]
) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Usual constants that fit all steps, nearest to the middle first, with the limits that worst gives."""
    limits = worst.measured
    if limits is None or worst.constant is None or limits[1] is None:
        return []
    now, low, high = worst.constant, limits[0], limits[1]
    narrow_low, narrow_high = low, high
    for step in steps:
        if step.constant == now and (measured := step.measured) is not None:
            narrow_low = max(narrow_low, measured[0])
            narrow_high = narrow_high if measured[1] is None else min(narrow_high, measured[1])
    candidates = {Fraction(c) for c in constants} | {now * 2, now / 2}
    fitting = [c for c in candidates if narrow_low < c < narrow_high and c != now]
    middle = (log(max(narrow_low, Fraction(1))) + log(max(narrow_high, Fraction(1)))) / 2
    return [(c, low, high) for c in sorted(fitting, key=lambda c: (abs(log(c) - middle), c))]


def _from_reading(
    register: Register, finding: RegisterFinding, name: str, digits: int, serials: Sequence[str]
) -> list[Explanation]:
    """What a wrong reading would explain, if the rest of the conflict is settled without it."""
    others = register.without(*{name, *finding.rejected})
    if any(set(left.anchors) & set(finding.anchors) for left in others.findings if left.kind == "conflict"):
        return []
    alone = name in finding.rejected
    anchor = next(anchor for anchor in register.anchors if anchor.id == name)
    before, after = others.at(anchor.start), others.at(anchor.end)
    if before is None or after is None:
        return []
    expected = Interval(before.low, after.high)
    weights = {"serial": 0.95, "decimal_point": 0.85, "transposed": 0.8, "one_digit": 0.7}
    meant: dict[str, list[str]] = {}
    for misreading in misreadings(anchor.low, anchor.high - anchor.low, expected, digits, serials):
        meant.setdefault(misreading.key, []).append(misreading.meant)
    found = []
    for key, values in meant.items():
        # The more misreadings would fit, the less it says that one of them does.
        likelihood = weights[key] * (1 if alone or key == "serial" else 0.5) / (1 + 0.1 * (len(values) - 1))
        found.append(Explanation(key, likelihood, {"anchor": name, "meant": " / ".join(values[:3])}))
    if (offsets := _clock(others, anchor, digits)) is not None:
        moved = {"low": Fraction(offsets[0]), "high": Fraction(offsets[1])}
        found.append(Explanation("clock", 0.5 if alone else 0.2, {"anchor": name, **moved}))
    return found


def _clock(others: Register, anchor: Anchor, digits: int) -> tuple[int, int] | None:
    """The minutes, within a day either way, by which the reading's time would have to move to fit."""
    span = others.span
    if span is None:
        return None
    low_limit = max(-(_DAY // _MINUTE), -((anchor.start - span[0]) // _MINUTE))
    high_limit = min(_DAY // _MINUTE, (span[1] - anchor.end) // _MINUTE)
    if low_limit > high_limit:
        return None
    here = others.at(anchor.start)
    assert here is not None
    size = 10**digits
    rounds = round((here.best - anchor.low) / size) * size
    low, high = anchor.low + rounds, anchor.high + rounds

    def reached(minutes: int) -> bool:
        at = others.at(anchor.start + minutes * _MINUTE)
        return at is not None and at.high > low

    def passed(minutes: int) -> bool:
        at = others.at(anchor.end + minutes * _MINUTE)
        return at is not None and at.low >= high

    minutes = range(low_limit, high_limit + 1)
    since = bisect_left(minutes, True, key=reached)
    until = bisect_left(minutes, True, key=passed)
    return (minutes[since], minutes[until - 1]) if since < until else None


def _replaced(register: Register, finding: RegisterFinding, first: str, second: str) -> list[Explanation]:
    """A register that falls: another meter, when what follows agrees with the lower reading."""
    anchors = {anchor.id: anchor for anchor in register.anchors}
    if anchors[second].low >= anchors[first].low:
        return []
    later = [a for a in register.anchors if a.start >= anchors[second].start and a.id in finding.anchors]
    lower = all(a.low < anchors[first].low for a in later)
    likelihood = 0.8 if lower and len(later) > 1 else 0.45 if lower else 0.1
    return [Explanation("replaced", likelihood, {"first": first, "second": second})]
