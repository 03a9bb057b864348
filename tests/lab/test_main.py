import pytest

from lab.__main__ import SLOWEST_FIRST, arguments, runners

KNOWN = "".join(sorted(runners()))


def test_without_arguments_every_scenario_runs():
    options = arguments(KNOWN, [])
    assert options.only == list("abcdefghi")
    assert sorted(SLOWEST_FIRST) == options.only
    assert not options.long


@pytest.mark.parametrize("typed", ["a,f", "a f", "a, f"])
def test_some_can_be_chosen(typed):
    assert arguments(KNOWN, ["--only", typed]).only == ["a", "f"]


def test_a_scenario_that_is_not_there_is_named(capsys):
    with pytest.raises(SystemExit) as ended:
        arguments(KNOWN, ["--only", "a,z"])
    assert ended.value.code == 2
    assert "no scenario z" in capsys.readouterr().err
