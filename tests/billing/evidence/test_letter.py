"""The letter: in the sender's voice, whole without any setting, and no advice to the household in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sodien import i18n
from sodien.billing import audit
from sodien.billing.companies import COMPANIES
from sodien.billing.evidence.complaint import ladder
from sodien.billing.evidence.letter import BLANK, Letter, Sender
from sodien.billing.evidence.sheet import context, render
from sodien.billing.words.checks import CHECK_WORDS
from sodien.billing.words.sender import SENDER_WORDS
from tests.billing.evidence.test_sheet import JULY_31, Page, sheet, template

LAN = Sender("Nguyễn Thị Lan", "ấp Bình Long", "0901234567", "PB05010001234", "24562125", "Điện lực Gò Dầu")


@pytest.fixture(autouse=True, params=["en", "vi"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(i18n, "_language", request.param)
    return str(request.param)


def written(new: int = JULY_31 + 60, **options: object) -> Letter:
    found = context(sheet(new, **options))["letter"]
    assert isinstance(found, Letter)
    return found


def test_it_is_to_the_households_own_company_and_branch() -> None:
    made = written(sender=LAN, company=COMPANIES["CPC"])
    assert made.to == ("Tổng công ty Điện lực miền Trung", "Điện lực Gò Dầu")
    assert [value for _, value in made.sender] == [
        "Nguyễn Thị Lan",
        "ấp Bình Long",
        "0901234567",
        "PB05010001234",
        "24562125",
    ]
    assert made.blanks == []
    assert "Tây Ninh" not in "\n".join(made.lines)


def test_what_is_not_known_is_left_to_the_pen() -> None:
    made = written(sender=Sender(), company=None)
    assert len(made.blanks) == 5
    assert all(BLANK in one for one in made.to)
    assert "?" not in "\n".join(made.lines)
    assert "None" not in "\n".join(made.lines)


@pytest.mark.parametrize("new", [JULY_31 + 60, JULY_31 - 60, 999_999])
def test_it_speaks_as_the_sender(new: int, language: str) -> None:
    text = "\n".join(written(new).lines)
    if language == "en":
        assert (
            re.search(r"\byou(rs?)?\b", text.replace("I ask you to:", "").replace("Thank you.", "")) is None
        )
    else:
        assert re.search(r"\b(bạn|quý vị)\b", text) is None
        assert "của tôi" in text


def test_every_check_that_can_disagree_is_said_as_the_sender_says_it() -> None:
    source = "".join(path.read_text() for path in Path(audit.__file__ or "").parent.glob("*.py"))
    said = set(re.findall(r'"disagrees",?\s+"(\w+)"', source)) | {
        key.removeprefix("sender_") for key in SENDER_WORDS
    }
    assert len(said) > 15
    for key in said:
        words = SENDER_WORDS.get(f"sender_{key}", CHECK_WORDS[key])
        assert re.search(r"\byou(rs?)?\b", words, re.IGNORECASE) is None, key
        assert set(re.findall(r"{\w+}", words)) <= set(re.findall(r"{\w+}", CHECK_WORDS[key])), key


def test_it_stands_alone_on_the_sheet_and_the_advice_is_not_in_it(language: str) -> None:
    one = sheet(JULY_31 + 60, sender=LAN)
    page = Page(render(one, template()))
    own = page.text[page.text.index("CỘNG HÒA" if language == "vi" else "SOCIALIST") :]
    assert own.count("Nguyễn Thị Lan") == 2
    assert not any(step in own for step in ladder(one.company))
    assert "1022" not in own


def test_elsewhere_it_begins_without_the_state_of_viet_nam() -> None:
    from zoneinfo import ZoneInfo

    assert written(zone=ZoneInfo("Asia/Bangkok")).head == ()
    assert len(written().head) == 2
