"""The known-load test on the page: a person is led through it, and sees the interval close.

A test that is being done is in memory: a page that is started anew has forgotten it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from flask import Flask, redirect, request, url_for

from page.access import Answer
from page.household import Snapshot
from page.screens import Frame, screen
from sodien import formats
from sodien.device import state as daemon_state
from sodien.errors import FieldError, SodienError
from sodien.history.current import live_count
from sodien.history.events import meter_tests
from sodien.household.measured import only_taken
from sodien.household.meter_test import MeterTest, Stage, nothing_counted
from sodien.i18n import tr
from sodien.metering.known_load import Element, LoadPlan, PlugMeter, Reference, Result
from sodien.words import known_load as words

_REST_S: Final = 180
_MOST_SHOWN: Final = 12
#: What is typed beforehand, with what stands there at first, and its range.
FIELDS: Final = {
    "limit": ("2", Fraction(1, 20), Fraction(20)),
    "tell": ("3", Fraction(1, 20), Fraction(20)),
    "plug": ("1", Fraction(1, 20), Fraction(20)),
    "step": ("0.01", Fraction(1, 10_000), Fraction(1)),
    "load": ("2000", Fraction(20), Fraction(100_000)),
    "plate": ("", Fraction(20), Fraction(100_000)),
    "rated": ("220", Fraction(50), Fraction(500)),
}
_SHOWN_KWH: Final = (Fraction(0), Fraction(1_000_000))
_VOLTS: Final = (Fraction(50), Fraction(500))


@dataclass(frozen=True, slots=True)
class FoundLine:
    """What one test found, in words; ``judgement`` is its colour's name."""

    when: str
    found: str
    said: str
    advice: str
    judgement: str
    budget: list[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class DoingTest:
    """A test that is being done: what it waits for, how far it is, and what it has found in the end."""

    stage: Stage
    plan: str
    by_meter: bool
    left: str
    closing: str
    found: FoundLine | None


@dataclass(frozen=True, slots=True)
class MeterTestScreen:
    """The screen: the test that is being done, what was typed for the next, and what tests found before."""

    doing: DoingTest | None
    typed: dict[str, str]
    before: list[FoundLine]


def _found(result: Result, when: str) -> FoundLine:
    colour = {"within": "good", "outside": "bad"}.get(result.judgement, "unsure")
    said = words.judgement(result)
    return FoundLine(when, words.found(result), said, words.advice(result), colour, words.budget(result))


def _doing(test: MeterTest, now: int, *, panels: bool) -> DoingTest:
    passed, closing = test.seconds - test.left(now), test.closing(now)
    return DoingTest(
        test.stage,
        words.plan(test.plan, test.constant, test.seconds, panels=panels),
        isinstance(test.plan.reference, PlugMeter),
        formats.duration(test.left(now)) if test.left(now) else "",
        words.closing(passed, test.seconds, *closing) if closing is not None else "",
        _found(test.result(), "") if test.stage == "done" else None,
    )


def _before(seen: Snapshot) -> list[FoundLine]:
    rows = list(meter_tests(seen.where.ledger, seen.meter.id))[-_MOST_SHOWN:]
    zone = seen.settings.zone
    return [_found(result, formats.instant(row.at or 0, zone)) for row, result in reversed(rows)]


def _planned() -> LoadPlan:
    """What was typed. Raises FieldError."""
    values = {name: _typed(name, low, high) for name, (_, low, high) in FIELDS.items() if name != "plate"}
    plate = _typed("plate", *FIELDS["plate"][1:]) if request.form.get("plate", "").strip() else None
    reference: Reference = (
        Element(plate, values["rated"], values["rated"])
        if plate is not None
        else PlugMeter(values["plug"], values["step"])
    )
    return LoadPlan(values["limit"], values["tell"], plate or values["load"], _REST_S, reference)


def _shown(text: str) -> str:
    """What stands in a field at first, as the language writes it."""
    return formats.number(Fraction(text), most=2) if text else ""


def _typed(name: str, low: Fraction, high: Fraction) -> Fraction:
    text = request.form.get(name, "").strip()
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not low <= value <= high:
        raise FieldError(
            name,
            tr(
                "Type a number from {low} to {high}: '{text}' is none.",
                low=formats.number(low, most=4),
                high=formats.number(high),
                text=text[:20],
            ),
        )
    return Fraction(value)


class _Desk:
    """The tests that are being done, by meter."""

    def __init__(self) -> None:
        self._tests: dict[str, MeterTest] = {}

    def look(self, seen: Snapshot) -> tuple[MeterTest | None, int]:
        """The test of a meter, which has looked at what is counted now, and the kernel's clock.

        Raises SodienError where it cannot go on; it is forgotten then.
        """
        test, now = self._tests.get(seen.meter.id), seen.where.here()[1]
        if test is None:
            return None, now or 0
        try:
            if now is None:
                raise SodienError(nothing_counted())
            test.look(live_count(seen.meter.id, daemon_state.read(seen.where.ledger)), now)
        except SodienError:
            self.forget(seen)
            raise
        return test, now

    def begin(self, seen: Snapshot) -> None:
        """Begin what was typed. Raises SodienError."""
        only_taken(seen.meter)
        plan, constant = _planned(), seen.history.constant(seen.now)
        seconds = plan.seconds(constant)
        if seconds is None:
            raise SodienError(words.plan(plan, constant, None))
        first = live_count(seen.meter.id, daemon_state.read(seen.where.ledger))
        if first is None or seen.where.here()[1] is None:
            raise SodienError(nothing_counted())
        self._tests[seen.meter.id] = MeterTest(plan, constant, seconds, seen.settings.speed, first)

    def forget(self, seen: Snapshot) -> None:
        """The test of a meter is no more."""
        self._tests.pop(seen.meter.id, None)


def _step(desk: _Desk, seen: Snapshot, what: str) -> None:
    """What the person has done. Raises SodienError."""
    if what == "begin":
        desk.begin(seen)
        return
    test, now = desk.look(seen)
    if test is None or what == "drop":
        desk.forget(seen)
    elif what == "off":
        test.switched_off(now)
    elif what == "on":
        by_meter = isinstance(test.plan.reference, PlugMeter)
        test.switched_on(now, _typed("shown", *_SHOWN_KWH) if by_meter else Fraction(0))
    elif what == "end":
        by_meter = isinstance(test.plan.reference, PlugMeter)
        test.ended(now, _typed("shown", *(_SHOWN_KWH if by_meter else _VOLTS)))
    elif what == "keep":
        test.keep(seen.where, seen.now, None)
        desk.forget(seen)


def add_meter_test(app: Flask, frame: Frame) -> None:
    """The screen's address, and that to which each step is sent."""
    household, wanted, desk = frame.household, frame.wanted, _Desk()

    def shown(seen: Snapshot, wrong: dict[str, str]) -> str:
        doing = None
        try:
            test, now = desk.look(seen)
            panels = seen.settings.delivering(seen.meter.id) is not None
            doing = _doing(test, now, panels=panels) if test is not None else None
        except SodienError as error:
            wrong = {"test": str(error)}
        typed = {name: request.form.get(name, _shown(first))[:20] for name, (first, _, _) in FIELDS.items()}
        tests = MeterTestScreen(doing, typed, _before(seen))
        return frame.show("meter_test.html.j2", seen, "now", tests=tests, wrong=wrong)

    @app.get("/meter-test")
    @screen
    def meter_test_screen() -> Answer:
        with household.meter(wanted()) as seen:
            return shown(seen, {})

    @app.post("/meter-test")
    @screen
    def post_meter_test() -> Answer:
        with household.meter(wanted()) as seen:
            try:
                _step(desk, seen, request.form.get("what", ""))
            except SodienError as error:
                field = error.field if isinstance(error, FieldError) else "test"
                return shown(seen, {field: str(error)}), 422
            household.forget()
        return redirect(url_for("meter_test_screen"), 303)
