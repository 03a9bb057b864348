"""Output that cannot be written, or that a stranger wrote: one sentence, nothing steered, no traceback."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from sodien.cli.group import language_of_settings
from sodien.ledger.archive import BackupError, unpack
from sodien.terminal import base_letters, shown, wrapped
from tests.cli.conftest import SETTINGS, Sodien, fill


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A household in a folder whose name is Rich markup and steers a terminal."""
    from sodien.ledger.store import Ledger

    folder = tmp_path / "[odd]\x1b[2J\x1b[8mđ"
    folder.mkdir()
    (folder / "sodien.yaml").write_text(SETTINGS)
    ledger = Ledger.open(folder / "ledger.db", create=True)
    fill(ledger)
    ledger.close()
    return folder


def call(
    folder: Path, *words: str, out: object = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "sodien", words[0], "-c", str(folder / "sodien.yaml"), *words[1:]]
    return subprocess.run(
        command,
        stdout=out,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        timeout=60,
        check=False,  # type: ignore[call-overload]
    )


def test_a_path_is_shown_whole_and_steers_nothing(odd: Path) -> None:
    done = call(odd, "status", PYTHONIOENCODING="utf-8")
    assert done.returncode == 0, done.stderr
    assert b"[odd]\\u001b[2J\\u001b[8m\xc4\x91/ledger.db" in done.stdout
    assert b"\x1b" not in done.stdout + done.stderr
    done = call(odd, "bill", "show", "7\x1b[2J")
    assert b"\x1b" not in done.stderr


@pytest.mark.parametrize("encoding", ["iso-8859-1", "ascii", "cp1258"])
def test_a_terminal_that_has_no_vietnamese(odd: Path, encoding: str) -> None:
    done = call(odd, "status", PYTHONIOENCODING=encoding, SODIEN_LANG="vi")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"kWh" in done.stdout
    assert call(odd, "--help", PYTHONIOENCODING=encoding, SODIEN_LANG="vi").stderr.count(b"Traceback") == 0


def test_a_full_disk_is_one_sentence(odd: Path) -> None:
    with open("/dev/full", "wb") as full:
        for words in (("status",), ("export", "ticks")):
            done = call(odd, *words, out=full)
            assert done.returncode == 2
            assert done.stderr.count(b"\n") == 1, done.stderr
            assert b"No space left" in done.stderr


def test_a_reader_that_went_away_is_no_failure(odd: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = call(odd, "status", out=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [("status",), ("export", "ticks"), ("status", "--json")])
def test_output_that_the_caller_closed_is_no_failure(odd: Path, words: tuple[str, ...]) -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "sodien", *words]
    done = subprocess.run(
        [*command, "-c", str(odd / "sodien.yaml")], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_settings_that_are_a_pipe_and_photos_without_end(odd: Path) -> None:
    os.mkfifo(odd / "pipe")
    for words in (("status", "-c", str(odd / "pipe")), ("dial", "12345.6", "--photo", "/dev/zero")):
        done = call(odd, *words)
        assert done.returncode == 2
        assert done.stderr.count(b"\n") == 1, done.stderr
        assert b"device or a pipe" in done.stderr


def test_base_letters_and_styles() -> None:
    assert base_letters("Tiền điện: 49.283 đ – đúng ✓ 電") == "Tien dien: 49.283 d - dung + ?"
    assert shown("\x1b[31mred\x1b[0m \x1b[1;32mx\x1b[0m") == "\x1b[31mred\x1b[0m \x1b[1;32mx\x1b[0m"
    assert shown("\x1b[8mhidden\x1b]0;t\x07") == "\\u001b[8mhidden\\u001b]0;t\\u0007"


def archive_of(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for info, data in members:
            info.size = info.size or len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def test_members_larger_than_they_are_and_headers_without_end(tmp_path: Path) -> None:
    huge = 10**12
    manifest = (
        b'{"backup":1,"made":"x","sodien":"1","device":"d","ledger":"l","entries":1,"seal":null,'
        b'"files":{"ledger.db":{"bytes":%d,"sha256":"x"}}}' % huge
    )
    path = archive_of(tmp_path / "sparse.tar.gz", [(tarfile.TarInfo("manifest.json"), manifest)])
    with pytest.raises(BackupError, match="far more"):
        unpack(path, tmp_path / "out")
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 1 << 33
    with gzip.open(tmp_path / "long.tar.gz", "wb") as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT) + b"\0" * 4096)
    with pytest.raises(BackupError, match="header"):
        unpack(tmp_path / "long.tar.gz", None)


@pytest.mark.parametrize(
    ("words", "environment", "spoken"),
    [
        ((), "en", "vi"),
        (("--lang", "en"), "en", "en"),
        (("--lang", "vi"), "en", "vi"),
    ],
)
def test_the_settings_language_decides_before_the_environment(
    sodien: Sodien,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    environment: str,
    spoken: str,
) -> None:
    monkeypatch.setenv("SODIEN_LANG", environment)
    assert "register" in sodien("status", "-c", home).out
    home.write_text(f"language: vi  # at home\n{home.read_text()}")
    out = sodien(*words, "status", "-c", home).out
    assert ("register" in out) == (spoken == "en")
    assert ("chỉ số" in out) == (spoken == "vi")


def test_settings_that_cannot_be_read_decide_no_language(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "odd").write_bytes(b"language: \xff\nmeters:\n  language: vi\n")
    for name in ("pipe", "odd", "none", "."):
        assert language_of_settings(["status", "-c", str(tmp_path / name)]) is None


def test_lines_are_broken_between_words_and_hang() -> None:
    text = "  \x1b[33m?\x1b[0m một hai ba bốn năm\nshort\n"
    assert wrapped(text, 14) == "  \x1b[33m?\x1b[0m một hai ba\n    bốn năm\nshort\n"
    assert wrapped("  2. one two three\n", 12) == "  2. one two\n     three\n"
    command = "then type: sodien dial 12345.6 -c some/where.yaml\n"
    assert wrapped(command, 20) == command
    row = "  period  2.5 kWh  [2 … 3]\n"
    assert wrapped(row, 22) == "  period  2.5 kWh\n          [2 … 3]\n"
    assert wrapped("at most 2 280 kWh, 5 min too late\n", 16) == "at most 2\n280 kWh, 5 min\ntoo late\n"
    for columns in (1, 5, 20):
        assert "".join(wrapped(text, columns).split()) == "".join(text.split())
        assert wrapped("x" * 50, columns) == "x" * 50
