"""`sodien --version` beside `python -c pass`: median of several starts, in turn."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from common import arguments, show


def once(command: list[str]) -> float:
    """Seconds from start to end of a command."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    commands = {
        "python_pass_ms": [sys.executable, "-c", "pass"],
        "sodien_version_ms": [sys.executable, "-m", "sodien", "--version"],
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(options.times):
        for name, command in commands.items():
            found[name].append(once(command) * 1000)
    result: dict[str, object] = {name: round(statistics.median(times)) for name, times in found.items()}
    result["starts"] = options.times
    show(result, options.json)


if __name__ == "__main__":
    main()
