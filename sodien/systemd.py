"""Tell systemd how the service is doing, by the sd_notify protocol (sd_notify(3)).

Outside systemd, where ``NOTIFY_SOCKET`` is not set, everything here does nothing. Nothing here raises or
waits: a message that cannot be sent must not hold up counting, and a receiver that does not read is no
reason to. Each function returns whether systemd took the message.
"""

from __future__ import annotations

import os

_owed = False  # systemd has not taken READY=1


def ready() -> bool:
    """Starting is over (``Type=notify`` waits for this). If not taken now, :func:`watchdog` says it again."""
    global _owed
    taken = _send("READY=1")
    _owed = not taken
    return taken


def stopping() -> bool:
    """Shutting down has begun."""
    return _send("STOPPING=1")


def watchdog() -> bool:
    """Still alive; due more often than the unit's ``WatchdogSec``."""
    if _owed:
        ready()
    return _send("WATCHDOG=1")


def status(text: str) -> bool:
    """One line for ``systemctl status``; anything that would break the line becomes a space."""
    return _send("STATUS=" + " ".join(text.split()))


def _send(message: str) -> bool:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@") or len(address) < 2:
        return False
    import socket  # here, because commands that never notify should not pay for it

    if address[0] == "@":  # the abstract namespace starts with a zero byte
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            # A time-out would not wait but spin: poll(2) calls a socket that is not connected writable even
            # where the receiver's queue is full.
            channel.setblocking(False)
            channel.sendto(message.encode("utf-8", "replace"), address)
    except (OSError, ValueError):
        return False
    return True
