"""A page on a household of 400 W, and a browser's way around its guards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from page.app import create_app
from page.passphrase import make, write
from sodien.settings import model
from tests.cli.billed import NOW, SETTINGS, household

WORDS = "bốn từ dễ nhớ"


@dataclass
class Visitor:
    """A browser: it keeps cookies, and sends the token of the form it has seen."""

    client: FlaskClient
    app: Flask

    def get(self, path: str, **more: Any) -> str:
        answer = self.client.get(path, **more)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def token(self, path: str = "/enter") -> str:
        found = re.search(r'name="token" value="([0-9a-f]{64})"', self.client.get(path).text)
        assert found is not None
        return found[1]

    def post(self, path: str, *, token: str | None = None, headers: Any = None, **fields: Any) -> Any:
        sent = {"token": self.token() if token is None else token, **fields}
        return self.client.post(path, data=sent, headers=headers, content_type="multipart/form-data")

    def log_in(self, words: str = WORDS) -> Any:
        return self.post("/login", token=self.token("/login"), passphrase=words)


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """Make a page with these settings below ``page:``, and a visitor of it."""
    apps = []

    def made(page: str = "", *, dial: bool = True, words: str | None = None) -> Visitor:
        if words is not None:
            write(tmp_path / "page.json", make(words))
            page = f"passphrase_file: page.json, {page}"
        config = household(tmp_path, SETTINGS + f"page: {{{page}}}\n", dial=dial)
        app = create_app(model.load(config), config, lambda: NOW)
        apps.append(app)
        return Visitor(app.test_client(), app)

    yield made
    for app in apps:
        app.extensions["sodien"].close()
