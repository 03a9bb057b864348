"""Names, sessions, tokens and guessing: plain values, no server."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.guards import IN_ALL, PER_ADDRESS, WINDOW_S, Attempts, Sessions, host_is_ours, same_origin
from page.passphrase import make, read, write
from sodien.errors import SodienError

AT_HOME = "localhost localhost:8470 127.0.0.1:8470 192.168.1.20 [fe80::1]:8470 ::1 sodien pi.local pi.lan:80"


@pytest.mark.parametrize("host", [*AT_HOME.split(), "PI.LOCAL", "pi.home.arpa", "meter.example.org"])
def test_names_at_home(host):
    assert host_is_ours(host, "meter.example.org")


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "local", "a.local.evil.example", "evil.example:8470", "pi.local/x", "x\n.local"],
)
def test_names_of_strangers(host):
    assert host_is_ours(host, "meter.example.org") == (host == "local")


def test_origin():
    assert same_origin(None, "http", "pi.local")
    assert same_origin("http://pi.local:8470", "http", "pi.local:8470")
    for wrong in ("https://pi.local:8470", "http://pi.local", "null", ""):
        assert not same_origin(wrong, "http", "pi.local:8470")


@given(st.text(max_size=200))
def test_no_cookie_of_another_key_or_by_chance_is_a_session(text):
    sessions = Sessions(b"k" * 32)
    assert sessions.visit(text) is None
    assert sessions.visit(Sessions(b"o" * 32).cookie(sessions.new(known=True))) is None


def test_a_session_and_its_token():
    sessions = Sessions(b"k" * 32)
    visit, other = sessions.new(known=True), sessions.new()
    assert sessions.visit(sessions.cookie(visit)) == visit
    assert sessions.fits(visit, sessions.token(visit))
    for token in (sessions.token(other), "", None, "ü"):
        assert not sessions.fits(visit, token)


def test_a_network_of_addresses_counts_as_one():
    attempts = Attempts()
    for number in range(PER_ADDRESS):
        assert attempts.wait(f"2001:db8::{number}", 0) == 0
        attempts.note(f"2001:db8::{number}", 0)
    assert attempts.wait("2001:db8::ffff", 1) > 0
    assert attempts.wait("2001:db8:1::1", 1) == 0
    assert attempts.wait("2001:db8::ffff", WINDOW_S + 1) == 0


def test_many_addresses_together_are_slowed_down_too():
    attempts = Attempts()
    for number in range(IN_ALL):
        attempts.note(f"10.0.0.{number}", float(number))
    assert attempts.wait("10.1.1.1", IN_ALL) == pytest.approx(WINDOW_S - IN_ALL, abs=1)


def test_the_right_one_is_forgiven_the_wrong_ones_before():
    attempts = Attempts()
    for _ in range(PER_ADDRESS - 1):
        attempts.note("10.0.0.1", 0)
    attempts.forget("10.0.0.1")
    assert attempts.wait("10.0.0.1", 1) == 0
    assert attempts.failed == []


def test_a_passphrase_and_its_file(tmp_path):
    kept = make("một hai ba bốn")
    write(tmp_path / "page.json", kept)
    assert (tmp_path / "page.json").stat().st_mode & 0o777 == 0o600
    found = read(tmp_path / "page.json")
    assert found.fits("một hai ba bốn")
    assert not found.fits("một hai ba bốm")
    assert not found.fits("x" * 100_000)
    assert make("một hai ba bốn").token != kept.token
    for text in ("short", "x" * 1000):
        with pytest.raises(SodienError):
            make(text)
    (tmp_path / "page.json").write_text('{"salt": "zz"}')
    for path in (tmp_path / "page.json", tmp_path / "none"):
        with pytest.raises(SodienError, match="sodien page passphrase"):
            read(path)


def test_the_page_does_without_openssl_and_later_imports_have_it() -> None:
    program = (
        "import sys\nfrom sodien import tls\n"
        "with tls.without_openssl():\n    from page import serve\n"
        "assert not {'ssl', '_hashlib', '_ssl'} & set(sys.modules), 'OpenSSL is loaded'\n"
        "from page.passphrase import make\n"
        "assert make('four words').fits('four words')\n"
        "assert '_hashlib' not in sys.modules\n"
        "import ssl"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
