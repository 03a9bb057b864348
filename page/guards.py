"""Who may do what: names the page answers to, sessions, form tokens, and a limit on guessing. No I/O.

Over plain http a browser sends no ``Sec-Fetch-`` headers, so a form is known to be ours by a token of its
session and by ``Origin``.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field
from typing import Final

import msgspec
from itsdangerous import BadSignature, URLSafeTimedSerializer

#: How long a session lasts without a visit.
SESSION_S: Final = 90 * 24 * 3600
#: How long a link to one bill is good.
LINK_S: Final = 14 * 24 * 3600
#: Wrong passphrases of one address, and of all together, until the page stops listening for a while.
PER_ADDRESS, IN_ALL = 5, 30
WINDOW_S: Final = 15 * 60
#: Names that no stranger can point at this machine: his would be a name of the public DNS.
_HOME = ("local", "lan", "home", "internal", "home.arpa", "localhost")


def host_is_ours(host: str, own: str) -> bool:
    """Whether a request for this ``Host`` was meant for a machine at home.

    A stranger's page can make a browser ask for a name that he points here (DNS rebinding). He cannot do so
    with an address, a name without a dot, or one of the domains that exist at home only.

    Args:
        host: the header, with or without a port.
        own: the machine's own full name, which counts too.
    """
    name = host.rsplit(":", 1)[0] if host.count(":") == 1 or "]:" in host else host
    name = name.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        good = bool(name) and all(char.isalnum() or char in "-._" for char in name)
        return good and (
            "." not in name or name == own.lower() or name.endswith(tuple(f".{one}" for one in _HOME))
        )
    return True


def same_origin(origin: str | None, scheme: str, host: str) -> bool:
    """Whether a form was sent from a page of this host; a client that names no origin is no browser."""
    return origin is None or origin.lower() == f"{scheme}://{host}".lower()


class Visit(msgspec.Struct, frozen=True):
    """One browser's session: an id for its form tokens, and whether the passphrase was given."""

    id: str
    known: bool = False


class Sessions:
    """Sessions as signed cookies: nothing is kept here, and a new key ends them all."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._signer = URLSafeTimedSerializer(key, salt="sodien-visit")

    def new(self, *, known: bool = False) -> Visit:
        """A session of a browser that has none, or that has just given the passphrase."""
        return Visit(secrets.token_hex(16), known)

    def cookie(self, visit: Visit) -> str:
        """What the browser keeps."""
        text = self._signer.dumps([visit.id, visit.known])
        assert isinstance(text, str)
        return text

    def visit(self, cookie: str | None) -> Visit | None:
        """The session of a cookie; None for one that is not ours or too old."""
        if not cookie:
            return None
        try:
            return msgspec.convert(
                dict(zip(("id", "known"), self._signer.loads(cookie, max_age=SESSION_S), strict=True)), Visit
            )
        except (BadSignature, msgspec.ValidationError, ValueError, TypeError):
            return None

    def token(self, visit: Visit) -> str:
        """What every form of this session carries."""
        return hmac.digest(self._key, f"form {visit.id}".encode(), "sha256").hex()

    def fits(self, visit: Visit, token: str | None) -> bool:
        """Whether a form carries this session's token."""
        return token is not None and hmac.compare_digest(self.token(visit).encode(), token.encode())


class Links:
    """Signed links to the sheet of one bill, good for a while: who has one sees that sheet alone."""

    def __init__(self, key: bytes) -> None:
        self._signer = URLSafeTimedSerializer(key, salt="sodien-bill")

    def token(self, meter: str, entry: int) -> str:
        """What the link ends with."""
        text = self._signer.dumps([meter, entry])
        assert isinstance(text, str)
        return text

    def bill(self, token: str) -> tuple[str, int] | None:
        """The meter and the number of the bill; None for a link that is not ours or too old."""
        try:
            return msgspec.convert(self._signer.loads(token, max_age=LINK_S), tuple[str, int])
        except (BadSignature, msgspec.ValidationError, ValueError, TypeError):
            return None


@dataclass
class Attempts:
    """Wrong passphrases in the last quarter of an hour; times are seconds of any steady clock."""

    failed: list[tuple[float, str]] = field(default_factory=list)

    def wait(self, address: str, now: float) -> int:
        """Seconds until this address may try again; 0: now."""
        self.failed = [one for one in self.failed if now - one[0] < WINDOW_S]
        mine = [at for at, who in self.failed if who == _who(address)]
        until = []
        if len(mine) >= PER_ADDRESS:
            until.append(mine[-PER_ADDRESS] + WINDOW_S)
        if len(self.failed) >= IN_ALL:
            until.append(self.failed[-IN_ALL][0] + WINDOW_S)
        return max(0, int(max(until, default=now) - now) + bool(until))

    def note(self, address: str, now: float) -> None:
        """A wrong one came from this address."""
        self.failed = [*self.failed, (now, _who(address))][-IN_ALL * 2 :]

    def forget(self, address: str) -> None:
        """The right one came from it."""
        self.failed = [one for one in self.failed if one[1] != _who(address)]


def _who(address: str) -> str:
    """An address; of IPv6 the network, because one machine has as many addresses in it as it likes."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
