"""Messages per second from the broker to the database, through the real collector, broker and InfluxDB.

    python benchmarks/collector.py [--messages 20000] [--json]

A publisher in this process sends ticks as fast as the broker takes them; ``sodien collect`` runs as a process
of its own. The clock runs from the first publish to the last confirmation. Two loads: one entry a message
(the live edge) and 100 entries a message (a backlog). The CPU time is the collector's alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.collector.device import Device  # noqa: E402
from tests.support.servers import Influx, Mosquitto  # noqa: E402

SETTINGS = """
device: bench
meters: [{{id: main, pin: 17, constant: 1600}}]
mqtt: {{host: 127.0.0.1, port: {port}}}
influxdb: {{url: "{url}", bucket: sodien}}
collector: {{aside: {folder}/aside.jsonl}}
"""


def usage(pid: int) -> tuple[float, float]:
    """CPU seconds so far and peak resident memory in MiB of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak = next(int(row.split()[1]) for row in status if row.startswith("VmHWM"))
    return cpu, peak / 1024


def measure(folder: Path, messages: int, per_message: int) -> dict[str, Any]:
    """One load, with fresh servers."""
    with Mosquitto(folder / "broker") as broker, Influx(folder / "influx") as database:
        settings = folder / "sodien.yaml"
        settings.write_text(SETTINGS.format(port=broker.port, url=database.url, folder=folder))
        with (
            (folder / "collect.log").open("wb") as log,
            subprocess.Popen(
                [sys.executable, "-m", "sodien", "collect", "-c", str(settings)],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            ) as collector,
            Device(broker.port, per_message=per_message) as device,
        ):
            try:
                device.settle(device.make(per_message))  # the collector is up and has made the database
                start_cpu, _ = usage(collector.pid)
                seqs = device.make(messages * per_message)
                payloads = device.payloads(seqs)  # encoded before the clock starts
                begun = time.perf_counter()
                for payload in payloads:
                    device.send_raw(payload)
                device.wait_confirmed(seqs, timeout=600)
                seconds = time.perf_counter() - begun
                cpu, peak = usage(collector.pid)
            finally:
                collector.terminate()
        (row,) = database.query("SELECT count(pulses) FROM meter", "sodien")
        assert row["count"] == len(device.entries), "entries are missing"
    return {
        "messages": messages,
        "entries_per_message": per_message,
        "seconds": round(seconds, 2),
        "messages_per_s": round(messages / seconds),
        "entries_per_s": round(messages * per_message / seconds),
        "collector_cpu_us_per_message": round((cpu - start_cpu) * 1e6 / messages),
        "collector_peak_mib": round(peak, 1),
    }


def main() -> None:
    """Measure both loads and print them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=20_000, help="messages of one entry (20000)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args()
    results = []
    for messages, per_message in ((chosen.messages, 1), (max(1, chosen.messages // 20), 100)):
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(Path(folder), messages, per_message))
    if chosen.json:
        print(json.dumps({"command": " ".join(sys.argv), "cores": os.cpu_count(), "results": results}))
        return
    print(
        f"$ python {' '.join(sys.argv)}   ({os.cpu_count()} cores, publisher and servers on the same machine)"
    )
    for row in results:
        print(
            f"{row['messages']:>7} messages of {row['entries_per_message']:>3}: "
            f"{row['messages_per_s']:>6} messages/s, {row['entries_per_s']:>7} entries/s, "
            f"{row['collector_cpu_us_per_message']:>5} µs CPU a message, peak {row['collector_peak_mib']} MiB"
        )


if __name__ == "__main__":
    main()
