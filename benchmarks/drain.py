"""Seconds to drain a month of one-minute entries: `sodien run` → Mosquitto → `sodien collect` → InfluxDB.

Both programs are processes of their own; the time runs from their start, which is included, to
the last tick that an InfluxQL query finds.
"""

from __future__ import annotations

import contextlib
import sys
import time

from common import arguments, folder, show, until


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--days", type=float, default=30)
    options = parser.parse_args()

    from tests.chain.household import Household, month_of_ticks
    from tests.support.servers import Influx, Mosquitto

    count = int(options.days * 1440)
    with (
        contextlib.redirect_stdout(sys.stderr),
        folder() as where,
        Mosquitto(where / "broker") as broker,
        Influx(where / "influx") as influx,
    ):
        (where / "house").mkdir()
        with Household(where / "house", broker.port, influx.url) as house:
            month_of_ticks(house.ledger_path, count, end_ms=int(time.time() - 600) * 1000)
            begin = time.monotonic()
            house.collector.start()
            house.firmware.start()

            def stored() -> bool:
                if "sodien" not in {row["name"] for row in influx.query("SHOW DATABASES")}:
                    return False
                found = influx.query("SELECT count(pulses) FROM meter", "sodien")
                return bool(found) and int(found[0]["count"]) >= count

            until(stored, 600, "every tick in the database")
            seconds = time.monotonic() - begin
    result = {"ticks": count, "seconds": round(seconds, 1), "entries_per_s": round(count / seconds)}
    show(result, options.json)


if __name__ == "__main__":
    main()
