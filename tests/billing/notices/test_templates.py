"""Message templates: what fits, what each type of slot takes, what is refused; and the time it takes."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sodien.billing.bill import Bill
from sodien.billing.notices.model import Understood
from sodien.billing.notices.read import read
from sodien.billing.notices.templates import FIELDS, MOST_MESSAGE, MOST_WORDS, MessageTemplate, fits, template
from sodien.billing.notices.text import fold
from sodien.value_rules import Wrong
from tests.billing.notices.insertions import APART, BESIDE, inserted, places

#: A message that no label of the typed reader helps with.
MARKS = template("Nhà {any:text} mốc đầu {old:index} mốc sau {new:index} hết {kwh:energy} trả {total:money}")
SAID = "Nhà bà Tám số 31, mốc đầu 8.100 mốc sau 8.200 hết 100 số trả 250.000"
ALL = template(
    "KH {customer:code} kỳ {term:count} tháng {month:month} từ {first:date} đến {last:date} mốc "
    "{old:index} - {new:index} hết {kwh:energy} thuế {tax_rate:percent} trả {total:money}"
)
ALL_SAID = (
    "KH AB1234 ky 1 thang 10/2026 tu 1/10 den 31/10/2026 moc 812 - 912 het 100 kWh thue 8% tra 250.000 d"
)


def bill(understood: Understood) -> Bill:
    (document,) = understood.documents
    assert isinstance(document.content, Bill)
    return document.content


def slots(template_text: str, text: str) -> list[tuple[str, str]]:
    found = fits(template(template_text), fold(text).text)
    return [(one.name, one.found.raw) for one in found if one.name]


def test_a_template_reads_what_no_label_tells() -> None:
    assert not read(SAID).documents
    helped = read(SAID, [MARKS])
    (row,) = bill(helped).rows
    assert (row.old, row.new, bill(helped).kwh, bill(helped).total) == (8100, 8200, 100, 250_000)
    assert not helped.problems
    where = {field.path: SAID[field.start : field.end] for field in helped.documents[0].fields}
    assert where == {"rows[0].old": "8.100", "rows[0].new": "8.200", "kwh": "100", "total": "250.000"}


@pytest.mark.parametrize(
    "text",
    [
        SAID.upper(),
        "nha ba Tam so 31, moc dau 8.100 moc sau 8.200 het 100 so tra 250.000",
        "Nhà   bà Tám\tsố 31,\nmốc đầu 8.100\nmốc sau 8.200 hết 100số trả250.000",
        f"Kính gửi bà con. {SAID}. Cảm ơn!",
    ],
)
def test_accents_case_and_blanks_do_not_count(text: str) -> None:
    found = bill(read(text, [MARKS]))
    assert (found.rows[0].old, found.rows[0].new, found.kwh, found.total) == (8100, 8200, 100, 250_000)


def test_every_type_of_slot_has_its_value() -> None:
    found = bill(read(ALL_SAID, [ALL]))
    assert (found.customer, found.term, found.month, found.year) == ("AB1234", 1, 10, 2026)
    assert (f"{found.first}", f"{found.last}") == ("2026-10-01", "2026-10-31")
    assert (found.rows[0].old, found.rows[0].new, found.kwh) == (812, 912, 100)
    assert (found.tax_rate, found.total) == (Decimal("0.08"), 250_000)


def test_a_value_that_the_typed_reader_reads_otherwise_is_not_clear() -> None:
    one = template("Kính gửi bà con tiền {any:money} phải nộp {total:money}")
    text = (
        "Kính gửi bà con tiền 3.000 đ phải nộp 280.000 đ. Tổng tiền thanh toán: 310.000 đ. Tiêu thụ: 100 kWh"
    )
    found = read(text, [one])
    assert bill(found).total is None
    assert [(problem.key, problem.field) for problem in found.problems] == [("two_values", "total")]


def test_no_third_sum_takes_the_place_of_two_that_differ() -> None:
    one = template("Kính gửi bà con phải nộp {total:money}")
    text = (
        "Tiền điện 300.000 đ. Kính gửi bà con phải nộp 280.000 đ. Tổng tiền thanh toán: 310.000 đ. "
        "Tiêu thụ: 100 kWh"
    )
    for templates in ([], [one]):
        found = read(text, templates)
        assert bill(found).total is None
        assert ("two_values", "total") in [(problem.key, problem.field) for problem in found.problems]


def test_no_registers_kwh_take_the_place_of_two_that_differ() -> None:
    one = template("Kính gửi bà con hết {kwh:energy}")
    text = (
        "Kính gửi bà con hết 90 kWh. BCS: KT, CS cũ 812, CS mới 912, điện tiêu thụ 100 kWh. "
        "Tổng điện năng tiêu thụ: 120 kWh. Tiền điện 300.000đ"
    )
    assert bill(read(text)).kwh == 120
    found = read(text, [one])
    assert bill(found).kwh is None
    assert [(problem.key, problem.field) for problem in found.problems] == [("two_values", "kwh")]


def test_two_templates_that_differ_give_no_value() -> None:
    other = template("Nhà {any:text} mốc đầu {new:index} mốc sau {old:index} hết {kwh:energy}")
    found = read(SAID, [MARKS, other])
    assert bill(found).rows == ()
    assert {problem.field for problem in found.problems} == {"rows[0].old", "rows[0].new"}
    assert read(SAID, [MARKS, MARKS]) == read(SAID, [MARKS])


def test_a_template_that_fits_in_two_ways_gives_no_value() -> None:
    one = template("Báo bà con {any:text} hết {kwh:energy} điện")
    assert slots("Báo bà con {any:text} hết {kwh:energy} điện", "bao ba con A het 5 dien va het 7 dien") == [
        ("kwh", "5"), ("kwh", "7"),
    ]  # fmt: skip
    found = read("Báo bà con A hết 50 kWh điện, B hết 70 kWh điện, tiền điện 190.000 đ", [one])
    assert bill(found).kwh is None
    assert [(problem.key, problem.field) for problem in found.problems] == [("two_values", "kwh")]


def test_money_that_a_template_calls_something_else_is_not_the_total() -> None:
    one = template("Kính gửi bà con số tiền {any:money} là quỹ xóm, còn điện {total:money}")
    text = "Kính gửi bà con số tiền 50.000 đ là quỹ xóm, còn điện 250.000 đ. 100 kWh"
    assert bill(read(text, [one])).total == 250_000


OPTIONAL = "Báo bà con mốc {new:index}[ hệ số {multiplier:factor}][ nợ {any:money}] nộp {total:money}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bao ba con moc 812 nop 250.000", [("new", "812"), ("total", "250.000")]),
        (
            "bao ba con moc 812 he so 2 nop 250.000",
            [("new", "812"), ("multiplier", "2"), ("total", "250.000")],
        ),
        ("bao ba con moc 812 no 9.000 nop 250.000", [("new", "812"), ("any", "9.000"), ("total", "250.000")]),
        ("bao ba con moc 812 he so nop 250.000", []),
    ],
)
def test_optional_parts(text: str, expected: list[tuple[str, str]]) -> None:
    assert slots(OPTIONAL, text) == expected


MONTHLY = template(
    "Nhà {any:text} tháng {month:month} mốc {old:index} sang {new:index} trả {total:money}[ đồng]"
)
MONTHS = [
    "Nhà bà Tám tháng 8/2026 mốc 8.010 sang 8.100 trả 225.000 đồng",
    "Nhà bà Tám tháng 9/2026 mốc 8.100 sang 8.200 trả 250.000",
    "Nhà bà Tám, số 31 tháng 10/2026 mốc 8.200 sang 8.310 trả 275.000 đồng",
]


@pytest.mark.parametrize("between", ["\n", "\n\n", ". ", " "])
def test_several_messages_of_one_template_are_several(between: str) -> None:
    found = read(between.join(MONTHS), [MARKS, MONTHLY])
    bills = [one.content for one in found.documents if isinstance(one.content, Bill)]
    assert [(one.month, one.rows[0].new, one.total) for one in bills] == [
        (8, 8100, 225_000), (9, 8200, 250_000), (10, 8310, 275_000),
    ]  # fmt: skip
    assert not found.problems


def test_one_month_told_twice_is_not_two_bills() -> None:
    for text in (MONTHS[0] + ". " + MONTHS[0].replace("225", "226"), "Nhà A. " + SAID + ", " + SAID):
        assert len(read(text, [MARKS, MONTHLY]).documents) <= 1
    twice = read(MONTHS[0] + ". " + MONTHS[0].replace("225", "226"), [MONTHLY])
    assert [(problem.key, problem.field) for problem in twice.problems][:1] == [("two_values", "total")]


# -- types ---------------------------------------------------------------------------------------------

VALUES = {
    "index": ["8.100", "812", "00812", "20.115,5"],
    "energy": ["812 kWh", "71kwh", "12 số", "3 914KWH", "187KW"],
    "money": ["250.000đ", "1 227 722.0D", "412338 dong", "47 140VND"],
    "percent": ["8%", "10 %"],
    "date": ["31/10/2026", "2026-10-31", "31.10", "31-10-26", "16 tháng 10 năm 2026"],
    "month": ["10/2026", "T10"[1:], "10 năm 2026", "2026-10", "10.26"],
    "count": ["3", "12"],
    "factor": ["1", "40", "1,00", "0.5"],
    "code": ["PB05010009999", "LV0456", "CP37/00214", "DC-81", "T07-L02-00118", "PB 15020045678"],
}
#: Pairs where what is printed may be either: a bare number is what its template calls it.
SHARED = {
    ("index", "812"), ("index", "00812"), ("index", "8.100"), ("index", "20.115,5"), ("count", "3"),
    ("count", "12"), ("month", "10"), ("date", "31.10"), ("month", "10.26"), ("month", "10/2026"),
    ("date", "16 tháng 10 năm 2026"), ("month", "10 năm 2026"), ("energy", "12 số"),
    ("date", "31-10-26"), ("date", "31/10/2026"), ("date", "2026-10-31"), ("month", "2026-10"),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_a_slot_takes_its_own_type(kind: str) -> None:
    for value in VALUES[kind]:
        found = slots(f"Báo bà con điện là {{any:{kind}}}", f"Báo bà con điện là {value}")
        assert found, value
        assert {raw for _, raw in found} == {found[0][1]}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("other", VALUES)
def test_a_slot_takes_no_other_type(kind: str, other: str) -> None:
    for value in VALUES[other]:
        if (
            other != kind
            and (other, value) not in SHARED
            and ((kind, other) != ("index", "energy") and "factor" not in (kind, other))
        ):
            text = f"Báo bà con điện là {value}"
            assert slots(f"Báo bà con điện là {{any:{kind}}}", text) == [], value


@pytest.mark.parametrize(
    "value",
    ["1,2 triệu", "413k", "31 ngày", "4 hộ", "1.984 đ/kWh", "4,9 kWh/ngày", "7062 - 6623", "12*3", "5/7/9/1",
     "1..2", "812²", "812 345 6", "0911000222", "8 %", "5'000", "1e5", "x12"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["index", "energy", "money"])
def test_what_is_no_quantity_or_goes_on_is_not_taken(kind: str, value: str) -> None:
    assert slots(f"Báo bà con điện là {{any:{kind}}}", f"Báo bà con điện là {value}") == []


@given(st.sampled_from([*VALUES]), st.text(st.sampled_from("0123456789.,/-% đdkWhVN sốT'²xp"), max_size=14))
@example("money", "12 345 6")
def test_no_text_makes_a_number_of_less_than_is_printed(kind: str, value: str) -> None:
    """Whatever stands behind the words, a slot has all digits that hang together, or nothing."""
    text = fold(f"bao ba con dien la {value} het.").text
    for one in fits(template(f"Báo bà con điện là {{any:{kind}}} hết"), text):
        if one.name:
            assert re.sub("[^0-9]", "", text[19 : text.index("het")]) == re.sub("[^0-9]", "", one.found.raw)


# -- other numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("phrase", APART)
def test_other_numbers_never_change_a_field(phrase: str) -> None:
    fields = ("rows", "kwh", "total", "first", "last", "customer", "tax_rate", "term", "month", "year")
    for one, said in ((MARKS, SAID), (ALL, ALL_SAID)):
        plain = msgspec.structs.asdict(bill(read(said, [one])))
        for text in (f"{phrase} {said}", f"{said}. {phrase}"):
            found = msgspec.structs.asdict(bill(read(text, [one])))
            assert {name: found[name] for name in fields} == {name: plain[name] for name in fields}
    words = SAID.split(" ")
    for at in range(1, len(words)):
        text = " ".join([*words[:at], phrase, *words[at:]])
        for bound in fits(MARKS, fold(text).text):  # between the words: it fits with the same values, or not
            assert not bound.name or bound.name == "any" or bound.found.raw in SAID


# -- what a template may be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Báo bà con {kwh:money}", "{kwh:energy}"),
        ("Báo bà con {kw:energy}", "customer"),
        ("Báo bà con {any:number}", "words"),
        ("Báo bà con {kwh}", "{kwh:energy}"),
        ("Báo bà con [{kwh:energy}", "close"),
        ("Báo bà con {kwh:energy}]", "[ ]"),
        ("Báo bà con [hết [{kwh:energy}] số]", "[ ]"),
        ("{kwh:energy} là báo bà con", "begin"),
        ("[Báo] {kwh:energy} là số bà con", "begin"),
        ("Báo {kwh:energy}", "at least 3"),
        ("Báo {kwh:energy} [ của bà con]", "at least 3"),
        ("Báo bà con {old:index}{new:index}", "word or sign"),
        ("Báo bà con {any:words}{new:index}", "word or sign"),
        ("Báo bà con {any:words}[,]{new:index}", "word or sign"),
        ("Báo bà con {kwh:energy} {any:text}", "word or sign"),
        ("Báo bà con " + "a " * MOST_WORDS, "at most"),
        ("Báo bà con" + " {any:words} là" * 5, "at most"),
    ],
)  # fmt: skip
def test_what_is_no_template_says_what_to_write(text: str, what: str) -> None:
    with pytest.raises(Wrong) as wrong:
        template(text)
    assert what in f"{wrong.value.what} {wrong.value.remedy}"


@given(
    st.text(st.sampled_from("{}[]:.*+?()|^$\\ abánykwhegrtoldiexcuswm019"), max_size=60), st.text(max_size=60)
)
def test_no_text_of_a_file_is_a_pattern_or_breaks_anything(text: str, message: str) -> None:
    try:
        one = template("Báo bà con " + text)
    except Wrong:
        return
    fits(one, fold("bao ba con" + message).text)
    if "{" not in text and "[" not in text:
        assert fits(one, fold("bao ba con " + text).text)


def test_fields_are_those_of_a_bill_or_of_an_announced_day() -> None:
    assert {*FIELDS} - {"old", "new", "multiplier", "day", "until"} <= {*Bill.__struct_fields__}


# -- time ------------------------------------------------------------------------------------------------

HOSTILE = [
    "a an a" + " {any:text} a a" * 4 + " a" * 100,
    "an an an" + " an" * 100 + " {total:money}",
    "an an an" + " {any:words} an {any:index} an" * 4,
    "an an an" + "[ an]" * 8 + " an" * 90 + " {kwh:energy}",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("unit", ["a ", "an ", "an 1 ", "1 ", "an 1 234 "])
def test_the_work_is_at_most_words_times_characters(text: str, unit: str) -> None:
    """Counted in calls, which no other load of the machine changes."""
    one = template(text.replace("a an a", "an an an"))
    whole, half = (work(one, (unit * length)[:length]) for length in (2000, 1000))
    assert whole < 3 * half + 1000
    assert whole < 12 * len(one.elements) * 2000


def work(one: MessageTemplate, message: str) -> int:
    count = itertools.count()
    before = sys.getprofile()
    sys.setprofile(lambda *_: next(count) and None)
    try:
        fits(one, message)
    finally:
        sys.setprofile(before)
    return next(count)


def test_a_longer_message_is_left_to_the_typed_reader() -> None:
    assert fits(MARKS, fold(SAID).text)
    assert not fits(MARKS, fold(SAID + " x" * (MOST_MESSAGE // 2)).text)


def test_ways_do_not_multiply() -> None:
    """Every way is followed at once: hundreds of them take what one takes."""
    one = template("an an an" + "[ an]" * 8 + " an" * 90 + " {any:text} het {kwh:energy}")
    text = "an " * 400 + "b het 5 kwh"
    assert ("kwh", "5") in [(bound.name, bound.found.raw) for bound in fits(one, text)]


# -- every notice as a template of its own ---------------------------------------------------------------

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.txt"))
NAMES = {**{name: name for name in FIELDS}, **{f"rows[0].{n}": n for n in ("old", "new", "multiplier")}}


def as_template(text: str, understood: Understood) -> MessageTemplate | None:
    """A notice with slots in the place of the values that the typed reader reads of it."""
    (document,) = understood.documents
    places = {field.path: field for field in document.fields}
    written, at = "", 0
    for path, field in sorted(places.items(), key=lambda one: one[1].start):
        if path not in NAMES or field.start < at:
            continue
        end = field.end
        if path == "month" and "year" in places and 0 < places["year"].start - end < 12:
            end = places["year"].end
        written += f"{text[at : field.start]}{{{NAMES[path]}:{FIELDS[NAMES[path]]}}}"
        at = end
    try:
        return template(written + text[at:])
    except Wrong:
        return None  # a page with tables is longer than any message


def own_templates() -> Iterator[tuple[str, Understood, MessageTemplate]]:
    for file in CORPUS:
        text = re.sub(r"[\[\]{}]", " ", file.read_bytes().decode("utf-8", "replace"))
        understood = read(text)
        if len(understood.documents) == 1 and len(text) <= MOST_MESSAGE:
            one = as_template(text, understood)
            if one is not None:
                yield text, understood, one


def test_every_notice_is_read_alike_by_a_template_of_its_own() -> None:
    seen = 0
    for text, understood, one in own_templates():
        helped = read(text, [one])
        assert fits(one, fold(text).text), text
        assert [one.content for one in helped.documents] == [one.content for one in understood.documents]
        assert len(helped.problems) <= len(understood.problems)
        seen += 1
    assert seen >= 25


def test_a_number_put_anywhere_gives_a_template_no_other_value() -> None:
    fitted = 0
    for text, understood, one in own_templates():
        printed = {(bound.name, bound.found.raw) for bound in fits(one, fold(text).text) if bound.name}
        for place, beside in places(text, understood.documents[0]):
            for phrase in BESIDE if beside else APART:
                found = fits(one, fold(inserted(text, place, phrase, beside)).text)
                assert {(bound.name, bound.found.raw) for bound in found if bound.name} <= printed, phrase
                fitted += bool(found)
    assert fitted >= 100
