"""`sodien bill`: from the text of a notice to a verdict, and everything that cannot be a bill."""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from sodien import i18n
from sodien.billing.bill import Bill, IndexRow
from sodien.bills.stored import new_row
from sodien.ledger.store import Ledger, NewRow
from tests.cli.billed import (
    CUSTOMER,
    HOUR,
    NOW,
    SETTINGS,
    SMS_INDEX,
    SMS_MONEY,
    SMS_SCHEDULE,
    START,
    freeze,
    household,
    notice,
    total,
)
from tests.cli.conftest import Result, Sodien
from tests.support.pdf import text_pdf
from tests.support.rows import body_of

Import = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    freeze(monkeypatch)
    return household(tmp_path)


@pytest.fixture
def give(sodien: Sodien, home: Path) -> Import:
    """`sodien bill import` of a text."""

    def call(text: str | bytes, *words: str) -> Result:
        file = home.parent / "notice.txt"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return sodien("bill", "import", file, *words, "-c", home)

    return call


def rows(home: Path, *kinds: str) -> list[Any]:
    ledger = Ledger.open(home.parent / "ledger.db")
    try:
        found = [row for kind in kinds or ("bill", "verdict", "schedule") for row in ledger.of_kind(kind)]
        return sorted(found, key=lambda row: row.seq)
    finally:
        ledger.close()


# -- one command ---------------------------------------------------------------------------------------


TWO_MONTHS = (
    f"Mã khách hàng: {CUSTOMER}\nThông báo tiền điện tháng 10/2026 và tháng 9/2026\n"
    "Chỉ số cũ: 9570\nChỉ số mới: 9868\nĐiện năng tiêu thụ: 298 kWh\n"
)


def test_a_field_that_is_not_clear_is_given_as_the_sentence_prints_it(give: Import) -> None:
    refused = give(TWO_MONTHS)
    assert refused.code == 2
    (option, form) = re.search(r"\((--month) (\S+)\)", refused.one_sentence()).groups()  # type: ignore[union-attr]
    given = give(TWO_MONTHS, option, form.replace("M", "10").replace("YYYY", "2026"), "--json")
    assert (given.code, given.json["bills"][0]["bill"]["month"]) == (0, 10)


def test_who_is_asked_for_a_field_gave_no_option(give: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["10", "10/2026"])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(click, "prompt", lambda *_a, **_k: next(answers))
    done = give(TWO_MONTHS)
    assert "'10': that is not a month; write it like 10/2026." in done.out
    assert "--month" not in done.out


def test_an_honest_notice_is_consistent(give: Import, home: Path) -> None:
    result = give(notice(), "--json")
    assert result.code == 0, result.out + result.err
    (bill,) = result.json["bills"]
    assert bill["verdict"]["overall"] == "consistent"
    assert bill["period"] == {"first": "2026-10-01", "last": "2026-10-31"}
    assert {check["result"] for check in bill["verdict"]["checks"]} <= {"agrees", "cannot_tell"}
    stored, verdict = rows(home)
    assert (stored.kind, stored.seq, body_of(stored)["text"]) == ("bill", bill["entry"], notice())
    assert body_of(stored)["sha256"] == bill["sha256"]
    assert (verdict.kind, body_of(verdict)["of"]) == ("verdict", stored.at)
    assert body_of(verdict)["verdict"]["overall"] == "consistent"


def test_an_over_reading_disagrees_by_what_is_certain(give: Import) -> None:
    result = give(notice(new=9910), "--json")
    assert result.code == 1
    verdict = result.json["bills"][0]["verdict"]
    assert (verdict["overall"], verdict["direction"]) == ("disagrees", "over")
    # Read a day late, up to an hour after midnight, and rounded up, an honest index is 9883 at most; and the
    # consumption may be worked out before the decimals are cut.
    assert verdict["disagrees_by_kwh"] == "26"
    wrong = {check["key"] for check in verdict["checks"] if check["result"] == "disagrees"}
    assert "index_new" in wrong
    assert "index_old" not in wrong


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_person_reads_it_line_by_line(
    give: Import, sodien: Sodien, home: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home.parent / "n.txt"
    file.write_text(notice(new=9910), encoding="utf-8")
    monkeypatch.setattr(i18n, "_language", language)
    result = sodien("--lang", language, "bill", "import", file, "-c", home)
    assert result.code == 1
    lines = [click.unstyle(line) for line in result.out.splitlines()]
    checks = [line for line in lines if line[:3] in ("  ✓", "  ?", "  ✗")]
    assert len(checks) > 6
    said = next(line for line in checks if "9910" in line and line.startswith("  ✗"))
    assert language == "vi" or "9853" in said
    assert language == "vi" or "9882" in said
    assert "19001006" in result.out  # whom to call, by the customer code
    assert any(("Assumptions" if language == "en" else "Các giả định") in line for line in lines)


def test_from_standard_input(sodien: Sodien, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(notice().encode())))
    assert sodien("bill", "import", "-", "--json", "-c", home).json["bills"][0]["bill"]["total"]


def test_without_any_dial_reading_it_says_what_would_have_told(
    sodien: Sodien, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(monkeypatch)
    home = household(tmp_path, dial=False)
    (tmp_path / "n.txt").write_text(notice(), encoding="utf-8")
    verdict = sodien("bill", "import", tmp_path / "n.txt", "--json", "-c", home).json["bills"][0]["verdict"]
    assert verdict["overall"] in ("consistent", "cannot_tell")
    index = next(check for check in verdict["checks"] if check["key"] == "index_new")
    assert index["result"] == "cannot_tell"


def test_an_empty_ledger_gets_a_verdict_too(
    sodien: Sodien, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(monkeypatch)
    (tmp_path / "sodien.yaml").write_text(SETTINGS, encoding="utf-8")
    Ledger.open(tmp_path / "ledger.db", create=True, durable=False).close()
    (tmp_path / "n.txt").write_text(notice(), encoding="utf-8")
    result = sodien("bill", "import", tmp_path / "n.txt", "--json", "-c", tmp_path / "sodien.yaml")
    assert (result.code, result.json["bills"][0]["verdict"]["overall"]) == (0, "cannot_tell")


# -- SMS that say it piece by piece --------------------------------------------------------------------


def test_messages_pasted_together_are_one_bill_and_a_reading_day(give: Import, home: Path) -> None:
    result = give(f"{SMS_INDEX}\n\n{SMS_MONEY}\n\n{SMS_SCHEDULE}\n", "--json")
    assert result.code == 0
    (bill,) = result.json["bills"]
    assert bill["bill"]["total"] == str(total(298))
    assert bill["bill"]["rows"][0]["new"] == "9868"
    assert bill["period"] == {"first": "2026-10-01", "last": "2026-10-31"}
    assert result.json["reading_days"] == ["2026-11-28"]
    assert [row.kind for row in rows(home)] == ["bill", "schedule", "verdict"]


def test_messages_one_after_the_other_become_one_bill(give: Import, sodien: Sodien, home: Path) -> None:
    first = give(SMS_INDEX, "--json")
    second = give(SMS_MONEY, "--json")
    assert (first.code, second.code) == (0, 0)
    (bill,) = second.json["bills"]
    assert bill["entry"] == first.json["bills"][0]["entry"]
    assert bill["bill"]["rows"][0]["old"] == "9570"
    assert bill["bill"]["total"] == str(total(298))
    (listed,) = sodien("bill", "list", "--json", "-c", home).json["bills"]
    assert listed["bill"] == bill["bill"]
    texts = sodien("bill", "show", bill["entry"], "--text", "--json", "-c", home).json["texts"]
    assert texts == [SMS_INDEX, SMS_MONEY]
    assert len(rows(home, "verdict")) == 2


def test_the_slip_is_only_for_notices_without_a_date(give: Import) -> None:
    verdict = give(SMS_INDEX, "--json").json["bills"][0]["verdict"]
    assert "slip" in {note["key"] for note in verdict["assumptions"]}
    dated = give(notice(), "--json")
    assert "slip" not in {note["key"] for note in dated.json["bills"][0]["verdict"]["assumptions"]}


def test_an_announced_reading_day_counts_once_and_can_be_taken_back(
    give: Import, sodien: Sodien, home: Path
) -> None:
    assert give(SMS_SCHEDULE).code == 0
    assert give(SMS_SCHEDULE).code == 0
    (row,) = rows(home, "schedule")
    assert "2026-11-28" in sodien("status", "-c", home).out
    assert sodien("bill", "withdraw", row.seq, "--because", "another street", "-c", home).code == 0
    assert "2026-11-30" in sodien("status", "-c", home).out


def test_a_reading_day_far_away_is_a_mistyped_year(give: Import, home: Path) -> None:
    result = give(SMS_SCHEDULE.replace("nam: 2026", "nam: 2016").replace("/2026", "/2016"))
    assert result.code == 2
    assert "year" in result.one_sentence()
    assert rows(home) == []


# -- what is not clear ---------------------------------------------------------------------------------


def test_dry_run_prints_only_what_it_understood(sodien: Sodien, tmp_path: Path) -> None:
    """Without any settings."""
    file = tmp_path / "n.txt"
    file.write_text(notice(), encoding="utf-8")
    result = sodien("bill", "import", file, "--dry-run", "--json")
    assert result.code == 0
    assert set(result.json) == {"documents", "rest", "problems"}
    assert result.json["documents"][0]["bill"]["kwh"] == "298"


def test_dry_run_for_a_person_stores_nothing(give: Import, home: Path) -> None:
    result = give(notice(), "--dry-run")
    assert (result.code, rows(home)) == (0, [])
    assert "9868" in result.out
    assert "Nothing was stored" in result.out


def test_a_pdf_is_judged_by_its_text(give: Import, home: Path) -> None:
    pytest.importorskip("pypdf")
    result = give(text_pdf(notice()), "--json")
    assert (result.code, result.json["bills"][0]["verdict"]["overall"]) == (0, "consistent")
    assert "9868" in body_of(rows(home, "bill")[0])["text"]


def test_a_picture_is_one_sentence(give: Import, home: Path) -> None:
    result = give(b"\xff\xd8\xff\xe0" + bytes(3_000_000))
    assert result.code == 2
    assert "sodien bill add" in result.one_sentence()
    assert rows(home) == []


AMBIGUOUS = f"Mã khách hàng: {CUSTOMER}\nChỉ số cũ: 9570\nChỉ số mới: 9.868\n"


def test_an_ambiguous_number_is_not_guessed(give: Import, home: Path) -> None:
    result = give(AMBIGUOUS)
    if "9.868" not in result.err:
        pytest.fail(f"it was taken for something: {result.out}{result.err}")
    assert result.code == 2
    assert "--new" in result.one_sentence()
    assert rows(home) == []
    assert give(AMBIGUOUS, "--new", "9868", "--json").json["bills"][0]["bill"]["rows"][0]["new"] == "9868"


def test_the_rest_can_be_stored_without_it(give: Import, home: Path) -> None:
    result = give(AMBIGUOUS, "--partial", "--json")
    assert "new" not in result.json["bills"][0]["bill"]["rows"][0]
    assert len(rows(home)) == 2


def test_on_a_terminal_it_asks(give: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["a lot", "9868"])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(click, "prompt", lambda *_a, **_k: next(answers))
    result = give(AMBIGUOUS)
    assert result.code == 0, result.out + result.err
    assert "that is not a number" in result.out
    assert "9868" in result.out


# -- what cannot be a bill -----------------------------------------------------------------------------

IMPOSSIBLE = [
    (notice().replace("31/10", "31/02"), "31/02/2026"),
    (notice().replace("31/10/2026", "31/10/2025"), "first day"),
    (notice(old=9868, new=9570, kwh=298, money=total(298)), "current reading"),
    (notice().replace(CUSTOMER, "PB05010001111"), "customer"),
    ("Xin chào, hôm nay trời đẹp.", "No bill"),
    ("", "empty"),
]


@pytest.mark.parametrize(("text", "said"), IMPOSSIBLE, ids=[said for _, said in IMPOSSIBLE])
def test_nothing_is_half_stored(give: Import, home: Path, text: str, said: str) -> None:
    result = give(text)
    assert result.code == 2, result.out
    assert said.lower() in result.err.lower()
    assert "Traceback" not in result.err
    assert rows(home) == []


WRONG_OPTIONS = [
    (["--total", "-5"], "--total"),
    (["--old", "12.345"], "--old"),
    (["--new", "many"], "--new"),
    (["--last", "2026-02-30"], "--last"),
    (["--month", "13/2026"], "--month"),
    (["--read-at", "25:00"], "--read-at"),
    (["--tier", "50"], "--tier"),
    (["--customer", "Chị Ba"], "--customer"),
    (["--old", "9868", "--new", "9570", "--last", "2026-10-31"], "current reading"),
    (["--first", "2026-11-01", "--last", "2026-10-01", "--kwh", "5"], "first day"),
    (["--last", "2026-10-31"], "nothing to check"),
    (["--multiplier", "0", "--old", "1", "--new", "2"], "multiplier"),
    ([], "--last"),
]


@pytest.mark.parametrize(("words", "said"), WRONG_OPTIONS, ids=[" ".join(w) for w, _ in WRONG_OPTIONS])
def test_wrong_options_are_one_sentence_that_names_the_field(
    sodien: Sodien, home: Path, words: list[str], said: str
) -> None:
    result = sodien("bill", "add", *words, "-c", home)
    assert result.code == 2
    assert said.lower() in result.one_sentence().lower()
    assert rows(home) == []


def test_the_same_bill_twice_and_overlapping_periods(give: Import, sodien: Sodien, home: Path) -> None:
    assert give(notice()).code == 0
    stored = rows(home)
    again = give(notice())
    assert again.code == 2
    assert "already" in again.one_sentence()
    for words in (
        ["--first", "2026-10-15", "--last", "2026-11-03", "--kwh", "50"],
        ["--first", "2026-10-01", "--last", "2026-10-31", "--kwh", "299"],
        ["--last", "2026-10-31", "--total", "5"],
    ):
        result = sodien("bill", "add", *words, "-c", home)
        assert result.code == 2, words
        result.one_sentence()
    assert rows(home) == stored


def test_a_replaced_meter_explains_a_lower_index(sodien: Sodien, home: Path) -> None:
    ledger = Ledger.open(home.parent / "ledger.db")
    at = START + (14 * 24 + 10) * HOUR
    body = {
        "old_final": {"reading": "9684.4", "low": "9684.4", "high": "9684.5"},
        "new_initial": {"reading": "0.0", "low": "0", "high": "0.1"},
        "constant": "1600", "digits": 5, "decimals": 1, "multiplier": 1, "within_ms": 60_000, "serial": "N2",
    }  # fmt: skip
    ledger.append([NewRow("replacement", "main", at=at, body=body)])
    ledger.close()
    words = ["--first", "2026-10-01", "--last", "2026-10-31", "--old", "9570", "--new", "183", "--kwh", "298"]
    result = sodien("bill", "add", *words, "--json", "-c", home)
    assert result.code == 0, result.out + result.err
    without = sodien("bill", "add", *words, "-c", home)
    assert without.code == 2  # the same period


def test_a_wrong_tariff_file_stores_nothing(give: Import, home: Path) -> None:
    home.write_text(SETTINGS.replace(f"customer: {CUSTOMER}", "tariffs: [none.yaml]"), encoding="utf-8")
    result = give(notice())
    assert result.code == 2
    assert "none.yaml" in result.one_sentence()
    assert rows(home) == []


# -- which meter ---------------------------------------------------------------------------------------


def test_the_customer_code_tells_the_meter(give: Import, home: Path) -> None:
    home.write_text(
        SETTINGS + "  - {id: shop, pin: 27, constant: 1600, billing: {customer: PB05010007777}}\n", "utf-8"
    )
    assert give(notice(), "--json").json["meter"] == "main"
    other = give(notice(1, 2).replace(CUSTOMER, "PB05010007777"), "--json")
    assert other.json["meter"] == "shop"
    nobody = give(notice().replace(CUSTOMER, "PB05010001111"))
    assert nobody.code == 2
    assert "--meter" in nobody.one_sentence()


# -- the utility's own correction ----------------------------------------------------------------------


def over_read(give: Import) -> int:
    """The number of a bill that is 100 kWh too high."""
    return int(give(notice(new=9968), "--json").json["bills"][0]["entry"])


def test_a_corrected_notice_replaces_the_bill_in_one_command(
    give: Import, sodien: Sodien, home: Path
) -> None:
    entry = over_read(give)
    refused = give(notice())
    assert refused.code == 2
    assert f"give --replaces {entry}" in refused.one_sentence()
    before = rows(home)
    result = give(notice(), "--replaces", str(entry), "--json")
    assert result.code == 0, result.out + result.err
    assert result.json["replaced"] == entry
    (new,) = result.json["bills"]
    assert new["entry"] != entry
    assert new["verdict"]["overall"] == "consistent"
    assert rows(home)[: len(before)] == before
    listed = {one["entry"]: one for one in sodien("bill", "list", "--json", "-c", home).json["bills"]}
    assert listed[entry]["withdrawn"] == "the utility corrected it"
    assert listed[entry]["verdict"]["overall"] == "disagrees"
    assert listed[new["entry"]]["withdrawn"] is None
    again = give(notice(), "--replaces", str(entry))
    assert "already been withdrawn" in again.one_sentence()


def test_the_sheet_of_the_replaced_bill_says_so_first(give: Import, sodien: Sodien, home: Path) -> None:
    entry = over_read(give)
    sheet = home.parent / "sheet.html"
    said = "This bill is withdrawn: the utility corrected it. The bill disagrees"
    sodien("report", entry, "-o", sheet, "-c", home)
    assert said not in sheet.read_text(encoding="utf-8")
    assert 'class="letter"' in sheet.read_text(encoding="utf-8")
    give(notice(), "--replaces", str(entry))
    sodien("report", entry, "-o", sheet, "-c", home)
    assert said in sheet.read_text(encoding="utf-8")
    assert 'class="letter"' not in sheet.read_text(encoding="utf-8")


@pytest.mark.parametrize("yes", [True, False])
def test_on_a_terminal_one_question_is_enough(
    give: Import, sodien: Sodien, home: Path, monkeypatch: pytest.MonkeyPatch, yes: bool
) -> None:
    entry = over_read(give)
    asked: list[str] = []
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("sodien.cli.bill.import_notice.confirmed", lambda text: asked.append(text) or yes)
    result = give(notice())
    (question,) = asked
    assert f"Bill {entry} (2026-10-01 – 2026-10-31) says something else" in question
    assert result.code == (0 if yes else 2)
    standing = [
        one for one in sodien("bill", "list", "--json", "-c", home).json["bills"] if not one["withdrawn"]
    ]
    assert [one["entry"] == entry for one in standing] == [not yes]


def test_an_invoice_that_names_the_bill_it_replaces_asks_by_its_number(
    give: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "Mẫu số: 1 Ký hiệu: K26TSD Số: {} Ngày: {}/11/2026\n"
    entry = int(give(head.format(4711, "03") + notice(new=9968), "--json").json["bills"][0]["entry"])
    asked: list[str] = []
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("sodien.cli.bill.import_notice.confirmed", lambda text: asked.append(text) or True)
    other = "Thay thế cho hóa đơn Mẫu số 1, Ký hiệu K26TSD, số 4711, ngày 03/11/2026\n"
    result = give(head.format(5022, "04") + other + notice())
    (question,) = asked
    assert question == (
        f"This invoice replaces that of bill {entry} "
        "(2026-10-01 – 2026-10-31, 1K26TSD no. 4711 of 2026-11-03). Replace the bill?"
    )
    assert result.code == 0
    assert "the invoice: 1K26TSD no. 5022 of 2026-11-04" in result.out
    assert "the invoice that it replaces: 1K26TSD no. 4711 of 2026-11-03" in result.out


def test_what_only_completes_a_bill_asks_nothing(give: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    assert give(SMS_INDEX).code == 0
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("sodien.cli.bill.import_notice.confirmed", lambda _text: pytest.fail("asked"))
    assert give(SMS_MONEY).code == 0


def test_nothing_is_replaced_that_is_not_there(give: Import, sodien: Sodien, home: Path) -> None:
    result = give(notice(), "--replaces", "99")
    assert result.code == 2
    assert "no bill 99" in result.one_sentence()
    assert rows(home) == []
    words = ["--first", "2026-10-01", "--last", "2026-10-31", "--old", "9570", "--new", "9868", "--json"]
    entry = over_read(give)
    typed = sodien("bill", "add", *words, "--replaces", entry, "-c", home)
    assert typed.json["replaced"] == entry


# -- mistakes of one's own -----------------------------------------------------------------------------


def test_a_correction_is_a_new_entry_with_a_new_verdict(give: Import, sodien: Sodien, home: Path) -> None:
    entry = give(notice(new=9910), "--json").json["bills"][0]["entry"]
    before = rows(home)
    words = ["--new", "9868", "--kwh", "298", "--total", str(total(298)), "--because", "mistyped"]
    result = sodien("bill", "correct", entry, *words, "--json", "-c", home)
    assert result.code == 0, result.out + result.err
    assert result.json["bills"][0]["entry"] == entry
    assert result.json["bills"][0]["verdict"]["overall"] == "consistent"
    after = rows(home)
    assert after[: len(before)] == before
    assert [row.kind for row in after[len(before) :]] == ["bill", "verdict"]
    shown = sodien("bill", "show", entry, "-c", home).out
    assert "mistyped" in shown
    assert "9868" in shown
    (listed,) = sodien("bill", "list", "--json", "-c", home).json["bills"]
    assert listed["verdict"]["overall"] == "consistent"
    by_number_of_the_correction = sodien("bill", "show", after[-2].seq, "--json", "-c", home)
    assert by_number_of_the_correction.json["entry"] == entry


def test_a_bill_of_two_meters_is_one_register_everywhere(sodien: Sodien, home: Path) -> None:
    two = Bill(
        first=dt.date(2026, 10, 1),
        last=dt.date(2026, 10, 31),
        rows=(
            IndexRow(old=Decimal(950), new=Decimal(1000), kwh=Decimal(50), serial="111"),
            IndexRow(old=Decimal(0), new=Decimal(30), kwh=Decimal(30), serial="222"),
        ),
    )
    with closing(Ledger.open(home.parent / "ledger.db")) as ledger:
        (entry,) = ledger.append([new_row("main", two, NOW)])
    assert "80 kWh" in sodien("bill", "list", "-c", home).out
    judged = sodien("audit", "--json", "-c", home).json
    assert judged["bills"][0]["verdict"]["billed_kwh"] == "80"
    result = sodien("bill", "correct", entry, "--new", "31", "--json", "-c", home)
    removed, put_up = result.json["bills"][0]["bill"]["rows"]
    assert (removed["old"], removed["new"]) == ("950", "1000")
    assert (put_up["old"], put_up["new"]) == ("0", "31")


def test_a_withdrawn_bill_can_be_entered_again(give: Import, sodien: Sodien, home: Path) -> None:
    entry = give(notice(), "--json").json["bills"][0]["entry"]
    assert sodien("bill", "withdraw", entry, "--because", "the neighbour's", "-c", home).code == 0
    assert "withdrawn" in sodien("bill", "list", "-c", home).out
    refused = sodien("bill", "correct", entry, "--new", "9869", "-c", home)
    assert refused.code == 2
    refused.one_sentence()
    assert give(notice()).code == 0


def test_an_unknown_number_is_one_sentence(sodien: Sodien, home: Path) -> None:
    for words in (["show", "77"], ["correct", "77", "--new", "5"], ["withdraw", "77", "--because", "x"]):
        result = sodien("bill", *words, "-c", home)
        assert result.code == 2
        assert "77" in result.one_sentence()


def test_every_field_can_be_typed(sodien: Sodien, home: Path) -> None:
    words = [
        "--customer", CUSTOMER, "--serial", "24560001", "--first", "1/10/2026", "--last", "31/10/2026",
        "--month", "10/2026", "--old", "9570", "--new", "9868", "--multiplier", "1", "--kwh", "298",
        "--net", "733504", "--tax", "58680", "--tax-rate", "8", "--total", str(total(298)),
        "--households", "1", "--read-at", "09:30", "--tier", "50x1984=99200", "--tier", "50x2050",
    ]  # fmt: skip
    bill = sodien("bill", "add", *words, "--by", "Lan", "--estimated", "--json", "-c", home).json["bills"][0]
    assert bill["bill"] == {
        "customer": CUSTOMER, "serial": "24560001", "first": "2026-10-01", "last": "2026-10-31", "month": 10,
        "year": 2026, "rows": [{"old": "9570", "new": "9868", "multiplier": "1"}], "kwh": "298",
        "net": "733504", "tax": "58680", "tax_rate": "0.08", "total": str(total(298)), "households": "1",
        "read_at": "09:30:00", "estimated": True,
        "tiers": [{"kwh": "50", "price": "1984", "amount": "99200"}, {"kwh": "50", "price": "2050"}],
    }  # fmt: skip
    (stored,) = rows(home, "bill")
    assert body_of(stored)["by"] == "Lan"
    assert stored.at == NOW


def test_registers_by_the_time_of_day_can_be_typed(sodien: Sodien, home: Path) -> None:
    words = ["--first", "1/10/2026", "--last", "31/10/2026", "--kwh", "298", "--total", "1020816"]
    registers = ["--register", "BT:9000-9180x1=180", "--register", "CD=48", "--register", "TD:100-170"]
    bill = sodien("bill", "add", *words, *registers, "--json", "-c", home).json["bills"][0]
    assert bill["bill"]["rows"] == [
        {"register": "BT", "old": "9000", "new": "9180", "multiplier": "1", "kwh": "180"},
        {"register": "CD", "kwh": "48"},
        {"register": "TD", "old": "100", "new": "170"},
    ]
    for wrong in ("BT", "bt=1", "BT:9=1", "BT:9-=1", "BT=-1"):
        result = sodien("bill", "add", *words, "--register", wrong, "-c", home)
        assert result.code == 2, wrong
        assert "--register" in result.one_sentence()
    entry = bill["entry"]
    words = ["--register", "BT=180", "--register", "CD=118"]
    mended = sodien("bill", "correct", entry, *words, "--json", "-c", home)
    assert [row["kwh"] for row in mended.json["bills"][0]["bill"]["rows"]] == ["180", "118"]


# -- every notice there is -----------------------------------------------------------------------------

NOTICES = [
    path
    for path in sorted((Path(__file__).parent.parent / "billing" / "notices" / "corpus").iterdir())
    if path.suffix in (".txt", ".xml")
]


@pytest.fixture(scope="module")
def anybody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A household that takes any customer's notices, with a reading."""
    return household(tmp_path_factory.mktemp("anybody"), SETTINGS.replace(f"customer: {CUSTOMER}", ""))


@pytest.mark.parametrize("file", NOTICES, ids=lambda file: file.name)
@pytest.mark.parametrize("partial", [False, True])
def test_every_notice_gets_a_verdict_or_one_sentence(
    sodien: Sodien, anybody: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path, partial: bool
) -> None:
    freeze(monkeypatch)
    for name in ("sodien.yaml", "ledger.db"):
        (tmp_path / name).write_bytes((anybody.parent / name).read_bytes())
    home = tmp_path / "sodien.yaml"
    words = ["--partial"] if partial else []
    result = sodien("bill", "import", file, *words, "-c", home)
    assert result.code in (0, 1, 2)
    stored = rows(home)
    if result.code == 2:
        assert result.one_sentence()
        assert stored == []
    else:
        bills = sum(row.kind == "bill" for row in stored)
        assert bills == sum(row.kind == "verdict" for row in stored)
        assert result.err == ""


def test_without_a_file_a_person_pastes_and_what_is_answered_is_not_unclear(
    sodien: Sodien, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "FILE" in sodien("bill", "import", "-c", home).err
    monkeypatch.setattr("sodien.cli.bill.import_notice.at_terminal", lambda: True)
    text = notice().replace("Chỉ số mới: 9868", "Chỉ số mới: 9.868")
    monkeypatch.setattr("sodien.cli.bill.import_notice._bytes", lambda _file: text.encode())
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _text: "9868")
    result = sodien("bill", "import", "-c", home)
    assert "Paste the notice" in result.err
    assert "Not clear" not in result.out
    assert result.code == 0, result.out


TOWN = """\
tariff: town
name: A town
currency: USD
decimals: 2
checked_on: 2026-11-01
tables:
  - id: only
    decision: only
    first: 2020-01-01
    source: none
    tiers: [{price: 0.2}]
"""


def test_money_is_told_in_the_currency_of_the_tariff(
    sodien: Sodien, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(monkeypatch)
    (tmp_path / "town.yaml").write_text(TOWN, encoding="utf-8")
    billing = f"billing: {{tariff: town, tariffs: [{tmp_path / 'town.yaml'}], customer: {CUSTOMER}}}"
    home = household(tmp_path, SETTINGS.replace(f"billing: {{customer: {CUSTOMER}}}", billing))
    file = tmp_path / "notice.txt"
    file.write_text(notice(new=9910).rpartition("Tổng")[0], encoding="utf-8")
    monkeypatch.setattr(i18n, "_language", "en")
    told = sodien("bill", "import", file, "--total", "68.00", "-c", home).out
    assert "at least 5.20 USD" in told
    assert "cost 68 USD" in told
    sheet = sodien("report", "-o", tmp_path / "sheet.html", "-c", home)
    assert sheet.code == 0
    shown = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    listed = sodien("bill", "list", "-c", home).out
    assert "68 USD" in listed
    assert "68 USD" in shown
    assert "đồng" not in told + listed + shown
