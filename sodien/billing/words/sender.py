"""The sentences of checks that disagree, by key, as the household's own letter says them."""

from __future__ import annotations

from typing import Final

from sodien.i18n import Text

#: What a check that disagrees is called in a letter: those that speak to the household elsewhere.
SENDER_WORDS: Final[dict[str, Text]] = {
    "sender_customer_differs": "The bill is for customer {code}; my customer code is {own}.",
    "sender_serial_former": (
        "The bill names meter {serial}, which was not installed at my house in this period; my meter was "
        "{own}."
    ),
    "sender_serial_differs": "The bill names meter {serial}; the plate of my meter says {own}.",
    "sender_multiplier_differs": "The bill multiplies by {multiplier}; my meter's multiplier is {own}.",
    "sender_households_differ": "Households on the bill: {households}; sharing my meter: {own}.",
    "sender_index_impossible": (
        "Reading {index} cannot come from my meter: its dial has only {digits} digits."
    ),
    "sender_index_too_high": (
        "Reading {index}: by my record my meter was between {low} and {high} kWh from {start} to {end}. "
        "The reading on the bill is at least {by} kWh too high."
    ),
    "sender_index_too_low": (
        "Reading {index}: by my record my meter was between {low} and {high} kWh from {start} to {end}. "
        "The reading on the bill is at least {by} kWh too low."
    ),
    "sender_read_other_time": (
        "By the bill, {index} was read on {day}; by my record my meter cannot have shown it then, but may "
        "have shown it between {start} and {end}."
    ),
    "sender_consumption_too_high": (
        "{kwh} kWh are billed; by my record between {low} and {high} kWh were used, so at most {most} kWh "
        "can be billed."
    ),
    "sender_consumption_too_low": (
        "{kwh} kWh are billed; by my record between {low} and {high} kWh were used, so at least {least} kWh "
        "have to be billed."
    ),
}
