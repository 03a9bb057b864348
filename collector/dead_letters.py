"""Where payloads go that cannot be stored: a file of JSON lines, for a person to look at."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from collector.batch import BadMessage

log = logging.getLogger(__name__)

MAX_BYTES = 10 << 20
_MAX_PAYLOAD = 16 << 10
_REMEMBERED = 10_000


class DeadLetters:
    """Counts what is put aside and keeps it in ``path``, each payload once, until the file has ``max_bytes``.

    A device sends an entry that is never confirmed again and again; only the first time makes a line.
    Nothing here raises: evidence that cannot be kept must not stop the rest.

    Args:
        path: file of JSON objects with time, topic, kind, reason, payload and payload_bytes; None keeps none.
        now: the time, for the file.
        max_bytes: size from which on it only counts.
    """

    def __init__(self, path: Path | None, now: Callable[[], dt.datetime], max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._now = now
        self._max_bytes = max_bytes
        self._seen: dict[bytes, None] = {}
        self._said: set[str] = set()
        self.counts: Counter[str] = Counter()

    def put(self, bad: BadMessage) -> None:
        """Count it, keep it if it is new, and say so once for each kind of reason."""
        self.counts[bad.kind] += 1
        self._say(
            bad.kind,
            f"put aside from {bad.topic} ({bad.kind}): {bad.reason}; not confirmed to the device; "
            f"further ones are only counted{f' and kept in {self._path}' if self._path else ''}",
        )
        key = hashlib.blake2b(
            bad.topic.encode("utf-8", "replace") + b"\0" + bad.payload, digest_size=16
        ).digest()
        if key in self._seen:
            return
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        if self._path is not None:
            try:
                self._append(self._path, bad)
            except OSError as error:
                self._say("file", f"{self._path} cannot be written ({error.strerror}); counting only")

    def _append(self, path: Path, bad: BadMessage) -> None:
        record = {
            "time": self._now().isoformat(timespec="milliseconds"),
            "topic": bad.topic,
            "kind": bad.kind,
            "reason": bad.reason,
            "payload": bad.payload[:_MAX_PAYLOAD].decode("utf-8", "backslashreplace"),
            "payload_bytes": len(bad.payload),
        }
        data = (json.dumps(record) + "\n").encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            size = file.seek(0, 2)
            if size + len(data) > self._max_bytes:
                self._say("full", f"{path} has {size} bytes; counting only until it is moved away")
                return
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":  # a crash in the middle of a line
                    data = b"\n" + data
            file.write(data)

    def _say(self, kind: str, text: str) -> None:
        if kind not in self._said:
            self._said.add(kind)
            log.warning("%s", text)
