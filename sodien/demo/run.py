"""The demo from beginning to end."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import msgspec

from sodien.demo import claims, house, measure, meter_test, plan, show
from sodien.demo.bills import bill_the_household
from sodien.demo.folder import Folder
from sodien.demo.live import watch
from sodien.demo.story import Story
from sodien.demo.verdict import DemoReport, ToldBeside, judge

#: What can be told beside the household: with its name, a story plays on after the plan has ended.
STORIES: dict[str, Callable[[Story], ToldBeside | None]] = {
    "claims": claims.play,
    "house": house.play,
    "measure": measure.play,
    "meter-test": meter_test.play,
}


def run(
    folder: Folder,
    days: int,
    seed: int,
    *,
    live: bool = False,
    page: int | None = None,
    table: bool,
    beside: str | None = None,
) -> DemoReport:
    """Play, compare, and show; returns what came out. Raises SodienError when it cannot be played.

    Args:
        folder: where the files go.
        days: simulated days, 1 to 400.
        seed: of the household and of the times at which things happen.
        live: go on in real time until Ctrl-C.
        page: likewise, and serve the household's page on this port (0: a free one).
        table: show the result on standard output.
        beside: one of STORIES, told as well.
    """
    _log_to(folder)
    # Four threads take turns here; Python's default of 5 ms a turn would make each hand-over wait.
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)
    story = None
    try:
        story = Story.begin(plan.make(days, seed), folder)
        with show.progress(days) as progress:
            story.run(progress)
            bills = bill_the_household(story.pi, folder)
            told = STORIES[beside](story) if beside is not None else None
            story.finish()
        report = judge(
            story.pi,
            folder.database,
            days=days,
            seed=seed,
            unplugged=story.unplugged,
            put_aside=story.collector.counters.refused,
        )
        report.bills = bills
        if beside is not None and told is not None:
            report.told[beside] = told
        folder.report.write_bytes(msgspec.json.format(msgspec.json.encode(report.plain())))
        if table:
            show.table(report, story)
        if live:
            watch(story)
        elif page is not None:
            from sodien.demo.page import show as show_page  # the page's libraries are an extra

            show_page(story, page)
        return report
    finally:
        if story is not None:
            story.close()
        sys.setswitchinterval(before)


def _log_to(folder: Folder) -> None:
    """The programs' own words go into a file; the broker's are of no use to anybody."""
    handler = logging.FileHandler(folder.log, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("amqtt", "transitions", "asyncio", "websockets"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
