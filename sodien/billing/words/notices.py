"""One sentence for each problem of a notice or bill, with the field called by its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sodien import formats
from sodien.billing.words.values import shown
from sodien.i18n import tr

if TYPE_CHECKING:
    from sodien.billing.bill import Bill, Invoice
    from sodien.billing.notices.model import Problem

#: By key, which values are money.
_MONEY = dict.fromkeys(
    ("sum_tier", "sum_net", "sum_tax", "sum_total"), ("price", "amount", "expected", "net", "tax", "total")
)
_ROW = re.compile(r"(rows|tiers)\[([0-9]+)\](?:\.(\w+))?")


def sentence(problem: Problem) -> str:
    """The problem in the language in use. Raises KeyError for a key that has no sentence."""
    values = shown(problem.values, money=_MONEY.get(problem.key, ()), most=6, evenly=False)
    text = _SENTENCES[problem.key](field_name(problem.field), values)
    return text[:1].upper() + text[1:]


def field_name(path: str) -> str:
    """What a person calls the field of a path such as ``rows[0].old``; several are parted by commas."""
    if ", " in path:
        return ", ".join(field_name(part) for part in path.split(", "))
    if match := _ROW.fullmatch(path):
        number = int(match[2]) + 1
        if match[3] is None:
            return tr("line {number}", number=number)
        if match[1] == "tiers":
            return tr("{field} in line {number} of the charge", field=field_name(match[3]), number=number)
        return field_name(match[3]) if number == 1 else tr(
            "{field} of register {number}", field=field_name(match[3]), number=number
        )  # fmt: skip
    return _names().get(path, path)


def invoice_name(invoice: Invoice) -> str:
    """What a person calls an invoice: "1K26TSD no. 4711 of 2026-11-03", as far as it is known, else ""."""
    parts = [f"{invoice.form or ''}{' ' if len(invoice.form or '') > 1 else ''}{invoice.series or ''}"]
    if invoice.number is not None:
        parts.append(tr("no. {number}", number=invoice.number))
    if invoice.date is not None:
        # Translators: the day on which an invoice was made out, behind its number
        parts.append(tr("of {day}", day=formats.date(invoice.date)))
    return " ".join(part for part in parts if part.strip())


def adjustment(bill: Bill, of: int | None = None, whole: Bill | None = None) -> str:
    """What an adjusting invoice is: a difference; with the bill that it adjusts, also the sum of both."""
    assert bill.adjusts is not None
    which = invoice_name(bill.adjusts)
    said = [
        tr(
            "This invoice only adjusts another one ({which}); it is not a bill of its own, and is not "
            "judged.",
            which=which,
        )
        if which
        else tr("This invoice only adjusts another one; it is not a bill of its own, and is not judged.")
    ]
    more = _amounts(bill)
    if more:
        said.append(tr("It adds {amounts}.", amounts=more))
    elif 0 in (bill.kwh, bill.net, bill.total):
        said.append(tr("It changes neither the kWh nor the amount."))
    if whole is not None and of is not None and more and (both := _amounts(bill, whole)):
        said.append(tr("Together with bill {entry} that makes {amounts}.", entry=of, amounts=both))
    return " ".join(said)


def _amounts(bill: Bill, whole: Bill | None = None) -> str:
    """kWh and money of a bill, or of two of which both have them."""
    kwh, money = bill.kwh or None, bill.total or None
    if whole is not None:
        kwh = kwh + whole.kwh if kwh is not None and whole.kwh is not None else None
        money = money + whole.total if money is not None and whole.total is not None else None
    parts = [f"{formats.number(kwh)} kWh"] if kwh is not None else []
    parts += [formats.money(money)] if money is not None else []
    return ", ".join(parts)


def _names() -> dict[str, str]:
    return {
        "customer": tr("the customer code"),
        "serial": tr("the meter's serial number"),
        "name": tr("the customer's name"),
        "first": tr("the first day"),
        "last": tr("the last day"),
        "day": tr("the next reading day"),
        "until": tr("the last possible reading day"),
        # Translators: the first, second or third reading of a month (kỳ 1, 2, 3)
        "term": tr("the term"),
        "month": tr("the month"),
        "year": tr("the year"),
        # Translators: the name of a set of indices on the notice, such as KT or BT (bộ chỉ số)
        "register": tr("the register"),
        "bcs": tr("the register"),
        "old": tr("the previous reading"),
        "new": tr("the current reading"),
        "multiplier": tr("the multiplier"),
        "kwh": tr("the consumption"),
        "removed": tr("the energy of the removed meter"),
        "sub": tr("the energy of sub-meters"),
        "direct": tr("the energy added directly"),
        "price": tr("the price"),
        "amount": tr("the amount"),
        "money": tr("the money"),
        "net": tr("the money before tax"),
        "tax": tr("the tax"),
        "tax_rate": tr("the tax rate"),
        "total": tr("the total"),
        "debt": tr("the old debt"),
        "discount": tr("the discount"),
        "households": tr("the number of households"),
        "read_at": tr("the time of the reading"),
        "tiers": tr("the lines of the charge"),
        "arising": tr("the money that was billed"),
        "arising_tax": tr("the tax that was billed"),
        "owed": tr("the money owed"),
        "owed_tax": tr("the tax owed"),
        "invoice": tr("the invoice"),
        "replaces": tr("the invoice that it replaces"),
        "adjusts": tr("the invoice that it adjusts"),
    }


_SENTENCES = {
    "empty": lambda f, v: tr("The notice is empty: give it the text of a message or an e-invoice."),
    "nothing": lambda f, v: tr(
        "No bill, reading day or debt was found in this text: paste the whole notice, with its labels."
    ),
    "too_big": lambda f, v: tr("The file is larger than {most} bytes: it is not a notice.", **v),
    "too_many": lambda f, v: tr(
        "The text is longer than {most} characters: paste one notice at a time.", **v
    ),
    "encoding": lambda f, v: tr("The file is not valid {encoding}: save it as UTF-8 and try again.", **v),
    "pdf": lambda f, v: tr("This is a PDF: save it and give 'sodien bill import' the file."),
    "pdf_extra": lambda f, v: tr(
        "A PDF is read with the package pypdf (the extra pdf-import): install it with {command}, "
        "or copy the text of the PDF into a file.",
        **v,
    ),
    "pdf_locked": lambda f, v: tr(
        "The PDF is protected by a password: open it and copy its text into a file, or print it into a PDF "
        "without a password."
    ),
    "pdf_picture": lambda f, v: tr(
        "There is no text in the PDF, as in a scan: type its numbers with 'sodien bill add', or import the "
        "XML of the e-invoice."
    ),
    "pdf_broken": lambda f, v: tr("The PDF is damaged: download it again."),
    "pdf_too_much": lambda f, v: tr(
        "The PDF needs more memory or time than any bill does: copy its text into a file instead."
    ),
    "picture": lambda f, v: tr(
        "This is a picture ({format}): type its numbers with 'sodien bill add', or import the text of the "
        "message.",
        **v,
    ),
    "archive": lambda f, v: tr("This is an archive: unpack it, and import the XML or the PDF in it."),
    "xml_broken": lambda f, v: tr("The XML is damaged at line {line}: download the e-invoice again.", **v),
    "xml_doctype": lambda f, v: tr(
        "The XML declares a document type or entities, which no e-invoice needs: it is refused."
    ),
    "xml_too_much": lambda f, v: tr(
        "The XML has too many or too deeply nested elements: it is not an e-invoice."
    ),
    "json_broken": lambda f, v: tr("The JSON is damaged at line {line}: save it again.", **v),
    "json_twice": lambda f, v: tr(
        "The JSON has two values under the name “{text}” in one place: save it again.", **v
    ),
    "json_too_much": lambda f, v: tr("The JSON has too many or too deeply nested values: it is not a bill."),
    "json_unknown": lambda f, v: tr(
        "This JSON has no bill in a known form: give the text of the notice, or type the numbers with "
        "'sodien bill add'."
    ),
    "other_goods": lambda f, v: tr("This is not an invoice for electricity."),
    "outage": lambda f, v: tr("This announces a power cut, not a bill or a reading day."),
    "receipt": lambda f, v: tr("This confirms a payment; it is not a bill."),
    "payout": lambda f, v: tr("This is money that the utility pays for solar energy; it is not a bill."),
    "reminder": lambda f, v: tr("This is a reminder of an unpaid bill, without an amount; it is not a bill."),
    "promotion": lambda f, v: tr("This is an offer from the sender, not a bill or a reading day."),
    "invoice_change": lambda f, v: tr(
        "The invoice names another one, and it is not clear whether it takes its place or holds the "
        "difference alone."
    ),
    "invoice_replaced": lambda f, v: tr(
        "This invoice has been replaced or cancelled since: import the one in its place."
    ),
    "invoice_adjusted": lambda f, v: tr(
        "Another invoice has adjusted this one since: what is to be paid is both together."
    ),
    "which_period": lambda f, v: tr(
        "{field}: it is not clear whether “{text}” are the days of the bill; write “from” and “to”.",
        field=f,
        **v,
    ),
    "more": lambda f, v: tr("More problems like these: {count}.", **v),
    "impossible_date": lambda f, v: tr("{field}: “{text}” is not a calendar date.", field=f, **v),
    "no_year": lambda f, v: tr("{field}: “{text}” has no year; write day/month/year.", field=f, **v),
    "impossible_month": lambda f, v: tr("{field}: there is no month {text}.", field=f, **v),
    "impossible_year": lambda f, v: tr("{field}: {text} cannot be the year of a bill.", field=f, **v),
    "half_range": lambda f, v: tr(
        "{field}: “{text}” is only one end of a period; write from and to, both with a year.", field=f, **v
    ),
    "unreadable": lambda f, v: tr(
        "{field}: “{text}” cannot be read for certain; write it plainly.", field=f, **v
    ),
    "unplaced": lambda f, v: tr(
        "{field}: it is not clear what “{text}” counts; write a label before it.", field=f, **v
    ),
    "unproven": lambda f, v: tr(
        "{field}: nothing printed proves that “{text}” is of this bill; it may be of another time, household "
        "or service.",
        field=f,
        **v,
    ),
    "part_unclear": lambda f, v: tr(
        "{field}: the consumption adds up neither with {text} kWh nor without; type what the bill says.",
        field=f,
        **v,
    ),
    "ambiguous": lambda f, v: tr(
        "{field}: “{text}” may mean {low} or {high}; write it without a separator.", field=f, **v
    ),
    "two_values": lambda f, v: tr("{field}: the text gives different values ({values}).", field=f, **v),
    "several_months": lambda f, v: tr(
        "{field}: “{text}” is of one of several months in this text; paste one notice at a time.",
        field=f,
        **v,
    ),
    "two_notices": lambda f, v: tr(
        "{field}: not clear, because the text seems to hold two notices; paste one notice at a time.", field=f
    ),
    "which_money": lambda f, v: tr(
        "“{text}” may be the money before or after tax; write which one it is.", **v
    ),
    "table": lambda f, v: tr(
        "{field}: the number of values does not match these labels; write a label before each value.", field=f
    ),
    "half_tier": lambda f, v: tr("{field}: “{text}” lacks its kWh or its price.", field=f, **v),
    "tier_unclear": lambda f, v: tr("{field}: in “{text}” kWh and price cannot be told apart.", field=f, **v),
    "several_meters": lambda f, v: tr("{field}: the bill lists several meters ({values}).", field=f, **v),
    "sum_index": lambda f, v: tr(
        "{field} does not add up: ({new} − {old}) × {multiplier} gives {expected} kWh, "
        "the notice says {kwh}.",
        field=f,
        **v,
    ),
    "sum_rollover": lambda f, v: tr(
        "{field} does not add up: from {old} over the roll-over at {digits} digits to {new}, × {multiplier}, "
        "gives {expected} kWh, the notice says {kwh}.",
        field=f,
        **v,
    ),
    "sum_rows": lambda f, v: tr(
        "{field} does not add up: the registers give {expected} kWh, the notice says {kwh}.", field=f, **v
    ),
    "sum_tier": lambda f, v: tr(
        "{field} does not add up: {kwh} kWh × {price} gives {expected}, the notice says {amount}.",
        field=f,
        **v,
    ),
    "sum_tier_kwh": lambda f, v: tr(
        "{field} does not add up: the lines of the charge give {expected} kWh, the notice says {kwh}.",
        field=f,
        **v,
    ),
    "sum_net": lambda f, v: tr(
        "{field} does not add up: the lines of the charge give {expected}, the notice says {net}.",
        field=f,
        **v,
    ),
    "sum_tax": lambda f, v: tr(
        "{field} does not add up: {rate}% of {net} gives {expected}, the notice says {tax}.", field=f, **v
    ),
    "sum_total": lambda f, v: tr(
        "{field} does not add up: {net} + {tax} gives {expected}, the notice says {total}.", field=f, **v
    ),
    "first_after_last": lambda f, v: tr("{field}: {first} is after the last day, {last}.", field=f, **v),
    "too_long": lambda f, v: tr(
        "{field}: a period from {first} to {last} is longer than a year.", field=f, **v
    ),
    "new_below_old": lambda f, v: tr(
        "{field}: {new} is below the previous reading {old}, too far for a roll-over, and no removed "
        "meter is named.",
        field=f,
        **v,
    ),
    "negative": lambda f, v: tr("{field}: {value} is negative.", field=f, **v),
    "zero": lambda f, v: tr("{field} cannot be {value}.", field=f, **v),
    "other_customer": lambda f, v: tr(
        "{field}: {value} is not the customer of the bills before, {other}.", field=f, **v
    ),
    "same_bill": lambda f, v: tr("This bill is already stored ({which}).", **v),
    "same_period": lambda f, v: tr(
        "{field}: another bill is already stored for {other_first} to {other_last}.", field=f, **v
    ),
    "same_reading_day": lambda f, v: tr("{field}: another bill is already stored for {last}.", field=f, **v),
    "overlap": lambda f, v: tr(
        "{field}: {first} to {last} overlaps the bill of {other_first} to {other_last}.", field=f, **v
    ),
}
