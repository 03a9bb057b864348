"""``python -m sodien`` is the ``sodien`` command."""

from sodien.cli import main

main()
