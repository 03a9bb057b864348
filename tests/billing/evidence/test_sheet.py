"""The evidence sheet: whole, self-contained, escaped, in both languages, and true to the verdict."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien import formats, i18n
from sodien.billing.audit.result import Range
from sodien.billing.audit.verdict import judge
from sodien.billing.bill import Bill
from sodien.billing.companies import Company
from sodien.billing.evidence.chart import DayBar, chart
from sodien.billing.evidence.sheet import (
    TEMPLATE,
    DialRow,
    EvidenceSheet,
    GapRow,
    Photo,
    SealRow,
    context,
    render,
)
from sodien.billing.words.verdict import check_sentence
from sodien.cli.printed_commands import as_called
from tests.billing.examples import JULY_31, JUNE_30, PRACTICE, ZONE, at, bill, meters

EVIL = '<script>alert("x")</script>&\'"'
VOID = {"meta", "br", "img"}
PNG = b"\x89PNG\r\n\x1a\n\x00"


def template() -> str:
    return resources.files("sodien.billing.evidence").joinpath(TEMPLATE).read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", "en")


def days(number: int = 31) -> list[DayBar]:
    first = dt.date(2026, 7, 1)
    return [
        DayBar(first + dt.timedelta(days=n), Decimal(24), Decimal(24), Decimal(24 + n % 4), 1.0 - n % 4 / 8)
        for n in range(number)
    ]


def sheet(new: int = JULY_31, **options: Any) -> EvidenceSheet:
    one = bill(JUNE_30, new, serial="24562125", customer="PB05010001234", name="Nguyễn Thị Lan",
               total=Decimal(1_867_320))  # fmt: skip
    one = msgspec.structs.replace(
        one, **{k: options.pop(k) for k in list(options) if k in Bill.__struct_fields__}
    )
    made = EvidenceSheet(
        bill=one,
        verdict=judge(one, (), meters(), None, PRACTICE),
        zone=ZONE,
        made=at(2, "09:30", month=8),
        version="1.2.3",
        meter="main",
        constant=Decimal(1000),
        multiplier=Decimal(1),
        ledger="34cdaa16ba3c411288d9f2ca48c9c7a5",
        company=Company("SPC", "PC Tây Ninh (EVN SPC)", ("PB",), ("19001006",)),
        days=days(),
        dials=[DialRow(at(1), "01000.0", "Lan"), DialRow(at(9), "99999.9", "", "a digit is wrong")],
        gaps=[
            GapRow(
                at(3, month=7), at(3, "02:00", month=7), "power", Range(low=Decimal(0), high=Decimal("17.6"))
            )
        ],
        photos=[Photo("31 July, 07:10", "image/png", PNG)],
        seal=SealRow(12345, at(1, month=8), "ab" * 32),
    )
    return replace(made, **options)


class Page(HTMLParser):
    """Tags in balance, texts and attributes collected."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", ["en", "vi"])
def test_everything_is_on_it_in_either_language(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", language)
    one = sheet(JULY_31 + 60)
    html = render(one, template())
    page = Page(html)
    assert f'<html lang="{language}">' in html
    for check in one.verdict.checks:
        assert check_sentence(check) in page.text
    letter = context(one)["letter"]
    for text in [*context(one)["limits"], *context(one)["ladder"], *letter.points, *letter.requests]:
        assert text in page.text
    assert "19001006" in page.text
    assert "ab" * 32 in page.text
    assert formats.dial("99999.9", language) in page.text
    assert page.tags.count("img") == 1
    assert page.tags.count("svg") == 3, "both readings on a number line, and the days"


def test_it_needs_nothing_from_elsewhere() -> None:
    html = render(sheet(), template())
    page = Page(html)
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    assert "script" not in page.tags
    assert re.findall(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", html) == []


def test_both_indices_stand_beside_ours_with_bounds() -> None:
    rows = context(sheet())["indices"]
    assert [row["billed"] for row in rows] == [str(JUNE_30), str(JULY_31)]
    assert all("…" in row["ours"] for row in rows)
    assert all(row["result"] == "agrees" for row in rows)
    assert all(row["read"].startswith("your register may have shown it from 2026-0") for row in rows)


def test_a_letter_only_where_something_disagrees() -> None:
    assert context(sheet())["letter"] is None
    wrong = context(sheet(JULY_31 + 60))
    assert wrong["letter"].to[0] == "PC Tây Ninh (EVN SPC)"
    assert wrong["overall"] == "disagrees"


def test_whatever_a_notice_says_is_only_text() -> None:
    one = sheet(
        JULY_31 + 60,
        name=EVIL,
        customer=EVIL,
        serial=EVIL,
        company=Company("X", EVIL, (), (EVIL,)),
        dials=[DialRow(at(1), EVIL, EVIL, EVIL)],
        photos=[Photo(EVIL, "image/png", PNG)],
        meter=EVIL,
    )
    page = Page(render(one, template()))
    assert "script" not in page.tags
    assert page.text.count("<script>") >= 5


def test_little_is_known_and_it_says_so() -> None:
    bare = Bill(kwh=Decimal(100))
    one = EvidenceSheet(
        bill=bare,
        verdict=judge(bare, (), meters(anchors=[]), None, PRACTICE),
        zone=ZONE,
        made=at(2, month=8),
        version="1",
        meter="main",
        constant=Decimal(1000),
        multiplier=Decimal(1),
        ledger="0",
    )
    page = Page(render(one, template()))
    assert "Nothing is sealed yet." in page.text
    assert "svg" not in page.tags
    assert "cannot tell" in page.text.lower() or "nobody can tell" in page.text


@given(
    st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 10**5), st.floats(0, 1.5)), min_size=1, max_size=70
    ),
    st.text(),
)
def test_the_chart_is_sound_and_stays_inside_its_frame(
    values: list[tuple[int, int, float]], title: str
) -> None:
    bars = [
        DayBar(
            dt.date(2026, 1, 1) + dt.timedelta(days=n),
            *(Decimal(v) / 100 for v in (low, low + more // 2, low + more)),
            counted,
        )
        for n, (low, more, counted) in enumerate(values)
    ]
    title = re.sub(r"[^\x20-\ud7ff\ue000-\ufffd]", "", title)  # what XML cannot hold at all
    svg = ElementTree.fromstring(chart(bars, title))
    assert svg.get("aria-label") == title
    for rect in svg.iter("{http://www.w3.org/2000/svg}rect"):
        x, y, width, height = (float(rect.get(key, "")) for key in ("x", "y", "width", "height"))
        assert width >= 0
        assert height >= -0.05
        assert x >= 40
        assert x + width <= 722
        assert 0 <= y <= 250
    assert len(list(svg.iter("{http://www.w3.org/2000/svg}rect"))) == 3 * len(bars)


def test_no_days_no_chart() -> None:
    assert chart([], "x") == ""


def test_what_is_handed_on_names_no_file_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_finish", as_called("/home/an/sodien", "/home/an/mine.yaml", ["verify"]))
    assert "sodien verify -c" in i18n.tr("sodien verify")
    assert "/home/an" not in render(sheet(JULY_31 + 60), template())


def test_nothing_to_object_to_takes_no_steps_of_a_complaint() -> None:
    assert context(sheet(JULY_31 + 60))["ladder"]
    consistent = sheet(JULY_31 + 14)
    assert consistent.verdict.overall == "consistent"
    assert context(consistent)["ladder"] == []
    assert context(replace(sheet(JULY_31 + 60), withdrawn="a mistake"))["ladder"] == []


def test_a_clerk_decides_on_the_first_page() -> None:
    """Verdict, both readings on their lines, the table, the days and the seal stand before the details."""
    html = render(sheet(JULY_31 + 60), template())
    order = ['class="headline', 'class="drawing line"', 'class="wide"', 'class="chart"', 'class="seal"']
    places = [html.index(one) for one in order]
    assert places == sorted(places)
    assert places[-1] < html.index('class="details"')


@pytest.mark.parametrize("language", ["en", "vi"])
def test_no_date_is_broken_at_the_end_of_a_line(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "_language", language)
    html = render(sheet(new=JULY_31 + 90), template())
    body = re.sub(r"(?s).*<body>|data:[^\"]*|<svg.*?</svg>", "", html)
    whole = re.sub(r'<span class="whole">[^<>]*</span>|<td class="n[^<]*</td>', "", body)
    assert re.findall(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}", whole) == []
    title = re.search(r"<title>(.*?)</title>", html)
    assert title is not None
    assert "<" not in title[1]


def test_our_own_numbers_stand_digit_below_digit() -> None:
    found = context(sheet())
    rows = [row["ours"] for row in (*found["indices"], found["consumption"])]
    (marks,) = {tuple(i for i, c in enumerate(row) if c == ".") for row in rows}
    assert len(marks) == 3
    assert len({len(row) for row in rows}) == 1


def test_a_withdrawn_bill_is_not_shown_as_wrong() -> None:
    gone = sheet(new=JULY_31 + 90, withdrawn="entered twice.")
    html = render(gone, template())
    assert '<div class="headline withdrawn">This bill is withdrawn: entered twice.' in html
    assert 'id="letter"' not in html


def test_what_was_never_counted_is_not_known() -> None:
    html = render(
        sheet(first=dt.date(2026, 5, 15), last=dt.date(2026, 6, 30), rows=(), kwh=Decimal(900)), template()
    )
    assert "not known" in html
