"""The household's page: what the ledger knows, on a phone; a small service of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: OpenSSL's two faces. Werkzeug and hashlib load them where they can: 9 MB that stay. The page speaks no TLS
#: itself, Python has SHA-256 of its own, and scrypt runs in a process of its own.
_UNUSED = ("ssl", "_hashlib")


@contextmanager
def without_openssl() -> Iterator[None]:
    """What is imported meanwhile does without OpenSSL; later imports may load it."""
    hidden = [module for module in _UNUSED if module not in sys.modules]
    for module in hidden:
        sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for module in hidden:
            del sys.modules[module]
