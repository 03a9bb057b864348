"""The page as a web application: put together, in the language of whoever asks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, make_response, request, url_for
from werkzeug.exceptions import HTTPException

from page import api, health
from page.access import Answer, asked_language, form_token, guard, in_language
from page.appliances import add_appliances
from page.household import Household
from page.meter_test import add_meter_test
from page.photos import MOST_B
from page.posts import add_posts
from page.screens import Frame, add_screens, sentence
from sodien import i18n
from sodien.bills.evidence_sheet import design
from sodien.clock import Clock
from sodien.i18n import tr
from sodien.settings.model import Settings

log = logging.getLogger(__name__)

#: Bytes of a request: a photograph and the form around it.
MOST_REQUEST_B = MOST_B + 100_000


class PageApp(Flask):
    """A Flask that speaks the language of whoever asks, and knows who that is."""

    def select_jinja_autoescape(self, filename: str | None) -> bool:
        """Everything is escaped; Flask would look at the ending, which is not ``.html`` here."""
        return True

    def full_dispatch_request(self) -> Response:
        """One request, in its language."""
        with i18n.speaking(asked_language()):
            return super().full_dispatch_request()


def create_app(
    settings: Settings, config: Path | None, clock: Callable[[], int], machine: Clock | None = None
) -> Flask:
    """The application on these settings.

    Args:
        settings: of the device.
        config: their file, for the programs the page calls; None: it calls none.
        clock: tells ms UTC.
        machine: the clock of the machine that counts; None: this one's.

    Raises:
        SodienError: it would be open to others, and there is no passphrase.
    """
    app = PageApp(__name__)
    app.config.update(MAX_CONTENT_LENGTH=MOST_REQUEST_B, MAX_FORM_MEMORY_SIZE=3_000_000, MAX_FORM_PARTS=30)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(_=tr, language=i18n.language, token=form_token, in_language=in_language)
    household = Household(settings, clock, machine)
    app.extensions["sodien"] = household
    guard(app, settings)
    frame = Frame(household, health.Doctor(config))
    add_screens(app, frame)
    add_posts(app, frame)
    add_appliances(app, frame)
    add_meter_test(app, frame)
    api.add_routes(app, household)

    style = f"{design()}{(Path(__file__).parent / 'static' / 'page.css').read_text(encoding='utf-8')}"

    @app.get("/static/page.css")
    def style_sheet() -> Answer:
        answer = Response(style, mimetype="text/css")
        answer.add_etag()
        return answer.make_conditional(request)

    @app.get("/manifest.webmanifest")
    def manifest() -> Answer:
        return Response(
            api.encode(
                {
                    "name": "Sodien",
                    "short_name": "Sodien",
                    "start_url": url_for("now_screen"),
                    "display": "standalone",
                    "background_color": "#ffffff",
                    "theme_color": "#0b5d66",
                    "icons": [
                        {
                            "src": url_for("static", filename=f"icon-{size}.png"),
                            "sizes": f"{size}x{size}",
                            "type": "image/png",
                        }
                        for size in (192, 512)
                    ],
                }
            ),
            mimetype="application/manifest+json",
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Answer:
        code = error.code or 500
        text = {
            400: tr("This address is not known here; open the page by the Pi's own name or address."),
            403: tr(
                "The form is too old, or was not sent from this page; go back, reload and send it again."
            ),
            404: tr("There is no such page."),
            413: tr("That is too large; send a picture of at most 12 MB."),
        }.get(code, tr("That cannot be done here."))
        if api.asked():
            return make_response({"error": text}, code)
        return sentence(str(code), text), code

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Answer:
        log.exception("%s %s failed", request.method, request.path)
        text = tr("Something went wrong; the service's log says what. Nothing was left half stored.")
        return sentence("500", text), 500

    return app
