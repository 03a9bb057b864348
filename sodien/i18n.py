"""Vietnamese or English for everything a person reads.

English is written in the code, inside :func:`tr` or in a table whose type says :data:`Text`; the translations
are a gettext catalogue, ``sodien/locale/<language>/LC_MESSAGES/sodien.po``. The language is ``--lang``, else
``SODIEN_LANG``, else ``LC_ALL``/``LC_MESSAGES``/``LANG``.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sodien.printable import printable

if TYPE_CHECKING:
    import gettext

#: An English text of the catalogue that is kept in a table or a field, and goes through ``tr`` later.
Text: TypeAlias = str

LANGUAGES = ("en", "vi")
LOCALE = Path(__file__).parent / "locale"
_DOMAIN = "sodien"
_language = "en"
#: Done to a text before its fields are filled in: the command line names commands as they were called.
_finish: Callable[[str], str] | None = None
#: Whether texts stay as they are written for a while: what is handed on must not name the caller's files.
_as_written: ContextVar[bool] = ContextVar("as_written", default=False)
#: What one thread speaks for a while: a page for the person who asked for it.
_for_now: ContextVar[str | None] = ContextVar("language", default=None)


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


def finish(change: Callable[[str], str] | None) -> None:
    """Change every text before its fields are filled in; braces in what is put in are doubled."""
    global _finish
    _finish = change


@contextlib.contextmanager
def as_written() -> Iterator[None]:
    """Leave texts as they are written while the block runs; for what is handed to somebody else."""
    token = _as_written.set(True)
    try:
        yield
    finally:
        _as_written.reset(token)


def use_for_click() -> None:
    """Let click's own words (Usage, Options, Error …) be of this catalogue and language too.

    click asks :mod:`gettext` for the program's domain, and gettext asks ``LANGUAGE`` which language that is.
    """
    import gettext

    gettext.bindtextdomain(_DOMAIN, str(LOCALE))
    gettext.textdomain(_DOMAIN)
    os.environ["LANGUAGE"] = _language
    if _language != "en":
        catalogue(_language)


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak ``en`` or ``vi`` in this thread while the block runs; others go on in theirs."""
    token = _for_now.set(language)
    try:
        yield
    finally:
        _for_now.reset(token)


def language() -> str:
    """The language in use, ``en`` or ``vi``."""
    return _for_now.get() or _language


@functools.cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations into a language; imported and read only when the first text is asked for."""
    import gettext

    po = LOCALE / language / "LC_MESSAGES" / f"{_DOMAIN}.po"
    if po.exists():  # a checkout; a wheel holds the compiled file alone
        from sodien.catalogue import load

        return load(po)
    return gettext.translation(_DOMAIN, LOCALE, [language], fallback=True)


def tr(text: Text, /, context: str | None = None, **values: object) -> str:
    """The text in the language in use, with ``{name}`` fields filled in.

    ``context`` tells two meanings of one English text apart: a pulse and a reading are rejected in different
    words.
    """
    if text and (speaks := language()) != "en":
        found = catalogue(speaks)
        text = found.gettext(text) if context is None else found.pgettext(context, text)
    if _finish is not None and "sodien " in text and not _as_written.get():
        text = _finish(text) if values else _finish(text.replace("{", "{{").replace("}", "}}")).format()
    return text.format(**{name: _safe(value) for name, value in values.items()}) if values else text


def _safe(value: object) -> object:
    """What may come from a stranger, a name or a reason, without what would steer a terminal or a log."""
    if isinstance(value, str | os.PathLike | BaseException):
        return printable(str(value), keep="\n\t")
    return value
