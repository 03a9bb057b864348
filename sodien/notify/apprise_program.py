"""The program that sends one message by Apprise: a process of its own, so that its memory ends with it.

It stands alone (nothing of Sodien is imported), reads ``{"url", "title", "body"}`` from standard input, which
no list of processes shows, and writes one line of JSON: ``{"ok": true}`` or ``{"why": …}``.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import resource
import sys
from typing import Any

#: Seconds of the processor; loading Apprise costs most of it, some seconds on a small Pi.
_CPU_S = 60


def main() -> dict[str, object]:
    """Read, send, answer."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):  # the unit has a niceness of its own, and lets no other be set
        os.nice(10)  # counting goes first
    asked = json.load(sys.stdin)
    try:
        import apprise
    except ImportError:
        return {"why": "extra"}
    sender = apprise.Apprise()
    if not sender.add(asked["url"]):
        return {"why": "address"}
    capture: Any = apprise.LogCapture
    with capture(level=logging.WARNING, fmt="%(message)s") as said:
        sent = sender.notify(body=asked["body"], title=asked["title"], body_format=apprise.NotifyFormat.TEXT)
        told = re.sub(r"\s+", " ", said.getvalue().strip())
    return {"ok": True} if sent else {"why": told[:300]}


if __name__ == "__main__":
    answer = main()
    sys.stdout.write(json.dumps(answer) + "\n")
