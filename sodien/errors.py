"""The roots of errors: what is told to a person, what mends it, and what is wrong with a payload."""

from __future__ import annotations

import os
import re
import shlex
import sys


class SodienError(Exception):
    """Something the person can mend: the message is one sentence that names the place and the remedy.

    Attributes:
        exit_code: what the command line exits with (2: usage or settings, 1: a finding).
    """

    exit_code = 2


class FieldError(SodienError):
    """One of the values that were given cannot be used; the message says why and what to give instead.

    Attributes:
        field: the value's name, such as ``old_final``. Each face shows it in its own way: the command line as
            the option ``--old-final``.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def install_command(extra: str) -> str:
    """The command that installs what an extra of Sodien, such as ``page``, asks for, for this Python."""
    from importlib.metadata import PackageNotFoundError, requires  # large, and seldom needed

    wanted = re.compile(rf"([^;]+);.*\bextra == ['\"]{extra}['\"]")
    try:
        asked = [found[1].strip() for one in requires("sodien") or () if (found := wanted.match(one))]
    except PackageNotFoundError:  # a copy that nobody installed
        asked = []
    command = shlex.join([sys.executable, "-m", "pip", "install", *(asked or [f"sodien[{extra}]"])])
    return command if os.access(sys.prefix, os.W_OK) else f"sudo {command}"


class BadPayload(ValueError):  # noqa: N818  (the field says "bad payload", not "bad payload error")
    """A payload that does not fit the contract; the message says where."""
