"""How often is the verdict right? Simulated households with honest bills, and bills with one mistake.

Every household has a load (made up, or a recorded one with --load), outages, dial readings of its own and a
utility that reads at an unknown time of the day and truncates. Half of the bills are honest, the others have
one mistake of a kind that really happens. The goals: no honest bill disagrees, and no mistake above what was
detectable is missed.

With --practice it is a utility of one practice, or each in turn (--practice all): a day early or late,
the first day printed as the last one before, indices rounded otherwise, debts, discounts, … What is permitted
beside the habit is taken from the packaged practice files.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from common import arguments, show


def watts(file: Path) -> list[int]:
    """A recorded load, a row a minute: whole watts."""
    with file.open(encoding="utf-8", newline="") as text:
        return [round(float(row["power_kw"]) * 1000) for row in csv.DictReader(text)]


def practices(wanted: str, periods: int, seed: int, as_json: bool) -> None:
    """Each practice by itself: false accusations, mistakes missed, how often a habit was named."""
    from sodien.billing.audit.verdict import judge
    from tests.billing.audit import mistakes
    from tests.billing.audit.practices import UTILITIES
    from tests.billing.audit.rare_practices import RARE

    utilities = (*UTILITIES, *RARE)
    chosen = [one for one in utilities if wanted in ("all", one.name)]
    if not chosen:
        names = ", ".join(one.name for one in utilities)
        sys.exit(f"There is no practice {wanted}; there are all, {names}.")
    every: Counter[str] = Counter()
    rows: dict[str, str] = {}
    slowest = 0.0
    for utility in chosen:
        count: Counter[str] = Counter()
        at, begin = seed * 1_000_000, time.process_time()
        while count["honest"] < periods:
            at += 1
            home, chance = utility.household(at), random.Random(at)
            for k, bill in enumerate(home.bills):
                since = time.process_time()
                verdict = judge(bill, home.bills[:k], home.meters, home.book, home.practice)
                slowest = max(slowest, time.process_time() - since)
                count["honest"] += 1
                count[verdict.overall + ("_if" if verdict.habits else "")] += 1
                if verdict.overall == "disagrees":
                    keys = [check.says for check in verdict.checks if check.result == "disagrees"]
                    print(
                        f"{utility.name}: honest bill {k} of household {at} disagrees: {keys}",
                        file=sys.stderr,
                    )
                if not utility.energy or k == 0:
                    continue
                wrong = mistakes.make(home, k, chance.choice(mistakes.READING), chance)
                if wrong is None:
                    continue
                made = utility.printed(home, k, wrong.bill, chance)
                verdict = judge(made, [], home.meters, home.book, home.practice)
                off = abs((made.kwh or 0) - (bill.kwh or 0))
                limit = verdict.detectable_kwh
                count["mistakes"] += 1
                count["found"] += verdict.overall == "disagrees"
                if verdict.overall != "disagrees" and limit is not None and off > limit:
                    count["missed"] += 1
                    print(
                        f"{utility.name}: {wrong.kind}, bill {k} of household {at}: missed", file=sys.stderr
                    )
        every += count
        ms = (time.process_time() - begin) * 1000 / (count["honest"] + count["mistakes"])
        rows[utility.name] = ", ".join(
            (
                f"{count['disagrees'] + count['disagrees_if']} of {count['honest']} honest bills accused",
                f"{count['consistent']} consistent",
                f"{count['consistent_if']} consistent if",
                f"{count['cannot_tell'] + count['cannot_tell_if']} cannot tell",
                f"{count['found']} of {count['mistakes']} mistakes found",
                f"{count['missed']} missed above detectable",
                f"{ms:.0f} ms per bill",
            )
        )
    result = {
        "honest": every["honest"],
        "false_disagrees": every["disagrees"] + every["disagrees_if"],
        "mistakes": every["mistakes"],
        "found": every["found"],
        "missed_above_detectable": every["missed"],
        "consistent": every["consistent"],
        "consistent_if": every["consistent_if"],
        "cannot_tell": every["cannot_tell"] + every["cannot_tell_if"],
        "slowest_ms": round(slowest * 1000),
        "by_practice": rows,
    }
    show(result, as_json)


def main() -> None:
    """Simulate, judge, count."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--periods", type=int, default=2000, help="billing periods in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--load", type=Path, help="a CSV file time,power_kw with a row a minute")
    parser.add_argument("--practice", help="a practice by its name, or all of them in turn")
    options = parser.parse_args()
    if options.practice is not None:
        practices(options.practice, options.periods, options.seed, options.json)
        return

    from sodien.billing.audit.verdict import judge
    from tests.billing.audit import mistakes, world

    load = watts(options.load) if options.load else None
    count: Counter[str] = Counter()
    blind: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    widths: list[Decimal] = []
    begin, seed = time.process_time(), options.seed * 1_000_000
    while count["honest"] + count["mistakes"] < options.periods:
        seed += 1
        home = world.make(seed, watts=load, step=60_000 if load else world.HOUR)
        chance = random.Random(seed)
        for k, bill in enumerate(home.bills):
            verdict = judge(bill, home.bills[:k], home.meters, home.book, home.practice)
            count["honest"] += 1
            count[verdict.overall] += 1
            blind[verdict.why] += verdict.overall == "cannot_tell"
            if verdict.overall == "disagrees":
                keys = [check.key for check in verdict.checks if check.result == "disagrees"]
                print(f"honest bill {k} of household {seed} disagrees: {keys}", file=sys.stderr)
            if verdict.overall == "consistent" and verdict.detectable_kwh is not None:
                widths.append(verdict.detectable_kwh)
            wrong = mistakes.make(home, k, chance.choice(mistakes.KINDS), chance)
            if wrong is None:
                continue
            verdict = judge(wrong.bill, home.bills[:k], home.meters, home.book, home.practice)
            count["mistakes"] += 1
            told = kinds.setdefault(wrong.kind, Counter())
            told["made"] += 1
            if verdict.disagrees_by_kwh is not None and verdict.disagrees_by_kwh > wrong.kwh:
                count["claimed_too_much"] += 1
                print(f"{wrong.kind}, bill {k} of household {seed}: claims too much", file=sys.stderr)
            if verdict.overall == "disagrees":
                count["found"] += 1
                told["found"] += 1
                first_two = [reason.key for reason in verdict.reasons[:2]]
                told["named"] += bool(wrong.reasons and set(wrong.reasons) & set(first_two))
                told["can_be_named"] += bool(wrong.reasons)
                continue
            if verdict.overall == "cannot_tell":
                count["mistakes_cannot_tell"] += 1
            limit = verdict.detectable_both_kwh if wrong.touches == "both" else verdict.detectable_kwh
            if wrong.touches == "sure" or (limit is not None and wrong.kwh > limit):
                count["missed_above_detectable"] += 1
                print(f"{wrong.kind}, bill {k} of household {seed}: missed", file=sys.stderr)
            else:
                count["missed_below_detectable"] += 1
    widths.sort()
    named = sum(told["named"] for told in kinds.values())
    can = sum(told["can_be_named"] for told in kinds.values())
    result: dict[str, Any] = {
        "honest": count["honest"],
        "false_disagrees": count["disagrees"],
        "mistakes": count["mistakes"],
        "found": count["found"],
        "missed_above_detectable": count["missed_above_detectable"],
        "missed_below_detectable": count["missed_below_detectable"],
        "claimed_too_much": count["claimed_too_much"],
        "consistent": count["consistent"],
        "cannot_tell": count["cannot_tell"],
        "cannot_tell_why": {why: n for why, n in sorted(blind.items()) if n},
        "detectable_kwh_median": str(widths[len(widths) // 2]) if widths else None,
        "detectable_kwh_95": str(widths[len(widths) * 95 // 100]) if widths else None,
        "cause_in_first_two": round(named / can, 3) if can else None,
        "by_kind": {
            kind: f"{told['found']} of {told['made']} found, {told['named']} named first or second"
            for kind, told in sorted(kinds.items())
        },
        "ms_per_bill": round((time.process_time() - begin) * 1000 / (count["honest"] + count["mistakes"]), 1),
    }
    show(result, options.json)


if __name__ == "__main__":
    main()
