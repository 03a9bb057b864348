"""The ``sodien`` command: ``--version`` imports nothing heavy, and what the unit calls no click."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the ``sodien`` command."""
    if sys.argv[1:] == ["--version"]:
        from sodien import __version__

        print(f"sodien {__version__}")
        return
    if sys.argv[1:2] == ["run"]:
        # msgspec would load it where it happens to be installed, half a megabyte for what ``typing`` has too.
        sys.modules.setdefault("typing_extensions", None)  # type: ignore[arg-type]
        from sodien.cli import service

        config = service.config_of(sys.argv[1:])
        if config is not None:
            sys.exit(service.main(config))
    from sodien.cli.group import run

    run()
