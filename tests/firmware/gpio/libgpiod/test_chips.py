"""Which chip is used, and one sentence for every one that can't be."""

from __future__ import annotations

import errno
import sys
from itertools import permutations
from types import ModuleType

import pytest

from firmware.gpio.errors import GpioError
from firmware.gpio.libgpiod import chips
from firmware.gpio.libgpiod.chips import Chip, choose, find, names
from tests.firmware.gpio.libgpiod.fake import FakeWires

PI_5 = [
    Chip("/dev/gpiochip0", "pinctrl-rp1", 54),
    Chip("/dev/gpiochip10", "gpio-brcmstb@107d508500", 32),
    Chip("/dev/gpiochip11", "gpio-brcmstb@107d508520", 4),
]
PI_4 = [Chip("/dev/gpiochip0", "pinctrl-bcm2711", 58), Chip("/dev/gpiochip1", "raspberrypi-exp-gpio", 8)]
PI_3 = [Chip("/dev/gpiochip1", "raspberrypi-exp-gpio", 8), Chip("/dev/gpiochip0", "pinctrl-bcm2835", 54)]


@pytest.mark.parametrize("machine", [PI_5, PI_4, PI_3])
def test_the_pis_chip_is_found_by_its_label_whatever_its_number(machine: list[Chip]) -> None:
    for order in permutations(machine):
        assert choose(order).label in chips.PI_LABELS


def test_the_only_chip_of_another_board_is_used() -> None:
    only = Chip("/dev/gpiochip3", "1e780000.gpio", 8)
    assert choose([only]) is only


def test_several_chips_of_another_board_ask_for_a_choice() -> None:
    with pytest.raises(
        GpioError, match=r"several GPIO chips.*gpiochip0 \(a, 8\), gpiochip1 \(b, 16\).*gpio\.chip"
    ):
        choose([Chip("/dev/gpiochip0", "a", 8), Chip("/dev/gpiochip1", "b", 16)])


def test_no_chip_is_one_sentence() -> None:
    with pytest.raises(GpioError, match=r"no GPIO chip .* gpio\.factory: simulated"):
        choose([])


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.EACCES, r"no permission to open /dev/gpiochip0; add the user to the group gpio"),
        (errno.EPERM, r"no permission to open /dev/gpiochip0"),
        (errno.ENODEV, r"/dev/gpiochip0 cannot be opened \(No such device\); check gpio\.chip"),
    ],
)
def test_a_chip_that_cannot_be_opened_is_one_sentence(code: int, message: str) -> None:
    with pytest.raises(GpioError, match=message) as raised:
        choose([Chip("/dev/gpiochip0", failure=code), Chip("/dev/gpiochip1", "b", 8)])
    assert "\n" not in str(raised.value)


def test_a_named_chip_is_taken_as_it_is(wires: FakeWires, tmp_path, monkeypatch) -> None:
    import gpiod

    wires.label = "something else"
    assert find(0, tmp_path) == Chip(f"{tmp_path}/gpiochip0", "something else", 54)
    assert find(f"{tmp_path}/gpiochip0").lines == 54

    def missing(path: str):
        raise FileNotFoundError(errno.ENOENT, "No such file", path)

    monkeypatch.setattr(gpiod, "Chip", missing)
    with pytest.raises(GpioError, match=r"there is no GPIO chip .*/gpiochip7; .*check gpio\.chip"):
        find(7, tmp_path)


def test_links_and_strangers_in_dev_are_left_out(tmp_path) -> None:
    (tmp_path / "gpiochip0").touch()
    (tmp_path / "gpiochip10").touch()
    (tmp_path / "gpiochip2").touch()
    (tmp_path / "gpiochip4").symlink_to(tmp_path / "gpiochip0")
    (tmp_path / "gpiochipx").touch()
    (tmp_path / "gpiochip9").symlink_to(tmp_path / "nowhere")
    assert [path.rsplit("/", 1)[1] for path in names(tmp_path)] == ["gpiochip0", "gpiochip2", "gpiochip10"]


def test_a_missing_package_is_one_sentence(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", None)
    with pytest.raises(GpioError, match=r"gpio\.factory: lgpio.*pip install 'gpiod>="):
        chips.package()


def test_debians_package_of_the_same_name_is_told_apart(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", ModuleType("gpiod"))
    with pytest.raises(GpioError, match="version 1, and Sodien needs 2"):
        chips.package()
