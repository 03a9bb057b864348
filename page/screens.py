"""What can be looked at: one function a screen, and the frame around each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, Response, abort, g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from page import bills, claims, days, enter, guards, health, now, period, shares
from page.access import Answer
from page.household import Household, Snapshot
from sodien import formats, i18n
from sodien.bills.review import evidence_of
from sodien.errors import SodienError
from sodien.i18n import tr
from sodien.metering import calendar

P = ParamSpec("P")
#: The sheet is a document of its own with its style in it; it may do nothing else.
SHEET_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
)


class Frame:
    """What stands around every screen: tabs, the light, the meter that is asked for."""

    def __init__(self, household: Household, doctor: health.Doctor) -> None:
        """``household`` is shown; ``doctor`` said how things stand inside."""
        self.household = household
        self.doctor = doctor

    def wanted(self) -> str | None:
        """The meter that the request names; None for the first."""
        return request.args.get("meter") or request.form.get("meter") or None

    def show(self, template: str, seen: Snapshot, tab: str, **values: Any) -> str:
        """A screen of a meter below its tab."""
        return render_template(
            template,
            tab=tab,
            meters=[one.id for one in seen.settings.meters],
            meter=seen.meter.id,
            light=health.light(self.doctor.last(), now.trouble_of(seen)),
            shared=shares.main_of(seen.settings, seen.meter.id) is not None,
            may_write=g.may_write,
            known=g.visit.known,
            locked=g.passphrase is not None and not g.visit.known,
            **values,
        )

    def forms(
        self,
        seen: Snapshot,
        *,
        form: enter.Form | None = None,
        notice: str = "",
        values: dict[str, str] | None = None,
        errors: dict[str, str] | None = None,
    ) -> str:
        """The screen where things are entered, with what was typed and what is wrong with it, by field."""
        return self.show(
            "enter.html.j2",
            seen,
            "enter",
            form=form or enter.empty_form(seen),
            notice=notice,
            values=values,
            errors=errors or {},
        )


def screen(view: Callable[P, Answer]) -> Callable[P, Answer]:
    """What cannot be shown is said in a sentence, never as a traceback."""

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> Answer:
        try:
            return view(*args, **kwargs)
        except SodienError as error:
            return sentence(tr("It cannot be shown"), str(error)), 503

    return shown


def sentence(title: str, text: str) -> str:
    """A screen that says one thing."""
    return render_template("sentence.html.j2", title=title, text=text, tab="")


def add_screens(app: Flask, frame: Frame) -> None:
    """The addresses of what can be looked at."""
    household, show, wanted = frame.household, frame.show, frame.wanted

    @app.url_defaults
    def stay_with_the_meter(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" and (meter := wanted()) is not None:
            values.setdefault("meter", meter)

    @app.get("/")
    @screen
    def now_screen() -> Answer:
        with household.meter(wanted()) as seen:
            # Telephones ask every few seconds: who sees the same is sent what was made for the one before.
            who = (g.visit.id if g.visit.known else "", g.may_write, request.full_path, request.script_root)
            name = f"page {i18n.language()} {who}"
            return _with_etag(
                seen.shown.once(
                    name, frame.doctor.last(), lambda: show("now.html.j2", seen, "now", now=_now(seen))
                )
            )

    @app.get("/period")
    @screen
    def period_screen() -> Answer:
        with household.meter(wanted()) as seen:
            shown = {"period": period.period_of(seen), "claims": claims.claims_of(seen)}
            return _with_etag(show("period.html.j2", seen, "period", **shown))

    @app.get("/days")
    @screen
    def days_screen() -> Answer:
        by, end = _view()
        with household.meter(wanted()) as seen:

            def link(of: str, last: dt.date) -> str:
                return url_for("days_screen", by=of, end=last.isoformat())

            return _with_etag(show("days.html.j2", seen, "days", days=days.days_of(seen, by, end, link)))

    @app.get("/days.csv")
    @screen
    def days_csv() -> Answer:
        by, end = _view()
        with household.meter(wanted()) as seen:
            _, last, _ = days.reach(seen, end)
            text = days.as_csv(seen, by, last)
        name = f"sodien-{by}-{last}.csv"
        return Response(
            text, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    @app.get("/bills")
    @screen
    def bills_screen() -> Answer:
        with household.meter(wanted()) as seen:
            return _with_etag(show("bills.html.j2", seen, "bills", lines=bills.bill_lines(seen)))

    @app.get("/bills/<int:entry>")
    @screen
    def bill_screen(entry: int) -> Answer:
        with household.meter(wanted()) as seen:
            found = bills.bill_screen(seen, entry)
            link = until = None
            if request.is_secure and g.passphrase is not None and g.visit.known:
                token = _links().token(seen.meter.id, entry)
                link = url_for("shared", token=token, _external=True)
                end = seen.now + guards.LINK_S * 1000
                until = formats.date(calendar.date_of(end, seen.settings.zone))
            return show("bill.html.j2", seen, "bills", bill=found, link=link, until=until)

    @app.get("/bills/<int:entry>/sheet")
    @screen
    def sheet(entry: int) -> Answer:
        return _sheet(wanted(), entry, "attachment" if "download" in request.args else "inline")

    @app.get("/shares")
    @screen
    def shares_screen() -> Answer:
        with household.meter(_main()) as seen:
            found = shares.shares_screen(seen, _entry())
            return _with_etag(show("shares.html.j2", seen, "bills", shares=found))

    @app.get("/shares/receipts")
    @screen
    def share_receipts() -> Answer:
        with household.meter(_main()) as seen:
            html = shares.receipts_page(seen, _entry(), request.args.get("of"))
        return Response(html, headers={"Content-Security-Policy": SHEET_POLICY})

    def _main() -> str:
        return shares.main_of(household.settings, wanted()) or abort(404)

    @app.get("/shared/<token>")
    @screen
    def shared(token: str) -> Answer:
        found = _links().bill(token) if request.is_secure and g.passphrase is not None else None
        if found is None:
            return sentence(
                tr("It cannot be shown"), tr("This link is no longer valid; ask for a new one.")
            ), 404
        answer = _sheet(*found, "inline", with_letter=False)
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer

    def _sheet(meter: str | None, entry: int, kind: str, *, with_letter: bool = True) -> Response:
        with household.meter(meter) as seen:
            html = evidence_of(seen.where, now=seen.now, entry=entry, with_letter=with_letter).html
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
        with household.meter(wanted()) as seen:
            return frame.forms(seen)

    @app.get("/health")
    @screen
    def health_screen() -> Answer:
        found = frame.doctor.findings()
        with household.meter(wanted()) as seen:
            trouble = now.trouble_of(seen)
            return show(
                "health.html.j2",
                seen,
                "health",
                findings=found,
                colour=health.light(found, trouble),
                trouble=trouble,
                gaps=health.gap_lines(seen),
            )


def _now(seen: Snapshot) -> now.NowScreen:
    """The first screen's values, worked out once for all who look at this snapshot in one language."""
    return seen.shown.once(f"now {i18n.language()}", None, lambda: now.now_of(seen))


def _entry() -> int | None:
    """The bill that the request names, if it names one."""
    try:
        return int(request.args["entry"]) if "entry" in request.args else None
    except ValueError:
        abort(404)


def _links() -> guards.Links:
    return guards.Links(g.passphrase.derived("links"))


def _view() -> tuple[str, dt.date | None]:
    by = request.args.get("by", "day")
    if by not in days.SHOWN:
        abort(404)
    try:
        return by, dt.date.fromisoformat(request.args["end"]) if "end" in request.args else None
    except ValueError:
        abort(404)


def _with_etag(text: str) -> AnyResponse:
    """A page that is sent only where it changed: telephones ask again and again."""
    response = make_response(text)
    response.add_etag()
    return response.make_conditional(request)
