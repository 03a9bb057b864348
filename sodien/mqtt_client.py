"""paho's client with a bound: what a broker sends is limited before memory is taken for it.

MQTT lets a packet announce 268 MB, and one such message that is retained comes back at every start. A broker
of MQTT 5 is told our limit and obeys it (:func:`sodien.mqtt.connect_options`); for MQTT 3.1.1, and for a
broker that does not obey, the client reads past what is too long. Only its beginning is kept, which holds the
topic and the packet id: so it is acknowledged like any other and never comes again in the same session.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

if TYPE_CHECKING:
    import ssl

#: A topic (64 KiB at most) and what else stands before the payload.
HEADER_B: Final = 72 * 1024
#: ``socket.recv`` takes memory for all that it is asked for, so it is asked for a little at a time.
_AT_ONCE: Final = 64 * 1024


class _Never(Exception):  # noqa: N818
    """What plain TCP never raises."""


if vars(paho)["ssl"] is None:  # see sodien.tls.without_openssl
    # paho names two errors of ssl wherever a socket has nothing to say, whatever the socket is.
    vars(paho)["ssl"] = SimpleNamespace(SSLWantReadError=_Never, SSLWantWriteError=_Never)


class _Beginning(bytearray):
    """Bytes of which only the first ``most`` are kept; paho appends with ``+=``."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __iadd__(self, more: Any) -> _Beginning:  # type: ignore[misc]
        room = self._most - len(self)
        if room > 0:
            self.extend(more[:room])
        return self


class BoundedClient(paho.Client):
    """A client that takes payloads of ``largest`` bytes.

    Of a longer one it hands over the beginning, which is longer than ``largest`` too: whoever compares
    lengths need know nothing of this. Three of paho's inner methods are overridden; the tests fail should
    they go.
    """

    largest: int = 256 * 1024
    #: Why the last attempt to connect failed; paho itself does not say.
    failure: OSError | None = None
    #: Whether messages without an answer of the broker are forgotten when the connection ends. paho would
    #: send them again on the next one, for ever where it is they that the broker ends connections for.
    forgets: bool = False

    def tls_set_context(self, context: ssl.SSLContext | None = None) -> None:
        """As paho's, also where paho was imported without OpenSSL."""
        import ssl

        vars(paho)["ssl"] = ssl
        super().tls_set_context(context)

    def most_unanswered(self, count: int) -> None:
        """So many messages may be unanswered; to be called when connected, which paho's setter forbids."""
        self._max_inflight_messages = max(1, count)

    def _messages_reconnect_reset_out(self) -> None:
        if self.forgets:
            with self._out_message_mutex:
                self._out_messages.clear()
        super()._messages_reconnect_reset_out()

    def reconnect(self) -> MQTTErrorCode:
        """As paho's, remembering what went wrong."""
        try:
            return super().reconnect()
        except OSError as error:
            self.failure = error
            raise

    def _sock_recv(self, bufsize: int) -> bytes:
        packet = self._in_packet
        most = self.largest + HEADER_B
        if packet["have_remaining"] and packet["remaining_length"] > most and not packet["packet"]:
            packet["packet"] = _Beginning(most)
        return super()._sock_recv(min(bufsize, _AT_ONCE))

    def _packet_handle(self) -> MQTTErrorCode:
        try:
            return super()._packet_handle()
        except Exception:  # noqa: BLE001  (a packet that is no MQTT finds errors nobody thought of)
            return MQTTErrorCode.MQTT_ERR_PROTOCOL  # ends the connection, not the network thread
