"""Changing single settings in the person's YAML file: their comments, order and spacing stay.

A file is only ever replaced by one that :func:`sodien.settings.model.parse` accepts, in one rename, with what
was there before kept beside it.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sodien.errors import SodienError
from sodien.files import replacing, shipped
from sodien.i18n import tr
from sodien.settings import model as settings

#: The one meter that settings begin with.
FIRST_METER = "main"


def example() -> str:
    """The commented example that comes with Sodien."""
    return shipped("config/sodien.yaml").read_text(encoding="utf-8")


def edited(text: str, changes: Mapping[str, Any], meter: str = FIRST_METER) -> str:
    """``text`` with other values.

    Args:
        text: YAML with a mapping at its top.
        changes: by dotted key, such as ``mqtt.host``; ``meter.pin`` is a key of that meter. Plain values;
            None writes null.
        meter: id of the meter meant; it is added where there is none of that id, and takes the place of the
            only one where ``changes`` rename it (``meter.id``).

    Raises SodienError when the text is no such YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    yaml = YAML()  # round trip: comments are kept
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _null)
    try:
        document = yaml.load(text)
    except YAMLError:
        document = None
    if not isinstance(document, dict):
        raise SodienError(tr("The settings are not a YAML mapping; start from the commented example."))
    for key, value in changes.items():
        group, _, name = key.rpartition(".")
        at = _meter(document, meter) if group == "meter" or group.startswith("meter.") else document
        for part in group.removeprefix("meter").strip(".").split(".") if group else ():
            if part:
                if not isinstance(at.get(part), dict):
                    at[part] = {}
                at = at[part]
        at[name] = value
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def write(path: Path, text: str) -> Path | None:
    """Put ``text`` in place of the settings; returns where the former ones are now, None without any.

    A crash leaves the former settings or the new ones, whole.

    Raises:
        SettingsError: the text cannot be used as settings; nothing was written.
        SodienError: the file cannot be written.
    """
    settings.parse(text, path)
    former = path.with_name(f"{path.name}.before")
    try:
        with replacing(path) as file:
            file.write(text.encode())
            existed = path.exists()
            if existed:
                shutil.copymode(path, file.name)
                shutil.copy2(path, former)
                with contextlib.suppress(OSError):  # only root may give a file away
                    os.chown(file.name, path.stat().st_uid, path.stat().st_gid)
    except FileNotFoundError:
        raise SodienError(
            tr("{path}: there is no such folder; make it, or connect the disk it is on.", path=path)
        ) from None
    except PermissionError as error:
        raise SodienError(
            tr("{path} cannot be written ({error}); try: sudo sodien setup.", path=path, error=error.strerror)
        ) from None
    return former if existed else None


def _meter(document: Any, meter: str) -> Any:
    """The mapping of a meter; made when there is none of that id."""
    meters = document.get("meters")
    if not isinstance(meters, list):
        meters = document["meters"] = []
    for one in meters:
        if isinstance(one, dict) and str(one.get("id")) == meter:
            return one
    made: dict[str, Any] = {"id": meter}
    meters.append(made)
    return meters[-1]


def _null(representer: Any, _value: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")
