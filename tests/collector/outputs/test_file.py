"""The file output: whole lines, once, through crashes and a full disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.outputs.file import FileOutput, read_lines
from sodien.errors import SodienError

LINES = [f"meter,device=d pulses={number}i {number}" for number in range(50)]


def test_appends_whole_lines_and_each_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.lp"
    output = FileOutput(path)
    output.write(LINES[:3])
    output.write([*LINES[1:5], LINES[4]])
    output.close()
    again = FileOutput(path)
    again.write(LINES[:7])
    again.close()
    assert path.read_text() == "".join(f"{line}\n" for line in LINES[:7])


@given(st.integers(0, len("".join(f"{line}\n" for line in LINES))))
def test_a_torn_last_line_is_dropped_and_comes_again(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "out.lp"
    path.write_bytes("".join(f"{line}\n" for line in LINES).encode()[:cut])
    whole = list(read_lines(path))
    output = FileOutput(path)
    assert path.read_text() == "".join(f"{line}\n" for line in whole)
    output.write(LINES)
    output.close()
    assert list(read_lines(path)) == LINES


def test_a_torn_line_longer_than_a_block(tmp_path: Path) -> None:
    path = tmp_path / "out.lp"
    path.write_text("a\n" + "b" * 200_000)
    FileOutput(path).close()
    assert path.read_text() == "a\n"


def test_a_second_writer_is_told(tmp_path: Path) -> None:
    output = FileOutput(tmp_path / "out.lp")
    with pytest.raises(SodienError, match="Another process"):
        FileOutput(tmp_path / "out.lp")
    output.close()
    FileOutput(tmp_path / "out.lp").close()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SodienError, match="--to"):
        FileOutput(tmp_path)


FULL_DISK = """
import resource, signal, sys
from collector.outputs.base import Unreachable
from pathlib import Path
from collector.outputs.file import FileOutput
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
output = FileOutput(Path(sys.argv[1]))
output.write(["a" * 1000])
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, resource.RLIM_INFINITY))
try:
    output.write(["b" * 1000])
except Unreachable as error:
    print(error)
print(open(sys.argv[1]).read().count("b"))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
output.write(["b" * 1000])
"""


def test_a_full_disk_leaves_no_half_line_and_it_goes_on_when_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "out.lp"
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    said, left = done.stdout.splitlines()
    assert "cannot be written" in said
    assert left == "0"
    assert path.read_text() == "a" * 1000 + "\n" + "b" * 1000 + "\n"
