"""A bill and its verdict, for people and as plain values."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from sodien import formats
from sodien.billing.audit.result import Check, Verdict
from sodien.billing.bill import Bill
from sodien.billing.companies import COMPANIES, company_of
from sodien.billing.words.notices import field_name, invoice_name
from sodien.billing.words.verdict import check_sentence, headline, note_sentence, reason_sentence
from sodien.bills.intake import Received
from sodien.bills.stored import Period, StoredBill
from sodien.history.current import MeterLedger
from sodien.i18n import tr
from sodien.protocol.times import format_time
from sodien.settings.model import MeterSettings

_MARKS = {"agrees": ("✓", "green"), "cannot_tell": ("?", "yellow"), "disagrees": ("✗", "red")}
#: Fields of a bill that are money.
_MONEY = frozenset({"net", "tax", "total"})


def bill_lines(bill: Bill, period: Period | None = None) -> list[tuple[str, str]]:
    """What the bill says, as (field, value)."""
    found: list[tuple[str, str]] = []

    def say(name: str, value: object) -> None:
        if value is not None:
            found.append((field_name(name), str(value)))

    say("customer", bill.customer)
    say("serial", bill.serial)
    if bill.month is not None:
        say("month", formats.month(bill.month, bill.year) if bill.year is not None else bill.month)
    for name, day, expected in (("first", bill.first, 0), ("last", bill.last, 1)):
        if day is not None:
            say(name, formats.date(day))
        elif period is not None:
            say(name, tr("{day} (not on the bill: by the reading day)", day=formats.date(period[expected])))
    for row in bill.rows:
        which = " ".join(filter(None, (row.register, row.serial)))
        several = f" ({which})" if len(bill.rows) > 1 else ""
        for name in ("old", "new", "multiplier", "kwh", "removed"):
            value = getattr(row, name)
            if value is not None and not (name == "kwh" and value == bill.kwh and not several):
                found.append((field_name(name) + several, formats.number(value)))
    for name in ("kwh", "net", "tax", "total", "households"):
        value = getattr(bill, name)
        if value is not None:
            say(name, formats.number(value, grouped=name in _MONEY))
    if bill.tax_rate is not None:
        say("tax_rate", formats.percent(bill.tax_rate, None))
    for number, tier in enumerate(bill.tiers, 1):
        amount = f" = {formats.amount(tier.amount)}" if tier.amount is not None else ""
        label = tr("line {number} of the charge", number=number)
        found.append((label, f"{formats.number(tier.kwh)} kWh × {formats.amount(tier.price)}{amount}"))
    for name in ("invoice", "replaces", "adjusts"):
        invoice = getattr(bill, name)
        if invoice is not None and invoice_name(invoice):
            say(name, invoice_name(invoice))
    if bill.read_at is not None:
        say("read_at", formats.time_of_day(bill.read_at))
    if bill.estimated:
        found.append((tr("the reading"), tr("estimated, as the notice says")))
    return found


def show_bill(bill: Bill, period: Period | None = None) -> None:
    """The bill on standard output."""
    for name, value in bill_lines(bill, period):
        click.echo(f"  {name}: {value}")


def show_verdict(verdict: Verdict) -> None:
    """The verdict on standard output, line by line."""
    colour = {"consistent": "green", "cannot_tell": "yellow", "disagrees": "red"}[verdict.overall]
    click.echo(click.style(headline(verdict), fg=colour, bold=True))
    for check in verdict.checks:
        mark, colour = _MARKS[check.result]
        click.echo(f"  {click.style(mark, fg=colour)} {check_sentence(check)}")
    if verdict.reasons:
        click.echo(tr("What would explain it, the likeliest first:"))
        for number, reason in enumerate(verdict.reasons, 1):
            click.echo(f"  {number}. {reason_sentence(reason)}")
    if verdict.advice:
        click.echo(tr("What to do:"))
        for note in verdict.advice:
            click.echo(f"  → {note_sentence(note)}")
    if verdict.assumptions:
        click.echo(tr("Assumptions:"))
        for note in verdict.assumptions:
            click.echo(f"  · {note_sentence(note)}")


def show_whom_to_call(meter: MeterSettings, bill: Bill) -> None:
    """The hotline of the household's power company, where it is known."""
    billing = meter.billing
    known = COMPANIES.get(billing.company or "") or company_of(billing.customer or bill.customer)
    if known is not None:
        hotlines = ", ".join(known.hotlines)
        click.echo(tr("Hotline of {company}: {hotlines}", company=known.name, hotlines=hotlines))


def verdict_plain(verdict: Verdict) -> dict[str, Any]:
    """The verdict for JSON: its values, and every sentence in the language in use."""

    def with_sentence(check: Check) -> dict[str, Any]:
        plain: dict[str, Any] = msgspec.to_builtins(check)
        return {**plain, "sentence": check_sentence(check)}

    plain: dict[str, Any] = msgspec.to_builtins(verdict)
    return {
        **plain,
        "sentence": headline(verdict),
        "checks": [with_sentence(check) for check in verdict.checks],
        "reasons": [
            {**msgspec.to_builtins(one), "sentence": reason_sentence(one)} for one in verdict.reasons
        ],
        "advice": [{**msgspec.to_builtins(one), "sentence": note_sentence(one)} for one in verdict.advice],
        "assumptions": [
            {**msgspec.to_builtins(one), "sentence": note_sentence(one)} for one in verdict.assumptions
        ],
    }


def stored_plain(stored: StoredBill, verdict: Verdict | None) -> dict[str, Any]:
    """A stored bill for JSON."""
    period = stored.period
    return {
        "entry": stored.entry,
        "entries": stored.numbers(),
        "at": _time(stored.at),
        "bill": msgspec.to_builtins(stored.bill),
        "period": {"first": period[0].isoformat(), "last": period[1].isoformat()} if period else None,
        "sha256": stored.last.sha256,
        "withdrawn": stored.withdrawn_because,
        "verdict": verdict_plain(verdict) if verdict is not None else None,
    }


def received_plain(where: MeterLedger, received: Received) -> dict[str, Any]:
    """What was stored, for JSON."""
    return {
        "meter": where.meter.id,
        "bills": [stored_plain(*pair) for pair in received.bills],
        "replaced": received.replaced,
        "told": list(received.told),
    }


def show_received(where: MeterLedger, received: Received) -> None:
    """What was stored, for people."""
    if received.replaced is not None:
        click.echo(tr("Bill {entry} is withdrawn: the utility corrected it.", entry=received.replaced))
    for sentence in received.told:
        click.echo(sentence)
    for stored, verdict in received.bills:
        click.echo(tr("{meter}: bill {entry} is stored.", meter=where.meter.id, entry=stored.entry))
        show_bill(stored.bill, stored.period)
        click.echo()
        show_verdict(verdict)
        if verdict.overall == "disagrees":
            show_whom_to_call(where.meter, stored.bill)


def _time(ms: int) -> str:
    return format_time(ms)


def overall_word(overall: str) -> str:
    """A verdict in one or two words."""
    return {
        "consistent": tr("consistent"),
        "cannot_tell": tr("cannot tell"),
        "disagrees": tr("disagrees"),
    }[overall]
