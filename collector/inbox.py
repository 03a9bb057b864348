"""The queue between the network thread and the writer, bounded in bytes.

While the database is down, messages wait here unacknowledged. The broker sends no more than its window
(ReceiveMaximum 1000), and this queue takes no more than its limit: what does not fit is left with the broker,
which sends it again on the next connection.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

LIMIT_BYTES = 64 << 20
#: One batch: about 5,000 entries of a backlog, or this many messages.
BATCH_BYTES = 1 << 20
BATCH_MESSAGES = 1000
#: What a message costs beside its payload.
_OVERHEAD = 512


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came.

    Attributes:
        generation: number of the connection that brought it; it can be acknowledged only on that one.
        mid: the broker's packet id.
        qos: 0 or 1; 0 needs no acknowledgement.
        topic: its topic.
        payload: its payload, or the beginning of it when it is too long.
        too_long: whether the payload has more bytes than are accepted.
    """

    generation: int
    mid: int
    qos: int
    topic: str
    payload: bytes
    too_long: bool = False


class Inbox:
    """Messages in the order they came. Methods may be called from any thread and never block for long."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._refused = False
        self._changed = threading.Condition()

    def put(self, message: Message) -> bool:
        """Append a message; False when there is no room and it stays with the broker."""
        cost = len(message.payload) + _OVERHEAD
        with self._changed:
            # An empty queue takes anything, else a message of the limit's size would never get through.
            if self._messages and self._bytes + cost > self._limit:
                self._refused = True
                return False
            self._messages.append(message)
            self._bytes += cost
            self._changed.notify()
            return True

    def take(self, timeout: float) -> list[Message]:
        """What is there, as soon as there is something, up to one batch; empty after ``timeout`` seconds."""
        with self._changed:
            if not self._messages:
                self._changed.wait(timeout)
            taken: list[Message] = []
            size = 0
            while self._messages and len(taken) < BATCH_MESSAGES and size < BATCH_BYTES:
                message = self._messages.popleft()
                taken.append(message)
                size += len(message.payload)
                self._bytes -= len(message.payload) + _OVERHEAD
            return taken

    def forget_before(self, generation: int) -> int:
        """Drop the messages of earlier connections, because the broker sends them again; how many."""
        with self._changed:
            kept = deque(message for message in self._messages if message.generation >= generation)
            dropped = len(self._messages) - len(kept)
            self._messages = kept
            self._bytes = sum(len(message.payload) + _OVERHEAD for message in kept)
            return dropped

    def wake(self) -> None:
        """End a :meth:`take` that waits."""
        with self._changed:
            self._changed.notify_all()

    def relieved(self) -> bool:
        """True once after messages were left with the broker and there is room for them again."""
        with self._changed:
            if self._refused and not self._messages:
                self._refused = False
                return True
            return False

    def __len__(self) -> int:
        return len(self._messages)
