"""The ``sodien`` command. ``--version`` answers before anything heavy is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the ``sodien`` command."""
    if sys.argv[1:] == ["--version"]:
        from sodien import __version__

        print(f"sodien {__version__}")
        return
    from sodien.cli.group import run

    run()
