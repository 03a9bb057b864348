"""The outbox: nothing forgotten, nothing under way twice, live before backlog, back-off, replay."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.outbox import (
    AT_ONCE_S,
    BATCH,
    ENDS_CONNECTION,
    GROW_AFTER_S,
    LIVE_WINDOW,
    NO_ANSWER,
    PATIENCE_S,
    STRIKES,
    SUSPECT,
    TIMEOUT_CAP_S,
    TIMEOUT_S,
    WINDOW,
    Outbox,
)
from sodien.ledger.refusals import Refusals
from sodien.ranges import Ranges


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
        while not box.holds(now) and (after := box.live_after()) is not None:
            rows = list(range(after + 1, self.newest + 1))[: box.batch]
            if not rows:
                break
            if wanted := [seq for seq in rows if box.wanted(seq)]:
                box.sent(wanted, now, live=True)
                out.append(tuple(wanted))
            box.passed(rows[-1], live=True)
        for ticket in box.due(now):
            if box.given_up(ticket) is not None:
                continue
            found = box.again(ticket, now)
            assert found is not None
            for part in found[1]:
                box.sent(part, now, live=found[0].live, before=found[0])
                out.append(part)
        while not box.holds(now) and (stretch := box.backlog()) is not None:
            limit = box.batch
            rows = list(range(stretch[0] + 1, stretch[1]))[:limit]
            wanted = [seq for seq in rows if box.wanted(seq)]
            if wanted:
                box.sent(wanted, now, live=False)
                out.append(tuple(wanted))
            box.passed(rows[-1] if len(rows) == limit else stretch[1] - 1, live=False)
        self.sent += out
        return out


def test_a_month_of_backlog_never_delays_what_is_new() -> None:
    world = World(43_200)
    first = world.pump(0)
    assert len(first) == 1
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
    assert world.pump(1) == [tuple(range(world.newest - LIVE_WINDOW + 1, world.newest + 1))]


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


def test_an_answer_to_what_is_new_ends_long_waits() -> None:
    world = World(BATCH)
    world.pump(0)
    now = 0.0
    for _ in range(6):
        now = world.outbox.deadline() or 0
        world.pump(now)
    world.newest += 1
    world.pump(now)
    world.outbox.confirmed([(world.newest, world.newest)], world.newest, now + 0.1)
    deadline = world.outbox.deadline()
    assert deadline is not None
    assert deadline <= now + 0.1 + TIMEOUT_S


def test_live_window_is_bounded() -> None:
    world = World(0)
    for _ in range(1000):
        world.newest += 1
        world.pump(0)
    assert len(world.sent) == LIVE_WINDOW


def test_the_window_grows_with_answers_and_halves_when_one_is_overdue() -> None:
    world = World(BATCH * 100)
    sizes = []
    for second in range(4):
        batches = world.pump(second)
        sizes.append(len(batches))
        for batch in batches:
            world.outbox.confirmed([(batch[0], batch[-1])], world.newest, second + 0.5)
    assert sizes == [1, 2, 4, WINDOW]
    assert len(world.pump(4)) == WINDOW
    world.pump(14)
    world.outbox.confirmed([(1, world.newest - BATCH * 50)], world.newest, 14.5)
    assert len(world.pump(15)) < WINDOW


def test_the_window_grows_with_a_brokers_answers_too() -> None:
    box = Outbox([], BATCH * 100)
    sizes = []
    for second in range(4):
        tickets = []
        while (stretch := box.backlog()) is not None:
            seqs = list(range(stretch[0] + 1, stretch[1]))[:BATCH]
            tickets.append(box.sent(seqs, second, live=False))
            box.passed(seqs[-1], live=False)
        sizes.append(len(tickets))
        for ticket in tickets:
            box.acknowledged(ticket, second + 0.5)
    assert sizes == [1, 2, 4, WINDOW]


@pytest.mark.parametrize(("devices", "batches"), [(40, 20), (200, 2), (3, 30)])
def test_devices_behind_a_busy_collector_do_not_drown_it(devices: int, batches: int) -> None:
    """One collector needs a quarter of a second for each batch and takes them as they come."""
    each = 0.25
    worlds = [World(BATCH * batches) for _ in range(devices)]
    coming: list[tuple[float, int, tuple[int, ...]]] = []
    free = now = 0.0
    while any(world.outbox.waiting(world.newest) for world in worlds):
        for number, world in enumerate(worlds):
            for batch in world.pump(now):
                free = max(now, free) + each
                coming.append((free, number, batch))
        now += each
        for _, number, batch in [one for one in coming if one[0] <= now]:
            worlds[number].outbox.confirmed([(batch[0], batch[-1])], worlds[number].newest, now)
        coming = [one for one in coming if one[0] > now]
    at_best = each * devices * batches
    at_first = each * devices / TIMEOUT_S  # how much longer than the first time-out first answers take
    assert now <= at_best * (1.1 if at_first <= 1 else 2), "what is new waits behind what was sent again"
    sent = sum(len(batch) for world in worlds for batch in world.sent)
    assert sent <= devices * batches * BATCH * (1.1 if at_first <= 1 else 4)


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
        if not world.outbox.waiting(world.newest) and world.newest >= backlog + 40:
            break
    while world.outbox.waiting(world.newest):
        now = (world.outbox.deadline() or now) + 1
        for batch in world.pump(now):
            world.outbox.confirmed([(s, s) for s in batch], world.newest, now)
    ended = Ranges([*world.outbox.done.items(), *world.outbox.refused.all.items()])
    assert ended.items() in ([(1, world.newest)], [])


def test_what_is_refused_gives_its_place_back_and_is_offered_again_when_asked() -> None:
    world = World(BATCH * 3)
    (first,) = world.pump(0)
    assert world.outbox.confirmed([], world.newest, 1, [(seq, "too old") for seq in first]) == BATCH
    assert len(world.pump(1)) == 2, "the rest goes on at once"
    assert world.outbox.waiting(world.newest) == 2 * BATCH
    world.outbox.confirmed([(1, world.newest)], world.newest, 2)
    assert world.outbox.refused.total() == 0, "what another collector has stored is stored"
    world.newest += 1
    world.outbox.confirmed([], world.newest, 2, [(world.newest, "of before"), (7, "y"), (0, "z")])
    assert world.outbox.refused.total() == 0, "nothing of that is under way"
    assert world.pump(2) == [(world.newest,)]
    world.outbox.confirmed([], world.newest, 2, [(world.newest, "x"), (7, "y"), (0, "z")])
    assert [one.ranges for one in world.outbox.refused.noted()] == [[(world.newest,) * 2]]
    assert world.pump(3) == []
    world.outbox.offer_refused(world.newest)
    assert world.pump(4) == [(world.newest,)]


def test_a_collector_that_never_answers_for_some_entries_holds_up_nobody() -> None:
    """An older collector says nothing of what its database refuses."""
    silent = set(range(1, BATCH * WINDOW + 1, 25))
    world = World(BATCH * WINDOW * 3)
    now = 0.0
    first_pass: float | None = None
    while world.outbox.waiting(world.newest):
        while batches := world.pump(now):
            for batch in batches:
                world.outbox.confirmed([(s, s) for s in batch if s not in silent], world.newest, now)
        if first_pass is None and world.outbox.done.total() == world.newest - len(silent):
            first_pass = now
        now = min(world.outbox.deadline() or now, now + 60)
        if world.outbox.waiting(world.newest):
            world.newest += 1  # the next minute, whose answer overtakes what stays without one
        assert now < 24 * 3600
    assert first_pass is not None
    assert first_pass <= 60
    assert {seq for seq in range(1, world.newest + 1) if seq in world.outbox.refused} == silent
    assert world.outbox.refused.chief() == NO_ANSWER


def test_nobody_answering_at_all_is_no_refusal() -> None:
    world = World(3)
    now = 0.0
    for _ in range(50):
        world.pump(now)
        now = world.outbox.deadline() or 0
    assert world.outbox.refused.total() == 0
    assert world.outbox.oldest(world.newest) == 1


STEPS = st.sampled_from(
    ["wait", "wait", "long", "new", "answer", "answer", "late", "reconnect", "replay", "again", "restart"]
)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 900), st.lists(STEPS, max_size=80), st.integers(0, 10_000), st.booleans())
def test_every_entry_ends_stored_or_refused_aloud_and_none_is_sent_without_need(
    backlog: int, steps: list[str], seed: int, aloud: bool
) -> None:
    """Lost messages, refusals (said or not), reconnections, replays and restarts, in any order."""
    rng = random.Random(seed)
    world = World(backlog)
    refused = {seq for seq in range(1, backlog + 200) if rng.random() < 0.02}
    stored: set[int] = set()
    allowed: dict[int, float] = {}  # entry → from when on it may be sent (again)
    now = 0.0
    waiting: list[tuple[int, ...]] = []  # messages at the collector

    def pump() -> None:
        for batch in world.pump(now):
            for seq in batch:
                assert now >= allowed.get(seq, 0), f"{seq} was sent again without need"
                allowed[seq] = now + TIMEOUT_S
            waiting.append(batch)
        under_way = [seq for sent in world.outbox._under_way.values() for seq in sent.seqs]
        assert len(under_way) == len(set(under_way)), "nothing is under way twice"

    def answer(batch: tuple[int, ...]) -> None:
        good = [(seq, seq) for seq in batch if seq not in refused]
        stored.update(seq for seq, _ in good)
        bad = [(seq, "never") for seq in batch if seq in refused] if aloud else []
        world.outbox.confirmed(good, world.newest, now, bad)

    for step in steps:
        if step in ("wait", "long"):
            now += rng.uniform(0, 20) if step == "wait" else 400
        elif step == "new":
            world.newest += rng.randrange(4)
        elif step in ("answer", "late"):
            some = waiting if step == "answer" else list(reversed(waiting))
            for batch in some:
                if rng.random() < 0.8:
                    answer(batch)
            waiting.clear()
        elif step == "reconnect":
            world.outbox.rescan(world.newest)
        elif step == "replay":
            seq = rng.randrange(1, world.newest + 2)
            world.outbox.replay(seq, world.newest)
            allowed = {old: when for old, when in allowed.items() if old < seq}
        elif step == "again":
            for seq in list(allowed):
                if seq in world.outbox.refused:
                    del allowed[seq]
            world.outbox.offer_refused(world.newest)
        else:
            noted = Refusals(world.outbox.refused.noted())
            world.outbox = Outbox(world.outbox.done.items(), world.newest, noted)
            allowed = {}
        pump()
    turns = 0
    while world.outbox.waiting(world.newest):
        pump()
        for batch in waiting:
            answer(batch)
        waiting.clear()
        now += rng.choice((4, 60, 300))
        if world.outbox.waiting(world.newest):
            world.newest += 1
        turns += 1
        assert turns < 2000, "some entry waits for ever"
    box = world.outbox
    everything = set(range(1, world.newest + 1))
    assert {seq for seq in everything if seq in box.done} <= stored
    assert {seq for seq in everything if seq in box.refused} == everything - {
        seq for seq in everything if seq in box.done
    }
    assert {seq for seq in everything if seq in box.refused} <= refused, "nobody is refused by mistake"


def test_a_suspect_comes_alone_and_last_and_holds_up_the_others_at_its_turn() -> None:
    """Of what a connection ended during twice, nothing is sent beside it, nor before others are answered."""
    box = Outbox([], 0)
    ticket = box.sent([1], 0, live=True)
    for now in (1, 2):
        box.cut(now)
        found = box.again(ticket, now)
        assert found is not None
        ticket = box.sent([1], now, live=True, before=found[0])
    box.cut(3, alone=False)
    one, two = box.sent([2], 3, live=True), box.sent([3], 3, live=True)
    assert box.due(4) == []
    box.taken(one, 4)
    assert box.due(4) == [], "the broker has said nothing about one of the others"
    box.taken(two, 4)
    assert box.due(4, answered=False) == []
    assert box.due(4) == [ticket]
    assert not box.holds(3 + PATIENCE_S - 1)
    assert box.holds(3 + PATIENCE_S)
    found = box.again(ticket, 5)
    assert found is not None
    box.sent([1], 5, live=True, before=found[0])
    assert box.holds(5)
    assert box.due(100) == []


def test_batches_grow_again_one_step_at_a_time_when_full_ones_are_taken() -> None:
    box = Outbox([], 3 * BATCH)
    ticket = box.sent(range(1, BATCH + 1), 0, live=False)
    box.cut(0)
    small = BATCH // 2
    assert box.batch == small
    assert [len(part) for part in (box.again(ticket, 0) or (None, []))[1]] == [small, small]
    first, second, third = (
        box.sent(range(start, start + size), 0, live=False)
        for start, size in [(1, small), (1 + small, small), (1 + BATCH, small - 1)]
    )
    box.taken(first, GROW_AFTER_S - 1)
    assert box.batch == small, "too early"
    box.taken(third, GROW_AFTER_S)
    assert box.batch == small, "it was not full"
    box.taken(second, GROW_AFTER_S)
    assert box.batch == BATCH


def connections_until_refused(lasting_s: float, *, alone: bool) -> int | None:
    """How many connections end during one entry, each so long after it was sent, until it is refused."""
    box, now = Outbox([], 0), 100.0
    ticket = box.sent([1], now, live=True)
    for count in range(1, 20):
        now += lasting_s
        box.cut(now, alone=alone)
        if box.given_up(ticket) is not None:
            assert box.refused.chief() == ENDS_CONNECTION
            assert (box.given_up(ticket), box.again(ticket, now)) == (None, None)
            return count
        found = box.again(ticket, now)
        assert found is not None
        ticket = box.sent([1], now, live=True, before=found[0])
    return None


def test_only_an_entry_that_ends_connections_at_once_and_alone_is_refused() -> None:
    assert connections_until_refused(0.1, alone=True) == SUSPECT + STRIKES
    assert connections_until_refused(AT_ONCE_S, alone=True) is None
    assert connections_until_refused(0.1, alone=False) is None


def test_each_step_of_growth_waits_as_long_as_the_last_one() -> None:
    box = Outbox([], 10 * BATCH)
    for size in (BATCH, BATCH // 2):
        ticket = box.sent(range(1, size + 1), 0, live=False)
        box.cut(0)
        assert box.again(ticket, 0) is not None
    small, wait = box.batch, 4 * GROW_AFTER_S
    tickets = [box.sent(range(n * BATCH, n * BATCH + 2 * small), 0, live=False) for n in range(1, 5)]
    grown = []
    for ticket, now in zip(tickets, (wait - 1, wait, 2 * wait - 1, 2 * wait), strict=True):
        box.taken(ticket, now)
        grown.append(box.batch)
    assert grown == [small, 2 * small, 2 * small, BATCH]
