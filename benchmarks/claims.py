"""Are the utility's daily numbers judged right? Simulated portals, honest ones and ones with one fault.

Every household has a load, outages, dial readings, sometimes a replaced meter or a dial about to go round;
its portal reads, dates, rounds and publishes in one of the permitted ways. The goals: in no honest month
anything is called wrong, every fault above what honest numbers could differ by is found, and no fault is
called by another one's name for certain.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from common import arguments, show


def main() -> None:
    """Simulate, judge, count."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--months", type=int, default=1000, help="honest months, of 30 numbers each")
    parser.add_argument("--faults", type=int, default=200, help="months with each fault")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    from tests.billing.claims import portals, trials

    since = time.process_time()
    count: Counter[str] = Counter()
    for seed in range(options.seed * 1_000_000, options.seed * 1_000_000 + options.months):
        trials.honest_month(portals.home(seed), count, str(seed))
    ms = (time.process_time() - since) * 1000 / max(1, options.months)
    faults = {}
    for kind in portals.FAULTS:
        one: Counter[str] = Counter()
        for seed in range(options.seed * 1_000_000, options.seed * 1_000_000 + options.faults):
            home = portals.home(seed, anchored=True, uneven=kind == "estimated")
            trials.faulty_month(home, kind, one, str(seed))
        faults[kind] = ", ".join(f"{one[key]} {key}" for key in trials.COUNTED)
        count["missed"] += one["missed"]
        count["misnamed"] += one["misnamed"]
    for line in trials.WRONG:
        print(line, file=sys.stderr)
    result = {
        "honest_months": options.months,
        "false_alarms": count["false"],
        "numbers": dict(sorted((key, n) for key, n in count.items() if key.startswith("number "))),
        "bills": dict(sorted((key, n) for key, n in count.items() if key.startswith("bill "))),
        "ms_per_month": round(ms),
        "faults": faults,
        "missed_above_detectable": count["missed"],
        "misnamed": count["misnamed"],
    }
    show(result, options.json)


if __name__ == "__main__":
    main()
