import struct

from lab.schedule import MS, S
from lab.truth import Truth, judge, lateness, read
from sodien.metering.counting.limits import PulseLimits

LIMITS = PulseLimits(min_active_ns=5 * MS, min_spacing_ns=100 * MS)


def log(*flashes, off=1000):
    """A truth of exact flashes (start, width), each edge known within ``off`` ns."""
    edges = []
    for start, width in flashes:
        edges += [(True, (start, start + off)), (False, (start + width, start + width + off))]
    return Truth(0, edges)


def test_reads_what_the_player_wrote():
    data = struct.pack("<8q", 2, 50, 60, 61, 70, 72, 0, 0)
    assert read(data, [(10, True), (20, False), (30, True)]) == Truth(
        50, [(True, (60, 61)), (False, (70, 72))]
    )


def test_pulses_and_what_is_none():
    found = judge(log((0, 60 * MS), (70 * MS, MS), (90 * MS, 8 * MS), (S, 60 * MS)), LIMITS)
    assert [start for start, _ in found.starts] == [0, S]
    assert (found.refused, found.unsure) == (2, 0)


def test_a_flash_too_near_the_limit_is_not_judged():
    assert judge(log((0, 5 * MS - 500)), LIMITS).unsure == 1
    assert judge(log((0, 60 * MS), (100 * MS + 500, 60 * MS)), LIMITS).unsure == 1


def test_an_inverted_line():
    truth = Truth(0, [(False, (0, 1)), (True, (60 * MS, 60 * MS + 1))])
    assert len(judge(truth, LIMITS, active_high=False).starts) == 1
    assert judge(truth, LIMITS).starts == []


def test_the_count_before_an_instant_has_both_ends():
    found = judge(log((0, 60 * MS), (S, 60 * MS)), LIMITS)
    assert found.before(0) == (0, 0)
    assert found.before(500) == (0, 1)
    assert found.before(S) == (1, 1)
    assert found.before(2 * S) == (2, 2)


def test_lateness_is_that_of_the_worst_edge():
    truth = Truth(100, [(True, (110, 111)), (False, (150, 151))])
    assert lateness(truth, [(10, True), (20, False)]) == 30
