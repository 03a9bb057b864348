"""The household's passphrase: a file with its scrypt hash, and a secret of its own that signs the sessions.

A new passphrase is a new secret, so it ends every session. The file is readable by its owner alone.
"""

from __future__ import annotations

import hmac
import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from sodien.errors import SodienError
from sodien.files import acting_as_owner, replacing
from sodien.i18n import tr

#: 16 MiB and five rounds: as strong as OWASP's least, and bearable for a machine with 512 MB.
_N, _R, _P = 2**14, 8, 5
_PROGRAM = f"""
import hashlib, sys
given = sys.stdin.buffer.read()
salt, limit = given[:16], {64 * 1024 * 1024}
found = hashlib.scrypt(given[16:], salt=salt, n={_N}, r={_R}, p={_P}, maxmem=limit, dklen=32)
sys.stdout.buffer.write(found)
"""
_PATIENCE_S = 120
#: Characters of a passphrase: fewer can be guessed by trying, more are no passphrase.
LEAST, MOST = 8, 200
#: Two at once would double the memory.
_one_at_a_time = threading.Lock()


class Passphrase(msgspec.Struct, frozen=True):
    """The file, as hexadecimal digits: ``salt`` (16 bytes), ``hash`` of scrypt, ``key`` to sign with."""

    salt: str
    hash: str
    key: str

    def fits(self, typed: str) -> bool:
        """Whether this is the passphrase. Takes half a second on a PC; one call at a time."""
        if len(typed) > MOST:
            return False
        return hmac.compare_digest(_hash(typed, bytes.fromhex(self.salt)), bytes.fromhex(self.hash))

    def derived(self, purpose: str) -> bytes:
        """A key for one purpose."""
        return hmac.digest(bytes.fromhex(self.key), purpose.encode(), "sha256")

    @property
    def token(self) -> str:
        """The API's token: it ends with the passphrase."""
        return self.derived("api").hex()


def unfit(typed: str) -> str | None:
    """Why it can be no passphrase; None where it can."""
    if LEAST <= len(typed) <= MOST:
        return None
    return tr(
        "A passphrase has {least} to {most} characters; take three or four words.", least=LEAST, most=MOST
    )


def make(typed: str) -> Passphrase:
    """A new passphrase with a salt and a key of its own. Raises SodienError for one too short or too long."""
    if (why := unfit(typed)) is not None:
        raise SodienError(why)
    salt = secrets.token_bytes(16)
    return Passphrase(salt.hex(), _hash(typed, salt).hex(), secrets.token_hex(32))


def write(path: Path, passphrase: Passphrase) -> None:
    """Put it into the file, mode 0600; by root as the folder's owner, who serves the page. Raises OSError."""
    with acting_as_owner(path.parent), replacing(path, as_caller=False) as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(msgspec.json.format(msgspec.json.encode(passphrase)) + b"\n")


def read(path: Path) -> Passphrase:
    """What the file holds. Raises SodienError with the remedy."""
    remedy = tr("make one with 'sodien page passphrase'")
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Passphrase)
        for text in msgspec.structs.astuple(found):
            bytes.fromhex(text)
        return found
    except OSError as error:
        raise SodienError(
            tr("{path} cannot be read ({reason}); {remedy}.", path=path, reason=error.strerror, remedy=remedy)
        ) from None
    except (msgspec.MsgspecError, ValueError):
        raise SodienError(tr("{path} holds no passphrase; {remedy}.", path=path, remedy=remedy)) from None


def _hash(typed: str, salt: bytes) -> bytes:
    """scrypt, in a process of its own: its memory and OpenSSL's go with it."""
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM]
    with _one_at_a_time:
        done = subprocess.run(
            command, input=salt + typed.encode(), capture_output=True, check=True, timeout=_PATIENCE_S
        )
    return done.stdout
