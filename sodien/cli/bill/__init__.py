"""`sodien bill`: the utility's notices and bills, and what they are worth."""

from __future__ import annotations

import click

from sodien.cli.bill.add_bill import add, correct, withdraw
from sodien.cli.bill.check_template import command as check
from sodien.cli.bill.import_notice import command as import_
from sodien.cli.bill.list_bills import list_, show


@click.group("bill")
def command() -> None:
    """Enter the utility's notices and bills; each is judged against your own register at once."""


for _one in (import_, add, list_, show, correct, withdraw, check):
    command.add_command(_one)
