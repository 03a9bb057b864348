"""Components and templates for Home Assistant; templates read what a payload may lack."""

from __future__ import annotations

from typing import Any


def sensor(name: str, template: str, **more: Any) -> dict[str, Any]:
    """A sensor's configuration without its topic and ids."""
    return {"p": "sensor", "name": name, "value_template": template, **more}


def value(path: str, after: str = "", none: str | None = None) -> str:
    """A template for a field that may be absent, also inside an object that may be absent."""
    field = f"value_json.{path}"
    found = f"({field} | float){after}" if after else field
    return f"{{{{ {found} if {_there(path)} else {none!r} }}}}"


def attributes(**paths: str) -> str:
    """A template for an object with those of these fields that are there."""
    parts = ", ".join(
        f"'{key}': value_json.{path} if {_there(path)} else None" for key, path in paths.items()
    )
    return f"{{{{ dict(({{{parts}}}).items() | rejectattr(1, 'none')) | tojson }}}}"


def _there(path: str) -> str:
    return f"value_json.{path.partition('.')[0]} is defined"
