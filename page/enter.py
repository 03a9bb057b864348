"""A dial reading that a person enters, with its photograph: shown before it is kept, and taken back.

The first post says what the entry would mean, the second one keeps it. In between a photograph waits, cleaned
already, in a folder beside the ledger, under the hash of what it holds.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from page import photos
from page.household import Snapshot
from sodien import formats
from sodien.errors import FieldError
from sodien.files import replacing
from sodien.history.corrections import UNDONE
from sodien.history.note import Noted
from sodien.history.note_reading import USUAL_WITHIN_MS, note_reading, withdraw_reading
from sodien.history.plausible import plausible
from sodien.i18n import tr
from sodien.ledger.bodies import DialBody

#: The fields of the form of a reading.
FIELDS = ("reading", "day", "time", "by", "photo")
#: Photographs that wait for the second post, and how long (seconds).
_MOST_DRAFTS, _DRAFT_S = 20, 24 * 3600
_NAME = re.compile(r"[0-9a-f]{64}\.(jpg|png|webp|notice)")


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the form of a reading, as typed."""

    reading: str = ""
    day: str = ""
    time: str = ""
    by: str = ""
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reading would mean, before it is kept.

    Attributes:
        reading: as the dial shows it; ``when`` it was read.
        plain: whether it fits what was counted.
        sentences: what it would change, the first one the most important.
        form: to be sent again.
    """

    reading: str
    when: str
    plain: bool
    sentences: list[str]
    form: Form


def empty_form(seen: Snapshot) -> Form:
    """A form for a reading that is taken now."""
    local = dt.datetime.fromtimestamp(seen.now / 1000, seen.settings.zone)
    return Form(day=local.date().isoformat(), time=f"{local:%H:%M}")


def draft_folder(seen: Snapshot) -> Path:
    """Where photographs wait: beside the ledger, on the same file system as those that are kept."""
    return seen.where.ledger.path.parent / "photos" / "waiting"


def take_photo(seen: Snapshot, upload: IO[bytes]) -> tuple[str, dt.datetime | None]:
    """Keep a cleaned photograph until the second post: its name, and the local time it says it was taken.

    Raises SodienError for what is no photograph, and when it cannot be kept.
    """
    folder = draft_folder(seen)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".new-", delete=False) as copy:
            building = Path(copy.name)
            try:
                ending, taken = photos.clean(upload, copy.file)
                copy.flush()
                copy.seek(0)
                name = hashlib.file_digest(copy, "sha256").hexdigest() + ending
                os.replace(building, folder / name)
            finally:
                building.unlink(missing_ok=True)
    except photos.PhotoError as error:
        raise FieldError("photo", _photo_words(error.key)) from None
    except OSError as error:
        raise FieldError(
            "photo", tr("The photo cannot be saved ({reason}).", reason=error.strerror or error)
        ) from None
    return name, taken


def take_file(seen: Snapshot, upload: IO[bytes], most: int) -> str:
    """Keep a notice's file until the second post: its name. Raises FieldError."""
    data = upload.read(most + 1)
    if len(data) > most:
        raise FieldError("notice", tr("The notice is larger than {most} MB.", most=most // 1_000_000))
    name = f"{hashlib.sha256(data).hexdigest()}.notice"
    folder = draft_folder(seen)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        with replacing(folder / name) as file:
            file.write(data)
    except OSError as error:
        raise FieldError(
            "notice", tr("The notice cannot be saved ({reason}).", reason=error.strerror or error)
        ) from None
    return name


def _clear(folder: Path) -> None:
    """Drop what waited too long, and the oldest where too many wait."""
    with os.scandir(folder) as entries:
        files = [one for one in entries if one.is_file(follow_symlinks=False)]
        waiting = sorted(
            ((one.stat(follow_symlinks=False).st_mtime, one.path) for one in files), reverse=True
        )
    for number, (changed, path) in enumerate(waiting):
        if number >= _MOST_DRAFTS - 1 or time.time() - changed > _DRAFT_S:
            with contextlib.suppress(OSError):
                os.unlink(path)


def _photo_words(key: str) -> str:
    return {
        "kind": tr("This is not a JPEG, PNG or WebP picture."),
        "large": tr("The picture has too many pixels."),
        "damaged": tr("The picture is damaged or cut off; take it again."),
    }[key]


def meaning(seen: Snapshot, form: Form) -> Meaning:
    """What a reading would mean. Raises FieldError, naming the field of the form."""
    noted = _note(seen, form, dry_run=True)
    body = noted.row.read(DialBody)
    assert body.reading is not None
    shown = formats.dial(body.reading)
    when = formats.instant(noted.at, seen.settings.zone)
    plain, said = plausible(noted, seen.settings.zone)
    return Meaning(shown, when, plain, said, form)


def keep(seen: Snapshot, form: Form) -> Noted:
    """Note the reading. Raises FieldError or SodienError; then nothing is stored."""
    noted = _note(seen, form, dry_run=False)
    used(seen, form.photo)
    return noted


def take_back(seen: Snapshot, entry: int) -> Noted:
    """Withdraw a reading. Raises SodienError when there is none."""
    return withdraw_reading(seen.where, entry, because=UNDONE, now=seen.now)


def _note(seen: Snapshot, form: Form, *, dry_run: bool) -> Noted:
    return note_reading(
        seen.where,
        form.reading,
        now=seen.now,
        at=moment(seen, form),
        within=USUAL_WITHIN_MS,
        by=form.by.strip()[:60] or None,
        photo=waiting(seen, form.photo),
        dry_run=dry_run,
    )


def waiting(seen: Snapshot, name: str) -> Path | None:
    """The file that waits under a name; None without one. Raises FieldError where it is gone."""
    if not name:
        return None
    if not _NAME.fullmatch(name) or not (draft_folder(seen) / name).is_file():
        raise FieldError("photo", tr("The file is not here any more; choose it again."))
    return draft_folder(seen) / name


def used(seen: Snapshot, name: str) -> None:
    """A file was kept: it waits no longer."""
    if _NAME.fullmatch(name):
        with contextlib.suppress(OSError):
            (draft_folder(seen) / name).unlink()


def moment(seen: Snapshot, form: Form) -> int:
    """When it was read, ms UTC. Raises FieldError."""
    zone = seen.settings.zone
    try:
        day = formats.parse_date(form.day)
    except ValueError:
        raise FieldError(
            "day", tr("Write the day as {day}.", day=formats.date(dt.date(2026, 11, 30)))
        ) from None
    try:
        clock = formats.parse_time(form.time)
    except ValueError:
        raise FieldError("time", tr("Write the time as 07:30.")) from None
    local = dt.datetime.combine(day, clock, zone)
    if formats.both_meant(local) is not None:
        raise FieldError(
            "time", tr("Clocks change in this hour, so the time is not clear; read again later.")
        )
    return int(local.timestamp() * 1000)
