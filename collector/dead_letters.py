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
from sodien.logs import OnceAMinute

log = logging.getLogger(__name__)

MAX_BYTES = 10 << 20
_MAX_PAYLOAD = 16 << 10
_REMEMBERED = 10_000
_MOST_AT_ONCE = 100


class DeadLetters:
    """Counts what is put aside and keeps it in ``path``, each payload once, until the file has ``max_bytes``.

    A device sends an entry that is never confirmed again and again; only the first time makes a line.
    Nothing here raises: evidence that cannot be kept must not stop the rest. A flood costs little: of what is
    put aside at once only the first hundred are kept, and each kind is logged at most once a minute.

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
        self._warnings = OnceAMinute(log)
        self.counts: Counter[str] = Counter()

    def put(self, *bad: BadMessage) -> None:
        """Count them, keep those that are new, and say so."""
        new: list[BadMessage] = []
        for one in bad:
            self.counts[one.kind] += 1
            told = "; the device is told" if one.seq is not None else ""
            keeps = self._path is not None and one.kind != "name"  # those fit, and their device has them
            kept = f"; kept in {self._path}" if keeps else ""
            self._warnings.warn(
                one.kind, f"put aside from {one.topic} ({one.kind}): {one.reason}{told}{kept}"
            )
            if keeps and len(new) < _MOST_AT_ONCE and self._is_new(one):
                new.append(one)
        if self._path is not None and new:
            try:
                self._append(self._path, new)
            except OSError as error:
                text = f"{self._path} cannot be written ({error.strerror}); counting only"
                self._warnings.warn("file", text)

    def _is_new(self, bad: BadMessage) -> bool:
        key = hashlib.blake2b(
            bad.topic.encode("utf-8", "replace") + b"\0" + bad.payload, digest_size=16
        ).digest()
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return True

    def _append(self, path: Path, new: list[BadMessage]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            size = file.seek(0, 2)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":  # a crash in the middle of a line
                    size += file.write(b"\n")
            for bad in new:
                data = self._line(bad)
                if size + len(data) > self._max_bytes:
                    text = f"{path} has {size} bytes; counting only until it is moved away"
                    self._warnings.warn("full", text)
                    return
                size += file.write(data)

    def _line(self, bad: BadMessage) -> bytes:
        record = {
            "time": self._now().isoformat(timespec="milliseconds"),
            "topic": bad.topic,
            "kind": bad.kind,
            "reason": bad.reason,
            "payload": bad.payload[:_MAX_PAYLOAD].decode("utf-8", "backslashreplace"),
            "payload_bytes": len(bad.payload),
        }
        return (json.dumps(record) + "\n").encode()
