"""Every field that a notice may print is read, not printed or not clear; nothing vanishes without a word."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sodien.billing.bill import Bill, IndexRow, TierRow
from sodien.billing.notices.model import Document, Problem, Schedule, Understood
from sodien.billing.notices.plain import plain
from sodien.billing.notices.read import read
from sodien.billing.notices.states import HEAD, TELLING, FieldState, field_states
from sodien.i18n import speaking
from tests.billing.notices.mutations import corpus
from tests.billing.notices.test_shared_notices import FOLDER

TEXTS = [text for _, text in corpus()] + [
    path.read_text("utf-8") for path in sorted(FOLDER.glob("*.*")) if path.suffix in (".txt", ".xml")
]
KH = "KH PB05010067890"


@functools.cache
def messages() -> list[Understood]:
    """What each is read as before anything is changed, read once: it takes the time of a run of examples."""
    return [one for one in map(read, (text for text in TEXTS if text[:1] not in "<{[")) if one.documents]


def states_of(understood: Understood) -> dict[str, FieldState]:
    (document,) = understood.documents
    return field_states(document.content, document.problems)


def value(content: object, path: str) -> object:
    match = re.fullmatch(r"(rows|tiers)\[([0-9]+)\](?:\.(\w+))?", path)
    if match is None:
        for name in path.split("."):  # of an invoice: "replaces.number"
            content = getattr(content, name, None)
        return content
    rows = getattr(content, match[1], ())
    row = rows[int(match[2])] if int(match[2]) < len(rows) else None
    return getattr(row, match[3], None) if match[3] else row


def check(document: Document) -> None:
    """Each expected field has one state, and is read if and only if there is a value."""
    states = field_states(document.content, document.problems)
    if isinstance(document.content, Bill):
        assert set(HEAD) <= states.keys()
    for path, one in states.items():
        assert one.state in ("read", "not_printed", "not_clear")
        assert (one.state == "read") == (value(document.content, path) not in (None, ())), path
        assert bool(one.because) == (one.state == "not_clear"), path
    for field in document.fields:
        path = "tiers" if field.path.startswith("tiers") else field.path
        assert path.endswith(("register", "name", "estimated")) or states[path].state == "read" or (
            path.endswith("kwh") and states["kwh"].state == "read"
        ), path  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_every_field_of_every_notice_has_one_state(text: str) -> None:
    for document in read(text).documents:
        check(document)


def hidden(text: str, start: int) -> str:
    """The text without the words in front of a place, which may be its label."""
    before = re.search(r"[^\W\d_][^\d\n]*\Z", text[:start])
    if before is None:
        return text
    return text[: before.start()] + re.sub(r"[^\W\d_]", "x", before.group()) + text[start:]


def told(understood: Understood, start: int, end: int) -> Iterator[str]:
    """How what stands there is told of: as a field, as not clear, or as not used."""
    for document in understood.documents:
        yield from (one.path for one in document.fields if one.start < end and start < one.end)
    yield from ("rest" for one in understood.rest if one.start < end and start < one.end)
    printed = re.sub(r"\s+", "", understood.text[start:end])
    for problem in understood.problems:
        yield from (problem.key for text in problem.values.values() if printed in re.sub(r"\s+", "", text))


#: Fields with numbers of their own; a lone digit beside a term or a table is not looked for.
LABELLED = re.compile(r"rows\[[0-9]+\]\.(?:old|new|kwh)|kwh|net|tax|total|first|last|debt|discount")


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_lost_its_label_is_read_or_told(data: st.DataObject) -> None:
    printed = data.draw(st.sampled_from(messages()))
    document = data.draw(st.sampled_from(printed.documents))
    fields = [one for one in document.fields if LABELLED.fullmatch(one.path)]
    if not fields:
        return
    field = data.draw(st.sampled_from(fields))
    understood = read(hidden(printed.text, field.start))
    for one in understood.documents:
        check(one)
    assert list(told(understood, field.start, field.end)) or not understood.documents, field


UNCLEAR = {
    f"DL TB T9/2026 {KH}: su dung 120 kWh, abc 98.000d va 200.000d": {"total"},
    f"DL TB T9/2026 {KH}: kiem 50 kWh, tong tien 250.000d": {"kwh"},
    f"DL TB T9/2026 {KH}: chi so moi 4330, so hieu 4210, tong tien 250.000d": {"rows[0].old"},
    f"DL TB {KH}: 120 kWh, xuong 01/09/2026 len 30/09/2026, tong tien 250.000d": {"first", "last"},
    f"DL TB T9/2026 {KH}: 120 kWh, abc 231.481d, tong tien 250.000d": {"net"},
    f"DL TB T9/2026 {KH}: 120 kWh, xong 250.000": {"total"},
    f"DL TB T9/2026 {KH}: dien tieu thu 1,2 trieu, tong tien 250.000d": {"kwh"},
}


@pytest.mark.parametrize("text", UNCLEAR)
def test_a_quantity_that_no_field_has_makes_the_missing_one_not_clear(text: str) -> None:
    states = states_of(read(text))
    assert {path for path, one in states.items() if one.state == "not_clear"} == UNCLEAR[text]


VALUES = {
    '{"thang":9,"nam":2026,"ma_kh":"PB05010067890","tong_phai_tra":250000,"dien_tieu_thu":120}': {"total"},
    '{"thang":9,"nam":2026,"ma_kh":"PB05010067890","tong_tien":250000,"muc_tieu_thu_x":120}': {"kwh"},
    "<HD><MA_KHANG>PB05010009999</MA_KHANG><THANG>9</THANG><NAM>2026</NAM><DIEN_TTHU>120</DIEN_TTHU>"
    "<PHAI_TRA_TIEN>250000</PHAI_TRA_TIEN></HD>": {"total"},
}


@pytest.mark.parametrize("text", VALUES)
def test_a_value_under_an_unknown_name_is_told(text: str) -> None:
    states = states_of(read(text))
    assert {path for path, one in states.items() if one.state == "not_clear"} == VALUES[text]


def test_nothing_is_told_of_what_has_its_place() -> None:
    understood = read(
        f"DL TB T9/2026 {KH}: CSC 4210, CSM 4330, DNTT 120 kWh, 250.000d. Phi 1.100d. Dinh muc 50 kWh"
    )
    assert "not_clear" not in {one.state for one in states_of(understood).values()}


def test_states_by_hand() -> None:
    bill = Bill(kwh=1, rows=(IndexRow(old=1), IndexRow(register="BT", new=2)))  # type: ignore[arg-type]
    problems = [
        Problem("ambiguous", "new", {"text": "1.234", "low": "1.234", "high": "1234"}),
        Problem("unreadable", "rows[1].multiplier", {"text": "x"}),
        Problem("two_values", "first, last", {"values": "1, 2"}),
        Problem("which_money", "", {"text": "5"}),
        Problem("half_tier", "tiers[2]", {"text": "50"}),
        Problem("receipt"),
    ]
    states = {path: one.state for path, one in field_states(bill, problems).items()}
    assert {path for path, one in states.items() if one == "read"} == {"kwh", "rows[0].old", "rows[1].new"}
    assert {path for path, one in states.items() if one == "not_clear"} == {
        "rows[0].new", "rows[1].multiplier", "first", "last", "net", "total", "tiers[2]",
    }  # fmt: skip
    assert TELLING - states.keys() == set()
    priced = Bill(tiers=(TierRow(kwh=1, price=2),))  # type: ignore[arg-type]
    assert field_states(priced, [Problem("tier_unclear", "tiers", {"text": "1 2"})])["tiers"].state == "read"
    assert field_states(Schedule(), [Problem("no_year", "day", {"text": "1/2"})])["day"].state == "not_clear"


def test_states_are_json_in_both_languages() -> None:
    understood = read(f"DL TB T9/2026 {KH}: kiem 50 kWh, tong tien 250.000d")
    (document,) = plain(understood)["documents"]
    assert document["states"]["total"] == {"state": "read"}
    assert document["states"]["kwh"]["because"].startswith("The consumption: it is not clear what “50 kWh”")
    with speaking("vi"):
        (document,) = plain(understood)["documents"]
        assert document["states"]["kwh"]["because"].startswith("Điện năng tiêu thụ")


def test_a_problem_is_of_its_own_message() -> None:
    understood = read(
        f"{KH} T8/2026 DNTT 120 kWh, DNTT 110 kWh, tien 250.000d.\n\n{KH} T9/2026 CSM 12345, tien 270.000d."
    )
    one, other = (field_states(d.content, d.problems) for d in understood.documents)
    assert one["kwh"].state == "not_clear"
    assert other["kwh"].state == "not_printed"
    assert "not_clear" not in {state.state for state in other.values()}


def test_a_sum_in_thousands_is_named_and_not_read() -> None:
    understood = read("Nha tro T10/2026: dien 77 so, het 231k nhe chi")
    (bill,) = [one.content for one in understood.documents]
    assert isinstance(bill, Bill)
    assert (bill.kwh, bill.total) == (77, None)
    assert [(one.key, one.field) for one in understood.problems] == [("unplaced", "total")]
