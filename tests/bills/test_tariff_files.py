"""Tariff files: the packaged ones, the household's own, and one sentence for whatever is wrong."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien import i18n
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.prices import TariffError
from sodien.billing.tariff.quota import Consumption
from sodien.bills.notice_templates import known_templates
from sodien.bills.tariff_files import load_book, packaged, parse

ROOT = Path(__file__).parents[2]
FILE = Path("/home/pi/my-tariff.yaml")

#: The next decision as a household would write it: invented numbers.
DECISION = """\
tariff: vn-residential
checked_on: 2027-03-20
tables:
  - id: vn-2027-03
    decision: 555/QĐ-BCT
    first: 2027-03-15
    average: 2300
    tiers:
      - {width: 50, price: 2070, percent: 90}
      - {width: 50, price: 2139, percent: 93}
      - {price: 2484, percent: 108}
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(text: str, name: str = "own.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def use(first: str, last: str, kwh: int = 100) -> Consumption:
    return Consumption(Decimal(kwh), dt.date.fromisoformat(first), dt.date.fromisoformat(last))


# -- the household's own -------------------------------------------------------------------------------


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_new_decision_needs_no_release(write: Write, as_folder: bool) -> None:
    path = write(DECISION.replace("2027", "2127"))  # after every one that will be packaged
    book = load_book([path.parent if as_folder else path])
    eve = dt.date(2127, 3, 14)
    assert book.table_on(eve).decision == load_book().table_on(eve).decision
    assert book.table_on(dt.date(2127, 3, 15)).decision == "555/QĐ-BCT"
    found = charge(book, use("2127-04-01", "2127-04-30"))
    assert found.net == 50 * 2070 + 50 * 2139
    assert "table_stale" not in {a.key for a in found.assumptions}
    # The packaged table is not in doubt any more: it has an end.
    assert "table_stale" not in {a.key for a in charge(book, use("2127-02-01", "2127-02-28")).assumptions}


def test_looking_again_is_a_file_of_two_lines(write: Write) -> None:
    packaged = load_book()
    newest = max(packaged.checked_on, *(table.first for table in packaged.tables if table.first is not None))
    first = newest + dt.timedelta(days=60)
    period = Consumption(Decimal(100), first, first + dt.timedelta(days=27))
    assert "table_stale" in {a.key for a in charge(packaged, period).assumptions}
    book = load_book([write(f"tariff: vn-residential\nchecked_on: {first + dt.timedelta(days=19)}\n")])
    assert "table_stale" not in {a.key for a in charge(book, period).assumptions}
    older = load_book([write("tariff: vn-residential\nchecked_on: 2020-01-01\n")])
    assert older.checked_on == packaged.checked_on


def test_the_vat_of_2027_is_a_file_of_five_lines(write: Write) -> None:
    path = write(
        "tariff: vn-residential\ntaxes:\n  - name: VAT\n"
        "    rates:\n      - {first: 2027-01-01, percent: 8, basis: an extension}\n"
    )
    found = charge(load_book([path]), use("2027-01-01", "2027-01-31"))
    assert found.taxes[0].basis == "8 %"
    assert not any(a.key == "tax_unknown" for a in found.assumptions)
    assert charge(load_book([path]), use("2023-01-01", "2023-01-31")).taxes[0].basis == "10 %"


def test_a_table_of_the_same_id_replaces_the_packaged_one(write: Write) -> None:
    text = DECISION.replace("vn-2027-03", "vn-2025-05").replace("2027-03-15", "2025-05-10")
    assert load_book([write(text)]).table_on(dt.date(2026, 1, 1)).decision == "555/QĐ-BCT"


def test_a_rule_is_changed_alone(write: Write) -> None:
    book = load_book([write("tariff: vn-residential\nrules: {quota_days: before}\n")])
    assert (book.rules.quota_days, book.rules.prorate) == ("before", "when-asked")
    book = load_book([write("tariff: vn-residential\nrounding: {quota: down 1}\n")])
    assert (str(book.steps.quota), str(book.steps.tax)) == ("down 1", "half-up 1")


def test_a_packaged_tariff_has_the_name_of_its_file() -> None:
    for file in packaged().glob("*.yaml"):
        assert load_book((), file.stem).id == file.stem


def test_which_tariff_is_meant(write: Write) -> None:
    examples = packaged() / "examples"
    seymour, quebec = examples / "us-city-of-seymour.yaml", examples / "ca-hydro-quebec-d-2015.yaml"
    assert load_book([seymour]).id == "us-city-of-seymour"
    assert load_book([seymour], "vn-residential").id == "vn-residential"
    with pytest.raises(TariffError, match="define us-city-of-seymour, ca-hydro-quebec-d"):
        load_book([seymour, quebec])
    with pytest.raises(TariffError, match=r"There is no tariff 'vn'; those known are .*, vn-residential"):
        load_book(tariff="vn")


# -- refused -------------------------------------------------------------------------------------------

REFUSED = [
    ("tariff: VN\n", "line 1: tariff is 'VN'"),
    ("checked_on: 2027-01-01\n", "tariff is missing"),
    (DECISION.replace("2027-03-15", "15/3/2027"), "line 6: tables[0].first is '15/3/2027', not a date"),
    (DECISION.replace("2027-03-15", "2027-02-30"), "line 6: tables[0].first is '2027-02-30', not a date"),
    (
        DECISION.replace("2139", "2193"),
        "line 10: tables[0].tiers[1].price is 2193, but 93% of the average price 2300 is 2139",
    ),
    (DECISION.replace("2139", "2.139"), "tables[0].tiers[1].price is 2.139, which could mean thousands"),
    (DECISION.replace("2139", "2,139"), "not YAML|tiers[1]"),
    (DECISION.replace("price: 2484, ", ""), "line 11: tables[0].tiers[2].price is missing"),
    (DECISION.replace("{price: 2484", "{width: 9, price: 2484"), "tables[0].tiers[2].width is 9"),
    (DECISION.replace("width: 50, price: 2139", "price: 2139"), "tables[0].tiers[1].width is missing"),
    (DECISION.replace("width: 50, price: 2139", "width: 0, price: 2139"), "tiers[1].width is 0"),
    (DECISION.replace("    first: 2027-03-15\n", ""), "tables[0].first is missing"),
    (DECISION.replace("decision", "decison"), "write tables[0].decision"),
    (
        DECISION + "    undeclared: 4\n",
        "line 12: tables[0].undeclared is 4; write the number of a tier, 1 to 3",
    ),
    (DECISION + "    last: 2027-01-01\n", "tables[0].last is 2027-01-01, before the first day"),
    (DECISION + "    certainty: sure\n", "confirmed, likely or unknown"),
    (DECISION + "    season: {first: 13-01, last: 02-01}\n", "tables[0].season.first is '13-01'"),
    (DECISION + DECISION.partition("tables:\n")[2], "line 12: tables[1].id is vn-2027-03 once more"),
    ("tariff: vn-residential\nrules: {quota_days: start}\n", "line 2: rules.quota_days is 'start'"),
    ("tariff: vn-residential\nrounding: {tax: nearest 1}\n", "rounding.tax is 'nearest 1'"),
    ("tariff: vn-residential\nrounding: {tax: half-up 0}\n", "rounding.tax is 'half-up 0'"),
    ("tariff: vn-residential\nrounding: {tax: half-up}\n", "rounding.tax is 'half-up'"),
    ("tariff: vn-residential\ndecimals: 4\n", "decimals is 4, which is too large"),
    (
        "tariff: vn-residential\ntaxes:\n  - name: VAT\n    rates:\n"
        "      - {first: 2027-01-01, percent: 8}\n      - {first: 2027-01-01, percent: 10}\n",
        "line 6: taxes[0].rates[1].first is 2027-01-01 once more",
    ),
    ("", "is empty; start from config/tariffs/vn-residential.yaml of the project"),
    ("tariff: xx\n", "the tariff xx has no decimals"),
    (
        DECISION.replace("vn-2027-03", "mine").replace("2027-03-15", "2025-05-10"),
        "vn-residential: table mine begins on 2025-05-10 like vn-2025-05",
    ),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[said[:40] for _, said in REFUSED])
def test_what_is_wrong_is_one_sentence(write: Write, text: str, said: str) -> None:
    path = write(text)
    with pytest.raises(TariffError) as caught:
        load_book([path])
    sentence = str(caught.value)
    assert any(part in sentence for part in said.split("|"))
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert str(path) in sentence or sentence.startswith("vn-residential: ")
    assert caught.value.exit_code == 2


ENGLISH = re.compile(r"\b(is|the|write|not|which|has|from|or|of|and|line|give|keep|begins|name)\b")


@pytest.mark.parametrize(("text", "_said"), REFUSED, ids=[said[:40] for _, said in REFUSED])
def test_the_same_in_vietnamese(write: Write, monkeypatch: pytest.MonkeyPatch, text: str, _said: str) -> None:
    monkeypatch.setattr(i18n, "_language", "vi")
    path = write(text)
    with pytest.raises(TariffError) as caught:
        load_book([path])
    sentence = re.sub(r"'[^']*'", "", str(caught.value).replace(str(path), ""))
    assert not ENGLISH.search(sentence), sentence


def test_three_decimals_are_no_thousands_where_money_has_some(write: Write) -> None:
    text = (
        "tariff: xx\nname: x\ncurrency: EUR\ndecimals: 2\nchecked_on: 2026-01-01\ntables:\n"
        "  - {id: x, decision: x, first: 2026-01-01, tiers: [{price: 1.234}]}\n"
    )
    assert charge(load_book([write(text)]), use("2026-01-01", "2026-01-31")).net == Decimal("123.40")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TariffError, match="does not exist; name a tariff file"):
        load_book([tmp_path / "none.yaml"])
    (tmp_path / "bad.yaml").write_bytes(b"\xff")
    with pytest.raises(TariffError, match="not UTF-8"):
        load_book([tmp_path])


@given(st.data())
def test_whatever_is_written_comes_out_as_a_sentence_or_a_sheet(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(DECISION)))
    cut = data.draw(st.integers(0, 12))
    new = data.draw(st.text(st.sampled_from("-:{}[],#'\"& *!|>\n\t 0159.éx"), max_size=8))
    try:
        parse(DECISION[:at] + new + DECISION[at + cut :], FILE, {"vn-residential": 0})
    except TariffError as error:
        said = str(error)
    else:
        return
    assert "\n" not in said
    assert str(FILE) in said


# -- packaging -----------------------------------------------------------------------------------------


def test_an_installed_package_has_its_tariffs_and_templates(tmp_path: Path) -> None:
    """As the wheel lays it out: the package, and folders of config where pyproject.toml puts them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    shutil.copytree(ROOT / "sodien", tmp_path / "sodien", ignore=shutil.ignore_patterns("__pycache__"))
    for source, target in included.items():
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / target, dirs_exist_ok=True)
        else:
            shutil.copy(ROOT / source, tmp_path / target)
    code = (
        "from sodien.bills.tariff_files import *; print(packaged()); print(len(load_book().tables))\n"
        "from sodien.bills.notice_templates import *; print(packaged()); print(len(known_templates().usable))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    data = tmp_path / "sodien" / "data" / "config"
    tables, templates = len(load_book().tables), len(known_templates().usable)
    assert run.stdout.split() == [str(data / "tariffs"), f"{tables}", str(data / "notices"), f"{templates}"]
    assert tables > 8
    assert templates > 10


def test_a_clone_has_its_tariffs() -> None:
    assert packaged() == ROOT / "config" / "tariffs"
