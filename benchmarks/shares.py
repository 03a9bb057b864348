"""Is every tenant's true share inside its bounds, and is no honest charge called too much?

Simulated boarding houses: rooms and a staircase behind one meter, outages, dial readings; a utility that
reads, dates, rounds and prints in any permitted way, or has not sent its bill yet; a landlord who reads at
any hour of the reading days and divides the rest in any usual way. ``greedy``: 4,500 đồng for each kWh.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from common import arguments, show


def main() -> None:
    """Simulate, share, judge, count."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--months", type=int, default=1000, help="of one house each")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    from tests.billing.sharing import houses

    since, count = time.process_time(), Counter[str]()
    for seed in range(options.seed * 1_000_000, options.seed * 1_000_000 + options.months):
        houses.month(houses.house(seed), count, str(seed))
    ms = (time.process_time() - since) * 1000 / max(1, options.months)
    for line in houses.WRONG:
        print(line, file=sys.stderr)
    show({**dict(sorted(count.items())), "wrong": count["wrong"], "ms_per_month": round(ms)}, options.json)
    sys.exit(1 if count["wrong"] else 0)


if __name__ == "__main__":
    main()
