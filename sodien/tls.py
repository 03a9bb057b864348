"""The TLS context for the broker, the same for both programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sodien.errors import SodienError
from sodien.i18n import tr

if TYPE_CHECKING:
    import ssl

    from sodien.settings import MqttSettings


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
