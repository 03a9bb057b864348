"""What is wrong with the other side's TLS, by OpenSSL's number; and no OpenSSL where nobody speaks TLS."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

#: ``no_tls``: what answers there does not speak it. ``form``: a field that RFC 5280 wants is missing, which
#: Python takes exception to from 3.13 on.
Fault = Literal["expired", "early", "name", "authority", "form", "no_tls"]

#: X509_V_ERR_… of OpenSSL's x509_vfy.h.
_FAULTS: Final[dict[int, Fault]] = {
    9: "early", 10: "expired", 62: "name", 64: "name",
    2: "authority", 18: "authority", 19: "authority", 20: "authority", 21: "authority",
    **dict.fromkeys(range(79, 95), "form"),
}  # fmt: skip


def fault(error: BaseException | None) -> Fault | None:
    """The fault that an error, or what led to it, stands for; None for any other trouble.

    By attributes, because :mod:`ssl` is loaded only where it is used.
    """
    while error is not None:
        found = _FAULTS.get(getattr(error, "verify_code", 0))
        if found is not None:
            return found
        if getattr(error, "reason", None) in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
            return "no_tls"
        error = error.__cause__ or error.__context__
    return None


#: OpenSSL's two faces. paho, Werkzeug and hashlib load them where they can, and they stay: 5 MB for a daemon
#: that speaks plain TCP. Python has SHA-256 of its own.
_OPENSSL = ("ssl", "_hashlib")


@contextmanager
def without_openssl() -> Iterator[None]:
    """What is imported meanwhile does without OpenSSL; later imports may load it.

    For a program that is one service: HTTPS of Python's own is gone from modules imported meanwhile.
    """
    hidden = [module for module in _OPENSSL if module not in sys.modules]
    for module in hidden:
        sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for module in hidden:
            del sys.modules[module]
