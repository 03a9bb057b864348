"""Printed lines of the charge: "50 kWh x 1.984 = 99.200", in the orders and signs that are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import attached, unit_after
from sodien.billing.notices.values import possible

#: What a kWh has cost and may cost, in đồng: tells price from kWh where no unit is printed.
LOWEST_PRICE, HIGHEST_PRICE = 1000, 9999


@dataclass(frozen=True, slots=True)
class PrintedTier:
    """A line that multiplies, up to token ``end``; ``unclear`` when kWh and price cannot be told apart.

    ``taxed``: rate and total of "76 kWh x 2.050 + 8% = 168.264d", which the product proves.
    """

    kwh: Token
    price: Token
    amount: Token | None
    end: int
    unclear: bool = False
    taxed: tuple[Token, Token] | None = None


def printed_tier(text: str, tokens: Sequence[Token], at: int) -> PrintedTier | None:
    """The line ``a × b = c`` that begins at this number; None when nothing is multiplied here."""
    first = tokens[at]
    unit_a, end = unit_after(tokens, at + 1)
    if unit_a == "kwh" and tokens[end].text == ")":
        end += 1  # "(78 kWh) x 3.500"
    if tokens[end].kind != "times" or tokens[end + 1].kind != "number":
        return None
    if at > 1 and tokens[at - 1].text == "-" and tokens[at - 2].kind == "number":
        return None  # "1.520 - 1.400 x 60 = 7.200 kWh"
    second, middle = tokens[end + 1], end + 1
    unit_b, end = unit_after(tokens, end + 2)
    if unit_a == "kwh" and tokens[end].text == ")" and tokens[end + 1].text == "=":
        end += 1  # "(117 kWh x 3.800d) = 444.600"
    if "scale" in (unit_a, unit_b):
        return None  # "3k5": the value itself is not in the text
    amount = None
    places = [at, middle]
    behind = end
    taxed = _taxed(tokens, end)
    if taxed is not None:
        rate, total, end = taxed
        pair = ordered(first, second, None)
        unclear = pair is None or not _proves(*pair, rate, total)
        return PrintedTier(*(pair or (first, second)), None, end, unclear, (rate, total))
    if tokens[behind].text in ("=", ":", ">"):
        behind += 2 if tokens[behind + 1].text == ">" else 1
        if tokens[behind].kind == "number":
            amount = tokens[behind]
            places.append(behind)
            unit_c, end = unit_after(tokens, behind + 1)
            if unit_a == unit_c == "kwh":
                return None  # kWh times the multiplier
            if unit_c == "scale":
                return None
            if unit_c not in (None, "money"):
                return PrintedTier(first, second, None, end, unclear=True)
    if tokens[end].kind == "times":  # a × b × c is something else
        return PrintedTier(first, second, None, end, unclear=True)
    if any(_is_touched(text, tokens, one) for one in places):
        return PrintedTier(first, second, amount, end, unclear=True)
    if unit_a == "kwh" or unit_b in ("money", "price"):
        pair = None if unit_b == "kwh" or unit_a in ("money", "price") else (first, second)
    elif unit_b == "kwh" or unit_a in ("money", "price"):
        pair = (second, first)
    elif unit_a is None and unit_b is None:
        pair = ordered(first, second, None)
    else:
        pair = None
    if pair is None:
        return PrintedTier(first, second, amount, end, unclear=True)
    return PrintedTier(*pair, amount, end)


def _is_touched(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether letters touch a number, but for the sign of the product."""
    return (tokens[at].glued and tokens[at - 1].kind != "times") or attached(text, tokens, at)


def _taxed(tokens: Sequence[Token], at: int) -> tuple[Token, Token, int] | None:
    """Rate, total and end of "+ 8% = 168.264d"."""
    if tokens[at].text != "+":
        return None
    at += 1
    while tokens[at].kind == "word" and tokens[at].text in ("thue", "vat", "gtgt"):
        at += 1
    rate = tokens[at]
    if rate.kind != "number" or unit_after(tokens, at + 1)[0] != "percent":
        return None
    at += 2
    while tokens[at].kind == "word" and tokens[at].text in ("thue", "vat", "gtgt"):
        at += 1
    total = tokens[at + 1]
    if tokens[at].text != "=" or total.kind != "number":
        return None
    unit, end = unit_after(tokens, at + 2)
    return (rate, total, end) if unit in (None, "money") else None


def _proves(kwh: Token, price: Token, rate: Token, total: Token) -> bool:
    """Whether kWh, price and rate give the total, within one đồng."""
    return any(
        abs(k * p * (1 + r / 100) - t) <= 1
        for k in possible(kwh.text, "kwh", machine=False).values()
        for p in possible(price.text, "price", machine=False).values()
        for r in possible(rate.text, "percent", machine=False).values()
        for t in possible(total.text, "money", machine=False).values()
    )


def ordered(
    a: Token, b: Token, product: Token | None, price_first: bool | None = None
) -> tuple[Token, Token] | None:
    """Which is kWh and which the price: the one that can be a price is, when the other cannot.

    With a product the three must multiply; ``price_first`` is what the head says where both could be.
    """
    found = []
    for kwh, price in ((a, b), (b, a)):
        prices = [
            p
            for p in possible(price.text, "price", machine=False).values()
            if LOWEST_PRICE <= p <= HIGHEST_PRICE
        ]
        fits = product is None or any(
            abs(k * p - c) < 1 and k
            for k in possible(kwh.text, "kwh", machine=False).values()
            for p in prices
            for c in possible(product.text, "money", machine=False).values()
        )
        if prices and fits:
            found.append((kwh, price))
    if len(found) == 2 and price_first is not None:
        return found[1] if price_first else found[0]
    return found[0] if len(found) == 1 else None
