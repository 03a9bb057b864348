"""Load profiles and the instants at which a meter flashes."""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import islice, takewhile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.simulation.load_profile import KWH_WNS, Profile, ProfileError, household, pulses, read_profile

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "household-power-1min.csv"
MINUTE = 60 * 10**9
HOUR = 60 * MINUTE


def test_a_kilowatt_for_an_hour_is_one_kilowatt_hour():
    flat = Profile("flat", (1000,), (HOUR,))
    assert flat.total_kwh == 1
    assert flat.energy_kwh(HOUR // 4) == Fraction(1, 4)
    assert flat.energy_kwh(10 * HOUR) == 10
    offsets = list(islice(pulses(flat, 1000), 1000))
    assert offsets == [3_600_000_000 * (i + 1) for i in range(1000)]


def test_speed_begin_and_start_shift_the_pulses():
    stepped = Profile("stepped", (0, 1000), (HOUR, HOUR))
    assert next(pulses(stepped, 1)) == 2 * HOUR
    assert next(pulses(stepped, 1, speed=60)) == 2 * MINUTE
    assert next(pulses(stepped, 1, begin_ns=HOUR)) == HOUR
    assert next(pulses(stepped, 1, begin_ns=5 * HOUR)) == HOUR
    assert next(pulses(stepped, 1, begin_ns=HOUR, start_kwh=Fraction(3, 4))) == HOUR // 4
    assert next(pulses(stepped, 1, begin_ns=HOUR, start_kwh=12345)) == HOUR


def test_no_load_gives_no_pulse_and_ends():
    assert list(pulses(Profile("off", (0, 0), (HOUR, MINUTE)), 1600)) == []


FRACTIONS = st.fractions(min_value=Fraction(1, 50), max_value=100, max_denominator=60)
PROFILES = st.lists(
    st.tuples(st.one_of(st.just(0), st.integers(0, 12_000)), st.integers(1, 3 * HOUR)), min_size=1, max_size=8
).map(lambda rows: Profile("any", tuple(w for w, _ in rows), tuple(d for _, d in rows)))


def energy(profile: Profile, begin: int, until: Fraction) -> Fraction:
    """The slow, obvious way to add up a load."""

    def since_the_start(left: Fraction) -> Fraction:
        total = Fraction(0)
        while left > 0:
            for watts, duration in zip(profile.watts, profile.durations_ns, strict=True):
                span = min(left, duration)
                total += watts * span
                left -= span
        return total / KWH_WNS

    begin %= profile.period_ns
    return since_the_start(begin + until) - since_the_start(Fraction(begin))


@settings(max_examples=150, deadline=None)
@given(
    profile=PROFILES,
    constant=st.one_of(st.sampled_from([600, 1000, 1600, 3200]), FRACTIONS),
    speed=st.one_of(st.sampled_from([1, 60]), FRACTIONS),
    start=st.fractions(min_value=0, max_value=10**5, max_denominator=10**4),
    begin=st.integers(0, 30 * HOUR),
)
def test_at_every_instant_the_pulses_are_the_whole_multiples_of_the_register(
    profile, constant, speed, start, begin
):
    if profile.total_kwh == 0:
        assert list(pulses(profile, constant)) == []
        return
    horizon = int(3 * profile.period_ns / Fraction(speed))
    before = Fraction(start) * constant // 1

    def counted(at: int) -> int:
        return (start + energy(profile, begin, at * Fraction(speed))) * constant // 1 - before

    if counted(horizon) == 0:
        return  # the first pulse may be far away
    source = pulses(profile, constant, speed=speed, start_kwh=start, begin_ns=begin)
    offsets = list(islice(takewhile(lambda at: at <= horizon, source), 200))
    assert offsets == sorted(offsets)
    assert len(offsets) == min(200, counted(horizon))
    for number in {0, 1, len(offsets) // 2, len(offsets) - 1} & set(range(len(offsets))):
        assert counted(offsets[number]) > number
        assert counted(offsets[number] - 1) <= number


@settings(max_examples=150)
@given(
    profile=PROFILES,
    begin=st.integers(0, 30 * HOUR),
    span=st.fractions(min_value=0, max_value=30 * HOUR, max_denominator=60),
)
def test_energy_is_the_integral_of_the_load(profile, begin, span):
    profile_energy = profile.energy_kwh(begin + span) - profile.energy_kwh(begin)
    if span < 40 * profile.period_ns:
        assert profile_energy == energy(profile, begin, span)


def test_counting_a_month_stays_exact():
    home = household(7)
    count = sum(1 for _ in takewhile(lambda t: t <= home.period_ns, pulses(home, 1600)))
    assert count == home.total_kwh * 1600 // 1


@pytest.mark.parametrize(("watts", "durations"), [((), ()), ((1,), (1, 1)), ((-1,), (1,)), ((1,), (0,))])
def test_an_impossible_profile_is_refused(watts, durations):
    with pytest.raises(ValueError):
        Profile("bad", watts, durations)


@pytest.mark.parametrize("seed", range(6))
def test_the_household_is_believable_and_the_same_for_the_same_seed(seed):
    home = household(seed)
    assert home == household(seed)
    assert home != household(seed + 1)
    days = [sum(home.watts[day * 1440 : (day + 1) * 1440]) / 60_000 for day in range(28)]
    assert 8 <= sum(days) / 28 <= 12
    assert min(days) > 4
    assert max(days) < 16
    assert min(home.watts) >= 60
    assert home.peak_watts <= 4000
    night = [home.watts[day * 1440 + minute] for day in range(28) for minute in range(60, 300)]
    assert sorted(night)[len(night) // 10] < 150
    assert home.period_ns == 28 * 24 * HOUR


def test_the_household_of_seed_one_is_pinned():
    """Same seed, same numbers, in every version of Python."""
    home = household(1)
    assert (sum(home.watts), home.watts[:5]) == PINNED


PINNED = (15_572_744, (685, 692, 694, 693, 690))


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "load.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_row_holds_until_the_next_and_the_last_for_the_usual_spacing(tmp_path):
    path = write(
        tmp_path,
        "\ufefftime,power_kw\r\n2026-11-23T00:00,1\r\n2026-11-23T00:01:00,0.0004\r\n\r\n"
        "2026-11-23 00:02,2.5\r\n2026-11-23T00:10,0\r\n2026-11-23T00:11,12\r\n",
    )
    profile = read_profile(path)
    assert profile.watts == (1000, 0, 2500, 0, 12_000)
    assert profile.durations_ns == (MINUTE, MINUTE, 8 * MINUTE, MINUTE, MINUTE)
    assert profile.name == "load.csv"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected the header time,power_kw"),
        ("time;power\n", "line 1: expected the header time,power_kw"),
        ("time,power_kw\n", "fewer than two rows"),
        ("time,power_kw\n2026-11-23T00:00,1\n", "fewer than two rows"),
        ("time,power_kw\n2026-11-23T00:00,1\n2026-11-23T00:01\n", "line 3: expected two values"),
        ("time,power_kw\nyesterday,1\n", "line 2: 'yesterday' is not an ISO 8601 time"),
        ("time,power_kw\n2026-11-23T00:00,1\n2026-11-23T00:00,1\n", "line 3: .*not later"),
        ("time,power_kw\n2026-11-23T00:00,1\n2026-11-23T00:01Z,1\n", "line 3: give an offset"),
        ("time,power_kw\n2026-11-23T00:00,one\n", "line 2: 'one' is not a load in kilowatts"),
        ("time,power_kw\n2026-11-23T00:00,nan\n", "line 2: 'nan' is not a load in kilowatts"),
        ("time,power_kw\n2026-11-23T00:00,-0.1\n", "line 2: '-0.1' is not a load in kilowatts"),
        ("time,power_kw\n2026-11-23T00:00,4216\n", "line 2: .*divide watts by 1000"),
        ("time,power_kw\n2026-11-23T00:00,1e99999999\n", "line 2: .*kilowatts"),
        (b"time,power_kw\n\xff\xfe,1\n", "not a CSV file in UTF-8"),
        (b"time,power_kw\n\x00,1\n", "line 2|not a CSV"),
    ],
)
def test_a_bad_file_is_one_sentence_that_names_file_and_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ProfileError, match=message) as raised:
        read_profile(path)
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ProfileError, match=r"nowhere\.csv cannot be read .*gpio\.simulated\.profile"):
        read_profile(tmp_path / "nowhere.csv")
    with pytest.raises(ProfileError, match="cannot be read"):
        read_profile(tmp_path)


def test_the_recorded_household_has_its_energy():
    if not SHARED.exists():
        warnings.warn(f"NOT TESTED: the recorded household {SHARED.name} is not here", stacklevel=1)
        pytest.skip(f"NOT TESTED: {SHARED.name} is not beside the repository")
    profile = read_profile(SHARED)
    rows = [line.split(",") for line in SHARED.read_text().splitlines()[1:]]
    # Two minutes are missing, so the row before them holds for three.
    by_minute = {time: round(Fraction(power) * 1000) for time, power in rows}
    assert profile.period_ns // MINUTE == len(rows) + 2
    spans = zip(by_minute, profile.durations_ns, strict=True)
    before = next(time for time, duration in spans if duration > MINUTE)
    assert before.startswith("2006-12-21")
    total = Fraction(sum(by_minute.values()) + 2 * by_minute[before], 60 * 1000)
    assert profile.total_kwh == total
    emitted = takewhile(lambda at: at <= profile.period_ns, pulses(profile, 1600))
    assert sum(1 for _ in emitted) == total * 1600 // 1
