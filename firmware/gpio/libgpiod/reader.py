"""The one thread that reads edges: sleeps in the kernel until there are some, takes them all, hands them on.

It must outlive whatever it calls: a failure in handling edges is counted, logged once with its context, and
reading goes on. Only a line whose chip is gone ends for good; :attr:`Reader.failure` then says so.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import threading
import time
from collections.abc import Callable

from firmware.gpio.libgpiod.events import BUFFER_EVENTS, READ_BYTES, RECORD

log = logging.getLogger(__name__)

#: With fewer records than this waiting, a short rest before the next read can't overflow the buffer.
_CALM_BYTES = BUFFER_EVENTS // 8 * RECORD.size

#: How long :meth:`Reader.remove` waits for a delivery to end.
_PATIENCE_S = 1.0
#: Kinds of errors that are logged; more than that is one error with changing text.
_MOST_LOGGED = 20

Deliver = Callable[[bytes], None]


class Reader:
    """Reads all line requests of one factory in one thread, which starts with the first line.

    Attributes:
        errors: deliveries that raised; the edges of each were lost.
        failure: why a line can't be read any more, None while all can.
    """

    def __init__(self, rest_s: float = 0.0) -> None:
        """Args: ``rest_s``: let edges gather this long before each read, for fewer wake-ups in all."""
        self.errors = 0
        self.failure: str | None = None
        self._rest_s = rest_s
        self._lines: dict[int, Deliver] = {}
        self._lock = threading.Lock()  # the lines; held for an instant
        self._turn = threading.RLock()  # reading and delivering, which must stay in order
        self._epoll = select.epoll()
        self._stop, self._stopper = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._epoll.register(self._stop, select.EPOLLIN | select.EPOLLHUP)
        self._thread: threading.Thread | None = None
        self._busy = False
        self._delivered = time.monotonic_ns()
        self._logged: set[str] = set()

    def add(self, fd: int, deliver: Deliver) -> None:
        """Read this non-blocking descriptor from now on; ``deliver`` gets whole records, in the thread."""
        with self._lock:
            self._lines[fd] = deliver
            self._epoll.register(fd, select.EPOLLIN)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="gpiod-reader", daemon=True)
                self._thread.start()

    def remove(self, fd: int) -> None:
        """Stop reading; the descriptor may be closed as soon as this returns. Unknown ones are fine."""
        with self._lock:
            if self._lines.pop(fd, None) is not None:
                with contextlib.suppress(OSError):
                    self._epoll.unregister(fd)
        # Let a delivery that has begun come to its end; not for ever, for it may be waiting for our caller.
        if self._turn.acquire(timeout=_PATIENCE_S):
            self._turn.release()

    def drain(self, fd: int) -> None:
        """Deliver now, in the caller's thread, what the kernel holds for this descriptor."""
        self._serve(fd)

    def close(self) -> None:
        """End the thread; closing twice is fine."""
        if self._stopper < 0:
            return
        os.close(self._stopper)
        self._stopper = -1
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        with self._lock:
            self._lines.clear()
            self._epoll.close()
            os.close(self._stop)

    def alive(self) -> bool:
        """Whether edges of all lines can still arrive."""
        if self.failure is not None:
            return False
        return self._thread is None or self._thread.is_alive() or self._stopper < 0

    def delivered_ns(self) -> int:
        """The monotonic ns up to which all edges are delivered: now, where none wait. For another thread."""
        now = time.monotonic_ns()
        if self._stopper < 0:
            return now
        try:
            # In this order: a read that begins after the first look takes only what happened after it.
            waiting = bool(self._epoll.poll(0)) or self._busy
        except (OSError, ValueError):  # closed meanwhile
            return now
        return self._delivered if waiting else now

    def _run(self) -> None:
        rest = self._rest_s
        while True:
            try:
                self._epoll.poll()
                self._busy = True
                if rest:
                    time.sleep(rest)
                now = time.monotonic_ns()
                ready = self._epoll.poll(0)
            except (OSError, ValueError):
                return
            most = 0
            for fd, _event in ready:
                if fd == self._stop:
                    self._busy = False
                    return
                most = max(most, self._serve(fd))
            if most < READ_BYTES:
                self._delivered = now
            self._busy = False
            rest = self._rest_s if most < _CALM_BYTES else 0.0

    def _serve(self, fd: int) -> int:
        """Read one line and deliver; returns how many bytes there were."""
        with self._turn:
            with self._lock:
                deliver = self._lines.get(fd)
                if deliver is None:
                    return 0
                try:
                    data = os.read(fd, READ_BYTES)
                except BlockingIOError:
                    return 0
                except OSError as error:
                    return self._end(fd, error.strerror or str(error))
                if not data:
                    return self._end(fd, "end of file")
            try:
                deliver(data)
            except Exception as error:  # noqa: BLE001  (the thread must live on)
                self.errors += 1
                self.report(error, f"{len(data) // RECORD.size} edges were lost in handling them")
            return len(data)

    def _end(self, fd: int, why: str) -> int:
        self._lines.pop(fd, None)
        with contextlib.suppress(OSError):
            self._epoll.unregister(fd)
        self.failure = f"a GPIO line cannot be read any more ({why})"
        log.error("%s", self.failure)
        return 0

    def report(self, error: Exception, context: str) -> None:
        """Log an error with its context, each kind once."""
        kind = f"{type(error).__name__}: {error}"
        if kind not in self._logged and len(self._logged) < _MOST_LOGGED:
            self._logged.add(kind)
            log.error("%s; reading goes on", context, exc_info=error)
