"""Bytes the ledger writes per simulated day at defaults: the household profile, a real file, real fsyncs.

The real recorder counts a day's pulses on a simulated clock. `write_bytes` of /proc/self/io is what this
process made dirty in the page cache towards the disk; it does not include what the file system adds (its
journal and metadata, whole blocks) nor what the card itself rewrites. On a RAM file system it is 0: then
only the commits are told.
"""

from __future__ import annotations

from pathlib import Path
from queue import SimpleQueue
from typing import Any

from common import arguments, folder, show


def written() -> int:
    """Bytes this process has sent towards the disk so far."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    from firmware.daemon import Station
    from firmware.simulation.load_profile import household, pulses
    from firmware.simulation.manual_clock import ManualClock
    from sodien.ledger.store import Ledger
    from sodien.settings.model import parse

    second = 1_000_000_000
    with folder() as where:
        settings = parse(
            f"device: bench\nledger: {{path: {where}/ledger.db}}\n"
            "meters:\n  - {id: main, pin: 17, constant: 1600}\n",
            where / "sodien.yaml",
        )
        ledger = Ledger.open(settings.ledger.path, create=True)
        commits = 0
        real = ledger.append

        def append(*args: Any, **kwargs: Any) -> list[int]:
            nonlocal commits
            commits += 1
            return real(*args, **kwargs)

        ledger.append = append  # type: ignore[method-assign]
        clock = ManualClock(1_795_453_200 * second)  # midnight in Viet Nam
        queue: SimpleQueue[Any] = SimpleQueue()
        station = Station(settings, clock, ledger, queue, None, levels=[False])
        end = int(options.hours * 3600 * second)
        start_bytes, count = written(), 0
        flashes = pulses(household(options.seed), 1600)
        at = next(flashes)
        while clock.now_ns() < end:
            turn = min(at, end, station.deadline())
            clock.advance_to(max(turn, clock.now_ns()))
            if at <= clock.now_ns():
                queue.put((0, at, True))
                queue.put((0, at + 80_000_000, False))
                clock.advance(80_000_000)
                count += 1
                at = next(flashes)
            station.turn()
        station.stop()
        dirty = written() - start_bytes
        size = ledger.size()
        rows = ledger.newest_seq()
        ledger.close()
    days = options.hours / 24
    result = {
        "kwh_per_day": round(count / 1600 / days, 1),
        "pulses": count,
        "commits_per_day": round(commits / days),
        "rows_per_day": round(rows / days),
        "write_bytes_per_day_mb": round(dirty / days / 1e6, 1),
        "bytes_per_commit": round(dirty / max(1, commits)),
        "ledger_grows_mb_per_day": round(size / days / 1e6, 2),
        "not_included": "file system journal and metadata, the card's own rewriting; the publisher's notes",
    }
    show(result, options.json)


if __name__ == "__main__":
    main()
