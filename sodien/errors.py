"""The one root of errors that are told to a person."""

from __future__ import annotations


class SodienError(Exception):
    """Something the person can mend: the message is one sentence that names the place and the remedy.

    Attributes:
        exit_code: what the command line exits with (2: usage or settings, 1: a finding).
    """

    exit_code = 2
