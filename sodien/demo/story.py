"""Runs the plan: the simulated world on the main thread, broker, publisher and collector on their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from collector.service import Collector
from sodien.demo.broker import HomeBroker
from sodien.demo.folder import Folder
from sodien.demo.home import Pi, make_collector, settings_of
from sodien.demo.plan import DAY_NS, Plan
from sodien.errors import SodienError
from sodien.i18n import tr

#: Entries that may wait for their confirmation before the simulated time is held up.
_AHEAD = 4000
_PATIENCE_S = 60.0
_MINUTE_MS = 60_000
_CHECK_TURNS = 6


@dataclass(slots=True)
class Happened:
    """One line of the story: when (ms UTC), what, and a detail such as the reading."""

    at: int
    what: str
    detail: str = ""


@dataclass(slots=True)
class Story:
    """Everything that takes part, and what happened.

    Attributes:
        unplugged: pulses the meter emitted while the Pi was off.
        happened: the story so far.
    """

    plan: Plan
    folder: Folder
    pi: Pi
    broker: HomeBroker
    collector: Collector
    unplugged: int = 0
    happened: list[Happened] = field(default_factory=list)

    @classmethod
    def begin(cls, plan: Plan, folder: Folder) -> Story:
        """Start broker, collector and the Pi, and wait until they know of each other. Raises SodienError."""
        settings = settings_of(plan, folder)
        broker = HomeBroker()
        broker.start()
        collector = make_collector(folder, broker.port)
        collector.start()
        pi = Pi(plan, settings, broker.port)
        story = cls(plan, folder, pi, broker, collector)
        try:
            collector.wait_subscribed(_PATIENCE_S)
            pi.switch_on()
            story._wait(story._connected)
        except BaseException:
            story.close()
            raise
        return story

    def close(self) -> None:
        """End all threads and close all files."""
        self.pi.close()
        self.collector.stop()
        self.broker.stop()

    def missed_reading(self) -> tuple[int, str] | None:
        """What the dial showed half-way between the first two power cuts: (ms UTC, reading).

        None when there were no two.
        """
        backs = [one.at for one in self.happened if one.what == "power"]
        cuts = [one.at for one in self.happened if one.what == "plug"]
        if not backs or len(cuts) < 2:
            return None
        at = (backs[0] + cuts[1]) // 2 // _MINUTE_MS * _MINUTE_MS
        return at, self.pi.dial_at(at)

    # -- the story -------------------------------------------------------------------------------------

    def run(self, progress: Callable[[int, str], None]) -> None:
        """Play the plan to its end; ``progress`` is told the simulated ns so far, and what happens."""
        pi, off_line = self.pi, False
        for turn, (now, happenings) in enumerate(self.plan.steps()):
            emitted = pi.source.run_until(now)
            if pi.station is None:
                self.unplugged += emitted
            elif "plug" not in happenings:  # what came since the last turn is lost with the power
                pi.station.turn()
            for what in happenings:
                progress(now, what)
                self._happen(what)
                off_line = what == "broker-down" or (off_line and what != "broker-up")
            if turn % _CHECK_TURNS == 0:
                progress(now, "")
                if not off_line:
                    self._keep_pace()
        progress(self.plan.days * DAY_NS, "")

    def _happen(self, what: str) -> None:
        pi, detail = self.pi, ""
        at = pi.now_ms()
        if what == "dial":
            detail = pi.read_dial()
        elif what == "plug":
            pi.pull_plug()
        elif what == "power":
            # A Pi without a battery-backed clock wakes with the time of the last save.
            pi.clock.reboot(wall_ns=self._last("plug") * 1_000_000)
            pi.switch_on()
            self._wait(self._connected)
        elif what == "clock":
            pi.clock.synchronise()
        elif what == "broker-down":
            self.broker.stop()
        elif what == "broker-up":
            self.broker.start()
            self._wait(self._connected)
        self.happened.append(Happened(at, what, detail))

    def _last(self, what: str) -> int:
        return next(one.at for one in reversed(self.happened) if one.what == what)

    # -- keeping together ------------------------------------------------------------------------------

    def _connected(self) -> bool:
        publisher = self.pi.publisher
        return publisher is not None and publisher.state == "connected" and self.collector.wait_subscribed(0)

    def _wait(self, condition: Callable[[], bool], seconds: float = _PATIENCE_S) -> None:
        """Until it holds; raises SodienError after so long."""
        limit = time.monotonic() + seconds
        while not condition():
            self._check()
            if time.monotonic() > limit:
                raise SodienError(
                    tr("the demo's programs do not find each other; see {log}", log=self.folder.log)
                )
            time.sleep(0.005)

    def _check(self) -> None:
        fault = self.collector.fault()
        publisher = self.pi.publisher
        if fault is None and publisher is not None and not publisher.alive():
            fault = "a thread of the publisher has ended"
        if fault is not None:
            raise SodienError(
                tr("the demo cannot go on: {fault}; see {log}", fault=fault, log=self.folder.log)
            )

    def _keep_pace(self) -> None:
        """Let the entries through before the simulated time runs away from them."""
        publisher = self.pi.publisher
        if publisher is not None and (publisher.queue or 0) > _AHEAD:
            self._wait(lambda: (publisher.queue or 0) < _AHEAD // 2)

    def finish(self) -> int:
        """Stop cleanly and wait until everything is confirmed; returns how many entries are not."""
        pi = self.pi
        assert pi.ledger is not None
        pi.shut_down()
        limit = time.monotonic() + _PATIENCE_S
        while True:
            assert pi.publisher is not None
            calm = 0
            while calm < 3 and time.monotonic() < limit:
                self._check()
                pi.publisher.wake()
                time.sleep(0.02)
                calm = calm + 1 if pi.publisher.queue == 0 else 0
            pi.publisher.stop()
            left = pi.ledger.unconfirmed(pi.ledger.confirmed())
            if left == 0 or time.monotonic() >= limit:
                return left
            pi.publisher = pi.new_publisher()
            pi.publisher.start()
