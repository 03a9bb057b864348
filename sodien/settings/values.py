"""What single settings may be, beyond numbers and choices: ids, time zones, addresses, secrets' files.

Each check takes the text of one value and returns what the settings hold, or raises Wrong.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from sodien.i18n import tr
from sodien.metering import constant
from sodien.protocol.topics import valid_name
from sodien.settings.reader import SettingsError, read_text
from sodien.value_rules import Number, Scalar, Word, Wrong, expand, nearest, one_line, show

#: Words of our topics (sodien.protocol.topics.Topics) where a meter's id stands, too.
RESERVED = ("ledger", "availability", "stored", "replay")


def name(text: str) -> str:
    """A device or meter id, safe in a topic, a tag and a file name (:func:`.topics.valid_name`)."""
    if valid_name(text):
        return text
    import unicodedata

    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore")
    hint = re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")[:63]
    remedy = tr("write 1 to 63 of the characters A-Z a-z 0-9 _ . -, beginning with a letter or digit")
    if hint:
        remedy += " " + tr("(such as {hint})", hint=hint)
    raise Wrong(tr("is {value}, which is not a valid id", value=show(text)), remedy)


def meter_name(text: str) -> str:
    """The id of a meter: also none of RESERVED."""
    if text in RESERVED:
        raise Wrong(
            tr("is {value}, a word the MQTT topics need", value=show(text)),
            tr("write another id than {words}", words=", ".join(RESERVED)),
        )
    return name(text)


_VIETNAM: Final = re.compile(
    r"h[aà].?n[oộ]i|s[aà]i.?g[oò]n|hcm|ch[ií].?minh|vi[eệ]t|(da|đà).?n[aẵ]ng|hu[eế]$", re.IGNORECASE
)


def zone(text: str) -> str:
    """A time zone of the IANA list."""
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        # A city of Viet Nam is in no name of the list but one, and Hanoi looks much like Shanghai.
        by_lower = {name.lower(): name for name in available_timezones()}
        near = None if _VIETNAM.search(text) else nearest(text, list(by_lower))
        meant = by_lower.get(near or "", "Asia/Ho_Chi_Minh")
        raise Wrong(
            tr("is {value}, which is not a known time zone", value=show(text)),
            tr(
                "write its name in the IANA list, such as {meant} (all of Viet Nam is Asia/Ho_Chi_Minh)",
                meant=meant,
            ),
        ) from None
    return text


def chip(text: str) -> int:
    """N of gpiochipN, /dev/gpiochipN or N alone."""
    match = re.fullmatch(r"(?:(?:/dev/)?gpiochip)?(\d{1,4})", text, re.ASCII)
    if match is None:
        raise Wrong(tr("is {value}", value=show(text)))
    return int(match[1])


def reading_day(text: str) -> int | str:
    """1 to 31, or ``last``."""
    if text == "last":
        return text
    if not re.fullmatch(r"\d{1,2}", text, re.ASCII) or not 1 <= int(text) <= 31:
        raise Wrong(tr("is {value}, not a day of the month", value=show(text)))
    return int(text)


def time_of_day(text: str) -> dt.time:
    """HH:MM, 00:00 to 23:59."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text, re.ASCII)
    if match is None:
        raise Wrong(tr("is {value}, not a time of day", value=show(text)))
    return dt.time(int(match[1]), int(match[2]))


def customer(text: str) -> str:
    """A customer code, as the utility writes it: without spaces, in capitals."""
    code = "".join(text.split()).upper()
    if not re.fullmatch(r"[0-9A-Z][0-9A-Z-]{3,19}", code):
        raise Wrong(tr("is {value}, not a customer code", value=show(text)))
    return code


def company(text: str) -> str:
    """The id of a power company."""
    from sodien.billing.companies import COMPANIES

    if text not in COMPANIES:
        raise Wrong(tr("is {value}, not a power company", value=show(text)))
    return text


def households(text: str) -> Fraction:
    """A number of households: whole, a decimal, or a fraction such as 3/4."""
    if not re.fullmatch(r"\d{1,4}(?:\.\d{1,4}|/[1-9]\d{0,3})?", text, re.ASCII):
        raise Wrong(tr("is {value}, not a number of households", value=show(text)))
    value = Fraction(text)
    if not 0 < value <= 1000:
        raise Wrong(tr("is {value}, not more than 0 and at most 1000", value=show(text)))
    return value


def mqtt_version(text: str) -> int:
    """5, or 3 for MQTT 3.1.1."""
    versions = {"5": 5, "5.0": 5, "3.1.1": 3, "3": 3}
    if text not in versions:
        raise Wrong(tr("is {value}", value=show(text)))
    return versions[text]


def host(text: str) -> str:
    """A host name or address, without port, path or user."""
    if "@" in text:
        raise Wrong(
            tr("holds an @"), tr("write the host alone; user and password_file have keys of their own")
        )
    alone = tr("write the host alone, such as localhost; port and tls have keys of their own")
    if any(char.isspace() for char in text):
        remedy = tr("write the host alone, such as localhost")
        raise Wrong(tr("is {value}, not a host name or address", value=show(text)), remedy)
    if "/" in text:
        raise Wrong(tr("is {value}, not a host name or address", value=show(text)), alone)
    if ":" in text:
        import ipaddress

        try:
            ipaddress.ip_address(text)
        except ValueError:
            raise Wrong(tr("is {value}, not a host name or address", value=show(text)), alone) from None
    return text


def url(text: str) -> str:
    """An http or https URL without user, query and fragment; a slash at its end is dropped."""
    if "@" in text:
        raise Wrong(
            tr("holds an @"),
            tr("write the URL alone; user, password_file and token_file have keys of their own"),
        )
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or " " in text:
        raise Wrong(tr("is {value}, not a URL of that kind", value=show(text)))
    return text.rstrip("/")


def prefix(text: str) -> str:
    """Words of a topic: no + or #, no empty word."""
    if not all(valid_name(word) for word in text.split("/")):
        raise Wrong(tr("is {value}, which is not a valid topic prefix", value=show(text)))
    return text


def share_group(text: str) -> str:
    """The group of a shared subscription: no /, + or #."""
    if not valid_name(text):
        raise Wrong(tr("is {value}, which is not a valid name for a shared subscription", value=show(text)))
    return text


def address(text: str) -> str:
    """An IP address, in its usual form."""
    import ipaddress

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise Wrong(tr("is {value}, not an address in numbers", value=show(text))) from None


def base_path(text: str) -> str:
    """The path below which a page is shown: empty, or such as /dien; a slash at its end is dropped."""
    words = text.rstrip("/").split("/")
    if words[0] or not all(valid_name(word) for word in words[1:]):
        raise Wrong(tr("is {value}, not a path of that kind", value=show(text)))
    return "/".join(words)


def credential(text: str) -> Path | None:
    """Where systemd put a credential of this bare name ($CREDENTIALS_DIRECTORY), if it did."""
    if re.fullmatch(r"[A-Za-z0-9_+/=-]{40,}", text) and not text.startswith("/"):
        raise Wrong(
            tr("looks like the secret itself, not the name of a file"),
            tr("write the secret into a file of its own and name that file here"),
        )
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if not folder or "/" in text or text in (".", ".."):
        return None
    path = Path(folder) / text
    return path if os.path.lexists(path) else None


class MeterConstant(Number):
    """A constant as plates print it, but no dot between the thousands, as is the custom in Viet Nam."""

    def parse(self, scalar: Scalar) -> Any:
        """Pulses per kWh; Wrong also for 1.600 and 1,600."""
        if (number := constant.thousands(scalar.text)) is not None:
            raise Wrong(
                tr("is {value}, which could mean thousands", value=show(scalar.text)),
                tr(
                    "{remedy}, without a separator (such as {such})",
                    remedy=self.remedy,
                    such=re.sub("[.,]", "", number),
                ),
            )
        if (found := constant.parse(scalar.text)) is not None:
            scalar = Scalar(format(found, "f"), False, scalar.folder)
        return super().parse(scalar)


class BasePath(Word):
    """The path below which a page is shown; nothing, or ``/``, is the root."""

    def parse(self, scalar: Scalar) -> Any:
        """The path without a slash at its end; Wrong for what is none."""
        return "" if not scalar.text.strip() else super().parse(scalar)


def read_secret(path: Path | str, what: str) -> str:
    """The secret in a file, without white space around it; ``what`` names it in errors (the key, say).

    A bare name is looked for in $CREDENTIALS_DIRECTORY first, where systemd puts credentials.

    Raises:
        SettingsError: it cannot be read, or is not one line of text. The secret is never in the sentence.
    """
    named = str(path)
    try:
        file = credential(named) or expand(named)
    except Wrong as wrong:
        raise SettingsError(f"{what} {wrong.what}; {wrong.remedy}.") from None
    secret = read_text(
        file,
        tr("write the secret for {what} into it, readable by this user only, or correct the name", what=what),
    ).strip()
    if not secret:
        raise SettingsError(
            tr("{path} is empty; write the secret for {what} into it.", path=one_line(file), what=what)
        )
    if not secret.isprintable():
        raise SettingsError(
            tr(
                "{path} holds more than one line of text; leave only the secret for {what} in it.",
                path=one_line(file),
                what=what,
            )
        )
    return secret
