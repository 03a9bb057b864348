"""Addresses of Apprise in a file of their own, one a line, and a message to one of them.

An address holds a secret in most cases: it is never printed, and reaches the program that sends (a process of
its own, with a limit on its time) by its standard input.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sodien.errors import SodienError, install_command
from sodien.files import of_a_child
from sodien.i18n import tr
from sodien.settings.reader import SettingsError, read_text

_PROGRAM = Path(__file__).with_name("apprise_program.py")
TIMEOUT_S: Final = 60


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the file; ``label`` is what it is called before people, ``name`` the same for a file."""

    label: str
    url: str = field(repr=False)

    @property
    def name(self) -> str:
        """Tells it from the others, whichever line it is on."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]


def read(path: Path) -> list[Address]:
    """The addresses in a file; empty lines and lines with # are none. Raises SettingsError."""
    missing = tr("write the addresses into it, one a line, readable by the service's user only")
    found = []
    for number, line in enumerate(read_text(path, missing, as_caller=False).splitlines(), 1):
        url = line.strip()
        if url and not url.startswith("#"):
            scheme = re.match(r"([a-z0-9+.-]{1,20})://", url, re.IGNORECASE)
            label = tr("line {number} ({kind})", number=number, kind=scheme[1] if scheme else "?")
            found.append(Address(label, url))
    if not found:
        raise SettingsError(tr("{path} holds no address; write one a line.", path=path))
    return found


def send(address: Address, title: str, body: str, *, timeout_s: float = TIMEOUT_S) -> str | None:
    """Send a message; None once it is sent, else why it could not be. Raises SodienError without Apprise."""
    asked = json.dumps({"url": address.url, "title": title, "body": body})
    user, group = of_a_child()
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_PROGRAM)],
            input=asked.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
            user=user,
            group=group,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return tr("no answer within {seconds} s", seconds=f"{timeout_s:g}")
    except ValueError:
        return tr("the program that sends has ended unexpectedly")
    if answer.get("why") == "extra":
        command = install_command("notify")
        raise SodienError(
            tr("Messages are sent by the package Apprise; install it: {command}", command=command)
        )
    if answer.get("why") == "address":
        return tr("Apprise does not know this kind of address")
    if answer.get("ok"):
        return None
    return without_secrets(str(answer.get("why") or ""), address.url) or tr("it was refused")


def without_secrets(text: str, url: str) -> str:
    """Apprise's words without any part of an address but its scheme."""
    scheme, _, rest = url.partition("://")
    for part in sorted(set(re.split(r"[/:@?&=+,;\s]+", rest)), key=len, reverse=True):
        if len(part) > 3 and part != scheme:
            text = text.replace(part, "…")
    return text
