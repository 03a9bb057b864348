"""Whether an appliance's true kWh are inside the bounds that were told, in simulated households.

*at rest*: a refrigerator comes and goes, and nobody switches anything else. *as they live*: the household
goes on as it does, so something else may be switched on meanwhile, which the bounds do not promise to hold.
"""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random
from typing import Any

from common import arguments, show

from firmware.simulation.load_profile import Profile, household
from sodien.metering.appliance import TOLD_MS, alone, counted, rest_of
from sodien.metering.bounds import Interval

NS = 10**9
MINUTE, HOUR = 60 * NS, 3600 * NS
#: So old may a count be.
TOLD = TOLD_MS * NS // 1000


def quiet(chance: Random) -> Profile:
    """What is always on, and a refrigerator."""
    always, cold = chance.randint(5, 200), chance.randint(60, 130)
    on, off = chance.randint(10, 20), chance.randint(15, 45)
    return Profile("quiet", (always + cold, always), (on * MINUTE, off * MINUTE))


def tried(chance: Random, house: Profile) -> tuple[bool, float]:
    """Whether the bounds hold the truth, and their width beside it."""
    constant = Fraction(chance.choice([450, 800, 1600, 3200]))
    watts, length = chance.randint(40, 3000), chance.randint(60, 14_400) * NS
    begin = HOUR + chance.randrange(house.period_ns)
    phase = Fraction(chance.randrange(1000), 1000)

    def pulses(at: int) -> int:
        ran = min(max(0, at - begin), length)
        kwh = house.energy_kwh(at) + Fraction(watts * ran, 3_600_000 * NS)
        return math.floor(kwh * constant + phase)

    early = chance.randrange(TOLD)
    first = begin - early
    minutes = [(first - back, pulses(first - back)) for back in range(HOUR, 0, -MINUTE)]
    rest = rest_of([*minutes, (first, pulses(first))], 1 / constant)
    assert rest is not None
    last = begin + length - chance.randrange(TOLD)
    total = counted(
        pulses(last) - pulses(first), 1 / constant, Fraction(last - first, 10**6), length // 10**6
    )
    found: Interval = alone(total, Fraction(length, HOUR), rest)
    true = Fraction(watts * length, 3_600_000 * NS)
    return found.low <= true <= found.high, float(found.width / true)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--tests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = Random(options.seed)
    rested = [tried(chance, quiet(chance)) for _ in range(options.tests)]
    homes = [household(seed) for seed in range(8)]
    lived = [tried(chance, chance.choice(homes)) for _ in range(options.tests // 4)]
    widths = sorted(width for _, width in rested)
    result: dict[str, Any] = {
        "tests": len(rested),
        "outside_at_rest": sum(not held for held, _ in rested),
        "width_median": round(widths[len(widths) // 2], 3),
        "held_share_as_they_live": round(sum(held for held, _ in lived) / len(lived), 3),
    }
    show(result, options.json, "width: of the bounds, beside the truth")


if __name__ == "__main__":
    main()
