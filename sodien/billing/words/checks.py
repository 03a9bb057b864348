"""The sentences of a verdict's checks, by key.

Each says what the bill has, what it was checked against, and what follows, so that it can be followed line by
line without any other.
"""

from __future__ import annotations

from typing import Final

from sodien.billing.words.charges import CHARGE_WORDS
from sodien.i18n import Text

CHECK_WORDS: Final[dict[str, Text]] = {
    # whose bill
    "customer_agrees": "The customer code {code} is yours.",
    "customer_differs": "The bill is for customer {code}; yours is {own}.",
    "customer_changed": (
        "The bill is for customer {code}, and yours is {own}; but the meter is yours, so the code may have "
        "been changed: if so, set billing.customer."
    ),
    "serial_agrees": "The meter's serial number {serial} is that of your meter.",
    "serial_former": (
        "The bill names meter {serial}, which was not installed here in this period; your meter was {own}."
    ),
    "serial_differs": "The bill names meter {serial}; the plate of your meter says {own}.",
    "multiplier_agrees": "The multiplier {multiplier} is that of your meter.",
    "multiplier_differs": "The bill multiplies by {multiplier}; your meter's multiplier is {own}.",
    "households_agree": "The number of households, {households}, is yours.",
    "households_differ": "Households on the bill: {households}; set for this meter: {own}.",
    "estimated": "The notice itself says that the reading was estimated.",
    # the bill before
    "dates_reversed": "The period begins on {first}, after its end on {last}.",
    "no_previous": "No earlier bill is known, so it is not clear whether this one continues it.",
    "customer_joins_not": "This bill is for customer {code}, the one before was for {before}.",
    "customer_joins_changed": (
        "This bill is for customer {code}, the one before was for {before}; but the meter is the same, so "
        "the code may have been changed."
    ),
    "serial_joins": "The meter {serial} is the one of the bill before.",
    "serial_joins_replaced": (
        "The meter was {before} on the bill before and is {serial} since its replacement."
    ),
    "serial_joins_not": (
        "The meter is {serial}, but {before} on the bill before, and no replacement is known."
    ),
    "days_join": "The period begins on {first}, the day after the bill before ended ({last}).",
    "days_join_same": "The period begins on {first}, the day of the reading on which the bill before ended.",
    "days_twice": (
        "The period begins on {first}, but the bill before ran until {last}: {days} billed twice."
    ),
    "days_twice_long": "{days} until {last} were already charged on an earlier bill.",
    "indices_twice": "The readings {old} and {new} are already on an earlier bill, which ran until {last}.",
    "days_missing": (
        "The bill before ended on {last} and this one begins on {first}: the bill of the {days} in "
        "between is not known here."
    ),
    "index_joins": "The previous reading {old} is the current reading of the bill before.",
    "index_joins_rounds": (
        "The previous reading {old} and the current reading of the bill before, {new}, may be one and "
        "the same, rounded in two ways."
    ),
    "index_joins_again": (
        "The previous reading {old} goes back to the last real reading; the estimate, {new}, is dropped."
    ),
    "index_joins_replaced": (
        "The previous reading {old} is not the current reading of the bill before, {new}: the meter was "
        "replaced."
    ),
    "index_joins_gap": (
        "The previous reading {old} is not the current reading of the latest bill known, {new}; a bill "
        "in between may be missing here."
    ),
    "index_joins_mended": (
        "The previous reading {old} is not the current reading of the bill before, {new}; but your "
        "register cannot have shown {new} on that day and {old} fits, so the mistake was on the bill "
        "before."
    ),
    "index_joins_not": (
        "The previous reading {old} is not the current reading of the bill before, {new}: a difference "
        "of {by} kWh."
    ),
    # arithmetic
    "kwh_adds": "({new} − {old}) × {multiplier} = {kwh} kWh, as printed.",
    "kwh_adds_with": (
        "({new} − {old}) × {multiplier}{plus} = {kwh} kWh, as printed, with what another meter measured."
    ),
    "kwh_rounds": "({new} − {old}) × {multiplier}{plus} = {sum} kWh, which is printed as {kwh}.",
    "kwh_rolls": (
        "The bill assumes that the dial rolled over between {old} and {new}: × {multiplier}{plus} that "
        "is {sum} kWh, as printed."
    ),
    "kwh_less_estimate": (
        "({new} − {old}) × {multiplier} = {sum} kWh, less the {estimate} kWh of the estimate before: "
        "{kwh} kWh, as printed."
    ),
    "kwh_by_registers": (
        "({new} − {old}) × {multiplier}{plus} = {sum} kWh and the bill says {kwh}: the decimals that "
        "were dropped can explain it."
    ),
    "kwh_adds_not": (
        "({new} − {old}) × {multiplier}{plus} = {sum} kWh, but the bill says {kwh}: {by} kWh apart."
    ),
    "kwh_falls": (
        "The current reading {new} is below the previous reading {old}, and nothing on the bill explains it."
    ),
    "kwh_falls_estimate": (
        "The current reading {new} is below the previous reading {old}, which was an estimate and may "
        "have been too high."
    ),
    "kwh_not_printed": (
        "({new} − {old}) × {multiplier}{plus} = {sum} kWh; the notice prints no consumption to compare."
    ),
    "kwh_replaced": (
        "({new} − {old}) × {multiplier} = {sum} kWh and the bill says {kwh}: the meter was replaced, "
        "and the bill does not say what the old one had counted."
    ),
    "kwh_twice": "The registers add up to {row} kWh, but the bill charges {kwh} kWh.",
    # indices
    "index_agrees": (
        "Reading {index}: your register was between {low} and {high} kWh from {start} to {end}. It fits."
    ),
    "index_too_high": (
        "Reading {index}: your register was between {low} and {high} kWh from {start} to {end}. The "
        "reading on the bill is at least {by} kWh too high."
    ),
    "index_too_low": (
        "Reading {index}: your register was between {low} and {high} kWh from {start} to {end}. The "
        "reading on the bill is at least {by} kWh too low."
    ),
    "index_impossible": "Reading {index} cannot come from your meter: its dial has only {digits} digits.",
    "index_blind": (
        "Reading {index} is possible, but your register is only known to be between {low} and {high} kWh "
        "from {start} to {end}: too wide a range to tell."
    ),
    "index_wide_day": (
        "Reading {index} is possible, but it may have been taken at any time from {start} to {end}, "
        "while your register was somewhere from {low} to {high} kWh: too wide a range to tell."
    ),
    "index_estimated": (
        "{index} was estimated and not read; your register was between {low} and {high} kWh from {start} "
        "to {end}."
    ),
    "index_rounds": (
        "Reading {index}: too little is known from {start} to {end}; the dial may even have rolled over."
    ),
    "index_no_reading": (
        "Reading {index}: there is no dial reading of yours for this meter, so this reading alone cannot "
        "be checked."
    ),
    "index_no_date": "Reading {index}: the notice does not say on which day it was taken.",
    "index_replaced": (
        "Reading {index}: the bill mentions a replaced meter, which is not recorded here, so it cannot "
        "be checked."
    ),
    "index_replaced_that_day": (
        "Reading {index}: the meter was replaced around the time of the reading, {day}, so it cannot be "
        "checked."
    ),
    "index_registers": (
        "The bill has several registers (normal, peak, off-peak); one LED shows only their sum."
    ),
    # when
    "read_at": (
        "In the time in which it may have been read, your register may have shown {index} only between "
        "{start} and {end}."
    ),
    "read_slipped": (
        "Reading {index} fits another day than {day}: it may have been taken between {start} and {end}. "
        "The notice has no date, and one day early or late is allowed."
    ),
    "read_off_day": (
        "Reading {index} fits another day than {day}: it may have been taken between {start} and {end}; "
        "one day early or late is allowed."
    ),
    "read_other_time": (
        "By the bill, {index} was read on {day}; your register cannot have shown it then, but may have "
        "shown it between {start} and {end}."
    ),
    # consumption
    "consumption_agrees": (
        "{kwh} kWh are billed; you used between {low} and {high} kWh, and an honest bill may say "
        "{least} to {most} kWh. It fits."
    ),
    "consumption_too_high": (
        "{kwh} kWh are billed; you used between {low} and {high} kWh, and an honest bill says at most "
        "{most} kWh: at least {by} kWh too many."
    ),
    "consumption_too_low": (
        "{kwh} kWh are billed; you used between {low} and {high} kWh, and an honest bill says at least "
        "{least} kWh: at least {by} kWh too few."
    ),
    "consumption_before": (
        "Counting and dial readings begin on {since}; from before that there is nothing of your own to "
        "compare this bill with."
    ),
    "consumption_since": (
        "Counting and dial readings begin on {since}, after this bill's period began: your own register "
        "at its beginning is not known, and so neither is your consumption."
    ),
    "consumption_nothing": (
        "There is nothing of your own to compare this bill with yet; only what is printed on it was checked."
    ),
    "consumption_blind": (
        "{kwh} kWh are billed; of your own use it is only known that it was between {low} and {high} "
        "kWh. Too much was not counted: a mistake of up to {detectable} kWh would fit as well."
    ),
    "consumption_wide_day": (
        "{kwh} kWh are billed; you used between {low} and {high} kWh if it was read so. But the meter "
        "may have been read at other times: a mistake of up to {detectable} kWh would fit as well."
    ),
    "consumption_estimated": (
        "{kwh} kWh are billed on an estimate; you used between {low} and {high} kWh. The next real "
        "reading settles it."
    ),
    "consumption_after_estimate": (
        "{kwh} kWh are billed after an estimate whose kWh are not known here, so they cannot be checked."
    ),
    "settles": (
        "The bills before were estimated: from {first} on, {kwh} kWh are judged together, of which "
        "{estimate} kWh "
        "were billed before."
    ),
    "not_metered": (
        "By its readings, the bill counts {kwh} kWh through your meter, but it charges {charged} kWh: "
        "the difference is added or deducted separately (sub-meters, direct supply)."
    ),
    "consumption_no_numbers": "The notice prints neither a consumption nor both readings.",
    "consumption_registers": "The notice gives registers by the time of day, but no total consumption.",
    "consumption_no_date": "{kwh} kWh are billed, but the notice does not say for which days.",
    "consumption_dates": "{kwh} kWh are billed for a period that ends before it begins.",
    "consumption_replaced": (
        "{kwh} kWh are billed; the bill mentions a replaced meter, which is not recorded here."
    ),
    **CHARGE_WORDS,
}

#: Sentences that no verdict is given any more: those in ledgers have them, and are shown.
FORMER_WORDS: Final[dict[str, Text]] = {
    "read_any_time": (
        "Your register may have shown {index} at any time from {start} to {end}, so the hour of the "
        "reading cannot be determined."
    ),
}
