"""How to reach the broker, the same for both programs and for whoever looks whether it can be reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sodien.errors import SodienError
from sodien.i18n import tr

if TYPE_CHECKING:
    import ssl

    from sodien.settings.model import MqttSettings


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and as whom to log in.

    Attributes:
        version: 5 or 3 (3.1.1).
        tls: None for plain TCP.
    """

    host: str
    port: int = 1883
    version: int = 5
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None

    @property
    def place(self) -> str:
        """For messages."""
        return f"broker at {self.host}:{self.port}"


def broker_of(mqtt: MqttSettings) -> Broker:
    """The broker of the settings, with its password read. Raises SodienError."""
    from sodien.settings.values import read_secret

    password = read_secret(mqtt.password_file, "mqtt.password_file") if mqtt.password_file else None
    return Broker(mqtt.host, mqtt.port, mqtt.version, mqtt.user, password, context_of(mqtt))


def context_of(mqtt: MqttSettings) -> ssl.SSLContext | None:
    """What ``mqtt.tls`` asks for; None for plain TCP. Raises SodienError for an unreadable certificate."""
    if mqtt.tls is None:
        return None
    import ssl

    try:
        context = ssl.create_default_context(cafile=str(mqtt.tls.ca) if mqtt.tls.ca else None)
        if mqtt.tls.cert is not None:
            context.load_cert_chain(mqtt.tls.cert, mqtt.tls.key)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise SodienError(
            tr("mqtt.tls: a certificate cannot be read ({error}); check its path.", error=error)
        ) from None
    # Another name than the certificate's is accepted, another authority is not.
    context.check_hostname = not mqtt.tls.insecure
    return context
