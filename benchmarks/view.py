"""What a look at the register costs: a year (or more) of minute rows, ten readings and fifty boots a year."""

from __future__ import annotations

import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from common import arguments, folder, show

from sodien.history.meter import MeterHistory
from sodien.ledger.store import Ledger, NewRow
from sodien.settings.model import MeterSettings

BEGIN = 1_700_000_000_000 // 60_000 * 60_000
MINUTE = 60_000
DAY = 1440 * MINUTE
P_MAX = Fraction(88, 10)
AWAKE_NS = 20_000_000_000
METER = MeterSettings(id="main", pin=17, constant=Decimal(1600))


def fill(path: Path, years: int) -> int:
    """Write the years; returns how many minutes they have."""
    random, minutes = Random(1), years * 365 * 1440
    ledger = Ledger.open(path, create=True, durable=False)
    boots = 0

    def begin(at: int) -> int:
        """A boot that begins to count 20 s after its start, and knows the time at once."""
        nonlocal boots
        boots += 1
        run, boot = ledger.begin_run(f"boot {boots}", AWAKE_NS, "1"), f"boot {boots}"
        clock = {"what": "clock", "detail": {"boot": boot, "offset_ns": at * 1_000_000 - AWAKE_NS}}
        rows.append(NewRow("event", "", run, AWAKE_NS, at, body=clock))
        rows.append(NewRow("event", "", run, AWAKE_NS, at + 1, body={"what": "started", "detail": {}}))
        return run

    gaps = set(random.sample(range(minutes), 50 * years))
    reads = set(random.sample(range(minutes), 10 * years))
    count = away = 0
    rows: list[NewRow] = []
    run, origin = begin(BEGIN), BEGIN
    cut: tuple[int, int] | None = None
    for minute in range(minutes):
        at = BEGIN + minute * MINUTE
        if minute in reads:
            tenths = count // 160 + 1000
            body = {"reading": str(tenths / 10), "low": str(Decimal(tenths) / 10)}
            body["high"] = str(Decimal(tenths + 1) / 10)
            rows.append(NewRow("dial", "main", at=at, body=body | {"within_ms": 60_000}))
        if away:
            away -= 1
            continue
        if cut is not None:
            since, minutes_away = cut
            ns = minutes_away * MINUTE * 1_000_000
            gap = {
                "ns": ns,
                "reason": "power",
                "after": count,
                "high": str(Decimal("8.8") * minutes_away / 60),
            }
            run, origin, cut = begin(at), at, None
            rows.append(NewRow("tick", "main", run, AWAKE_NS, at, count, 0))
            rows.append(NewRow("gap", "main", run, None, since, count, body=gap))
            continue
        count += random.randint(1, 15)
        mono = (at - origin) * 1_000_000 + AWAKE_NS
        rows.append(NewRow("tick", "main", run, mono, at, count, 50_000))
        if minute in gaps:
            away = random.randint(1, 120)
            cut = at, away + 1
        if len(rows) > 100_000:
            ledger.append(rows)
            rows = []
    ledger.append(rows)
    ledger.close()
    return minutes


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--years", type=int, default=1)
    options = parser.parse_args()
    with folder() as where:
        minutes = fill(where / "ledger.db", options.years)
        queries = 0

        def count(_sql: str) -> None:
            nonlocal queries
            queries += 1

        ledger = Ledger.open(where / "ledger.db")
        ledger._db.set_trace_callback(count)
        began = time.process_time()
        view = MeterHistory(ledger, METER, P_MAX)
        found = view.at(BEGIN + minutes * MINUTE // 2 + 30_000)
        once, first = time.process_time() - began, queries
        end = BEGIN + minutes * MINUTE
        began = time.process_time()
        for day in range(366):
            view.at(end - day * DAY)
        year = time.process_time() - began
        result: dict[str, Any] = {
            "years": options.years,
            "rows": ledger.newest_seq(),
            "status_at_ms": round(once * 1000, 1),
            "status_at_queries": first,
            "every_day_of_a_year_ms": round(year * 1000, 1),
            "every_day_of_a_year_queries": queries - first,
            "register": str(found.best) if found else None,
        }
    show(result, options.json, "CPU time of the library's own work, without the interpreter's start")


if __name__ == "__main__":
    main()
