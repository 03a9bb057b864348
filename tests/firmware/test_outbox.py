"""The outbox: nothing forgotten, nothing under way twice, live before backlog, back-off, replay."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.outbox import BATCH, LIVE_WINDOW, TIMEOUT_CAP_S, TIMEOUT_S, WINDOW, Outbox


class World:
    """A ledger of `newest` rows, a lossy channel and a collector, all in memory."""

    def __init__(self, newest: int, confirmed: list[tuple[int, int]] | None = None) -> None:
        self.newest = newest
        self.outbox = Outbox(confirmed or [], newest)
        self.sent: list[tuple[int, ...]] = []

    def pump(self, now: float) -> list[tuple[int, ...]]:
        """What the publisher does, without broker or ledger."""
        out: list[tuple[int, ...]] = []
        box = self.outbox
        after = box.live_after()
        if after is not None:
            for seq in range(after + 1, self.newest + 1):
                if box.live_after() is None:
                    break
                if box.wanted(seq):
                    box.sent([seq], now, live=True)
                    out.append((seq,))
                box.passed(seq, live=True)
        for ticket, _ in box.due(now):
            sent = box.take_back(ticket)
            assert sent is not None
            box.sent(sent.seqs, now, live=sent.live, attempts=sent.attempts + 1)
            out.append(sent.seqs)
        while (stretch := box.backlog()) is not None:
            rows = list(range(stretch[0] + 1, stretch[1]))[:BATCH]
            wanted = [seq for seq in rows if box.wanted(seq)]
            if wanted:
                box.sent(wanted, now, live=False)
                out.append(tuple(wanted))
            box.passed(rows[-1] if len(rows) == BATCH else stretch[1] - 1, live=False)
        self.sent += out
        return out


def test_a_month_of_backlog_never_delays_what_is_new() -> None:
    world = World(43_200)
    first = world.pump(0)
    assert len(first) == WINDOW
    world.newest += 1
    assert world.pump(1) == [(43_201,)], "the new entry goes out at once, alone"
    now = 1.0
    while world.outbox.done.total() < world.newest:
        now += 0.1
        for batch in first:
            world.outbox.confirmed([(seq, seq) for seq in batch], world.newest, now)
        first = [*world.pump(now), (43_201,)]
    sent = [seq for batch in world.sent for seq in batch]
    assert sorted(sent) == list(range(1, 43_202)), "nothing was sent twice without need"


def test_what_came_last_does_not_wait_for_what_piled_up_with_it() -> None:
    world = World(43_200)
    world.pump(0)
    world.newest += 1000
    world.outbox.rescan(world.newest)
    assert world.pump(1) == [(seq,) for seq in range(world.newest - LIVE_WINDOW + 1, world.newest + 1)]


def test_nothing_is_sent_while_all_is_done() -> None:
    assert World(500, [(1, 500)]).pump(0) == []


def test_time_outs_back_off_and_are_capped() -> None:
    world = World(1)
    world.pump(0)
    times = []
    now = 0.0
    for _ in range(8):
        now = world.outbox.deadline() or 0
        times.append(now)
        assert world.pump(now - 0.01) == []
        assert world.pump(now) == [(1,)]
    waits = [b - a for a, b in zip([0.0, *times], times, strict=False)]
    assert waits[0] == TIMEOUT_S
    assert all(b in (a * 2, TIMEOUT_CAP_S) for a, b in zip(waits, waits[1:], strict=False))
    assert waits[-1] == TIMEOUT_CAP_S


def test_a_confirmation_ends_long_waits() -> None:
    world = World(BATCH * 2)
    world.pump(0)
    now = 0.0
    for _ in range(6):
        now = world.outbox.deadline() or 0
        world.pump(now)
    world.outbox.confirmed([(1, BATCH)], world.newest, now)
    deadline = world.outbox.deadline()
    assert deadline is not None
    assert deadline <= now + TIMEOUT_S


def test_live_window_is_bounded() -> None:
    world = World(0)
    world.newest = 1000
    assert len(world.pump(0)) == LIVE_WINDOW


def test_confirmations_for_numbers_never_given_out_are_ignored() -> None:
    world = World(10)
    assert world.outbox.confirmed([(5, 20), (0, 3), (9, 8)], 10, 0) == 0
    assert world.outbox.confirmed([(5, 10)], 10, 0) == 6


def test_replay_sends_again_from_there() -> None:
    world = World(50, [(1, 50)])
    world.outbox.replay(41, 50)
    assert [seq for batch in world.pump(0) for seq in batch] == list(range(41, 51))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2000), st.integers(0, 10_000))
def test_everything_is_done_in_the_end_over_a_lossy_channel(backlog: int, seed: int) -> None:
    rng = random.Random(seed)
    world = World(backlog)
    now = 0.0
    for _ in range(4000):
        now += rng.uniform(0, 20)
        if rng.random() < 0.3 and world.newest < backlog + 40:
            world.newest += rng.randrange(3)
        out = world.pump(now)
        under_way = [seq for sent in world.outbox._under_way.values() for seq in sent.seqs]
        assert len(under_way) == len(set(under_way)), "nothing is under way twice"
        for batch in out:
            if rng.random() < 0.6:
                world.outbox.confirmed(
                    [(batch[0], batch[-1])] if rng.random() < 0.5 else [(s, s) for s in batch],
                    world.newest,
                    now,
                )
        if world.outbox.done.total() == world.newest and world.newest >= backlog + 40:
            break
    while world.outbox.done.total() < world.newest:
        now = (world.outbox.deadline() or now) + 1
        for batch in world.pump(now):
            world.outbox.confirmed([(s, s) for s in batch], world.newest, now)
    assert world.outbox.done.items() in ([(1, world.newest)], [])
