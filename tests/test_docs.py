"""The documents say what is true of the code: links, commands, settings, payloads, fields, numbers."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
import os
import re
import tomllib
import typing
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
import yaml

from collector.line_protocol import of_entry
from sodien.billing.notices.templates import FIELDS
from sodien.billing.tariff.charge import charge
from sodien.billing.tariff.model import Rules
from sodien.billing.tariff.quota import Consumption
from sodien.bills import notice_templates, practice_files
from sodien.bills.tariff_files import TariffFile, load_book
from sodien.cli.group import COMMANDS, command_of
from sodien.metering.register.observations import Anchor, Blind, Counted
from sodien.metering.register.register import Register
from sodien.protocol import entries, messages, topics, values
from sodien.protocol.values import Bounds, Instant
from sodien.settings import reader as yaml_reader
from sodien.settings.model import Settings, TlsSettings, parse
from sodien.value_rules import Choice, Number
from tests.support.tools import load

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^[ ]*```(\w*)\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:(?<![\w./-])|(?<=/bin/))sodien (?:--lang \w+ )?(?=([a-z][a-z-]*))")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


# -- links ---------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The ids GitHub gives to the headings of a page."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@EVERY_PAGE
def test_links_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target} leads nowhere"
        assert ROOT in there.parents, f"{target} leads out of the repository"
        if anchor:
            assert anchor in anchors(there), f"{target}: there is no such heading"


def test_every_page_is_in_the_index() -> None:
    index = {(DOCS / target).resolve() for target in _LINK.findall(read("docs/README.md"))}
    assert [page for page in DOCS.rglob("*.md") if page.name != "README.md" and page not in index] == []


# -- the command line ----------------------------------------------------------------------------------


def commands_named(text: str) -> Iterator[str]:
    code = [block for _, block in _FENCE.findall(text)]
    code += re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))
    code += re.findall(r"^## (sodien .+)$", text, re.MULTILINE)
    for one in code:
        yield from (name for name in _COMMAND.findall(one) if name != "sodien")


@EVERY_PAGE
def test_every_command_exists(page: Path) -> None:
    unknown = set(commands_named(page.read_text(encoding="utf-8"))) - set(COMMANDS)
    assert unknown == set()


def test_a_command_that_does_not_exist_would_be_found() -> None:
    text = "`sodien bill` and\n```sh\nsodien verify\n/opt/sodien/bin/sodien setup\n```\n"
    assert sorted(commands_named(text)) == ["bill", "setup", "verify"]


def test_every_command_is_in_the_reference() -> None:
    sections = re.findall(r"^## sodien ([\w-]+)$", read("docs/reference/command-line.md"), re.MULTILINE)
    assert sections == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_the_reference(name: str) -> None:
    text = read("docs/reference/command-line.md")
    section = re.search(rf"^## sodien {name}$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section
    written = set(
        re.findall(r"(?<![\w-])--[a-z][a-z-]*", " ".join(re.findall(r"^\| (.+?) \|", section[1], re.M)))
    )
    command = command_of(name)
    below = list(command.commands.values()) if isinstance(command, click.Group) else []
    options = {
        flag
        for parameter in itertools.chain.from_iterable(one.params for one in [command, *below])
        if isinstance(parameter, click.Option) and not parameter.hidden
        for flag in (*parameter.opts, *parameter.secondary_opts)
        if flag.startswith("--")
    }
    assert written == options


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_a_group_is_in_the_reference(name: str) -> None:
    command = command_of(name)
    if isinstance(command, click.Group):
        text = read("docs/reference/command-line.md")
        section = re.search(rf"^## sodien {name}$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
        assert section
        named = set(re.findall(rf"`sodien {name} ([a-z-]+)", section[1]))
        assert named == set(command.commands)


# -- settings ------------------------------------------------------------------------------------------


def setting_keys(struct: Any, prefix: str = "") -> Iterator[tuple[str, msgspec.structs.FieldInfo, Any]]:
    """(key, field, rule) of everything that can be written in the settings file."""
    hints = typing.get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        key, hint = f"{prefix}{field.name}", hints[field.name]
        if field.name == "meters":
            yield from setting_keys(typing.get_args(hint)[0], f"{key}[].")
        elif isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield from setting_keys(hint, f"{key}.")
        elif field.name == "tls":
            yield key, field, None
            yield from setting_keys(TlsSettings, f"{key}.")
        else:
            yield key, field, hint.__metadata__[0]


SETTINGS = {key: (field, rule) for key, field, rule in setting_keys(Settings)}


def setting_rows() -> dict[str, tuple[str, str]]:
    """key → (default, allowed) as the reference has them."""
    rows = re.findall(
        r"^\| `([^`]+)` \| (.+?) \| (.+?) \| .+ \|$", read("docs/reference/settings.md"), re.MULTILINE
    )
    return {key: (default.strip("`"), allowed) for key, default, allowed in rows}


def shown(default: Any) -> str:
    if default is None or isinstance(default, bool):
        return {None: "null", True: "true", False: "false"}[default]
    if isinstance(default, dt.time):
        return f"{default:%H:%M}"
    if default in ((), ""):
        return {(): "[]", "": '""'}[default]
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_the_settings_reference_has_every_key_and_no_other() -> None:
    assert sorted(setting_rows()) == sorted(SETTINGS)


@pytest.mark.parametrize("key", SETTINGS)
def test_the_settings_reference_has_default_and_range(key: str) -> None:
    field, rule = SETTINGS[key]
    default, allowed = setting_rows()[key]
    assert default == ("(required)" if field.required else shown(field.default))
    if isinstance(rule, Number):
        numbers = re.findall(r"\d+(?:\.\d+)?", allowed)
        assert numbers[:2] == [str(rule.low), str(rule.high)]
        assert ("more than" in allowed) is rule.above
    if isinstance(rule, Choice):
        assert re.findall(r"`([^`]+)`", allowed) == list(rule.words)


@EVERY_PAGE
def test_settings_shown_on_a_page_can_be_used(page: Path) -> None:
    meters = "meters: [{id: main, pin: 17, constant: 1600}]\n"
    for kind, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "yaml" and not block.startswith(("tariff:", "companies:", "sender:", "blueprint:")):
            text = block if "device:" in block else "device: nha-toi\n" + block
            parse(text if "meters:" in text else text + meters, page)


# -- tariff files --------------------------------------------------------------------------------------


@EVERY_PAGE
def test_tariff_files_shown_on_a_page_can_be_used(page: Path, tmp_path: Path) -> None:
    for number, (kind, block) in enumerate(_FENCE.findall(page.read_text(encoding="utf-8"))):
        if kind == "yaml" and block.startswith("tariff:"):
            file = tmp_path / f"{number}.yaml"
            file.write_text(block, encoding="utf-8")
            assert load_book([file]).id in block


def test_the_tariff_reference_has_every_key_and_no_other() -> None:
    page = read("docs/reference/tariff-files.md")
    rows = re.findall(r"^\| `([a-z_.\[\]]+)` \| (.+?) \|", page, re.MULTILINE)
    assert sorted(key for key, _ in rows) == sorted(yaml_reader.keys(TariffFile))
    defaults = dict(rows)
    book = load_book()
    for key in ("margin_days", "confirm_months"):
        assert defaults[key] == str(next(f.default for f in msgspec.structs.fields(book) if f.name == key))
    for field in msgspec.structs.fields(Rules):
        assert defaults[f"rules.{field.name}"] == f"`{str(field.default).replace('True', 'true')}`"


@EVERY_PAGE
def test_practice_files_shown_on_a_page_can_be_used(page: Path) -> None:
    for kind, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "yaml" and block.startswith("companies:"):
            assert practice_files.parse(block, page).companies


def test_the_practice_reference_has_every_key() -> None:
    page = read("docs/reference/practice-files.md")
    rows = set(re.findall(r"^\| `([a-z_.…]+)` \|", page, re.MULTILINE))
    facts = {key.rpartition(".")[2] for key in yaml_reader.keys(practice_files.PracticeFile)}
    assert facts == {name.rpartition(".")[2] for name in rows}
    known = set(yaml_reader.keys(practice_files.PracticeFile))
    assert {name for name in rows if not name.startswith("…")} <= known
    assert {key for key in known if not key.endswith((".certainty", ".source"))} <= rows


@EVERY_PAGE
def test_message_templates_shown_on_a_page_can_be_used(page: Path, tmp_path: Path) -> None:
    for number, (kind, block) in enumerate(_FENCE.findall(page.read_text(encoding="utf-8"))):
        if kind == "yaml" and block.startswith("sender:"):
            file = tmp_path / f"{number}.yaml"
            file.write_text(block, encoding="utf-8")
            assert [one.wrong for one in notice_templates.check_file(file)] == [{}]


def test_the_template_reference_has_every_key_and_every_slot() -> None:
    page = read("docs/reference/notices.md")
    keys = {re.sub(r"\.says\..*", ".says.…", key) for key in yaml_reader.keys(notice_templates.TemplateFile)}
    assert keys <= set(re.findall(r"^\| `([a-z_.…\[\]]+)` \|", page, re.MULTILINE))
    assert {f"{name}:{kind}" for name, kind in FIELDS.items()} <= set(re.findall(r"`\{(\w+:\w+)\}`", page))


def test_the_bills_worked_out_by_hand_are_what_sodien_computes() -> None:
    page = read("docs/explanation/tariffs.md")
    book = load_book()
    use = Consumption(Decimal(350), dt.date(2025, 10, 1), dt.date(2025, 10, 31))
    october = charge(book, use)
    for line in october.parts[0].lines:
        quota = "all the rest" if line.quota is None else str(line.quota)
        assert f"| {line.tier} | {quota} | {line.kwh} | {line.price:,} | {line.amount:,} |" in page
    assert f"**{october.total:,} đồng**" in page
    whole = int(october.total)
    families = charge(book, msgspec.structs.replace(use, households=Fraction(9, 4))).total
    undeclared = charge(book, msgspec.structs.replace(use, scheme="undeclared")).total
    for name in ("docs/how-to/landlord.md", "docs/vi/nha-tro.md"):
        landlord = read(name).replace(".", ",") if "/vi/" in name else read(name)
        for money in (
            whole,
            whole * 120 // 350,
            whole * 50 // 350,
            whole * 100 // 2100,
            families,
            undeclared,
        ):
            assert f"{money:,} đ" in landlord or f"| {money:,} |" in landlord
    change = charge(book, Consumption(Decimal(350), dt.date(2024, 10, 1), dt.date(2024, 10, 31)))
    for part in change.parts:
        quotas = ", ".join(str(line.quota) for line in part.lines[:-1])
        net = sum(line.amount for line in part.lines)
        assert (
            f"{part.decision} | {(part.last - part.first).days + 1} | {part.kwh} | {quotas} | {net:,} |"
            in page
        )
    assert f"the total {change.total:,} đồng" in page
    tet = charge(book, Consumption(Decimal(400), dt.date(2015, 1, 16), dt.date(2015, 2, 11), prorate=True))
    assert f"{tet.net:,} đồng" in page


# -- payloads and fields -------------------------------------------------------------------------------


def examples(heading: str) -> list[str]:
    section = re.search(
        rf"^## {heading}$(.*?)(?=^## |\Z)", read("docs/reference/mqtt.md"), re.MULTILINE | re.DOTALL
    )
    assert section
    found = [block for kind, block in _FENCE.findall(section[1]) if kind == "json"]
    assert found
    return found


def test_the_example_payloads_are_what_the_programs_read() -> None:
    (batch,) = examples("Entries")
    raws = messages.decode_batch(batch.encode()).entries
    entries = [messages.decode_entry(raw) for raw in raws]
    assert len(entries) == 4
    for entry, raw in zip(entries, raws, strict=True):
        assert set(json.loads(bytes(raw))) - {"kind"} <= {f.name for f in msgspec.structs.fields(entry)}
    (stored,) = examples("Stored")
    messages.decode_stored(stored.encode())
    for replay in examples("Replay"):
        messages.decode_replay(replay.encode())
    asked, answer = examples("Measuring an appliance")
    messages.decode_measure(asked.encode())
    msgspec.json.decode(answer, type=messages.MeasureAnswer)
    assert set(json.loads(answer)) <= {f.name for f in msgspec.structs.fields(messages.MeasureAnswer)}
    (live,) = examples("Live")
    state = msgspec.json.decode(live, type=messages.Live, strict=False)
    assert set(json.loads(live)) <= {f.name for f in msgspec.structs.fields(state)}


def test_every_topic_is_in_the_reference() -> None:
    names = topics.Topics("d")
    known = {names.ledger, names.stored, names.owner, names.replay, names.availability}
    known |= {names.live("m"), names.home("m"), names.home_event("m"), *names.answers("m")}
    known |= {names.dial("m"), names.read("m"), names.claim("m"), names.measure("m")}
    rows = re.findall(r"^\| `(sodien/[^`]+)` \|", read("docs/reference/mqtt.md"), re.MULTILINE)
    assert {row.replace("<device>", "d").replace("<meter>", "m") for row in rows} == known


def full_entries() -> list[entries.Entry]:
    """One entry of every kind, with nothing left out."""
    kwh = Bounds(Decimal(1), Decimal(2), Decimal(3))
    money = values.Money(Decimal(1), Decimal(2), Decimal(3))
    at = "2026-11-30T17:00:00.000Z"
    common: dict[str, Any] = {"seq": 1, "at": at, "meter": "main"}
    instant = Instant(at, kwh)
    period: dict[str, Any] = {"pulses": 1, "energy": kwh, "seconds": 3600.0, "counted": 3540.0}
    period |= {"revised": at, "then": kwh}
    return [
        entries.TickEntry(**common, pulses=1, number=1, register=kwh, power_w=1.5, coverage=1.0),
        entries.GapEntry(
            **common, end=at, reason="power", seconds=1.5, energy=kwh, pulses_max=1, counted=3, supply="out"
        ),
        entries.DialEntry(
            **common, reading="1.0", low=Decimal(1), high=Decimal(2), within_s=60.0, by="Lan", photo="0a"
        ),
        entries.ResolutionEntry(**common, of=at, what="energy", low=Decimal(1), high=Decimal(2), by="Lan"),
        entries.AmendmentEntry(
            **common,
            of=at,
            of_kind="dial",
            what="correct",
            because="mistyped",
            reading="1.0",
            low=Decimal(1),
            high=Decimal(2),
            read_at=at,
            within_s=60.0,
            by="Lan",
        ),
        entries.ReplacementEntry(
            **common,
            old_final="1.0",
            new_initial="0.0",
            constant=Decimal(1000),
            digits=5,
            decimals=1,
            multiplier=1,
            serial="A1",
            by="Lan",
        ),
        entries.ConstantEntry(**common, constant=Decimal(1000), from_start=True, by="Lan"),
        entries.BillEntry(
            **common,
            source="sms",
            sha256="0a",
            corrects=at,
            first="2026-11-01",
            last="2026-11-30",
            old=Decimal(1),
            new=Decimal(2),
            multiplier=Decimal(1),
            billed_kwh=Decimal(1),
            net=Decimal(1),
            tax=Decimal(1),
            total=Decimal(2),
            estimated=True,
        ),
        entries.VerdictEntry(
            **common,
            of=at,
            overall="disagrees",
            why="blind",
            first="2026-11-01",
            last="2026-11-30",
            direction="over",
            disagrees_by_kwh=Decimal(1),
            disagrees_by_money=Decimal(1),
            detectable_kwh=Decimal(1),
            billed_kwh=Decimal(1),
            own_low=Decimal(1),
            own=Decimal(2),
            own_high=Decimal(3),
            wrong=("index_new",),
            reason="other_day",
            read_from=at,
            read_to=at,
        ),
        entries.ScheduleEntry(**common, day="2026-11-30", until="2026-12-01"),
        entries.ClaimEntry(
            **common, index=Decimal(1), day="2026-11-30", read_at=at, source="EVN", register=kwh, by="Lan"
        ),
        entries.CostEntry(
            **common,
            first="2026-11-01",
            last="2026-11-30",
            kwh=kwh,
            cost=money,
            currency="VND",
            tier=1,
            next_tier_kwh=Decimal(50),
            since=at,
            projection=values.Projection("2026-11-30", kwh, money),
            revised=at,
            then=money,
        ),
        entries.ReminderEntry(**common, day="2026-11-30", when="today"),
        entries.SnapshotEntry(
            **common,
            day="2026-11-30",
            start=instant,
            end=instant,
            hour=instant,
            revised=at,
            then_start=kwh,
            then_end=kwh,
        ),
        entries.HourEntry(**common, **period, blind={"<reason>": 60.0}),
        entries.DayEntry(**common, **period, blind={"<reason>": 60.0}, day="2026-11-30"),
        entries.HealthEntry(**common, rejected={"<reason>": 1}),
        entries.EventEntry(**common, what="started"),
        entries.SealEntry(seq=1, at=at, hash="ab", previous="cd", first=1, last=2, ledger="ef"),
    ]


@pytest.mark.parametrize("entry", full_entries(), ids=lambda entry: type(entry).__name__)
def test_every_field_of_the_database_is_in_the_reference(entry: entries.Entry) -> None:
    if isinstance(entry, entries.HealthEntry):
        entry = msgspec.structs.replace(entry, rejected={"reason": 1})
    if isinstance(entry, entries.HourEntry):
        entry = msgspec.structs.replace(entry, blind={"reason": 60.0})
    fields = of_entry("nha-toi", entry).split(" ", 2)[1]
    types = {
        name: "string" if value.startswith('"') else "int" if value.endswith("i") else "float"
        for name, value in (pair.split("=", 1) for pair in fields.split(","))
    }
    measurement = entries.MEASUREMENTS[type(entry)]
    table: dict[str, str] = {}
    current = ""
    for line in read("docs/reference/database.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 5:
            continue
        current = cells[0].strip("`") or current
        if current == measurement:
            for name in re.findall(r"`([^`]+)`", cells[2]):
                table[name.replace("<reason>", "reason")] = cells[3]
    assert set(table) == set(types)
    assert {n: t for n, t in table.items() if t != "as `hour`"}.items() <= types.items()


# -- for whoever carries on ----------------------------------------------------------------------------

#: What is beside the documents and names commands too; absent from a source distribution.
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
BESIDE = [*FORMS, *(one for one in [ROOT / ".pre-commit-config.yaml"] if one.exists())]


def targets_named(text: str) -> set[str]:
    """The targets of ``make`` that a text names in code, or as the entry of a hook."""
    code = [*(block for _, block in _FENCE.findall(text)), *re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))]
    code += re.findall(r"^ +entry: (.+)$", text, re.MULTILINE)
    return {
        name for one in code for name in re.findall(r"^(?:[ $]|sudo )*make ([a-z][\w-]*)", one, re.MULTILINE)
    }


@pytest.mark.parametrize("page", [*PAGES, *BESIDE], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_target_of_make_exists(page: Path) -> None:
    known = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))
    assert targets_named(page.read_text(encoding="utf-8")) - known == set()


def test_a_target_that_does_not_exist_would_be_found() -> None:
    text = "`make one X=x`, make way for `sudo make two`\n```sh\nmake three-x  # as root\n$ make four\n```\n"
    assert targets_named(text + "        entry: make five\n") == {"one", "two", "three-x", "four", "five"}


def test_every_path_that_a_first_change_needs_exists() -> None:
    page = read("CONTRIBUTING.md")
    named = set(re.findall(r"`([a-z]+/[\w/.-]*)`", page))
    named |= set(re.findall(r"(?<= )(?:config|tests)/[\w/.-]+", "".join(b for _, b in _FENCE.findall(page))))
    assert {path for path in named if not (ROOT / path).exists()} == set()
    assert {"config/notices", "config/practices", "tests/billing/tariff"} <= named
    tops = {path.name for path in ROOT.iterdir() if path.is_dir() and list(path.rglob("*.py"))}
    assert {name for name in tops if not name.startswith((".", "build"))} <= {
        one.split("/")[0] for one in named
    }


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_asks_for_what_the_doctor_says_and_is_one_that_github_takes(form: Path) -> None:
    text = form.read_text(encoding="utf-8")
    told = yaml.safe_load(text)
    assert {"name", "description", "body"} <= told.keys() <= {"name", "description", "labels", "body"}
    asked = [one for one in told["body"] if one["type"] != "markdown"]
    assert {one["type"] for one in asked} == {"textarea"}
    names = [one["id"] for one in asked]
    assert len(set(names)) == len(names)
    assert any(one["attributes"]["label"] == "sodien doctor --json" for one in asked)
    said = {
        name for one in asked for name in _COMMAND.findall(" ".join(map(str, one["attributes"].values())))
    }
    assert said <= set(COMMANDS)


def test_ci_runs_on_every_python_that_is_supported() -> None:
    file = ROOT / ".github" / "workflows" / "ci.yml"
    if not file.exists():
        pytest.skip("this is no clone")
    job = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]["test"]
    pythons = job["strategy"]["matrix"]["python"]
    assert f">={pythons[0]}" == tomllib.loads(read("pyproject.toml"))["project"]["requires-python"]
    assert pythons == [f"3.{minor}" for minor in range(11, 11 + len(pythons))]
    assert job["env"]["PYTHON"] == "python${{ matrix.python }}"  # which .ci/run hands to make
    assert job["steps"][-1] == {"run": ".ci/run"}
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


# -- what programs print ---------------------------------------------------------------------------------

#: The number of a cause before it, and a length of time before or after it.
_LENGTH = r"\d+ (?:days|h|min|s|ngày|giờ|phút|giây)"
_NUMBERED = re.compile(rf"^\d+\. |^(?:{_LENGTH} ?)+: |(?: *(?<![\d.,]){_LENGTH})+$")
#: A field of a text, with the words that go with its number.
_FIELD = re.compile(r"\{\w*(?::[^}]*)?\}")
#: Answers of the system and names of meters, which nothing translates.
_AS_THEY_ARE = re.compile(r"(\w+:)?|main|Connection refused|[\d\W]*(kWh|W|VND|đ)?[\d\W]*")


@functools.cache
def sentences(language: int) -> re.Pattern[str]:
    """All that the programs may say in English (0) or Vietnamese (1), with anything in the fields."""
    pairs = [(one.id, one.string) for one in load("packaging/messages.py").read()]
    texts = [pair[language].strip() for pair in pairs if all(pair) and isinstance(pair[language], str)]
    texts = [text for text in texts if _FIELD.sub("", text).strip(" :.·–()…")]
    return re.compile("|".join(".+".join(map(re.escape, _FIELD.split(text))) for text in texts))


def unsaid(text: str, said: re.Pattern[str]) -> list[str]:
    """The pieces of the blocks of a page that no program says; they are set apart by two blanks or a dot."""
    lines = [line for kind, block in _FENCE.findall(text) if not kind for line in block.splitlines()]
    pieces = [
        piece.strip(" ✓✗?→·")
        for line in lines
        if not said.fullmatch(line)
        for piece in re.split(r" {2,}| · |(?<=[%–]) \(|\)$", line)
    ]
    pieces = [_NUMBERED.sub("", piece) for piece in pieces]
    return [piece for piece in pieces if not (_AS_THEY_ARE.fullmatch(piece) or said.fullmatch(piece))]


@EVERY_PAGE
def test_what_a_page_shows_is_what_the_programs_print(page: Path) -> None:
    """Blocks without a language are what a program prints, in the language of the page."""
    vietnamese = page.parent.name == "vi" or page.suffixes == [".vi", ".md"]
    assert unsaid(page.read_text(encoding="utf-8"), sentences(int(vietnamese))) == []


def test_what_no_program_prints_would_be_found() -> None:
    said = sentences(0)
    assert unsaid("```\n  power   685 W\n  cost so far  0 VND\n```\n", said) == []
    assert unsaid("```\n  strength   685 W\n```\n", said) == ["strength"]


# -- numbers -------------------------------------------------------------------------------------------


def test_the_day_by_hand_is_what_the_code_finds() -> None:
    hour = 3_600_000
    eight, nine, ten, eleven = (h * hour for h in (8, 9, 10, 11))
    constant, p_max = Fraction(1000), Fraction("14.036")
    pieces = [Counted(eight, nine, 0, 500, constant), Counted(ten, eleven, 500, 600, constant)]
    gap = [Blind(Fraction(0), p_max, "stopped")]
    morning = Anchor("morning", Fraction(100), Fraction("100.1"), eight, eight)
    noon = Anchor("noon", Fraction("101.3"), Fraction("101.4"), eleven, eleven)
    page = read("docs/explanation/bounds.md")

    def row(low: Fraction, high: Fraction) -> str:
        return f"({float(low):.3f}, {float(high):.3f})"

    first, rest = page.split("Now somebody reads the dial again", 1)
    register = Register(pieces, gap, [morning], p_max)
    for at, name in ((eight, "08:00"), (nine, "09:00"), (ten, "10:00"), (eleven, "11:00")):
        found = register.at(at)
        assert found is not None
        assert re.search(rf"^\| {name} \|.*{re.escape(row(found.low, found.high))}", first, re.MULTILINE)
    register = Register(pieces, gap, [morning, noon], p_max)
    for at, name in ((nine, "09:00"), (ten, "10:00"), (eleven, "11:00")):
        found = register.at(at)
        assert found is not None
        assert re.search(rf"^\| {name} \| {re.escape(row(found.low, found.high))}", rest, re.MULTILINE)
    energy = register.energy(nine, ten)
    assert f"| the gap | {row(energy.low, energy.high)} kWh" in rest


# -- the two front pages -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["README.md", "README.vi.md"])
def test_the_front_pages_name_the_two_commands(page: str) -> None:
    blocks = [block.strip() for _, block in _FENCE.findall(read(page))]
    assert "make demo" in blocks
    assert "make test" in blocks


def test_the_front_pages_have_the_same_shape() -> None:
    def shape(page: str) -> list[str]:
        return re.findall(r"^(#+) ", _FENCE.sub("", read(page)), re.MULTILINE)

    assert shape("README.md") == shape("README.vi.md")


@pytest.mark.parametrize("picture", sorted(DOCS.rglob("*.svg")), ids=lambda picture: picture.name)
def test_a_picture_is_whole_can_be_read_aloud_and_needs_nothing_from_elsewhere(picture: Path) -> None:
    from xml.etree import ElementTree

    text = picture.read_text(encoding="utf-8")
    svg = "{http://www.w3.org/2000/svg}"
    root = ElementTree.fromstring(text)
    assert root.tag == f"{svg}svg"
    assert root.get("role") == "img"
    said = {child.get("id"): child.text for child in root if child.tag in (f"{svg}title", f"{svg}desc")}
    assert set((root.get("aria-labelledby") or "").split()) == set(said)
    assert len(said) == 2
    assert all(said.values())
    assert re.findall(r"(?:href|src)=|url\((?!#)|@import|<script", text) == []


def test_the_floors_in_the_picture_are_those_that_imports_keep() -> None:
    drawn = re.findall(r'y="(\d+)" font-weight="600">([\w/]+)<', read("docs/rooms.svg"))
    floor = {name.rpartition("/")[2]: int(y) for y, name in drawn}
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    kept = [one["layers"] for one in contracts if one["type"] == "layers"]
    for layers in kept:
        named = [[name.strip().rpartition(".")[2] for name in layer.split("|")] for layer in layers]
        heights = [{floor[name] for name in layer if name in floor} for layer in named]
        for above, below in itertools.pairwise(one for one in heights if one):
            assert max(above) < min(below)
    assert len(floor) == 15


def test_the_settings_in_the_pictures_are_those_beside_them() -> None:
    page = read("docs/how-to/wire-a-sensor.md")
    (block,) = (block for kind, block in _FENCE.findall(page) if kind == "yaml")
    meter = parse("device: nha-toi\n" + block, Path("page")).meters[0]
    shown = f"pin: {meter.pin} · pull: {meter.pull} · active: {meter.active}"
    for picture in (DOCS / "wiring").glob("*.svg"):
        assert shown in picture.read_text(encoding="utf-8")


# -- architecture --------------------------------------------------------------------------------------


def test_the_modules_named_in_the_architecture_exist() -> None:
    table = re.findall(r"^\| [^|]+ \| (.+) \|$", read("docs/explanation/architecture.md"), re.MULTILINE)
    named = 0
    for cell in table:
        folder = Path()
        for name in re.findall(r"`([\w/]+\.py)`", cell):
            folder = Path(name).parent if "/" in name else folder
            assert (ROOT / folder / Path(name).name).exists(), f"{folder / Path(name).name}"
            named += 1
    assert named > 50


def test_the_ten_questions_find_what_they_ask_for() -> None:
    rows = re.findall(
        r"^\| [^|]+\? \| `([\w/]+\.py)` \| `(\w+)` \|$",
        read("docs/explanation/architecture.md"),
        re.MULTILINE,
    )
    assert len(rows) == 10
    for file, name in rows:
        assert re.search(rf"^(def|class) {name}\b", read(file), re.MULTILINE), f"{file}: no {name}"
