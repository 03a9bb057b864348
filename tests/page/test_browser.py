"""The page in a real browser, served by waitress: telephones and desks, both languages, dark and light.

Debian's Chromium with its driver; each task is done as a person does it.
"""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from page.passphrase import make, write
from tests.cli.billed import SETTINGS, household, notice
from tests.page.conftest import WORDS
from tests.page.test_photos import jpeg

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")),
        reason="chromium and chromium-driver are missing: sh tests/install-servers.sh",
    ),
]
SCREENS = ("/", "/period", "/days", "/days?by=hour", "/days?by=month", "/bills", "/enter")
WIDTHS = (360, 412, 768, 1280)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """`sodien page` as a process of its own."""

    def __init__(self, folder: Path, page: str = "", *, words: str | None = None) -> None:
        self.port = free_port()
        self.folder = folder
        if words is not None:
            write(folder / "page.json", make(words))
            page = f"passphrase_file: page.json, {page}"
        config = household(folder, SETTINGS + f"page: {{port: {self.port}, {page}}}\n")
        self.log = (folder / "page.log").open("wb")
        command = [sys.executable, "-m", "sodien", "--lang", "en", "page", "-c", str(config)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT)
        self.base = f"http://127.0.0.1:{self.port}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.base}/static/page.css", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError((folder / "page.log").read_text())

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) in (0, -signal.SIGTERM)
        self.log.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    running: list[Served] = []

    def start(page: str = "", **more: str) -> Served:
        running.append(Served(tmp_path, page, **more))
        return running[-1]

    yield start
    for one in running:
        one.close()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    profile = tmp_path_factory.mktemp("chromium")
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        f"--user-data-dir={profile}",
    ):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield browser
    browser.quit()


def size(browser: webdriver.Chrome, width: int, *, dark: bool = False) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 700},
    )
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def shows(browser: webdriver.Chrome, text: str) -> str:
    """Wait until the screen shows a text; all that it shows then."""

    def there(_: webdriver.Chrome) -> str | bool:
        shown = browser.find_element(By.TAG_NAME, "main").text
        return shown if text in shown else False

    wait = WebDriverWait(browser, 20, 0.05, (NoSuchElementException, StaleElementReferenceException))
    return str(wait.until(there, f"{text!r} is never shown"))


#: Contrast of every text with what is behind it (WCAG 2.2, 1.4.3), as the browser computes the colours.
CONTRAST = """
const part = v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
const rgb = text => {
  const m = text.match(/[\\d.]+/g).map(Number);
  return m[3] === 0 ? null : m.slice(0, 3);
};
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const behind = el => {
  for (; el; el = el.parentElement) { const c = rgb(getComputedStyle(el).backgroundColor); if (c) return c; }
  return dark ? [0, 0, 0] : [255, 255, 255];
};
const bad = [];
for (const el of document.querySelectorAll('body *')) {
  const says = [...el.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  if (el.closest('svg, .skip') || !says || !el.offsetParent) continue;
  const a = light(rgb(getComputedStyle(el).color)), b = light(behind(el));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) bad.push(el.tagName + '.' + el.className + ' ' + ratio.toFixed(2));
}
return bad;
"""
#: Every field has a label, every picture a name, every id is there once, every button says something.
NAMES = """
const bad = [];
for (const el of document.querySelectorAll('input:not([type=hidden]), textarea:not([hidden]), select'))
  if (!el.labels || !el.labels.length) bad.push('no label: ' + el.outerHTML);
for (const el of document.querySelectorAll('svg'))
  if (!el.getAttribute('aria-label')) bad.push('no name: svg');
for (const el of document.querySelectorAll('a, button'))
  if (!el.textContent.trim() && !el.querySelector('title')) bad.push('says nothing: ' + el.outerHTML);
const ids = [...document.querySelectorAll('[id]')].map(el => el.id).filter(id => id !== 'hatch');
if (new Set(ids).size !== ids.length) bad.push('an id twice');
if (document.querySelectorAll('h1').length !== 1) bad.push('not one h1');
return bad;
"""


def test_every_screen_fits_every_width_in_both_languages_and_schemes(serve, chromium):
    served = serve()
    for path in SCREENS:
        for lang in ("vi", "en"):
            for dark in (False, True):
                for width in WIDTHS:
                    size(chromium, width, dark=dark)
                    chromium.get(f"{served.base}{path}{'&' if '?' in path else '?'}lang={lang}")
                    wide = chromium.execute_script("return document.documentElement.scrollWidth")
                    assert wide <= width, (path, lang, width, wide)
                where = (path, lang, "dark" if dark else "light")
                assert chromium.execute_script(CONTRAST) == [], where
                assert chromium.execute_script(NAMES) == [], where


def test_a_reading_with_its_photograph_and_undo_at_the_meter(serve, chromium):
    served = serve()
    size(chromium, 390)
    picture = served.folder / "IMG_0001.jpg"
    picture.write_bytes(jpeg("2026:11:03 18:30:00"))
    chromium.get(f"{served.base}/enter?lang=en")
    chromium.find_element(By.ID, "reading").send_keys("9904,4")
    chromium.find_element(By.ID, "gallery").send_keys(str(picture))
    chromium.find_element(By.CSS_SELECTOR, "form[data-draft] button").click()
    text = shows(chromium, "With the photograph.")
    assert "09904.4" in text
    assert "2026-11-03 18:30" in text
    chromium.find_element(By.NAME, "keep").click()
    shows(chromium, "Kept")
    assert "/readings/" in chromium.current_url
    chromium.find_element(By.CSS_SELECTOR, "main form button").click()
    shows(chromium, "Taken back")


def test_what_was_typed_waits_in_the_telephone(serve, chromium):
    served = serve()
    chromium.get(f"{served.base}/enter")
    chromium.find_element(By.ID, "reading").send_keys("9904,4")
    chromium.get(f"{served.base}/bills")
    chromium.get(f"{served.base}/enter")
    assert chromium.find_element(By.ID, "reading").get_attribute("value") == "9904,4"
    chromium.execute_script("localStorage.clear()")


def test_a_notice_by_keyboard_alone_and_without_javascript(serve, chromium):
    served = serve()
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.get(f"{served.base}/enter?lang=en")
        field = chromium.find_element(By.ID, "text")
        field.send_keys(notice(new=9968))
        field.send_keys(Keys.TAB, Keys.TAB)
        chromium.switch_to.active_element.send_keys(Keys.ENTER)
        shows(chromium, "The bill disagrees")
        chromium.find_element(By.NAME, "keep").send_keys(Keys.ENTER)
        shows(chromium, "The evidence sheet")
        assert "/bills/" in chromium.current_url
        chromium.get(f"{served.base}/bills?lang=en")
        assert "disagrees" in chromium.find_element(By.CSS_SELECTOR, ".bills a.disagrees").text
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_logging_in_in_the_home_network(serve, chromium):
    served = serve("listen: 0.0.0.0", words=WORDS)
    chromium.delete_all_cookies()
    chromium.get(f"{served.base}/bills?lang=en")
    assert "/login" in chromium.current_url
    chromium.find_element(By.ID, "passphrase").send_keys("wrong words", Keys.ENTER)
    shows(chromium, "That is not the passphrase.")
    chromium.find_element(By.ID, "passphrase").send_keys(WORDS, Keys.ENTER)
    shows(chromium, "No bill has been entered yet.")
    assert chromium.current_url.startswith(f"{served.base}/bills")
    cookie = chromium.get_cookie("sodien")
    assert cookie is not None
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert not cookie["secure"]


def test_too_large_a_body_is_refused_before_it_is_read(serve):
    served = serve()
    with socket.create_connection(("127.0.0.1", served.port), 10) as line:
        line.sendall(b"POST /readings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000000\r\n\r\n")
        assert b" 413 " in line.recv(100)


def test_below_a_path(serve):
    served = serve("base: /dien", words=WORDS)
    with urllib.request.urlopen(f"{served.base}/dien/login", timeout=10) as answer:
        text = answer.read().decode()
    assert 'href="/dien/static/page.css"' in text
    assert 'action="/dien/login"' in text
