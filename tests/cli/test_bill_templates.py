"""A household's own message templates: in the import, in `doctor`, and tried by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from sodien.cli.doctor.billing import check_templates
from sodien.settings import model as settings_file
from tests.cli.billed import freeze, household
from tests.cli.conftest import Sodien

FILE = """\
sender: HTX điện Ví Dụ
source: a message of October
certainty: printed
messages:
  - text: "Nhà {any:text} kì {first:date} qua {last:date} mốc {old:index} sang {new:index} trả {total:money}"
    example: Nhà bà Tám kì 1/10/2026 qua 31/10/2026 mốc 812 sang 912 trả 250.000
    says: {first: 2026-10-01, last: 2026-10-31, old: 812, new: 912, total: 250000}
"""
SAID = "Nhà bà Tám kì 1/10/2026 qua 31/10/2026 mốc 812 sang 912 trả 250.000"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    freeze(monkeypatch)
    settings = household(tmp_path)
    text = settings.read_text(encoding="utf-8")
    assert "billing: {" in text
    settings.write_text(text.replace("billing: {", "billing: {notices: [notices], ", 1), encoding="utf-8")
    (settings.parent / "notices").mkdir()
    (settings.parent / "notices" / "htx.yaml").write_text(FILE, encoding="utf-8")
    (settings.parent / "notice.txt").write_text(SAID, encoding="utf-8")
    return settings


def test_the_import_reads_with_the_households_own_templates(sodien: Sodien, home: Path) -> None:
    result = sodien("bill", "import", home.parent / "notice.txt", "--dry-run", "--json", "-c", home)
    (document,) = result.json["documents"]
    assert document["bill"]["rows"][0] | {"old": "812", "new": "912"} == document["bill"]["rows"][0]
    assert (document["bill"]["last"], document["bill"]["total"]) == ("2026-10-31", "250000")
    assert result.err == ""
    without = sodien(
        "bill", "import", home.parent / "notice.txt", "--dry-run", "--json", "-c", "nowhere.yaml"
    )
    assert without.code == 0
    assert without.json["documents"] == []


def test_a_broken_file_is_named_and_stops_no_import(sodien: Sodien, home: Path) -> None:
    broken = home.parent / "notices" / "a.yaml"
    broken.write_text(FILE.replace("{old:index}", "{old:energy}"), encoding="utf-8")
    result = sodien("bill", "import", home.parent / "notice.txt", "--dry-run", "--json", "-c", home)
    assert result.code == 0
    assert result.json["documents"][0]["bill"]["total"] == "250000"
    assert result.err == (
        f"A template file is not used: {broken}, line 5: messages[0].text has the slot '{{old:energy}}', "
        "which there is not; write {old:index}.\n"
    )


def test_doctor_names_a_broken_file_and_counts_the_others(home: Path) -> None:
    (found,) = check_templates(settings_file.load(home))
    assert (found.level, found.sentence) == ("ok", "message templates of your own: 1")
    broken = home.parent / "notices" / "a.yaml"
    broken.write_text("sender: [\n", encoding="utf-8")
    (found,) = check_templates(settings_file.load(home))
    assert (found.name, found.level) == ("notices", "warn")
    assert found.sentence.startswith(f"{broken}, line ")
    assert found.remedy


def test_doctor_says_nothing_where_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    assert list(check_templates(settings_file.load(household(tmp_path)))) == []


def test_a_file_is_tried_by_its_own_examples(sodien: Sodien, tmp_path: Path) -> None:
    file = tmp_path / "htx.yaml"
    file.write_text(FILE, encoding="utf-8")
    result = sodien("bill", "template-check", file)
    assert result.code == 0, result.err
    assert result.out.splitlines()[:2] == ["Message 1:", "  The first day: 2026-10-01"]
    file.write_text(FILE.replace("old: 812", "old: 813, kwh: 100"), encoding="utf-8")
    result = sodien("bill", "template-check", file)
    assert result.code == 1
    assert result.out.splitlines()[-2:] == [
        "  The previous reading: the example says 813, and 812 is read",
        "  The consumption: the example says 100, and nothing is read",
    ]
    answer = sodien("bill", "template-check", file, "--json").json["messages"][0]
    assert answer["differences"] == {
        "old": {"says": "813", "read": "812"},
        "kwh": {"says": "100", "read": None},
    }
    assert answer["read"]["total"] == "250000"


def test_two_templates_that_differ_are_told_by_the_check(sodien: Sodien, tmp_path: Path) -> None:
    file = tmp_path / "htx.yaml"
    swapped = (
        FILE[FILE.index("  - text") :].replace("{old", "{o").replace("{new", "{old").replace("{o:", "{new:")
    )
    file.write_text(FILE + swapped, encoding="utf-8")
    result = sodien("bill", "template-check", file)
    assert result.code == 1
    assert "The previous reading: the example says 812, and nothing is read" in result.out
    assert "Not clear: The previous reading: " in result.out


def test_a_file_that_cannot_be_used_is_a_matter_of_settings(sodien: Sodien, tmp_path: Path) -> None:
    file = tmp_path / "htx.yaml"
    file.write_text("sender: x\n", encoding="utf-8")
    result = sodien("bill", "template-check", file)
    assert result.code == 2
    assert str(file) in result.err
    assert sodien("bill", "template-check", tmp_path / "none.yaml").code == 2
