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
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    NoSuchElementException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from page.passphrase import make, write
from page.serve import own_address
from sodien.billing.notices.read import read
from sodien.bills.receive import notice_of, receive_notice
from sodien.history.current import MeterLedger
from sodien.ledger.store import Ledger
from sodien.settings import model
from tests.cli.billed import NOW, SETTINGS, household, notice
from tests.page.conftest import WORDS
from tests.page.test_photos import jpeg

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")),
        reason="chromium and chromium-driver are missing: sh tests/install-servers.sh",
    ),
]
SCREENS = (
    *("/", "/appliances", "/meter-test", "/period", "/days", "/days?by=hour", "/days?by=month"),
    *("/bills", "/enter"),
)
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


#: The rules of WCAG 2.2 A and AA, and what axe calls good practice.
AXE = "const done = arguments[0]; axe.run(document).then(found => done(found.violations), done)"
#: Every text in a drawing against the page (WCAG 2.2, 1.4.3), as the browser computes the colours.
CONTRAST_IN_DRAWINGS = """
const part = v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; };
const light = text => {
  const [r, g, b] = text.match(/[\\d.]+/g).map(Number);
  return .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
};
const behind = el => {
  const { classList } = el;
  if (!classList.contains('tiername')) return getComputedStyle(document.body).backgroundColor;
  return getComputedStyle(document.querySelector(classList.contains('used') ? '.tier.used' : '.tier')).fill;
};
return [...document.querySelectorAll('svg text')].filter(el => {
  const ink = light(getComputedStyle(el).fill), paper = light(behind(el));
  return (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05) < 4.5;
}).map(el => el.getAttribute('class') + ': ' + el.textContent);
"""


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's source, from the wheel that the Makefile names."""
    try:
        wheel = distribution("axe-playwright-python")
    except PackageNotFoundError:
        pytest.skip("axe-core is missing: make .venv/.dev")
    return Path(str(wheel.locate_file("axe_playwright_python/axe.min.js"))).read_text(encoding="utf-8")


def violations(browser: webdriver.Chrome, axe: str) -> list[str]:
    """What axe finds on the screen, one line each."""
    browser.execute_script(axe)
    return [
        f"{found['id']}: {found['help']} {[node['html'][:120] for node in found['nodes'][:3]]}"
        for found in browser.execute_async_script(AXE)
    ]


def with_bills(folder: Path) -> list[int]:
    """Bills of every verdict in the ledger: unknowable, wrong and withdrawn, and right; their numbers."""
    settings = model.load(folder / "sodien.yaml")
    ledger = Ledger.open(settings.ledger.path)
    where = MeterLedger(settings, ledger, settings.meters[0])

    def enter(text: str, **more: Any) -> int:
        found = receive_notice(where, notice_of(read(text)), now=NOW, **more)
        return found.bills[-1][0].entry

    august = notice().replace("10/2026", "08/2026")
    try:
        unknown, wrong = enter(august), enter(notice(new=9968))
        return [
            unknown,
            wrong,
            enter(notice(), replaces=wrong),
            enter(
                notice(old=9868, new=9999)
                .replace("tháng 10", "tháng 11")
                .replace("01/10", "01/11")
                .replace("31/10", "03/11")
            ),
        ]
    finally:
        ledger.close()


def both(browser: webdriver.Chrome) -> Iterator[str]:
    """The screen as it stands, light and dark."""
    for dark in (False, True):
        scheme = "dark" if dark else "light"
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        yield scheme


def sound(browser: webdriver.Chrome, axe: str) -> None:
    """No fault that axe finds, light and dark, and every text of a drawing can be read."""
    for scheme in both(browser):
        where = (browser.current_url, scheme)
        assert browser.execute_script(CONTRAST_IN_DRAWINGS) == [], where
        assert violations(browser, axe) == [], where


def test_every_screen_fits_every_width_and_has_no_fault_in_both_languages_and_schemes(serve, chromium, axe):
    served = serve()
    entries = with_bills(served.folder)
    for path in (*SCREENS, "/health", "/nothing", *(f"/bills/{entry}" for entry in entries)):
        for lang in ("vi", "en"):
            size(chromium, WIDTHS[0])
            chromium.get(f"{served.base}{path}{'&' if '?' in path else '?'}lang={lang}")
            for width in WIDTHS:
                size(chromium, width)
                wide = chromium.execute_script("return document.documentElement.scrollWidth")
                assert wide <= width, (path, lang, width, wide)
            sound(chromium, axe)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_no_step_on_the_way_has_a_fault(serve, chromium, axe, lang):
    served = serve("listen: 0.0.0.0", words=WORDS)
    chromium.delete_all_cookies()
    size(chromium, 360)

    def next_step(selector: str, *keys: str) -> None:
        chromium.execute_script("window.before = true")
        chromium.find_element(By.CSS_SELECTOR, selector).send_keys(*keys)
        # While one document takes the place of another, the driver may know neither.
        WebDriverWait(chromium, 20, 0.05, [WebDriverException]).until(
            lambda driver: driver.execute_script(
                "return !window.before && document.readyState === 'complete'"
            )
        )
        sound(chromium, axe)
        assert chromium.execute_script("return document.documentElement.scrollWidth") <= 360

    chromium.get(f"{served.base}/enter?lang={lang}")
    next_step("#passphrase", "wrong words", Keys.ENTER)
    next_step("#passphrase", WORDS, Keys.ENTER)
    next_step("#reading", "98x", Keys.ENTER)
    chromium.find_element(By.ID, "reading").clear()
    chromium.find_element(By.ID, "day").clear()
    chromium.execute_script("document.getElementById('day').value = '2026-11-04'")
    chromium.execute_script("document.getElementById('time').value = '07:00'")
    next_step("#reading", "9804.4", Keys.ENTER)
    next_step("[name=keep]", Keys.ENTER)
    next_step("main form button", Keys.ENTER)
    chromium.get(f"{served.base}/enter")
    chromium.find_element(By.ID, "text").send_keys(notice(new=9968))
    next_step("form[action$='/notices'] button", Keys.ENTER)
    next_step("[name=keep]", Keys.ENTER)
    assert "/bills/" in chromium.current_url


def test_a_reading_with_its_photograph_and_undo_at_the_meter(serve, chromium):
    served = serve()
    size(chromium, 390)
    picture = served.folder / "IMG_0001.jpg"
    picture.write_bytes(jpeg("2026:11:03 18:30:00"))
    chromium.get(f"{served.base}/enter?lang=en")
    chromium.find_element(By.ID, "reading").send_keys("9904,4")
    chromium.find_element(By.ID, "gallery").send_keys(str(picture))
    chromium.find_element(By.CSS_SELECTOR, "form[data-draft] button").click()
    text = shows(chromium, "With the photo.")
    assert "09904.4" in text
    assert "2026-11-03 18:30" in text
    chromium.find_element(By.NAME, "keep").click()
    shows(chromium, "Saved")
    assert "/readings/" in chromium.current_url
    chromium.find_element(By.CSS_SELECTOR, "main form button").click()
    shows(chromium, "Withdrawn")


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


def tab_to(browser: webdriver.Chrome, selector: str) -> WebElement:
    """Press Tab until a control has the focus, as a person without a mouse does."""
    wanted = browser.find_element(By.CSS_SELECTOR, selector)
    for _ in range(40):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        if browser.switch_to.active_element == wanted:
            return wanted
    raise AssertionError(f"Tab never comes to {selector}")


def test_a_reading_by_keyboard_alone(serve, chromium):
    served = serve()
    size(chromium, 1280)
    chromium.get(f"{served.base}/enter?lang=en")
    tab_to(chromium, ".skip").send_keys(Keys.ENTER)
    tab_to(chromium, "#reading").send_keys("9904,4")
    tab_to(chromium, "form[data-draft] button").send_keys(Keys.ENTER)
    shows(chromium, "What it would mean")
    tab_to(chromium, "[name=keep]").send_keys(Keys.ENTER)
    shows(chromium, "The register now")
    tab_to(chromium, "form[action*='/undo'] button").send_keys(Keys.ENTER)
    shows(chromium, "Withdrawn")


def test_a_hostile_upload_is_refused_in_a_sentence_and_what_was_typed_stays(serve, chromium):
    served = serve()
    hostile = served.folder / "dial.jpg"
    hostile.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    chromium.get(f"{served.base}/enter?lang=en")
    chromium.find_element(By.ID, "reading").send_keys("9904,4")
    chromium.find_element(By.ID, "gallery").send_keys(str(hostile))
    chromium.find_element(By.CSS_SELECTOR, "form[data-draft] button").click()
    shows(chromium, "This is not a JPEG, PNG or WebP picture.")
    assert chromium.find_element(By.ID, "reading").get_attribute("value") == "9904,4"
    assert not list(served.folder.glob("photos/waiting/*"))


def test_by_the_address_in_numbers_and_below_a_path(serve, chromium, axe):
    served = serve("listen: 0.0.0.0, base: /dien", words=WORDS)
    base = f"http://{own_address() or '127.0.0.1'}:{served.port}/dien"
    chromium.delete_all_cookies()
    chromium.get(f"{base}/?lang=en")
    chromium.find_element(By.ID, "passphrase").send_keys(WORDS, Keys.ENTER)
    shows(chromium, "Next reading day")
    for path in SCREENS:
        chromium.get(f"{base}{path}")
        sound(chromium, axe)
        for link in chromium.find_elements(By.CSS_SELECTOR, "a[href], link[href], img[src], script[src]"):
            where = link.get_dom_attribute("href") or link.get_dom_attribute("src") or ""
            assert where.startswith(("/dien/", "#")), where
    chromium.find_element(By.ID, "reading").send_keys("9904,4", Keys.ENTER)
    shows(chromium, "What it would mean")


def test_below_a_path(serve):
    served = serve("base: /dien", words=WORDS)
    with urllib.request.urlopen(f"{served.base}/dien/login", timeout=10) as answer:
        text = answer.read().decode()
    assert 'href="/dien/static/page.css"' in text
    assert 'action="/dien/login"' in text
