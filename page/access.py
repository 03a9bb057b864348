"""Who may do what: the passphrase's file, sessions as cookies, logging in, and what each answer allows."""

from __future__ import annotations

import hmac
import logging
import secrets
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from page import api, guards, passphrase
from page.passphrase import Passphrase
from sodien import formats
from sodien.errors import SodienError
from sodien.i18n import LANGUAGES, tr
from sodien.settings.model import Settings

log = logging.getLogger(__name__)

#: What a view returns.
Answer = str | AnyResponse | tuple[str, int]

COOKIE, LANGUAGE_COOKIE = "sodien", "sodien-lang"
#: Nothing inline, nothing from elsewhere, nobody frames it.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: What everybody may see, and what sets no cookie.
_OPEN = ("static", "style_sheet", "shared")
_YEAR_S = 365 * 24 * 3600


class Keys:
    """The passphrase's file as it is now; a new one ends the sessions without a restart."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._known: tuple[Passphrase | None, guards.Sessions] | None = None

    def now(self) -> tuple[Passphrase | None, guards.Sessions]:
        """The passphrase, None without one, and the sessions it signs. Raises SodienError."""
        with self._lock:
            if self._path is None:
                if self._known is None:
                    self._known = None, guards.Sessions(secrets.token_bytes(32))
                return self._known
            try:
                found = self._path.stat()
                stamp = found.st_mtime_ns, found.st_ino
            except OSError:
                stamp = (0, 0)
            if self._known is None or stamp != self._stamp:
                kept = passphrase.read(self._path)
                self._known = kept, guards.Sessions(kept.derived("sessions"))
                self._stamp = stamp
            return self._known


def check_open(settings: Settings) -> None:
    """Raise SodienError where others reach the page and nothing asks them who they are."""
    page = settings.page
    if page.passphrase_file is None and not page.loopback:
        raise SodienError(
            tr(
                "The page would be open to everybody (page.listen, page.base or page.trusted_proxy); "
                "run 'sodien page passphrase' first."
            )
        )


def guard(app: Flask, settings: Settings) -> None:
    """Let everybody pass who may, ask the others for the passphrase, and put the policies on each answer.

    A view finds ``g.passphrase``, ``g.sessions``, ``g.visit``, ``g.may_write`` and ``g.may_read``.

    Raises:
        SodienError: the page would be open to others without a passphrase, or its file cannot be used.
    """
    check_open(settings)
    keys, attempts, guessing = Keys(settings.page.passphrase_file), guards.Attempts(), threading.Lock()
    keys.now()

    @app.before_request
    def who() -> Answer | None:
        if not settings.page.trusted_proxy and not guards.host_is_ours(request.host, socket.gethostname()):
            abort(400)
        g.passphrase, g.sessions = keys.now()
        g.visit = g.sessions.visit(request.cookies.get(COOKIE)) or g.sessions.new()
        g.may_write = g.visit.known or (g.passphrase is None and settings.page.loopback)
        g.may_read = g.may_write or settings.page.read_without_passphrase
        if request.endpoint in _OPEN:
            return None
        if api.asked():
            g.may_read = g.may_read or _bearer_fits(g.passphrase)
        elif request.method == "POST":
            if not guards.same_origin(request.headers.get("Origin"), request.scheme, request.host):
                abort(403)
            if not g.sessions.fits(g.visit, request.form.get("token")):
                abort(403)
        if request.endpoint not in ("log_in", "manifest"):
            if not g.may_read:
                if api.asked():
                    return make_response(
                        {"error": tr("The API asks for its token; see 'sodien page token'.")}, 401
                    )
                return redirect(
                    url_for("log_in", next=request.full_path.rstrip("?") if request.method == "GET" else None)
                )
            if request.method == "POST" and not g.may_write:
                return redirect(url_for("log_in"))
        return None

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint not in _OPEN:
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if "visit" in g and response.status_code < 500 and not api.asked():
                _set(response, COOKIE, g.sessions.cookie(g.visit), guards.SESSION_S, private=True)
        if (wanted := request.args.get("lang")) in LANGUAGES:
            _set(response, LANGUAGE_COOKIE, wanted, _YEAR_S, private=False)
        return response

    def form(wrong: str | None = None) -> str:
        return render_template(
            "login.html.j2", tab="", wrong=wrong, asked=g.passphrase is not None, next=_next()
        )

    @app.route("/login", methods=["GET", "POST"])
    def log_in() -> Answer:
        if request.method == "GET":
            return form()
        address = request.remote_addr or ""
        with guessing:
            wait = attempts.wait(address, time.monotonic())
            good = (
                not wait
                and g.passphrase is not None
                and g.passphrase.fits(request.form.get("passphrase", ""))
            )
            if good:
                attempts.forget(address)
            elif not wait:
                attempts.note(address, time.monotonic())
        if good:
            g.visit = g.sessions.new(known=True)
            after = _next()
            return redirect(request.script_root + after if after else url_for("now_screen"), 303)
        log.warning("a wrong passphrase from %s", address)
        wrong = (
            tr("Too many wrong passphrases; try again in {time}.", time=formats.duration(wait))
            if wait
            else tr("That is not the passphrase.")
        )
        return form(wrong), 429 if wait else 403

    @app.post("/logout")
    def log_out() -> Answer:
        g.visit = g.sessions.new()
        return redirect(url_for("now_screen"), 303)


def asked_language() -> str:
    """The language of a request: asked for, kept, or the browser's."""
    wanted = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if wanted in LANGUAGES:
        return wanted
    return request.accept_languages.best_match(LANGUAGES) or "vi"


def in_language(code: str) -> str:
    """The address of this screen in another language; of the forms where it answers what was sent."""
    if request.method != "GET":
        return url_for("enter_screen", lang=code)
    asked = request.args.to_dict() | {"lang": code}
    return f"{request.script_root}{request.path}?{urlencode(asked)}"


def form_token() -> str:
    """The form token of this session."""
    return str(g.sessions.token(g.visit))


def _bearer_fits(kept: Passphrase | None) -> bool:
    given = request.headers.get("Authorization", "")
    return kept is not None and hmac.compare_digest(given.encode(), f"Bearer {kept.token}".encode())


def _next() -> str | None:
    """Where to go after logging in: a path of this page below its base, nothing else."""
    wanted = request.args.get("next") or request.form.get("next") or ""
    safe = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if safe and wanted.isprintable() else None


def _set(response: Response, name: str, value: str, seconds: int, *, private: bool) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=private,
        samesite="Lax",
        secure=request.is_secure,
        path=request.script_root or "/",
    )
