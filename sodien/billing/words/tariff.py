"""The sentences of the tariff's assumptions, by key."""

from __future__ import annotations

from typing import Final

from sodien.i18n import Text

TARIFF_WORDS: Final[dict[str, Text]] = {
    "prices_likely": "The prices of {decision} come from a weak source; compare them with an old bill.",
    "prices_unknown": "Nobody has confirmed the prices of {decision}; compare them with the bill.",
    "table_stale": (
        "The price table {decision} was last checked on {checked_on} and the period ends on {last}: "
        "see whether a newer decision applies."
    ),
    "unconfirmed": (
        "Nobody has confirmed the price table {decision} since {checked_on}, for more than {months} months: "
        "see whether a newer decision applies."
    ),
    "table_pending": (
        "{pending} is decided, but was not in force when the tables were checked; {decision} is assumed "
        "to apply still."
    ),
    "undeclared": "All kWh cost the price of tier {tier}, the rule where tenants were not declared.",
    "quota_days_begin": (
        "Quotas for part of a month are counted with T = {month_days} days, the calendar month in which the "
        "period begins (likely: it fits every published example)."
    ),
    "quota_days_end": (
        "Quotas for part of a month are counted with T = {month_days} days, the calendar month in which the "
        "period ends (a setting of the tariff file)."
    ),
    "quota_days_before": (
        "Quotas for part of a month are counted with T = {month_days} days, the calendar month before that "
        "in which the period ends (a setting of the tariff file)."
    ),
    "quota_days_fixed": "Quotas are counted by days, {days} of {month_days} to a month.",
    "quota_months": (
        "The period counts as whole months ({months}) and the days left over ({days} of {month_days}) "
        "(likely: no official text was seen)."
    ),
    "quota_whole": (
        "The quotas are those of whole months ({months}) for a period of {days}: quotas go by days only "
        "for new supply, another contract holder, an end of the contract or an agreed change of reading day."
    ),
    "quota_rest": (
        "The quotas of the parts add up to those of the period; the last part takes the difference (likely)."
    ),
    "split_by_days": (
        "Nobody read the meter when the price changed ({decisions}): the kWh are shared by days, rounded "
        "{mode} to {step} kWh (the rounding is likely: no source states it)."
    ),
    "structure_change": (
        "The tiers change within the period ({decisions}): each part has the quotas of its own tiers "
        "by days; no source says how the utility does this."
    ),
    "first_tier_whole": (
        "All kWh fit the first tier of the whole period, {quota} kWh: "
        "each part costs its own first price (likely)."
    ),
    "tax_day_last": (
        "{tax} is {percent}%, the rate on the last day of the period, {day}; "
        "no source says which day counts, and the rate on the bill wins."
    ),
    "tax_day_first": (
        "{tax} is {percent}%, the rate on the first day of the period, {day}; "
        "no source says which day counts, and the rate on the bill wins."
    ),
    "tax_likely": "The rate of {tax} from {first}, {percent}%, is likely, not confirmed.",
    "tax_unknown": (
        "The rate of {tax} from {first} is not known yet; "
        "{percent}% is what applies unless the law is changed."
    ),
    "whole_kwh": (
        "Bills count whole kWh: both readings lose their decimals, so the billed kWh may be up to 1 kWh "
        "(times the multiplier {multiplier}) less or more than the energy used."
    ),
    "whole_period": (
        "The cost so far is what the kWh used so far would cost if they were the whole period's consumption."
    ),
}
