"""A broker inside the process, for machines without one: amqtt, on a thread of its own.

It loses what a client had under way when it is stopped, and sends nothing again. The demo counts on that:
what brings everything through is the collector's confirmation, not the broker.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

from sodien.errors import SodienError, install_command
from sodien.i18n import tr

HOST = "127.0.0.1"
#: amqtt keeps nothing for anonymous sessions, so both programs log in.
USER, PASSWORD = "demo", "demo"
_LIMIT_S = 10.0


class HomeBroker:
    """MQTT 3.1.1 on a free loopback port, the same after every start.

    Attributes:
        port: TCP port.
    """

    def __init__(self) -> None:
        """Choose a port; :meth:`start` listens. Raises SodienError without the demo's extra."""
        try:
            import amqtt.broker  # noqa: F401
        except ImportError as error:
            raise SodienError(
                tr(
                    "the package amqtt cannot be loaded ({error}); install it: {command}",
                    error=error,
                    command=install_command("demo"),
                )
            ) from None
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        self._loop: _Loop | None = None
        self._thread: threading.Thread | None = None
        self._broker: Any = None

    def start(self) -> None:
        """Listen, with an empty memory. Raises SodienError when the port was taken meanwhile."""
        loop = _Loop()
        loop.set_exception_handler(lambda _loop, _context: None)  # of connections that end abruptly
        self._loop = loop
        self._thread = threading.Thread(target=loop.serve, name="broker", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), loop).result(_LIMIT_S)
        except Exception as error:  # noqa: BLE001  (amqtt has errors of its own for all of these)
            self.stop()
            raise SodienError(
                tr(
                    "the demo's broker cannot listen on {port} ({error}); try again",
                    port=self.port,
                    error=error,
                )
            ) from None

    def stop(self) -> None:
        """Gone at once, with everything it knew and without a goodbye; stopping twice is fine."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(loop.drop)
        thread.join(_LIMIT_S)
        self._loop = self._thread = self._broker = None

    async def _open(self) -> None:
        from amqtt.broker import Broker

        class OwnSubscriptions(Broker):  # type: ignore[misc]
            """Brings a session what is retained on topics that it has subscribed to, not on all others'."""

            async def _publish_retained_messages_for_subscription(self, wanted: Any, session: Any) -> None:
                if any(one is session for one, _ in self.subscriptions.get(wanted[0], [])):
                    await super()._publish_retained_messages_for_subscription(wanted, session)

        self._broker = OwnSubscriptions(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{self.port}"}},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": False}},
            }
        )
        await self._broker.start()


class _Loop(asyncio.SelectorEventLoop):
    """Knows its listeners and connections, so that all of them can be dropped at once.

    amqtt's own shutdown waits for its clients and may leave the port taken; besides, a broker that loses its
    power says nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open_servers: list[asyncio.Server] = []
        self.open_connections: list[Any] = []
        self._dropped = False

    async def create_server(self, protocol_factory: Any, *args: Any, **options: Any) -> Any:
        """As asyncio's; remembers the server and each connection."""

        def make() -> Any:
            protocol = protocol_factory()
            made = protocol.connection_made

            def connection_made(transport: Any) -> None:
                if self._dropped:  # accepted just before, and announced after
                    transport.abort()
                    return
                self.open_connections.append(transport)
                made(transport)

            protocol.connection_made = connection_made
            return protocol

        server = await super().create_server(make, *args, **options)
        self.open_servers.append(server)
        return server

    def drop(self) -> None:
        """Close everything and end :meth:`serve`; on the loop's thread."""
        self._dropped = True
        for server in self.open_servers:  # accept no more; closed when what was accepted is
            for listener in server.sockets:
                self.remove_reader(listener.fileno())
        for transport in self.open_connections:
            transport.abort()
        self.call_soon(self.stop)

    def serve(self) -> None:
        """Run until :meth:`drop`; then end every task."""
        asyncio.set_event_loop(self)
        self.run_forever()
        self._turn()
        # A connection still on its way through asyncio would be left open by a server that is closed already.
        for server in self.open_servers:
            server.close()
        for _ in range(5):  # amqtt's tasks catch their cancellation and start others
            tasks = asyncio.all_tasks(self)
            if not tasks:
                break
            for task in tasks:
                task.cancel()
            self.run_until_complete(asyncio.wait(tasks, timeout=1.0))
        self._turn()
        self.close()

    def _turn(self) -> None:
        """Let what is scheduled run: connections are made, and aborted ones closed, a turn or two later."""
        for _ in range(4):
            self.run_until_complete(asyncio.sleep(0))
