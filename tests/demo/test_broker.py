"""The broker inside the process: comes back on its port, forgets everything."""

from __future__ import annotations

import socket

import pytest

from sodien.demo.broker import HOST, HomeBroker


def answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(5)
        return client.connect_ex((HOST, port)) == 0


def test_it_can_be_stopped_and_started_on_the_same_port_with_clients_connected() -> None:
    broker = HomeBroker()
    broker.start()
    try:
        clients = [socket.create_connection((HOST, broker.port), timeout=5) for _ in range(3)]
        broker.stop()
        for client in clients:
            with client:
                client.settimeout(5)
                with pytest.raises(ConnectionResetError):
                    if client.recv(1) == b"":
                        raise ConnectionResetError
        assert not answers(broker.port)
        broker.start()
        assert answers(broker.port)
    finally:
        broker.stop()
        broker.stop()
    assert not answers(broker.port)


def test_a_connection_just_being_accepted_is_dropped_too() -> None:
    """The stop strikes at another point of asyncio's accepting in nearly every round."""
    broker = HomeBroker()
    for count in range(40):
        broker.start()
        clients = [socket.create_connection((HOST, broker.port), timeout=5) for _ in range(1 + count % 5)]
        broker.stop()
        for client in clients:
            with client:
                client.settimeout(5)
                with pytest.raises(ConnectionResetError):
                    if client.recv(1) == b"":
                        raise ConnectionResetError
