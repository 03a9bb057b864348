"""`python -m lab`: run the scenarios, print the table, exit with 1 when a goal was missed."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from lab import bench, machine
from lab.outcome import Outcome, lines, table
from lab.scenarios import a_rates, b_stalls, c_noise, d_disk, e_clock, f_cuts, g_wear, h_ends, i_giant

SLOWEST_FIRST = "gfiehcbad"
Runner = Callable[[argparse.Namespace, Path], list[Outcome]]
#: Scenarios that are cases for the driver; the machine's clock at the start where it matters.
DRIVEN = {"a": a_rates, "b": b_stalls, "c": c_noise, "d": d_disk, "e": e_clock, "h": h_ends}


def driven(letter: str, options: argparse.Namespace, folder: Path) -> list[Outcome]:
    """Run a scenario's cases in one machine and judge them."""
    scenario = DRIVEN[letter]
    rtc = getattr(scenario, "RTC", "utc")
    results = bench.run(scenario.cases(options.long), folder, factory=options.factory, rtc=rtc)
    return [scenario.judge(result) for result in results]


def runners() -> dict[str, tuple[str, Runner]]:
    """Letter → title and how to run it."""
    found: dict[str, tuple[str, Runner]] = {}
    for letter, scenario in DRIVEN.items():
        found[letter] = (scenario.TITLE, partial(driven, letter))
    found["f"] = (f_cuts.TITLE, f_cuts.run)
    found["g"] = (g_wear.TITLE, g_wear.run)
    found["i"] = (i_giant.TITLE, i_giant.run)
    return found


def one(letter: str, scenario: tuple[str, Runner], options: argparse.Namespace, place: Path) -> list[Outcome]:
    """Run one scenario; one that cannot be run is a goal missed."""
    title, run = scenario
    begun = time.monotonic()
    print(f"{letter}. {title} …", file=sys.stderr, flush=True)
    try:
        found = run(options, place / letter)
    except machine.LabError as error:
        found = [Outcome(f"{letter} {title}", "to run at all", "broken", str(error))]
    if options.json:
        with options.json.open("a", encoding="utf-8") as file:
            file.write(lines(found))
    print(f"{letter}. {title}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return found


def arguments(known: str, typed: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    parser.add_argument("--only", default=",".join(known), metavar="a,f", help="these scenarios, by letter")
    parser.add_argument("--long", action="store_true", help="the published form (two hours)")
    parser.add_argument("--factory", default="auto", help="gpio.factory of the daemon")
    parser.add_argument("--json", type=Path, metavar="FILE", help="append every case as a JSON line")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep ledgers, truth and logs here")
    parser.add_argument(
        "--jobs", type=int, default=min(os.cpu_count() or 1, 4), metavar="N",
        help="machines at a time; it changes nothing in them",
    )  # fmt: skip
    options = parser.parse_args(typed)
    options.only = [letter for letter in options.only.replace(",", " ").split() if letter]
    unknown = [letter for letter in options.only if letter not in known]
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}; there are {', '.join(known)}")
    return options


def main() -> int:
    """Run what was asked for."""
    scenarios = runners()
    options = arguments("".join(sorted(scenarios)))
    outcomes: list[Outcome] = []
    bench.player()  # and the kernel: built once, before several machines want it
    with machine.scratch() as made, ThreadPoolExecutor(options.jobs) as pool:
        place = options.keep.resolve() if options.keep else Path(made)
        first = sorted(options.only, key=SLOWEST_FIRST.index)
        running = {letter: pool.submit(one, letter, scenarios[letter], options, place) for letter in first}
        for letter in options.only:
            outcomes += running[letter].result()
    print(table(outcomes))
    return 0 if all(outcome.met for outcome in outcomes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except machine.LabError as error:
        sys.exit(f"lab: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
