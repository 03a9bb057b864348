"""The core's findings in words: every one has a sentence, in both languages, with its numbers in it."""

from __future__ import annotations

import typing
from fractions import Fraction

import pytest

from sodien import formats, i18n
from sodien.metering import dial
from sodien.metering.register.drift import Drift
from sodien.metering.register.explanations import Explanation
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.register import Register
from sodien.words import register as told

HOUR = 3_600_000
LANGUAGES = pytest.mark.parametrize("language", i18n.LANGUAGES)

EXPLANATIONS = [
    ("constant", {"constant": Fraction(600), "now": Fraction(1000), "low": Fraction(499),
                  "high": Fraction("626.255")}, ["600", "1000", "499", "626.26"]),
    ("missed", {"first": "a", "second": "b", "low": Fraction("373.75"), "high": Fraction(501)},
     ["<a>", "<b>", "37.37%", "50.10%"]),
    ("double", {"first": "a", "second": "b", "low": Fraction(990)}, ["<a>", "<b>", "99.00%"]),
    ("extra", {"first": "a", "second": "b", "low": Fraction("190.19")}, ["<a>", "<b>", "19.01%"]),
    ("serial", {"anchor": "a", "meant": ""}, ["<a>"]),
    ("decimal_point", {"anchor": "a", "meant": "12375.0"}, ["<a>", "12375.0"]),
    ("transposed", {"anchor": "a", "meant": "12375.4"}, ["<a>", "12375.4"]),
    ("one_digit", {"anchor": "a", "meant": "12375.4 / 12375.5"}, ["<a>", "12375.4 / 12375.5"]),
    ("clock", {"anchor": "a", "low": Fraction(700), "high": Fraction(740)}, ["<a>", "700", "740"]),
    ("clock", {"anchor": "a", "low": Fraction(-740), "high": Fraction(-700)}, ["<a>", "700", "740"]),
    ("clock", {"anchor": "a", "low": Fraction(-5), "high": Fraction(7)}, ["<a>", "5", "7"]),
    ("replaced", {"first": "a", "second": "b"}, ["<a>", "<b>"]),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _speak(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    callspec = getattr(request.node, "callspec", None)
    monkeypatch.setattr(i18n, "_language", callspec.params.get("language", "en") if callspec else "en")


def named(name: str) -> str:
    return f"<{name}>"


@LANGUAGES
@pytest.mark.parametrize(("key", "parameters", "says"), EXPLANATIONS)
def test_every_explanation_says_its_numbers(
    language: str, key: str, parameters: dict[str, str | Fraction], says: list[str]
) -> None:
    sentence = told.explanation(Explanation(key, 0.5, parameters), named)
    for text in says:
        assert (formats.dial(text) if text[0] != "<" else text) in sentence
    assert "-" not in sentence.replace("imp/kWh", ""), "minutes earlier are not said by a sign"
    assert sentence.endswith(".")


def test_an_unknown_explanation_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no sentence"):
        told.explanation(Explanation("magic", 0.5, {}), named)


def register(second: str, pulses: int = 500, *readings: Anchor) -> Register:
    first = Anchor("a", Fraction(100), Fraction("100.1"), 0, 0)
    last = Anchor("b", Fraction(second), Fraction(second) + Fraction("0.1"), HOUR, HOUR)
    piece = Counted(0, HOUR, 0, pulses, Fraction(1000))
    return Register([piece], [], [first, last, *readings], Fraction("8.8"), digits=5)


def test_the_first_finding_of_the_worked_example() -> None:
    """Dial 100.0, 500 pulses, dial 100.9: 600 and then 500 imp/kWh are named."""
    found = register("100.9")
    said = told.finding(found.findings[0], found, named)
    assert said == (
        "These dial readings disagree with the count or each other by at least 0.299 kWh: <a>, <b>. "
        "Likeliest: The constant may be 600 imp/kWh, not 1000: dial and count give 499 to 626.25. "
        "Or: The constant may be 500 imp/kWh, not 1000: dial and count give 499 to 626.25."
    )


def test_without_explanations_it_is_one_sentence() -> None:
    found = register("100.9")
    said = told.finding(found.findings[0], found, named, explain=False)
    assert said.endswith("0.299 kWh: <a>, <b>.")


@LANGUAGES
def test_many_readings_are_counted_instead_of_listed(language: str) -> None:
    step = Fraction("0.1")
    more = [
        Anchor(
            f"m{i}", Fraction(100) + i * step, Fraction(100) + (i + 1) * step, i * HOUR // 9, i * HOUR // 9
        )
        for i in range(1, 9)
    ]
    found = register("100.9", 1, *more)
    said = told.finding(found.findings[0], found, named)
    assert "<a> … <b>, 10 " in said
    assert "<m3>, <m4>" not in said


@LANGUAGES
def test_turns_that_cannot_be_told(language: str) -> None:
    readings = [
        Anchor("a", Fraction(1), Fraction(2), 0, 0),
        Anchor("b", Fraction(3), Fraction(4), 30 * HOUR, 30 * HOUR),
    ]
    pieces = [Counted(t, t, 0, 0, Fraction(1000)) for t in (0, 30 * HOUR)]
    found = Register(pieces, [Blind()], readings, Fraction("8.8"), digits=2)
    (finding,) = found.findings
    assert "<a>, <b>" in told.finding(finding, found, named)


@LANGUAGES
@pytest.mark.parametrize(
    ("second", "pulses", "number"),
    [("100.5", 500, None), ("100.9", 500, 300), ("100.1", 500, 300), ("99.9", 500, None)],
)
def test_every_verdict_has_its_own_words(language: str, second: str, pulses: int, number: int | None) -> None:
    drift = register(second, pulses).drift("a", "b")
    sentence = told.verdict(drift)
    assert (str(number) in sentence) if number is not None else not any(c.isdigit() for c in sentence)


def test_verdicts_differ_and_need_no_constant() -> None:
    from dataclasses import replace

    drifts: list[Drift] = [register(r).drift("a", "b") for r in ("100.5", "100.9", "100.1", "99.9")]
    drifts += [replace(drift, constant=None) for drift in drifts[1:3]]
    assert len({told.verdict(drift) for drift in drifts}) == 6


@LANGUAGES
@pytest.mark.parametrize("key", typing.get_args(dial.Fault))
def test_every_refusal_says_what_to_type(language: str, key: dial.Fault) -> None:
    sentence = told.refused(dial.DialError(key, "12.345", 5, 1, "12345.6" if key == "no_point" else ""))
    assert sentence.endswith(".")
    assert sentence == " ".join(sentence.split())
    assert "; " in sentence, "no remedy"
    assert formats.dial("12345.6") in sentence or key == "no_decimals"
    assert ("12.345'" in sentence) is (key != "empty")


def test_refusals_differ() -> None:
    keys = typing.get_args(dial.Fault)
    assert len({told.refused(dial.DialError(key, "1", 5, 1)) for key in keys}) == len(keys)


@LANGUAGES
def test_every_reason_has_words_of_its_own(language: str) -> None:
    keys = ("stopped", "killed", "power", "overflow", "damaged", "clock", "before", "after")
    words = {told.reason(key) for key in keys}
    assert len(words) == len(keys)
    assert not words & set(keys)
    assert told.reason("moon") == "moon"
