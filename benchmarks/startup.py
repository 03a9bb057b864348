"""`sodien --version` and what `sodien run` imports, beside `python -c pass`: median of several starts.

Time depends on the machine's load; the number of modules and the memory they hold do not.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from common import arguments, compiled, show

#: What `sodien run` has imported when it begins to count, on a GPIO chip.
RUN = (
    "import yaml, sodien.cli.group, sodien.cli.run, sodien.settings.model; "
    "import firmware.daemon, firmware.gpio.libgpiod.pins"
)
COUNTED = """
import sys
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(len(sys.modules), status["VmRSS"].split()[0])
"""


def once(command: list[str], env: dict[str, str]) -> float:
    """Seconds from start to end of a command."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=env)
    return time.perf_counter() - begin


def held(code: str, env: dict[str, str]) -> tuple[int, float]:
    """Modules loaded after these imports, and resident memory in MB (10^6 bytes)."""
    command = [sys.executable, "-c", f"{code}\n{COUNTED}"]
    modules, kib = subprocess.run(command, check=True, capture_output=True, env=env, text=True).stdout.split()
    return int(modules), round(int(kib) * 1024 / 1e6, 1)


def main() -> None:
    """Measure and print."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    commands = {
        "python_pass_ms": [sys.executable, "-c", "pass"],
        "sodien_version_ms": [sys.executable, "-m", "sodien", "--version"],
        "gpiozero_import_ms": [sys.executable, "-c", "import gpiozero"],
        "sodien_run_import_ms": [sys.executable, "-c", RUN],
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    memory: dict[str, object] = {}
    with compiled() as env:
        for command in commands.values():
            once(command, env)
        for _ in range(options.times):
            for name, command in commands.items():
                found[name].append(once(command, env) * 1000)
        for name, code in (("gpiozero_import", "import gpiozero"), ("sodien_run_import", RUN)):
            memory[f"{name}_modules"], memory[f"{name}_rss_mb"] = held(code, env)
    result: dict[str, object] = {name: round(statistics.median(times)) for name, times in found.items()}
    result |= memory
    result["starts"] = options.times
    show(result, options.json)


if __name__ == "__main__":
    main()
