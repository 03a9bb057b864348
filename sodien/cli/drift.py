"""`sodien drift`: what the dial moved against what was counted, between dial readings."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

import click

from sodien import formats
from sodien.cli.context import Session, print_json, with_session
from sodien.errors import SodienError
from sodien.history.meter import MeterHistory, bounds
from sodien.i18n import tr
from sodien.metering.bounds import Interval, decimal_text
from sodien.metering.register.drift import Drift
from sodien.metering.register.observations import Anchor
from sodien.metering.register.register import Register
from sodien.protocol.times import format_time
from sodien.settings.model import Settings
from sodien.words import register as words
from sodien.words.register import Named


@click.command("drift")
@with_session()
@click.option(
    "--from", "since", metavar="WHICH", help="The first dial reading: its entry number, or from a time on."
)
@click.option(
    "--to", "until", metavar="WHICH", help="The last dial reading: its entry number, or up to a time."
)
def command(session: Session, since: str | None, until: str | None) -> int:
    """Compare what the dial moved with what was counted, from each dial reading to the next and over all.

    With --from or --to only between those two readings. Where they disagree the likeliest reasons are named,
    and the exit code is 1.
    """
    settings, one = session.settings, session.meter
    history = session.meter_ledger.history()
    compared = [_all(register) for register in history.registers]
    if since is not None or until is not None:
        compared = [_pair(history, since, until, session)]
    report = {"meter": one.id, **_report(history, compared, settings, session.as_json)}
    if session.as_json:
        print_json(report)
    else:
        _show(report)
    agree = all(step["verdict"] == "agree" for step in report["steps"])
    return 0 if agree and not report["findings"] else 1


# -- which readings ------------------------------------------------------------------------------------

#: A register, and the pairs of its readings to compare.
Compared = tuple["Register", list["Drift"]]


def _all(register: Register) -> Compared:
    """Each reading with the next, and the first with the last."""
    names = [anchor.id for anchor in register.anchors]
    drifts = [register.drift(a, b) for a, b in pairwise(names)]
    if len(names) > 2:
        drifts.append(register.drift(names[0], names[-1]))
    return register, drifts


def _pair(history: MeterHistory, since: str | None, until: str | None, session: Session) -> Compared:
    """Only the two readings meant, whatever is wrong with the others. Raises SodienError."""
    anchors = [anchor for register in history.registers for anchor in register.anchors]
    if len(anchors) < 2:
        raise SodienError(tr("There are fewer than two dial readings; type another with 'sodien dial'."))
    first, last = anchors[0], anchors[-1]
    if since is not None:
        first = _entry(history, anchors, since) or _since(anchors, since, session)
    if until is not None:
        last = _entry(history, anchors, until) or _until(anchors, until, session)
    names = {
        "first": history.named(first.id, session.settings.zone),
        "last": history.named(last.id, session.settings.zone),
    }
    if anchors.index(first) >= anchors.index(last):
        raise SodienError(
            tr(
                "--from names {first} and --to {last}, which is not later; name two dial readings in order.",
                **names,
            )
        )
    for register in history.registers:
        if first in register.anchors and last in register.anchors:
            others = [anchor.id for anchor in register.anchors if anchor not in (first, last)]
            return register.without(*others), [register.drift(first.id, last.id)]
    raise SodienError(
        tr(
            "The meter was replaced between {first} and {last}; name two readings of one meter with --from "
            "and --to.",
            **names,
        )
    )


def _entry(history: MeterHistory, anchors: Sequence[Anchor], text: str) -> Anchor | None:
    """The reading with this entry number; None when the text is no number."""
    if not (text.isascii() and text.isdigit()):
        return None
    for anchor in anchors:
        if history.entry(anchor.id) == int(text):
            return anchor
    known = ", ".join(str(history.entry(anchor.id)) for anchor in anchors[-10:])
    raise SodienError(
        tr("Entry {entry} is not a dial reading in use; these are: {known}.", entry=text, known=known)
    )


def _since(anchors: Sequence[Anchor], text: str, session: Session) -> Anchor:
    at = session.instant(text)
    found = next((anchor for anchor in anchors if anchor.end >= at), None)
    if found is None:
        raise SodienError(tr("There is no dial reading from {when} on; name an earlier time.", when=text))
    return found


def _until(anchors: Sequence[Anchor], text: str, session: Session) -> Anchor:
    # A time as it is shown has no milliseconds.
    at = session.instant(text) // 1000
    found = next((anchor for anchor in reversed(anchors) if anchor.start // 1000 <= at), None)
    if found is None:
        raise SodienError(tr("There is no dial reading up to {when}; name a later time.", when=text))
    return found


# -- what is said of them ------------------------------------------------------------------------------


def _report(
    history: MeterHistory, compared: Sequence[Compared], settings: Settings, as_json: bool
) -> dict[str, Any]:
    def named(name: str) -> str:
        return history.named(name, settings.zone)

    def label(name: str) -> str:
        # The same in any language for a script, which may take it apart.
        return history.named(name, settings.zone, lang="en" if as_json else None)

    found = [(register, one) for register, _ in compared for one in register.findings]
    explanations = [why for register, one in found for why in words.explanations(register, one)]
    explanations.sort(key=lambda why: -why.likelihood)
    return {
        "readings": [
            {
                "entry": history.entry(anchor.id),
                "at": format_time((anchor.start + anchor.end) // 2),
                "reading": label(anchor.id),
                "rejected": anchor.id in register.rejected,
            }
            for register, _ in compared
            for anchor in register.anchors
        ],
        "steps": [_step(history, drift, label) for _, drifts in compared for drift in drifts],
        "findings": [words.finding(one, register, named) for register, one in found],
        "explanations": [
            {
                "key": why.key,
                "likelihood": round(why.likelihood, 2),
                "sentence": words.explanation(why, named),
            }
            for why in explanations
        ],
    }


def _step(history: MeterHistory, drift: Drift, named: Named) -> dict[str, Any]:
    def kwh(found: Interval) -> Any:
        return bounds(found.low, found.middle, found.high)

    lost, measured = drift.lost, drift.measured
    return {
        "from": history.entry(drift.first),
        "to": history.entry(drift.second),
        "between": [named(drift.first), named(drift.second)],
        "dial_kwh": kwh(drift.dial),
        "pulses": {"low": drift.pulses[0], "high": drift.pulses[1]},
        "counted_kwh": kwh(drift.counted),
        "blind_kwh": kwh(drift.blind),
        "constant": decimal_text(Fraction(round(drift.constant * 100), 100))
        if drift.constant is not None
        else None,
        "constant_measured": {
            "low": decimal_text(Fraction(floor(measured[0] * 100), 100)),
            "high": decimal_text(Fraction(ceil(measured[1] * 100), 100)) if measured[1] is not None else None,
        }
        if measured is not None
        else None,
        # Below 0: less was counted than the dial says.
        "drift_permille": {
            "low": decimal_text(Fraction(floor(-lost[1] * 10_000), 10)),
            "high": decimal_text(Fraction(ceil(-lost[0] * 10_000), 10)) if lost[0] is not None else None,
        }
        if lost is not None
        else None,
        "verdict": drift.verdict,
        "pulses_proven": drift.proven,
        "sentence": words.verdict(drift),
    }


def _show(report: dict[str, Any]) -> None:
    if not report["steps"]:
        click.echo(tr("There are fewer than two dial readings; type another with 'sodien dial'."))
    for step in report["steps"]:
        click.echo(tr("{first} to {last}", first=step["between"][0], last=step["between"][1]))
        rows = [
            (tr("dial moved"), formats.kwh_bounds(step["dial_kwh"])),
            (
                tr("pulses counted"),
                _range(*(formats.count(step["pulses"][end]) for end in ("low", "high"))),
            ),
            (tr("kWh counted"), formats.kwh_bounds(step["counted_kwh"])),
        ]
        if step["blind_kwh"].high:
            rows.append((tr("gaps alone"), formats.kwh_bounds(step["blind_kwh"])))
        if (found := _told(step["constant_measured"], "0")) is not None:
            rows.append(
                (
                    tr("constant"),
                    tr(
                        "{range} imp/kWh would fit, {set} is set",
                        range=_range(*_ends(found)),
                        set=formats.number(Decimal(step["constant"])) if step["constant"] else "–",
                    ),
                )
            )
        if (found := _told(step["drift_permille"], "-1000")) is not None:
            low, high = (
                None if found[end] is None else Decimal(found[end]) / 1000 for end in ("low", "high")
            )
            least = formats.percent(low or 0, 2, "down")
            rows.append(
                (tr("drift"), _range(least, None if high is None else formats.percent(high, 2, "up")))
            )
        wide = max(len(label) for label, _ in rows)
        for label, value in rows:
            click.echo(f"  {label:<{wide}}  {value}")
        click.echo(f"  → {step['sentence']}")
    for finding in report["findings"]:
        click.echo(finding)
    if report["explanations"]:
        click.echo(tr("Possible causes, the likeliest first:"))
        for number, found in enumerate(report["explanations"], start=1):
            click.echo(f"  {number}. {found['sentence']}")


def _told(found: Any, least: str) -> Any:
    """A range of the report; None where it is all that there can be, from ``least`` on, and tells nothing."""
    return None if found is None or (found["high"] is None and found["low"] == least) else found


def _ends(found: dict[str, str | None]) -> tuple[str, str | None]:
    """Both ends of a range of the report; None for no upper one."""
    low, high = (None if found[end] is None else Decimal(found[end] or 0) for end in ("low", "high"))
    assert low is not None
    return (formats.number(low), None) if high is None else formats.low_high(low, high)


def _range(low: str, high: str | None) -> str:
    """A range for people; open where there is no upper limit."""
    if high is None:
        return tr("{low} or more", low=low)
    return low if low == high else tr("{low} to {high}", low=low, high=high)
