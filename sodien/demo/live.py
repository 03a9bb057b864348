"""`sodien demo --live`: the same home goes on, now at the pace of real time."""

from __future__ import annotations

import os
import time

from rich.console import Console
from rich.live import Live
from rich.table import Table

from sodien import formats
from sodien.demo.home import METER, local
from sodien.demo.story import Story
from sodien.i18n import tr
from sodien.protocol.times import parse_time

_STEP_S = 0.1


def watch(story: Story) -> None:
    """Switch the Pi on again and show it until Ctrl-C. The clock shows the story's date, not today's."""
    pi, console = story.pi, Console(highlight=False, markup=False, emoji=False)
    try:
        console.print(tr("The same home at the pace of real time; stop with Ctrl-C."))
        pi.close_publisher()
        pi.switch_on()
        origin, began = pi.clock.now_ns(), time.monotonic_ns()
        with Live(_table(story), console=console, refresh_per_second=4) as display:
            while True:
                pi.source.run_until(origin + time.monotonic_ns() - began)
                assert pi.station is not None
                pi.station.turn()
                display.update(_table(story))
                time.sleep(_STEP_S)
    except KeyboardInterrupt:
        if pi.station is not None:
            pi.shut_down()


def _table(story: Story) -> Table:
    pi = story.pi
    assert pi.station is not None
    state = pi.station.state(os.getpid())
    live = state.live.get(METER)
    shown = Table(show_header=False, box=None, pad_edge=False, padding=(0, 3, 0, 0))
    at = parse_time(live.at) if live is not None and live.at else pi.now_ms()
    shown.add_row(tr("time in the demo"), local(at, pi.settings))
    if live is not None:
        power = live.power_w if live.power_w is not None else live.power_max_w
        shown.add_row(tr("register"), formats.register_bounds(live.register, pi.settings.meters[0].digits))
        shown.add_row(tr("power"), formats.watts(power) if power is not None else "–")
        shown.add_row(tr("today"), formats.kwh_bounds(live.today_kwh))
        shown.add_row(tr("pulses"), formats.count(live.pulses))
    shown.add_row(tr("queue"), formats.count(state.queue) if state.queue is not None else "–")
    shown.add_row(tr("broker"), state.broker)
    return shown
