"""Tell systemd how the service is doing, by the sd_notify protocol (sd_notify(3)).

Outside systemd, where ``NOTIFY_SOCKET`` is not set, everything here does nothing. Nothing here raises:
a message that cannot be sent must not stop counting. Each function returns whether systemd took the message.
"""

from __future__ import annotations

import os

#: Longest time in seconds that a full notification socket may hold up the caller.
SEND_TIMEOUT_S = 1.0


def ready() -> bool:
    """Starting is over (``Type=notify`` waits for this)."""
    return _send("READY=1")


def stopping() -> bool:
    """Shutting down has begun."""
    return _send("STOPPING=1")


def watchdog() -> bool:
    """Still alive; due more often than every :func:`watchdog_usec` microseconds."""
    return _send("WATCHDOG=1")


def status(text: str) -> bool:
    """One line for ``systemctl status``; anything that would break the line becomes a space."""
    return _send("STATUS=" + " ".join(text.split()))


def watchdog_usec() -> int | None:
    """Microseconds systemd waits for a :func:`watchdog` before it restarts this process.

    None when no watchdog is set or it is meant for another process (sd_watchdog_enabled(3)).
    """
    try:
        usec = int(os.environ.get("WATCHDOG_USEC", ""))
        if int(os.environ.get("WATCHDOG_PID") or os.getpid()) != os.getpid():
            return None
    except ValueError:
        return None
    return usec if usec > 0 else None


def _send(message: str) -> bool:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@") or len(address) < 2:
        return False
    import socket  # here, because commands that never notify should not pay for it

    if address[0] == "@":  # the abstract namespace starts with a zero byte
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(SEND_TIMEOUT_S)
            channel.sendto(message.encode("utf-8", "replace"), address)
    except (OSError, ValueError):
        return False
    return True
