"""Template files: each packaged one by its own examples, a household's own, and what is wrong with one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodien.billing.notices.read import read
from sodien.bills.notice_templates import (
    MOST_CHARACTERS,
    TemplateFile,
    TemplateMessage,
    checked,
    known_templates,
    packaged,
    parse,
    values,
)
from sodien.settings.reader import SettingsError

SHIPPED = [
    pytest.param(file, number, message, id=f"{file.stem}-{number}")
    for file in sorted(packaged().iterdir())
    for number, message in enumerate(parse(file.read_text(encoding="utf-8"), file).messages, 1)
]
FILE = """\
sender: HTX điện Ví Dụ
source: a message of October
certainty: printed
messages:
  - text: "Nhà {any:text} mốc đầu {old:index} mốc sau {new:index} trả {total:money}"
    example: Nhà bà Tám mốc đầu 812 mốc sau 912 trả 250.000
    says: {old: 812, new: 912, total: 250000}
"""
SAID = "Nha ba Tam moc dau 812 moc sau 912 tra 250.000"


@pytest.mark.parametrize(("file", "number", "message"), SHIPPED)
def test_every_example_says_what_its_file_says(file: Path, number: int, message: TemplateMessage) -> None:
    assert checked(message).wrong == {}
    understood = read(message.example, known_templates().usable)
    assert not understood.problems
    assert values(understood) == values(read(message.example, [message.text]))
    slots = {one.name for one in message.text.elements if one.kind == "slot"} - {"any"}
    said = {name for name in message.says.__struct_fields__ if getattr(message.says, name) is not None}
    assert said == slots | ({"year"} if "month" in slots else set()), "an example fills every slot"
    assert said >= values(understood).keys()


@pytest.mark.parametrize(("file", "number", "message"), SHIPPED)
def test_an_example_is_read_with_and_without_accents_and_breaks(
    file: Path, number: int, message: TemplateMessage
) -> None:
    expected = values(read(message.example, [message.text]))
    wide = re.sub("(?<![0-9]) | (?![0-9])", "  ", message.example)  # not inside a number
    for text in (message.example.upper(), wide, message.example.replace(", ", ",\n")):
        assert values(read(text, [message.text])) == expected


def test_senders_are_the_five_companies_and_cooperatives() -> None:
    files = sorted(packaged().iterdir())
    senders = {parse(file.read_text(encoding="utf-8"), file).sender for file in files}
    assert senders >= {"EVNCPC", "EVNHANOI", "EVNHCMC", "EVNNPC", "EVN SPC"}
    assert len([one for one in senders if one.startswith("HTX")]) >= 2


# -- a household's own -----------------------------------------------------------------------------------


def test_a_file_or_a_folder_of_the_households_own(tmp_path: Path) -> None:
    own = tmp_path / "htx.yaml"
    own.write_text(FILE, encoding="utf-8")
    assert not read(SAID, known_templates().usable).documents
    for path in (own, tmp_path):
        known = known_templates([path])
        assert not known.broken
        assert values(read(SAID, known.usable)) == {"old": "812", "new": "912", "total": "250000"}


def test_a_broken_file_stops_no_other_and_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FILE.replace("{old:index}", "{odl:index}"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "c.yaml").write_text("sender: [", encoding="utf-8")
    known = known_templates([tmp_path, tmp_path / "none.yaml", tmp_path / "b.yaml"])
    assert values(read(SAID, known.usable))["old"] == "812"
    said = [str(one) for one in known.broken]
    assert said[0].startswith(f"{tmp_path / 'a.yaml'}, line 5: messages[0].text has the slot '{{odl:index}}'")
    assert said[1].startswith(f"{tmp_path / 'c.yaml'}, line 1: ")
    assert said[2].startswith(f"{tmp_path / 'none.yaml'} does not exist; ")
    assert len(said) == 3


def test_what_an_example_does_not_say_is_told(tmp_path: Path) -> None:
    text = FILE.replace("{old: 812, new: 912", "{old: 813, kwh: 100")
    (message,) = parse(text, tmp_path / "x.yaml").messages
    assert checked(message).wrong == {"old": ("813", "812"), "new": (None, "912"), "kwh": ("100", None)}


@pytest.mark.parametrize("key", TemplateFile.__struct_fields__)
def test_every_key_is_needed(key: str) -> None:
    lines = FILE.splitlines(keepends=True)
    text = "".join(lines[:3]) if key == "messages" else "".join(x for x in lines if not x.startswith(key))
    with pytest.raises(SettingsError, match=key):
        parse(text, Path("x.yaml"))


def test_a_hostile_folder_costs_little(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.yaml").write_text(FILE + "# " + "x" * 9_000 + "\n", encoding="utf-8")
    known = known_templates([tmp_path])
    assert len(known.usable) - len(known_templates().usable) == MOST_CHARACTERS // 9_300
    assert len(known.broken) == 30 - MOST_CHARACTERS // 9_300
    assert "larger together" in str(known.broken[-1])
    for file in tmp_path.iterdir():
        file.unlink()
    many = "".join(FILE[FILE.index("  - text") :] for _ in range(300))
    (tmp_path / "many.yaml").write_text(FILE[: FILE.index("  - text")] + many, encoding="utf-8")
    known = known_templates([tmp_path])
    assert len(known.usable) == len(known_templates().usable)
    assert len(known.broken) == 1


@given(st.data())
def test_a_changed_file_is_read_or_refused_in_one_sentence(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILE)))
    cut = data.draw(st.integers(0, 6))
    new = data.draw(st.text(st.sampled_from("-:{}[],#'\"& *!|>\n\t 0159.éx"), max_size=8))
    try:
        parse(FILE[:at] + new + FILE[at + cut :], Path("x.yaml"))
    except SettingsError as error:
        said = str(error)
    else:
        return
    assert "\n" not in said
    assert "x.yaml" in said


# -- beside the typed reader -----------------------------------------------------------------------------

CORPUS = Path(__file__).parents[1] / "billing" / "notices" / "corpus"


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.txt")), ids=lambda file: file.stem)
def test_packaged_templates_change_no_field_of_other_notices(file: Path) -> None:
    """They may add one, and may make none wrong, unclear or gone."""
    data = file.read_bytes()
    plain, helped = read(data), read(data, known_templates().usable)
    assert len(plain.documents) <= len(helped.documents)
    for before, after in zip(plain.documents, helped.documents, strict=False):
        assert {one.path for one in before.fields} <= {one.path for one in after.fields}
    assert len(helped.problems) <= len(plain.problems)
    if len(plain.documents) == 1:
        assert values(plain).items() <= values(helped).items()
