"""`sodien demo --page`: the same home goes on at the pace of real time, behind the household's page."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import msgspec

from sodien.device import state as daemon_state
from sodien.errors import SodienError, install_command
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.demo.story import Story

_STEP_S = 0.1
_STATE_S = 1.0


def show(story: Story, port: int) -> None:
    """Switch the Pi on again and serve the page of its ledger until Ctrl-C; its clock shows the story's date.

    ``port`` 0 takes a free one. Raises SodienError where the page's extra is missing or the port is taken.
    """
    try:
        from page import serve
    except ImportError:
        command = install_command("page")
        raise SodienError(
            tr("The page needs Flask and waitress; install them: {command}", command=command)
        ) from None
    pi = story.pi
    pi.close_publisher()
    pi.switch_on()
    origin, began = pi.clock.now_ns(), time.monotonic_ns()
    settings = msgspec.structs.replace(pi.settings, page=msgspec.structs.replace(pi.settings.page, port=port))
    assert pi.ledger is not None
    state = daemon_state.write_path(pi.ledger)
    stop = threading.Event()

    def go_on() -> None:
        told = 0.0
        while not stop.wait(_STEP_S):
            pi.source.run_until(origin + time.monotonic_ns() - began)
            assert pi.station is not None
            pi.station.turn()
            if time.monotonic() - told > _STATE_S:
                told = time.monotonic()
                daemon_state.write(state, pi.station.state(os.getpid()))

    home = threading.Thread(target=go_on, name="home", daemon=True)
    home.start()
    try:
        serve.run(settings, None, clock=pi.now_ms, machine=pi.clock, started=_tell)
    finally:
        stop.set()
        home.join()
        pi.shut_down()


def _tell(addresses: list[str]) -> None:
    for address in addresses:
        print(tr("The page is at {address}; stop with Ctrl-C.", address=address), flush=True)
