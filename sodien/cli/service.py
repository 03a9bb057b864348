"""`sodien run` without click: what a daemon loads once, it holds for as long as it runs.

click and what it brings are a megabyte, OpenSSL is five where the broker is reached without TLS. So the one
call that a unit makes comes here directly, every other one by way of :mod:`sodien.cli.run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from sodien import i18n, logs, terminal, tls
from sodien.cli import endings
from sodien.errors import SodienError
from sodien.files import acting_as_owner
from sodien.settings import model as settings_model


def config_of(words: Sequence[str]) -> str | None:
    """FILE where the words are ``run --config FILE``, else None: then they are for click."""
    return words[2] if len(words) == 3 and words[0] == "run" and words[1] in ("--config", "-c") else None


def main(config: str) -> int:
    """Count until told to stop; returns the exit code, and ends the program by a sentence for a mistake."""
    i18n.use()
    terminal.set_up()
    try:
        return count(config)
    except KeyboardInterrupt:
        endings.stopped()
    except (SodienError, OSError) as error:
        endings.end(error)


def count(config: str | None, *, verbose: bool = False) -> int:
    """Count until told to stop; returns the exit code. Raises SodienError."""
    settings = settings_model.load(settings_model.find(config))
    logs.set_up(verbose)
    # What reading the settings has left free is filled by the modules that come now.
    with nullcontext() if settings.mqtt.tls else tls.without_openssl():
        import sodien.mqtt_client  # noqa: F401  (paho comes with it)
        from firmware.daemon import serve

    with acting_as_owner(settings.ledger.path.parent):  # root may try it; the files are the service's
        return serve(settings)
