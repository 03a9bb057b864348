"""The page as a web application: routes, who may do what, languages, and what is said when it fails."""

from __future__ import annotations

import datetime as dt
import hmac
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

from flask import Flask, Response, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from page import api, bills, days, enter, guards, health, now, passphrase, period
from page.household import Household, Snapshot
from page.passphrase import Passphrase
from sodien import formats, i18n
from sodien.billing.notices.read import MOST_BYTES
from sodien.bills.receive import add_bill
from sodien.bills.review import evidence_of
from sodien.errors import FieldError, SodienError
from sodien.history.note_gap import resolve_gap
from sodien.i18n import LANGUAGES, tr
from sodien.settings.model import Settings

log = logging.getLogger(__name__)
P = ParamSpec("P")
Answer = str | AnyResponse | tuple[str, int]

COOKIE, LANGUAGE_COOKIE = "sodien", "sodien-lang"
#: Nothing inline, nothing from elsewhere, nobody frames it.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: The sheet is a document of its own with its style in it; it may do nothing else.
SHEET_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
)
_YEAR_S = 365 * 24 * 3600


class PageApp(Flask):
    """A Flask that speaks the language of whoever asks, and knows who that is."""

    def select_jinja_autoescape(self, filename: str | None) -> bool:
        """Everything is escaped; Flask would look at the ending, which is not ``.html`` here."""
        return True

    def full_dispatch_request(self) -> Response:
        """One request, in its language."""
        with i18n.speaking(_language()):
            return super().full_dispatch_request()


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
                    import secrets

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


def create_app(settings: Settings, config: Path | None, clock: Callable[[], int]) -> Flask:
    """The application on these settings.

    Args:
        settings: of the device.
        config: their file, for the programs the page calls; None: it calls none.
        clock: tells ms UTC.

    Raises:
        SodienError: it would be open to others, and there is no passphrase.
    """
    check_open(settings)
    app = PageApp(__name__)
    app.config.update(MAX_CONTENT_LENGTH=photos_limit(), MAX_FORM_MEMORY_SIZE=3_000_000, MAX_FORM_PARTS=30)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=tr, language=i18n.language, languages=LANGUAGES, token=_token, kwh=formats.kwh
    )
    household, keys, attempts = (
        Household(settings, clock),
        Keys(settings.page.passphrase_file),
        guards.Attempts(),
    )
    doctor = health.Doctor(config)
    guessing = threading.Lock()
    app.extensions["sodien"] = household
    keys.now()

    # -- who asks ----------------------------------------------------------------------------------------

    @app.before_request
    def who() -> Answer | None:
        if not settings.page.trusted_proxy and not guards.host_is_ours(request.host, _own_name()):
            abort(400)
        g.passphrase, g.sessions = keys.now()
        g.visit = g.sessions.visit(request.cookies.get(COOKIE)) or g.sessions.new()
        g.may_write = g.visit.known or (g.passphrase is None and settings.page.loopback)
        g.may_read = g.may_write or settings.page.read_without_passphrase
        if request.endpoint == "static":
            return None
        if request.path.startswith(f"{api.PREFIX}/"):
            g.may_read = g.may_read or _bearer_fits(g.passphrase)
        elif request.method == "POST":
            if not guards.same_origin(request.headers.get("Origin"), request.scheme, request.host):
                abort(403)
            if not g.sessions.fits(g.visit, request.form.get("token")):
                abort(403)
        if request.endpoint not in ("log_in", "static", "manifest"):
            if not g.may_read:
                if request.path.startswith(f"{api.PREFIX}/"):
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
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "private, no-cache")
            if "visit" in g and response.status_code < 500 and not request.path.startswith(f"{api.PREFIX}/"):
                _set(response, COOKIE, g.sessions.cookie(g.visit), guards.SESSION_S, private=True)
        if (wanted := request.args.get("lang")) in LANGUAGES:
            _set(response, LANGUAGE_COOKIE, wanted, _YEAR_S, private=False)
        return response

    def screen(view: Callable[P, Answer]) -> Callable[P, Answer]:
        """What cannot be shown is said in a sentence, never as a traceback."""

        @wraps(view)
        def shown(*args: P.args, **kwargs: P.kwargs) -> Answer:
            try:
                return view(*args, **kwargs)
            except SodienError as error:
                return render_template(
                    "sentence.html.j2", title=tr("It cannot be shown"), text=str(error), tab=""
                ), 503

        return shown

    def wanted_meter() -> str | None:
        return request.args.get("meter") or request.form.get("meter") or None

    def show(template: str, seen: Snapshot, tab: str, **values: Any) -> str:
        return render_template(
            template,
            tab=tab,
            meters=[one.id for one in settings.meters],
            meter=seen.meter.id,
            light=health.light(doctor.last(), now.trouble_of(seen)),
            may_write=g.may_write,
            locked=g.passphrase is not None and not g.visit.known,
            **values,
        )

    # -- screens -----------------------------------------------------------------------------------------

    @app.get("/")
    @screen
    def now_screen() -> Answer:
        with household.meter(wanted_meter()) as seen:
            return _with_etag(show("now.html.j2", seen, "now", now=now.now_of(seen)))

    @app.get("/period")
    @screen
    def period_screen() -> Answer:
        with household.meter(wanted_meter()) as seen:
            return _with_etag(show("period.html.j2", seen, "period", period=period.period_of(seen)))

    @app.get("/days")
    @screen
    def days_screen() -> Answer:
        by, end = _view()
        with household.meter(wanted_meter()) as seen:

            def link(of: str, last: dt.date) -> str:
                return url_for("days_screen", by=of, end=last.isoformat(), meter=wanted_meter())

            return _with_etag(show("days.html.j2", seen, "days", days=days.days_of(seen, by, end, link)))

    @app.get("/days.csv")
    @screen
    def days_csv() -> Answer:
        by, end = _view()
        with household.meter(wanted_meter()) as seen:
            last = end or dt.datetime.fromtimestamp(seen.at / 1000, settings.zone).date()
            text = days.as_csv(seen, by, last)
        name = f"sodien-{by}-{last}.csv"
        return Response(
            text, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    @app.get("/bills")
    @screen
    def bills_screen() -> Answer:
        with household.meter(wanted_meter()) as seen:
            return _with_etag(show("bills.html.j2", seen, "bills", lines=bills.bill_lines(seen)))

    @app.get("/bills/<int:entry>")
    @screen
    def bill_screen(entry: int) -> Answer:
        with household.meter(wanted_meter()) as seen:
            return show("bill.html.j2", seen, "bills", bill=bills.bill_screen(seen, entry), stored=True)

    @app.get("/bills/<int:entry>/sheet")
    @screen
    def sheet(entry: int) -> Answer:
        with household.meter(wanted_meter()) as seen:
            html = evidence_of(seen.where, now=seen.now, entry=entry).html
        kind = "attachment" if "download" in request.args else "inline"
        return Response(
            html,
            headers={
                "Content-Security-Policy": SHEET_POLICY,
                "Content-Disposition": f'{kind}; filename="sodien-{entry}.html"',
            },
        )

    @app.get("/enter")
    @screen
    def enter_screen() -> Answer:
        with household.meter(wanted_meter()) as seen:
            return show(
                "enter.html.j2", seen, "enter", form=enter.empty_form(seen), notice="", errors={}, values={}
            )

    @app.get("/health")
    @screen
    def health_screen() -> Answer:
        found = doctor.findings()
        with household.meter(wanted_meter()) as seen:
            return show(
                "health.html.j2",
                seen,
                "health",
                findings=found,
                colour=health.light(found, now.trouble_of(seen)),
                trouble=now.trouble_of(seen),
                gaps=health.gap_lines(seen),
            )

    # -- entering ----------------------------------------------------------------------------------------

    @app.post("/readings")
    @screen
    def post_reading() -> Answer:
        typed = {name: request.form.get(name, "")[:200] for name in enter.FIELDS}
        form = replace(enter.Form(), **typed)  # type: ignore[arg-type]
        with household.meter(wanted_meter()) as seen:
            try:
                for upload in request.files.getlist("picture"):
                    if upload.filename:
                        form, taken = _photographed(seen, form, upload.stream)
                        if taken is not None and "asked" not in request.form:
                            form = replace(form, day=taken.date().isoformat(), time=f"{taken:%H:%M}")
                if "keep" not in request.form:
                    return show("reading.html.j2", seen, "enter", meaning=enter.meaning(seen, form))
                noted = enter.keep(seen, form)
            except SodienError as error:
                field = error.field if isinstance(error, FieldError) else "reading"
                wrong = replace(form, errors={{"at": "time"}.get(field, field): str(error)})
                page = show(
                    "enter.html.j2", seen, "enter", form=wrong, notice="", errors=wrong.errors, values={}
                )
                return page, 422
            household.forget()
        return redirect(url_for("receipt", entry=noted.entry, meter=wanted_meter()), 303)

    @app.get("/readings/<int:entry>")
    @screen
    def receipt(entry: int) -> Answer:
        from sodien.history.note_reading import find_reading

        with household.meter(wanted_meter()) as seen:
            reading = find_reading(seen.where, entry)
            return show(
                "receipt.html.j2",
                seen,
                "enter",
                entry=entry,
                reading=formats.dial(reading.text),
                when=formats.instant(reading.at, settings.zone),
                withdrawn=reading.withdrawn,
                register=formats.kwh_bounds(seen.history.at(seen.at), seen.history.why_none()),
                photo=reading.typed.photo is not None,
            )

    @app.post("/readings/<int:entry>/undo")
    @screen
    def undo(entry: int) -> Answer:
        with household.meter(wanted_meter()) as seen:
            enter.take_back(seen, entry)
            household.forget()
        return redirect(url_for("receipt", entry=entry, meter=wanted_meter()), 303)

    @app.post("/notices")
    @screen
    def post_notice() -> Answer:
        with household.meter(wanted_meter()) as seen:
            text = request.form.get("text", "")
            try:
                upload = request.files.get("file")
                if upload is not None and upload.filename:
                    found, _ = enter.understood(seen, upload.stream.read(MOST_BYTES + 1))
                    text = found.text
                if not text.strip():
                    raise SodienError(tr("Paste the notice's text, or choose its file."))
                if "keep" not in request.form:
                    return show("notice.html.j2", seen, "enter", meaning=enter.notice_meaning(seen, text))
                received = enter.keep_notice(seen, text)
            except SodienError as error:
                return (
                    show(
                        "enter.html.j2", seen, "enter", form=enter.empty_form(seen), notice=text,
                        errors={"notice": str(error)}, values={},
                    ),
                    422,
                )  # fmt: skip
            household.forget()
            return _after(received.bills)

    @app.post("/bills")
    @screen
    def post_bill() -> Answer:
        values = {name: request.form.get(name, "")[:60] for name in enter.TYPED}
        with household.meter(wanted_meter()) as seen:
            try:
                received = add_bill(seen.where, enter.typed_bill(values), now=seen.now)
            except SodienError as error:
                field = error.field if isinstance(error, FieldError) else "bill"
                page = show(
                    "enter.html.j2", seen, "enter", form=enter.empty_form(seen), notice="",
                    errors={field: str(error)}, values=values,
                )  # fmt: skip
                return page, 422
            household.forget()
            return _after(received.bills)

    def _after(judged: Any) -> Answer:
        if judged:
            return redirect(url_for("bill_screen", entry=judged[-1][0].entry, meter=wanted_meter()), 303)
        return redirect(url_for("period_screen", meter=wanted_meter()), 303)

    @app.post("/gaps/<int:entry>")
    @screen
    def resolve(entry: int) -> Answer:
        what = request.form.get("what")
        if what not in ("supply_out", "supply_on", "undo"):
            abort(400)
        with household.meter(wanted_meter()) as seen:
            resolve_gap(seen.where, entry, what, now=seen.now)  # type: ignore[arg-type]
            household.forget()
        return redirect(url_for("health_screen", meter=wanted_meter()), 303)

    # -- logging in --------------------------------------------------------------------------------------

    @app.route("/login", methods=["GET", "POST"])
    def log_in() -> Answer:
        if request.method == "GET":
            return render_template(
                "login.html.j2", tab="", wrong=None, asked=g.passphrase is not None, next=_next()
            )
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
            return redirect(_next() or url_for("now_screen"), 303)
        log.warning("a wrong passphrase from %s", address)
        wrong = (
            tr("Too many wrong passphrases; try again in {time}.", time=formats.duration(wait))
            if wait
            else tr("That is not the passphrase.")
        )
        page = render_template(
            "login.html.j2", tab="", wrong=wrong, asked=g.passphrase is not None, next=_next()
        )
        return page, 429 if wait else 403

    @app.post("/logout")
    def log_out() -> Answer:
        g.visit = g.sessions.new()
        return redirect(url_for("now_screen"), 303)

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

    # -- when something is wrong -------------------------------------------------------------------------

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
        if request.path.startswith(f"{api.PREFIX}/"):
            return make_response({"error": text}, code)
        return render_template("sentence.html.j2", title=str(code), text=text, tab=""), code

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Answer:
        log.exception("%s %s failed", request.method, request.path)
        text = tr("Something went wrong; the service's log says what. Nothing was half stored.")
        return render_template("sentence.html.j2", title="500", text=text, tab=""), 500

    api.add_routes(app, household)
    return app


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


def photos_limit() -> int:
    """Bytes of a request: a photograph and the form around it."""
    from page.photos import MOST_B

    return MOST_B + 100_000


def _photographed(seen: Snapshot, form: enter.Form, upload: Any) -> tuple[enter.Form, dt.datetime | None]:
    name, taken = enter.take_photo(seen, upload)
    return replace(form, photo=name), taken


def _view() -> tuple[str, dt.date | None]:
    by = request.args.get("by", "day")
    if by not in days.SHOWN:
        abort(404)
    try:
        return by, dt.date.fromisoformat(request.args["end"]) if "end" in request.args else None
    except ValueError:
        abort(404)


def _language() -> str:
    wanted = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    if wanted in LANGUAGES:
        return wanted
    return request.accept_languages.best_match(LANGUAGES) or "vi"


def _token() -> str:
    """The form token of this session."""
    return str(g.sessions.token(g.visit))


def _bearer_fits(kept: Passphrase | None) -> bool:
    given = request.headers.get("Authorization", "")
    return kept is not None and hmac.compare_digest(given.encode(), f"Bearer {kept.token}".encode())


def _next() -> str | None:
    """Where to go after logging in: a path of this page, nothing else."""
    wanted = request.args.get("next") or request.form.get("next") or ""
    safe = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return request.script_root + wanted if safe and wanted.isprintable() else None


def _own_name() -> str:
    import socket

    return socket.gethostname()


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


def _with_etag(text: str) -> AnyResponse:
    """A page that is sent only where it changed: telephones ask again and again."""
    response = make_response(text)
    response.add_etag()
    return response.make_conditional(request)
