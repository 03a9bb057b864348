"""`sodien report`: from a notice's text to a sheet that can be handed over."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from fractions import Fraction
from pathlib import Path

import pytest

from sodien.ledger.bodies import EventBody
from sodien.ledger.store import Ledger, NewRow
from sodien.metering.known_load import Flashes, PlugMeter, as_stored, from_stored, judge
from tests.billing.evidence.test_sheet import Page
from tests.cli.billed import CUSTOMER, freeze, household, notice
from tests.cli.conftest import Sodien

PNG = b"\x89PNG\r\n\x1a\n\x00"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sodien: Sodien) -> Path:
    freeze(monkeypatch)
    monkeypatch.chdir(tmp_path)
    config = household(tmp_path)
    (tmp_path / "dial.png").write_bytes(PNG)
    read = ("dial", "9872.3", "--at", "2026-10-31 23:50", "--photo", tmp_path / "dial.png", "--by", "Lan")
    assert sodien(*read, "-c", config).code == 0
    (tmp_path / "notice.txt").write_text(notice(new=9910))
    assert sodien("bill", "import", tmp_path / "notice.txt", "-c", config).code == 1
    return config


def test_a_sheet_with_everything(sodien: Sodien, home: Path) -> None:
    result = sodien("report", "-c", home, "-o", "sheet.html")
    assert (result.code, result.err) == (0, "")
    html = (home.parent / "sheet.html").read_text(encoding="utf-8")
    page = Page(html)
    for text in (
        CUSTOMER,
        "9910",
        "9570",
        "19001006",
        "9872.3",
        "Lan",
        "SHA-256",
        "at least 26 kWh too many",
    ):
        assert text in page.text, text
    assert page.tags.count("img") == 1
    # Thirty-one days of 9.6 kWh, all of them counted.
    assert page.text.count("100.0%") == 31
    assert page.text.count("9.6") >= 31
    assert "Tổng công ty Điện lực miền Nam" in page.text[page.text.index("SOCIALIST REPUBLIC") :]


def test_a_test_of_the_meter_itself_stands_on_the_sheet(sodien: Sodien, home: Path) -> None:
    plug = PlugMeter(Fraction(1), Fraction(1, 100), Fraction(0), Fraction(1))
    found = judge(
        Flashes(1620, Fraction(1800)), [Flashes(0, Fraction(180))], Fraction(1600), plug, Fraction(2)
    )
    assert found is not None
    detail = {**as_stored(found), "by": "Lan"}
    assert as_stored(from_stored(detail)) == as_stored(found)
    at = int(dt.datetime(2026, 10, 20, 3, tzinfo=dt.UTC).timestamp() * 1000)
    (ledger_file,) = home.parent.glob("*.db")
    ledger = Ledger.open(ledger_file)
    ledger.append([NewRow("event", "main", at=at, body=EventBody(what="meter_test", detail=detail))])
    ledger.close()
    assert sodien("report", "-c", home, "-o", "sheet.html").code == 0
    text = " ".join(Page((home.parent / "sheet.html").read_text(encoding="utf-8")).text.split())
    assert "meter error +0.94% ± 1.48% (k = 2)" in text
    assert "accuracy of the plug-in meter1.00%rectangular0.58%" in text
    assert "together, k = 22.60%1.48%" in text


def test_the_last_bill_in_vietnamese_by_default_name(sodien: Sodien, home: Path) -> None:
    result = sodien("--lang", "vi", "report", "-c", home, "--json")
    assert result.code == 0, result.err
    assert result.json["overall"] == "disagrees"
    html = (home.parent / result.json["file"]).read_text(encoding="utf-8")
    assert '<html lang="vi">' in html
    assert "Tổng công ty Điện lực miền Nam" in html[html.index("Kính gửi:") :]


def test_the_seal_stands_on_the_sheet(sodien: Sodien, home: Path) -> None:
    ledger = Ledger.open(home.parent / "ledger.db")
    ledger.seal(None, None, 1_793_754_000_000)
    note = ledger.last_seal()
    ledger.close()
    assert note is not None
    sodien("report", "-c", home, "-o", "sheet.html")
    assert note.hash in (home.parent / "sheet.html").read_text(encoding="utf-8")
    assert sodien("verify", "-c", home, "--against", note.hash).code == 0


def test_a_ledger_that_was_changed_shows_no_seal(sodien: Sodien, home: Path) -> None:
    ledger = Ledger.open(home.parent / "ledger.db")
    ledger.seal(None, None, 1_793_754_000_000)
    note = ledger.last_seal()
    ledger.close()
    assert note is not None
    with sqlite3.connect(home.parent / "ledger.db") as db:
        db.execute("UPDATE entry SET at = at + 1 WHERE seq = 5")
    db.close()
    assert sodien("report", "-c", home, "-o", "sheet.html").code == 0
    html = (home.parent / "sheet.html").read_text(encoding="utf-8")
    assert "does not fit its seals from entry" in html
    assert note.hash not in html


@pytest.mark.parametrize(
    ("words", "said"),
    [(("99999",), "99999"), (("-o", "no/folder/sheet.html"), "cannot be written")],
)
def test_what_cannot_be_is_one_sentence(
    sodien: Sodien, home: Path, words: tuple[str, ...], said: str
) -> None:
    result = sodien("report", *words, "-c", home)
    assert result.code == 2
    assert said in result.one_sentence()


def test_without_a_bill(sodien: Sodien, tmp_path: Path) -> None:
    result = sodien("report", "-c", household(tmp_path))
    assert result.code == 2
    assert "No bill has been entered yet" in result.one_sentence()


def test_a_device_is_not_replaced_by_a_file(home: Path, sodien: Sodien) -> None:
    """As root, -o /dev/stdout would otherwise rename the sheet over it."""
    pipe = home.parent / "pipe"
    os.mkfifo(pipe)
    done = sodien("report", "-c", home, "-o", pipe)
    assert done.code == 2
    assert "is not a file; name another one with -o" in done.one_sentence()
    assert pipe.is_fifo()
