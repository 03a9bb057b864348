"""The page as a family sees it: ``python -m tests.page.pictures FOLDER``, a picture of each screen.

The demo's household stands behind it, with its two power cuts and two bills. Each screen is taken as a
telephone and a desk show it, in both languages, light and dark; six are in docs/pictures. The bill among
these disagrees: the over-read one, entered anew in the place of the corrected one.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tests.page.test_browser import free_port, size

SCREENS = {
    "now": "/",
    "period": "/period",
    "days": "/days",
    "hours": "/days?by=hour&end=2026-05-01",
    "bills": "/bills",
    "enter": "/enter",
    "appliances": "/appliances?hours=6&amount=20&of=kwh&way=less",
    "meter-test": "/meter-test",
    "health": "/health",
}
#: What the documents show, as a telephone's first screen: the path, the language, and whether it is dark.
SHOWN = {
    "page-now-vi": ("/", "vi", False),
    "page-period-vi": ("/period", "vi", False),
    "page-bill-vi": ("bill", "vi", False),
    "page-now-en": ("/", "en", False),
    "page-period-en": ("/period", "en", False),
    "page-bill-en": ("bill", "en", False),
}
TELEPHONE = (360, 720)
#: The exit code of a bill that disagrees.
DISAGREES = 1


def main() -> None:
    """Take them all."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sodien-pictures-") as folder:
        port = free_port()
        command = [sys.executable, "-m", "sodien", "demo", "--page", "--port", f"{port}", "--output", folder]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as demo:
            try:
                _wait(f"http://127.0.0.1:{port}", demo)
                _take(f"http://127.0.0.1:{port}", target)
                _over_read(Path(folder))
                _show(f"http://127.0.0.1:{port}", target)
            finally:
                demo.terminate()


def _wait(base: str, demo: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline and demo.poll() is None:
        try:
            urllib.request.urlopen(f"{base}/static/page.css", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("the demo does not show its page")


@contextmanager
def _browser(base: str, lang: str) -> Iterator[tuple[webdriver.Chrome, list[str]]]:
    """A browser of this language, and where the bills are, the newest first."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--lang={lang}"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        browser.get(f"{base}/bills?lang={lang}")
        links = browser.find_elements(By.CSS_SELECTOR, ".bills a")
        yield browser, [one.get_attribute("href") or "" for one in links]
    finally:
        browser.quit()


def _take(base: str, target: Path) -> None:
    for lang in ("vi", "en"):
        with _browser(base, lang) as (browser, bills):
            paths = {name: f"{base}{path}" for name, path in SCREENS.items()}
            paths |= {"bill": bills[0], "bill-withdrawn": bills[-1], "sheet": f"{bills[0]}/sheet"}
            for name, url in paths.items():
                for dark in (False, True):
                    for shape, width in (("telephone", 360), ("desk", 1280)):
                        size(browser, width, dark=dark)
                        browser.get(url)
                        height = browser.execute_script("return document.documentElement.scrollHeight")
                        scheme = "dark" if dark else "light"
                        _save(browser, target / f"page-{name}-{lang}-{scheme}-{shape}.png", width, height, 1)


def _show(base: str, target: Path) -> None:
    for lang in ("vi", "en"):
        with _browser(base, lang) as (browser, bills):
            for name, (path, of, dark) in SHOWN.items():
                if of == lang:
                    size(browser, TELEPHONE[0], dark=dark)
                    browser.get(bills[0] if path == "bill" else f"{base}{path}")
                    _save(browser, target / f"{name}.png", *TELEPHONE, 2)


def _over_read(folder: Path) -> None:
    """The corrected bill withdrawn, and the over-read notice entered instead, which then is the newest."""
    program = [sys.executable, "-m", "sodien", "bill"]
    where = ["-c", f"{folder / 'sodien.yaml'}"]
    listed = subprocess.run([*program, "list", "--json", *where], check=True, capture_output=True).stdout
    entry = next(one["entry"] for one in json.loads(listed)["bills"] if not one["withdrawn"])
    subprocess.run([*program, "withdraw", f"{entry}", "--because", "picture", *where], check=True)
    notice = f"{folder / 'notice-over-read.txt'}"
    judged = subprocess.run([*program, "import", notice, *where], stdout=subprocess.DEVNULL).returncode
    if judged != DISAGREES:
        raise SystemExit(f"the over-read bill does not disagree (exit code {judged})")


def _save(browser: webdriver.Chrome, file: Path, width: int, height: int, scale: int) -> None:
    clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": scale}
    taken = browser.execute_cdp_cmd(
        "Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True, "format": "png"}
    )
    file.write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    main()
