"""Whether the true register is inside the bounds, and how tight they are, over many random histories.

Each history has load, power cuts, stops, kills, missed saves, boots that never know the time, readings (also
mistyped, corrected and withdrawn ones), replaced meters, roll-overs and corrected constants, and goes
through the real ledger: a file, opened anew for every run of the simulated Pi.

``--households N`` tries as many households besides, whose edges go through the whole daemon and whose
readings and registers through the command line: twins, multipliers, and filter settings that do not fit.
``--clocks N`` lets as many more live through clocks that are wrong at start, set late or wrong, and step.
"""

from __future__ import annotations

import functools
import logging
import statistics
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from common import arguments, show

from firmware import daemon
from sodien.bills import tariff_files
from sodien.history.boots import MOVED_NS
from tests.support.clock_stories import closed_wrong, outside, play, story, told_wrong
from tests.support.histories import History, samples
from tests.support.stations import Household

PER_HISTORY = 6
#: Seconds that a story goes on with a right clock: what a wrong one has closed is put right, and days end.
LATER_S = (*[7200] * 7, 93_600)
#: How often each is compared.
INSTANTS, SPANS = 1000, 150


def households(seeds: range) -> tuple[int, list[str]]:
    """How many checks there were, and which of them failed."""
    checks, wrong = 0, []
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="sodien-bounds-") as folder:
            found = Household(Path(folder), Random(seed)).found(PER_HISTORY)
        checks += len(found)
        wrong += [f"household {seed}: {one.what}" for one in found if not one.holds]
    return checks, wrong


def clocks(seeds: range) -> list[str]:
    """Stories of wrong clocks in which a register, an energy, an hour, a day or a snapshot is not true."""
    daemon.LIVE_NS = daemon.LIVE_IDLE_NS = 30 * 86_400_000_000_000  # nobody watches
    tariff_files.load_book = functools.lru_cache(tariff_files.load_book)  # read anew in each run otherwise
    wrong = []
    for seed in seeds:
        text, trust, tail = story(seed)
        with tempfile.TemporaryDirectory(prefix="sodien-bounds-") as folder:
            house = play(Path(folder), text, seed=seed, trust=trust, tail=tail)
            found = outside(house, seed, instants=INSTANTS, spans=SPANS) + told_wrong(house, seed)
            house.clock.synchronise()
            house.play(LATER_S[seed % len(LATER_S)])
            found += outside(house, seed + 1, instants=INSTANTS, spans=SPANS)
            if found := found + closed_wrong(house, MOVED_NS // 1_000_000):
                wrong.append(f"clocks {seed}: {found[0]}")
    return wrong


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--histories", type=int, default=300)
    parser.add_argument("--households", type=int, default=0)
    parser.add_argument("--clocks", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    widths: list[Fraction] = []
    forced: list[Fraction] = []
    violations: list[str] = []
    contained = 0
    for number in range(options.seed, options.seed + options.histories):
        with tempfile.TemporaryDirectory(prefix="sodien-bounds-") as folder:
            history = History(Path(folder) / "ledger.db", Random(number))
            found = samples(history, Random(number), PER_HISTORY)
        wrong = [f"seed {number}: {one.what}" for one in found if not one.holds]
        violations += wrong
        contained += not wrong
        for one in found:
            if one.forced:
                widths.append(one.high - one.low)
                forced.append(one.forced)
    logging.disable(logging.CRITICAL)  # settings that refuse pulses are told, thousands of times here
    checks, wrong = households(range(options.seed, options.seed + options.households))
    violations += wrong
    violations += clocks(range(options.seed, options.seed + options.clocks))
    ratios = [float(width / least) for width, least in zip(widths, forced, strict=True)]
    result: dict[str, Any] = {
        "histories": options.histories,
        "contained": contained,
        "households": options.households,
        "household_checks": checks,
        "clock_stories": options.clocks,
        "violations": len(violations),
        "median_width_kwh": float(round(statistics.median(widths), 6)) if widths else None,
        "median_unknown_kwh": float(round(statistics.median(forced), 6)) if forced else None,
        "slack_ratio": round(statistics.mean(ratios), 6) if ratios else None,
        "slack_ratio_worst": round(max(ratios), 6) if ratios else None,
        "first_violations": violations[:5],
        "seconds": round(time.monotonic() - began, 1),
    }
    show(result, options.json, "slack_ratio: mean of width / the width that what is unknown forces")


if __name__ == "__main__":
    main()
