"""What can be entered: readings, notices, bills, what happened in a gap; each leads to another screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask, abort, redirect, request, url_for

from page import claims, enter, notices, now
from page.access import Answer
from page.screens import Frame, screen
from sodien import formats
from sodien.errors import FieldError, SodienError
from sodien.history.note_gap import resolve_gap
from sodien.history.note_reading import find_reading
from sodien.i18n import tr


def add_posts(app: Flask, frame: Frame) -> None:
    """The addresses to which something is sent."""
    household, show, wanted = frame.household, frame.show, frame.wanted

    @app.post("/readings")
    @screen
    def post_reading() -> Answer:
        typed = {name: request.form.get(name, "")[:200] for name in enter.FIELDS}
        form = replace(enter.Form(), **typed)
        with household.meter(wanted()) as seen:
            try:
                for upload in request.files.getlist("picture"):
                    if upload.filename:
                        name, taken = enter.take_photo(seen, upload.stream)
                        form = replace(form, photo=name)
                        if taken is not None:
                            form = replace(form, day=taken.date().isoformat(), time=f"{taken:%H:%M}")
                if "change" in request.form:
                    return frame.forms(seen, form=form)
                if "keep" not in request.form:
                    return show("reading.html.j2", seen, "enter", meaning=enter.meaning(seen, form))
                noted = enter.keep(seen, form)
            except SodienError as error:
                field = error.field if isinstance(error, FieldError) else "reading"
                errors = {{"at": "time"}.get(field, field): str(error)}
                return frame.forms(seen, form=form, errors=errors), 422
            household.forget()
        return redirect(url_for("receipt", entry=noted.entry), 303)

    @app.get("/readings/<int:entry>")
    @screen
    def receipt(entry: int) -> Answer:
        with household.meter(wanted()) as seen:
            reading = find_reading(seen.where, seen.history, entry)
            return show(
                "receipt.html.j2",
                seen,
                "enter",
                entry=entry,
                reading=formats.dial(reading.text),
                when=formats.instant(reading.at, seen.settings.zone),
                withdrawn=reading.withdrawn,
                register=now.register_words(seen),
                photo=reading.typed.photo is not None,
            )

    @app.post("/readings/<int:entry>/undo")
    @screen
    def undo(entry: int) -> Answer:
        with household.meter(wanted()) as seen:
            enter.take_back(seen, entry)
            household.forget()
        return redirect(url_for("receipt", entry=entry), 303)

    @app.post("/notices")
    @screen
    def post_notice() -> Answer:
        sent = {name: request.form.get(name, "") for name in notices.SENT}
        with household.meter(wanted()) as seen:
            try:
                upload = request.files.get("upload")
                if upload is not None and upload.filename:
                    sent["file"] = enter.take_file(seen, upload.stream, notices.MOST_FILE_B)
                if "change" in request.form:
                    return frame.forms(seen, notice=sent["text"])
                if "keep" not in request.form:
                    return show("notice.html.j2", seen, "enter", meaning=notices.of_notice(seen, sent))
                received = notices.keep_notice(seen, sent)
            except SodienError as error:
                return frame.forms(seen, notice=sent["text"], errors={"notice": str(error)}), 422
            household.forget()
            return _after(received.bills)

    @app.post("/bills")
    @screen
    def post_bill() -> Answer:
        values = {name: request.form.get(name, "")[:80] for name in notices.TYPED}
        with household.meter(wanted()) as seen:
            try:
                upload = request.files.get("picture")
                if upload is not None and upload.filename:
                    values["photo"], _ = enter.take_photo(seen, upload.stream)
                if "change" in request.form:
                    return frame.forms(seen, values=values)
                if "keep" not in request.form:
                    return show("notice.html.j2", seen, "enter", meaning=notices.of_typed(seen, values))
                received = notices.keep_typed(seen, values)
            except SodienError as error:
                field = error.field if isinstance(error, FieldError) else "bill"
                field = "picture" if field == "photo" else field
                return frame.forms(seen, values=values, errors={field: str(error)}), 422
            household.forget()
            return _after(received.bills)

    @app.post("/claims")
    @screen
    def post_claims() -> Answer:
        with household.meter(wanted()) as seen:
            try:
                upload = request.files.get("daily")
                if upload is None or not upload.filename:
                    raise SodienError(tr("Choose the file first."))
                claims.take_file(seen, upload.stream)
            except SodienError as error:
                return frame.forms(seen, errors={"daily": str(error)}), 422
            household.forget()
        return redirect(url_for("period_screen") + "#daily", 303)

    @app.post("/bills/<int:entry>/undo")
    @screen
    def undo_bill(entry: int) -> Answer:
        with household.meter(wanted()) as seen:
            notices.take_back(seen, entry)
            household.forget()
        return redirect(url_for("bill_screen", entry=entry), 303)

    def _after(judged: Any) -> Answer:
        if judged:
            return redirect(url_for("bill_screen", entry=judged[-1][0].entry), 303)
        return redirect(url_for("period_screen"), 303)

    @app.post("/gaps/<int:entry>")
    @screen
    def resolve(entry: int) -> Answer:
        what = request.form.get("what")
        if what not in ("supply_out", "supply_on", "undo"):
            abort(400)
        with household.meter(wanted()) as seen:
            resolve_gap(seen.where, entry, what, now=seen.now)  # type: ignore[arg-type]
            household.forget()
        return redirect(url_for("health_screen"), 303)
