"""Behind a real proxy on the same machine, where every visitor comes from 127.0.0.1."""

from __future__ import annotations

import http.cookiejar
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.page.conftest import WORDS
from tests.page.test_browser import Served, free_port

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        shutil.which("nginx", path="/usr/sbin:/usr/bin") is None,
        reason="nginx is missing: sh tests/install-servers.sh",
    ),
]
CONFIG = """\
pid nginx.pid;
error_log error.log;
daemon off;
events {{}}
http {{
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
  server {{
    listen 127.0.0.1:{port};
    location /dien/ {{
      proxy_pass http://127.0.0.1:{page};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto {scheme};
      proxy_set_header X-Forwarded-Host $http_host;
    }}
  }}
}}
"""


class Browser:
    """Cookies and forms, without a screen."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar)).open

    def get(self, path: str) -> tuple[int, str, str]:
        with self.open(f"{self.base}{path}", timeout=20) as answer:
            return answer.status, answer.url, answer.read().decode()

    def post(self, path: str, **fields: str) -> int:
        _, _, text = self.get("/dien/login")
        token = re.search(r'name="token" value="([0-9a-f]{64})"', text)
        assert token is not None
        body = urllib.parse.urlencode({"token": token[1], **fields}).encode()
        asked = urllib.request.Request(f"{self.base}{path}", body, {"Origin": self.base})
        try:
            with self.open(asked, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


@pytest.fixture(params=["http"])
def behind(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Browser]:
    served = Served(tmp_path, "base: /dien, trusted_proxy: 127.0.0.1", words=WORDS)
    port, folder = free_port(), tmp_path / "nginx"
    folder.mkdir()
    (folder / "nginx.conf").write_text(CONFIG.format(port=port, page=served.port, scheme=request.param))
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin") or ""
    proxy = subprocess.Popen(
        [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    )
    browser = Browser(f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            browser.get("/dien/static/page.css")
            break
        except OSError:
            time.sleep(0.05)
    yield browser
    proxy.terminate()
    proxy.wait(20)
    served.close()


def test_behind_a_proxy_loopback_is_no_pass(behind: Browser) -> None:
    status, where, text = behind.get("/dien/")
    assert (status, where) == (200, f"{behind.base}/dien/login?next=/")
    assert 'href="/dien/static/page.css"' in text
    assert behind.post("/dien/login", passphrase="wrong words") == 403
    assert behind.post("/dien/login", passphrase=WORDS, next="/bills") == 200
    status, where, text = behind.get("/dien/bills")
    assert where == f"{behind.base}/dien/bills"
    assert 'href="/dien/enter' in text
    paths = {cookie.name: cookie.path for cookie in behind.jar}
    assert paths["sodien"] == "/dien"
    assert behind.post("/dien/readings", reading="9904.4", day="2026-11-04", time="07:00", keep="yes") == 200


@pytest.mark.parametrize("behind", ["http", "https"], indirect=True)
def test_the_proxy_tells_whether_the_way_to_it_is_tls(
    behind: Browser, request: pytest.FixtureRequest
) -> None:
    tls = "https" in request.node.name.split("[")[-1]
    with behind.open(f"{behind.base}/dien/login", timeout=20) as answer:
        cookie, text = answer.headers["Set-Cookie"], answer.read().decode()
    assert ("; Secure" in cookie) == tls
    assert ('rel="manifest"' in text) == tls
