"""Vietnamese or English for everything a person reads.

English is written in the code, inside :func:`tr`; Vietnamese stands in :mod:`sodien.vietnamese` under the
English text. The language is ``--lang``, else ``SODIEN_LANG``, else ``LC_ALL``/``LC_MESSAGES``/``LANG``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

LANGUAGES = ("en", "vi")
_language = "en"


def from_environment(environ: Mapping[str, str]) -> str:
    """The language an environment asks for; English unless it names Vietnamese."""
    for name in ("SODIEN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "vi" if value.lower().startswith("vi") else "en"
    return "en"


def use(language: str | None = None) -> None:
    """Speak this language from now on (None: the environment's)."""
    global _language
    _language = language if language in LANGUAGES else from_environment(os.environ)


def language() -> str:
    """The language in use, ``en`` or ``vi``."""
    return _language


def tr(text: str, /, **values: object) -> str:
    """The text in the language in use, with ``{name}`` fields filled in."""
    if _language == "vi":
        from sodien.vietnamese import CATALOG

        text = CATALOG.get(text, text)
    return text.format(**values) if values else text
