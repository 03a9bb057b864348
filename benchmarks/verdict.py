"""How often is the verdict right? Simulated households with honest bills, and bills with one mistake.

Every household has a load (made up, or a recorded one with --load), outages, dial readings of its own and a
utility that reads at an unknown time of the day and truncates. Half of the bills are honest, the others have
one mistake of a kind that really happens. The goals: no honest bill disagrees, and no mistake above what was
detectable is missed.
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


def main() -> None:
    """Simulate, judge, count."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--periods", type=int, default=2000, help="billing periods in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--load", type=Path, help="a CSV file time,power_kw with a row a minute")
    options = parser.parse_args()

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
