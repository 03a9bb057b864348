"""Receipts for the tenants of a shared bill: one page each, with every sum open. Pure.

Plain values in, one self-contained HTML text out. A receipt names its own tenant and nobody else's numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from sodien import formats
from sodien.billing.evidence.sheet import filled
from sodien.billing.sharing.bill_shares import BillShares, SubMeterReadings
from sodien.billing.sharing.shares import Share
from sodien.billing.words import sharing as words
from sodien.i18n import language, tr

#: The template, beside this module.
TEMPLATE: Final = "receipt.html.j2"


def receipts(
    found: BillShares, zone: ZoneInfo, made: int, version: str, template: str, meter: str | None = None
) -> str:
    """The receipts as HTML in the language in use, of one sub-meter or of all.

    Args:
        found: the shared bill.
        zone: of the meters; every time on a receipt is local.
        made: when the receipts are made, ms UTC.
        version: of the program.
        template: the text of TEMPLATE.
        meter: id of a sub-meter; None for all.
    """
    return filled(template, lambda: _context(found, zone, made, version, meter))


def _context(found: BillShares, zone: ZoneInfo, made: int, version: str, meter: str | None) -> dict[str, Any]:
    wanted = [
        (share, dial)
        for share, dial in zip(found.shared.shares, found.subs, strict=True)
        if meter in (None, share.tenant.meter)
    ]
    total, charged = (
        formats.money(one, found.currency)
        for one in (found.shared.charged + found.shared.left, found.shared.charged)
    )
    return {
        "language": language(),
        "period": words.period(found),
        "meter": found.meter,
        "entry": found.entry,
        "customer": found.bill.customer if found.bill is not None else None,
        "source": words.source(found),
        "read": words.read(found, zone),
        "lines": list(_lines(found)),
        "said": [
            one
            for one in (
                words.agreed(found),
                words.rule(found),
                tr("All receipts together: {charged} of {total}.", charged=charged, total=total),
                words.loss(found, zone),
                *words.doubts(found),
            )
            if one is not None
        ],
        "receipts": [_receipt(found, share, dial, zone) for share, dial in wanted],
        "made": tr("Made by Sodien {version} on {time}.", version=version, time=formats.instant(made, zone)),
    }


def _receipt(found: BillShares, share: Share, dial: SubMeterReadings, zone: ZoneInfo) -> dict[str, Any]:
    common = words.common_sum(found, share)
    parts = [(tr("Sub-meter"), share.own, words.own_sum(found, share))]
    if common is not None:
        parts.append((tr("Part of the rest"), share.common, common))
    return {
        "who": words.who(share.tenant),
        "charge": formats.money(share.charge, found.currency),
        "bounds": words.bounds(share.money, found.currency),
        "parts": [
            {
                "name": name,
                "kwh": words.kwh(part.kwh),
                "sum": "\N{NO-BREAK SPACE}".join(told.rsplit(" ", 1)),
                "bounds": words.bounds(part.money, found.currency),
            }
            for name, part, told in parts
        ],
        "dials": [
            {
                "at": formats.instant(read.at, zone),
                "register": formats.register_bounds(register, dial.digits, tr("no dial reading yet")),
            }
            for read, register in zip(found.readings, (dial.old, dial.new), strict=True)
        ],
    }


def _lines(found: BillShares) -> Iterator[tuple[str, str, str, str]]:
    """How the tariff works the bill out: what, kWh, price, money; nothing where it comes to another sum."""
    cost = found.cost
    if cost is None or (found.money_printed and cost.total != found.shared.billed.total.best):
        return
    for part in cost.parts:
        days = f" ({formats.date(part.first)} – {formats.date(part.last)})" if len(cost.parts) > 1 else ""
        for line in part.lines:
            if line.kwh:
                name = tr("tier {tier}", tier=line.tier) if line.tier else line.register or tr("energy")
                yield name + days, formats.number(line.kwh), formats.amount(line.price), _money(line.amount)
    for extra in (*cost.fixed, *cost.taxes):
        name = tr("VAT") if extra.name == "VAT" else extra.name
        yield name, "", extra.basis.replace(" %", "%"), _money(extra.amount)
    yield tr("total"), "", "", _money(cost.total)


def _money(amount: Decimal) -> str:
    return formats.amount(amount)
