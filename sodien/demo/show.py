"""What a person sees of the demo: progress on standard error, the table at the end."""

from __future__ import annotations

import sys
import time
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table
from rich.text import Text as Styled

from sodien import formats
from sodien.billing.words.verdict import check_sentence, headline
from sodien.demo.bills import Judged
from sodien.demo.folder import Folder
from sodien.demo.home import local
from sodien.demo.plan import DAY_NS
from sodien.demo.story import Happened, Story
from sodien.demo.verdict import DemoReport, Truth
from sodien.i18n import tr

_EVERY_DAYS = 5


def said(what: str) -> str:
    """A happening of the plan in words."""
    return {
        "dial": tr("somebody reads the dial"),
        "plug": tr("the Pi loses its power"),
        "power": tr("the power is back, the clock is not set"),
        "clock": tr("the network sets the clock"),
        "broker-down": tr("the broker is gone"),
        "broker-up": tr("the broker is back, with an empty memory"),
    }[what]


class Progress(Protocol):
    """Told how far the story is."""

    def __call__(self, ns: int, what: str) -> None: ...  # noqa: D102

    def __enter__(self) -> Progress: ...

    def __exit__(self, *_: object) -> None: ...


def progress(days: int) -> Progress:
    """A bar on a terminal, a line every few days elsewhere; always on standard error."""
    return _Bar(days) if sys.stderr.isatty() else _Lines(days)


class _Lines:
    def __init__(self, days: int) -> None:
        self._days = days
        self._next = _EVERY_DAYS
        self._start = time.monotonic()

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, ns: int, what: str) -> None:
        day = ns // DAY_NS
        if what:
            print(tr("day {day}: {what}", day=day + 1, what=said(what)), file=sys.stderr, flush=True)
        elif day >= self._next:
            self._next = day // _EVERY_DAYS * _EVERY_DAYS + _EVERY_DAYS
            spent = formats.number(time.monotonic() - self._start, 0)
            print(
                tr(
                    "{day} of {days} days in {spent} s",
                    day=day,
                    days=self._days,
                    spent=spent,
                ),
                file=sys.stderr,
                flush=True,
            )


class _Bar:
    def __init__(self, days: int) -> None:
        self._days = days
        self._bar = ProgressBar(
            TextColumn(tr("day") + " {task.completed:.0f}/{task.total:.0f}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
        )
        self._task: TaskID = self._bar.add_task("", total=days)

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, ns: int, what: str) -> None:
        self._bar.update(self._task, completed=ns / DAY_NS)
        if what:
            self._bar.update(self._task, description=said(what))
            self._bar.console.print(
                "  " + tr("day {day}: {what}", day=ns // DAY_NS + 1, what=said(what)), highlight=False
            )


# -- the table ----------------------------------------------------------------------------------------------


def table(report: DemoReport, story: Story) -> None:
    """The result, on standard output."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())
    lost = report.pulses_emitted - report.pulses_counted
    most = formats.count(report.pulses_in_declared_gaps_max)
    missing = report.entries_written - report.entries_stored
    rows: list[tuple[str, str]] = [
        (tr("Pulses the meter's LED gave"), formats.count(report.pulses_emitted)),
        (tr("  counted"), formats.count(report.pulses_counted)),
        (
            tr(
                "  not counted (declared: at most {most})",
                most=most,
            ),
            formats.count(lost),
        ),
        (tr("Entries in the device's ledger"), formats.count(report.entries_written)),
        (tr("  arrived in the database"), formats.count(report.entries_stored)),
        (
            tr("  missing / twice"),
            f"{formats.count(missing)} / {formats.count(report.duplicates)}",
        ),
        (tr("Register at the end, kWh"), _bounds(report.register)),
        (tr("  what the meter's dial really was"), formats.kwh(report.register.true)),
    ]
    for one in report.snapshots:
        rows += [
            (tr("Reading day {day}: start", day=formats.date(one.day)), _bounds(one.start)),
            (tr("  after later dial readings"), _bounds(one.start_now)),
            (tr("  true"), formats.kwh(one.start.true)),
            (tr("Reading day {day}: end", day=formats.date(one.day)), _bounds(one.end)),
            (tr("  after later dial readings"), _bounds(one.end_now)),
            (tr("  true"), formats.kwh(one.end.true)),
        ]
    shown = Table(show_header=False, box=None, pad_edge=False, padding=(0, 3, 0, 0))
    shown.add_column()
    shown.add_column(justify="right")
    for row in rows:
        shown.add_row(*row)
    console.print()
    _tell_story(console, story)
    console.print()
    console.print(shown)
    console.print()
    for judged in report.bills:
        _tell_bill(console, judged)
    for told in report.told.values():
        told.show(console)
    _tell_files(console, story.folder, bills=bool(report.bills))
    _invite(console, story)
    findings = report.findings()
    for finding in findings:
        console.print(Styled.assemble(("✗", "red"), f" {finding}"))
    if not findings:
        console.print(
            Styled.assemble(
                ("✓", "green"),
                " ",
                tr("Nothing missing, nothing twice, and the truth is inside every bound."),
            )
        )


def _bounds(truth: Truth) -> str:
    found = truth.bounds
    if found is None:
        return "–"
    mark = "" if truth.holds else "  ✗"
    return formats.kwh_bounds(found, unit="") + mark


def _tell_story(console: object, story: Story) -> None:
    assert isinstance(console, Console)
    for one in story.happened:
        console.print(f"  {local(one.at, story.pi.settings)}  {_line(one)}")


def _line(one: Happened) -> str:
    return said(one.what) + (f": {formats.dial(one.detail)}" if one.detail else "")


def _invite(console: object, story: Story) -> None:
    """A dial reading that nobody took, for whoever wants to see bounds collapse."""
    assert isinstance(console, Console)
    missed = story.missed_reading()
    if missed is None:
        return
    at, reading = missed[0], formats.dial(missed[1])
    when, file = local(at, story.pi.settings), story.folder.settings
    console.print(
        tr(
            "Between the two power cuts nobody read the dial; on {when} it showed {reading}. Type it and see "
            "what was known before and after:",
            when=when,
            reading=reading,
        )
    )
    status = f"sodien status --at '{when}' -c {file}"
    for command in (status, f"sodien dial {reading} --at '{when}' -c {file}", status):
        console.print(f"  {command}", soft_wrap=True)


def _tell_bill(console: object, judged: Judged) -> None:
    """The verdict on one notice: its headline and the checks that disagree."""
    assert isinstance(console, Console)
    title = {
        "over-read": tr("A notice that is over-read by {over} kWh:", over=judged.over),
        "corrected": tr("The notice as the utility corrected it:"),
    }[judged.name]
    console.print(f"{title} {headline(judged.verdict)}", markup=False)
    for check in judged.verdict.checks:
        if check.result == "disagrees":
            console.print(f"  ✗ {check_sentence(check)}", markup=False)
    console.print()


def _tell_files(console: object, folder: Folder, *, bills: bool) -> None:
    assert isinstance(console, Console)
    console.print(
        tr("The files are in {path}: ledger.db, database.lp, demo.log, report.json.", path=folder.path)
    )
    console.print(tr("Look at them: sodien snapshots -c {file}", file=folder.settings))
    if bills:
        console.print(tr("The bill, line by line: sodien audit -c {file}", file=folder.settings))
        sheet = folder.path / "evidence-over-read.html"
        console.print(tr("The sheet to hand over for the wrong one: {file}", file=sheet))
