"""Printed lines of the charge: "50 kWh x 1.984 = 99.200", in the orders and signs that are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sodien.billing.notices.tokens import Token
from sodien.billing.notices.units import attached, unit_after
from sodien.billing.notices.values import possible

#: What a kWh has cost and may cost a household, in đồng: tells price from kWh where no unit is printed.
LOWEST_PRICE, HIGHEST_PRICE = 1000, 9999


@dataclass(frozen=True, slots=True)
class PrintedTier:
    """A line that multiplies, up to token ``end``; ``problem`` says why it could not be taken."""

    kwh: Token
    price: Token
    amount: Token | None
    end: int
    problem: str | None = None


def printed_tier(text: str, tokens: Sequence[Token], at: int) -> PrintedTier | None:
    """The line ``a × b = c`` that begins at this number; None when nothing is multiplied here."""
    first = tokens[at]
    unit_a, end = unit_after(tokens, at + 1)
    if tokens[end].kind != "times" or tokens[end + 1].kind != "number":
        return None
    second = tokens[end + 1]
    unit_b, end = unit_after(tokens, end + 2)
    amount = None
    behind = end
    if tokens[behind].text in ("=", ":", ">"):
        behind += 2 if tokens[behind + 1].text == ">" else 1
        if tokens[behind].kind == "number":
            amount = tokens[behind]
            unit_c, end = unit_after(tokens, behind + 1)
            if unit_c not in (None, "money"):
                return PrintedTier(first, second, None, end, "tier_unclear")
    if tokens[end].kind == "times":  # a × b × c is something else
        return PrintedTier(first, second, None, end, "tier_unclear")
    parts = [token for token in (first, second, amount) if token is not None]
    if any(attached(text, token) for token in parts):
        return PrintedTier(first, second, amount, end, "tier_unclear")
    if unit_a == "kwh" or unit_b in ("money", "price"):
        pair = None if unit_b == "kwh" or unit_a in ("money", "price") else (first, second)
    elif unit_b == "kwh" or unit_a in ("money", "price"):
        pair = (second, first)
    elif unit_a is None and unit_b is None:
        pair = ordered(first, second, None)
    else:
        pair = None
    if pair is None:
        return PrintedTier(first, second, amount, end, "tier_unclear")
    return PrintedTier(*pair, amount, end)


def _values(token: Token) -> set[Decimal]:
    return set(possible(token.text, "kwh", machine=False).values())


def ordered(a: Token, b: Token, product: Token | None) -> tuple[Token, Token] | None:
    """Which is kWh and which the price: the one that can be a price is, when the other cannot.

    With a product the three must multiply.
    """
    found = []
    for kwh, price in ((a, b), (b, a)):
        prices = [
            p
            for p in possible(price.text, "price", machine=False).values()
            if LOWEST_PRICE <= p <= HIGHEST_PRICE
        ]
        fits = product is None or any(
            k * p == c
            for k in _values(kwh)
            for p in prices
            for c in possible(product.text, "money", machine=False).values()
        )
        if prices and fits:
            found.append((kwh, price))
    return found[0] if len(found) == 1 else None
