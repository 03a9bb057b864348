"""The judgement of the retained giant, without any machine."""

import pytest

from lab.scenarios.i_giant import judge

FINE = {"code": 0, "connected": 2, "peak": 45_000_000, "ignored": 2}


def test_what_is_fine():
    assert judge("3.1.1", FINE).met
    assert judge("5", {**FINE, "ignored": 0}).met


@pytest.mark.parametrize(
    "wrong", [{"code": -9}, {"connected": 1}, {"peak": 400_000_000}, {"peak": 0}, {"ignored": 0}]
)
def test_what_is_not(wrong):
    assert not judge("3.1.1", {**FINE, **wrong}).met
