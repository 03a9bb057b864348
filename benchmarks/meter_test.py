"""Whether the known-load test's interval holds the meter's true error, and whether a meter is judged wrongly.

Simulated meters with errors up to one and a half times their class, loads, base loads that drift, and plug-in
meters and heating elements that are wrong inside their own class. *extreme* are those in which the reference
is wrong by all that its class allows and the meter by all of its own, to the other side.
"""

from __future__ import annotations

from random import Random
from typing import Any

from common import arguments, show

from tests.support.known_loads import tried


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--tests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = [tried(Random(seed)) for seed in range(options.seed, options.seed + options.tests)]
    usual = [one.held for one in found if not one.extreme]
    extreme = [one.held for one in found if one.extreme]
    result: dict[str, Any] = {
        "tests": len(found),
        "held_share": round(sum(usual) / len(usual), 4),
        "held_share_extreme": round(sum(extreme) / len(extreme), 4),
        "judged_wrongly": sum(one.false for one in found),
        "within": sum(one.judgement == "within" for one in found),
        "cannot_tell": sum(one.judgement == "cannot_tell" for one in found),
        "outside": sum(one.judgement == "outside" for one in found),
    }
    show(result, options.json, "held_share: of the references that are wrong anywhere inside their class")


if __name__ == "__main__":
    main()
