"""How to reach the broker, the same for both programs and for whoever looks whether it can be reached.

The one place where a paho client is made; paho is loaded only then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sodien import tls
from sodien.errors import SodienError
from sodien.i18n import tr

if TYPE_CHECKING:
    import ssl

    from sodien.mqtt_client import BoundedClient
    from sodien.settings.model import MqttSettings

#: Messages a broker may have under way to us; Mosquitto's own default of 20 would slow down a backlog.
RECEIVE_MAXIMUM: Final = 1000
#: The longest payload that a device takes, or sends: a batch of 250 entries has far less.
LARGEST_B: Final = 256 * 1024


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


def why_unreachable(error: OSError | None) -> str:
    """Why there is no connection, in words; a certificate's fault by its name."""
    if error is None:
        return tr("the broker does not answer")
    words: dict[tls.Fault, str] = {
        "expired": tr("the broker's certificate has expired, or the clock here is wrong"),
        "early": tr("the broker's certificate is not valid yet, or the clock here is wrong"),
        "name": tr("the broker's certificate is for another name than mqtt.host"),
        "authority": tr("the broker's certificate was issued by an authority that mqtt.tls.ca does not name"),
        "form": tr(
            "a certificate, the broker's or the authority's, lacks a field that this Python requires; "
            "make both again"
        ),
        "no_tls": tr("the broker does not speak TLS at this port"),
    }
    if (found := tls.fault(error)) is not None:
        return words[found]
    return str(error.strerror or error)


def client_of(
    broker: Broker,
    client_id: str,
    *,
    keep_session: bool = False,
    manual_ack: bool = False,
    largest: int = LARGEST_B,
) -> BoundedClient:
    """A paho client that knows how to log in, and is not connected yet.

    Its callbacks should not raise; should one do so all the same, the network thread survives it.

    Args:
        broker: where it will connect; with :func:`connect_options` for the connection itself.
        client_id: two clients with one id throw each other out.
        keep_session: the broker keeps what it has for this client while it is away.
        manual_ack: messages are acknowledged by the caller.
        largest: bytes of the longest payload that is meant; of a longer one a little more than that is kept.
    """
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    from sodien.mqtt_client import BoundedClient

    five = broker.version == 5
    client = BoundedClient(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=None if five else not keep_session,
        protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
        manual_ack=manual_ack,
    )
    client.suppress_exceptions = True
    client.largest = largest
    if broker.user:
        client.username_pw_set(broker.user, broker.password)
    if broker.tls is not None:
        client.tls_set_context(broker.tls)
    return client


def connect_options(broker: Broker, session_s: int = 0, *, largest: int = LARGEST_B) -> dict[str, Any]:
    """Further arguments for paho's ``connect`` and ``connect_async``.

    ``session_s``: how long the broker keeps the session of a client that is away; 0 starts anew each time
    (MQTT 5; with 3.1.1 ``keep_session`` alone decides). ``largest`` as in :func:`client_of`.
    """
    if broker.version != 5:
        return {}
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    from sodien.mqtt_client import HEADER_B

    properties: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = RECEIVE_MAXIMUM
    properties.MaximumPacketSize = largest + HEADER_B
    if session_s:
        properties.SessionExpiryInterval = session_s
    # paho's default would wipe the session whenever the process starts.
    return {"clean_start": session_s == 0, "properties": properties}


def packet_limit(properties: Any) -> int | None:
    """The longest packet that a broker takes, from the properties of its CONNACK; None if it does not say."""
    largest = getattr(properties, "MaximumPacketSize", None)
    return int(largest) if largest else None


def unanswered_limit(properties: Any) -> int:
    """How many messages a broker takes before it has answered the first (Receive Maximum of its CONNACK)."""
    return int(getattr(properties, "ReceiveMaximum", None) or 65_535)
