"""The command line as a person uses it."""

from tests.cli.conftest import _english, sodien

__all__ = ["_english", "sodien"]
