"""The sentences of a verdict's checks, by key.

Each says what the bill has, what it was checked against, and what follows, so that it can be followed line by
line without any other.
"""

from __future__ import annotations

from typing import Final

from sodien.i18n import Text

CHECK_WORDS: Final[dict[str, Text]] = {
    # whose bill
    "customer_agrees": "The customer code {code} is yours.",
    "customer_differs": "The bill is for customer {code}; yours is {own}.",
    "serial_agrees": "The meter's serial number {serial} is that of your meter.",
    "serial_former": (
        "The bill names meter {serial}, which was not installed here in this period; your meter was {own}."
    ),
    "serial_differs": "The bill names meter {serial}; the plate of your meter says {own}.",
    "multiplier_agrees": "The multiplier {multiplier} is that of your meter.",
    "multiplier_differs": "The bill multiplies by {multiplier}; your meter's multiplier is {own}.",
    "households_agree": "The number of households, {households}, is yours.",
    "households_differ": "The bill counts {households} households; yours are {own}.",
    "estimated": "The notice itself says that the reading was estimated.",
    # the bill before
    "dates_reversed": "The period begins on {first}, after its end on {last}.",
    "no_previous": "No earlier bill is known, so nothing tells whether this one continues it.",
    "customer_joins_not": "This bill is for customer {code}, the one before was for {before}.",
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
    "days_twice_long": "An earlier bill already charged {days} until {last}.",
    "indices_twice": "The indices {old} and {new} are already on an earlier bill, which ran until {last}.",
    "days_missing": (
        "The bill before ended on {last} and this one begins on {first}: the bill of the {days} in "
        "between is not known here."
    ),
    "index_joins": "The old index {old} is the new index of the bill before.",
    "index_joins_replaced": (
        "The old index {old} is not the new index of the bill before, {new}: the meter was replaced."
    ),
    "index_joins_gap": (
        "The old index {old} is not the new index of the latest bill known, {new}; "
        "a bill in between may be missing here."
    ),
    "index_joins_mended": (
        "The old index {old} is not the new index of the bill before, {new}; but your register cannot "
        "have shown {new} on that day and {old} fits, so the mistake was on the bill before."
    ),
    "index_joins_not": (
        "The old index {old} is not the new index of the bill before, {new}: a difference of {by} kWh."
    ),
    # arithmetic
    "kwh_adds": "({new} − {old}) × {multiplier} = {kwh} kWh, as printed.",
    "kwh_adds_with": (
        "({new} − {old}) × {multiplier}{plus} = {kwh} kWh, as printed, with what another meter measured."
    ),
    "kwh_rounds": "({new} − {old}) × {multiplier}{plus} = {sum} kWh, which is printed as {kwh}.",
    "kwh_rolls": (
        "The bill counts the dial as having gone round between {old} and {new}: × {multiplier}{plus} "
        "that is {sum} kWh, as printed."
    ),
    "kwh_by_registers": (
        "({new} − {old}) × {multiplier}{plus} = {sum} kWh and the bill says {kwh}: the decimals that "
        "were cut off can explain it."
    ),
    "kwh_adds_not": (
        "({new} − {old}) × {multiplier}{plus} = {sum} kWh, but the bill says {kwh}: {by} kWh apart."
    ),
    "kwh_falls": "The new index {new} is below the old index {old}, and nothing on the bill explains it.",
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
        "Index {index}: your register was between {low} and {high} kWh from {start} to {end}. It fits."
    ),
    "index_too_high": (
        "Index {index}: your register was between {low} and {high} kWh from {start} to {end}. The "
        "index is at least {by} kWh too high."
    ),
    "index_too_low": (
        "Index {index}: your register was between {low} and {high} kWh from {start} to {end}. The "
        "index is at least {by} kWh too low."
    ),
    "index_impossible": "Index {index} cannot come from your meter: its dial has only {digits} digits.",
    "index_blind": (
        "Index {index} is possible, but your register is only known to be between {low} and {high} kWh from "
        "{start} to {end}: too wide a range to tell."
    ),
    "index_wide_day": (
        "Index {index} is possible, but the reading may have been at any time from {start} to {end}, "
        "while your "
        "register was somewhere from {low} to {high} kWh: too wide a range to tell."
    ),
    "index_estimated": (
        "Index {index} was estimated and not read; your register was between {low} and {high} kWh "
        "from {start} "
        "to {end}."
    ),
    "index_rounds": (
        "Index {index}: too little is known from {start} to {end}; the dial may even have gone round."
    ),
    "index_no_reading": (
        "Index {index}: there is no dial reading of yours for this meter, so the index alone cannot be "
        "checked."
    ),
    "index_no_date": "Index {index}: the notice does not say on which day it was read.",
    "index_replaced": (
        "Index {index}: the bill tells of a replaced meter, which is not recorded here, so it "
        "cannot be checked."
    ),
    "index_replaced_that_day": (
        "Index {index}: the meter was replaced around the time of the reading, {day}, so it cannot be "
        "checked."
    ),
    "index_registers": (
        "The bill has several registers (normal, peak, off-peak); one LED shows only their sum."
    ),
    # when
    "read_at": (
        "In the time in which it can have been read, your register may have shown index {index} only "
        "between {start} and {end}."
    ),
    "read_any_time": (
        "Your register may have shown {index} at any time from {start} to {end}, so the hour of the "
        "reading cannot be told."
    ),
    "read_slipped": (
        "Index {index} fits another day than {day}: it may have been read between {start} and {end}. "
        "The notice has no date, and a day's slip is allowed."
    ),
    "read_off_day": (
        "Index {index} fits another day than {day}: it may have been read between {start} and {end}; "
        "a day's slip is allowed."
    ),
    "read_other_time": (
        "By the bill, index {index} was read on {day}; your register cannot have shown it then, but "
        "may have shown it between {start} and {end}."
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
    "consumption_blind": (
        "{kwh} kWh are billed; of your own use it is only known that it was between {low} and {high} "
        "kWh. Too much was not counted: a mistake of up to {detectable} kWh would fit as well."
    ),
    "consumption_wide_day": (
        "{kwh} kWh are billed; you used between {low} and {high} kWh if it was read so. But the meter "
        "may have been read at other times: a mistake of up to {detectable} kWh would fit as well."
    ),
    "consumption_estimated": (
        "{kwh} kWh are billed by an estimate; you used between {low} and {high} kWh. The next real reading "
        "settles it."
    ),
    "settles": (
        "The bills before were estimated: from {first} on, {kwh} kWh are judged together, of which "
        "{estimate} kWh "
        "were billed before."
    ),
    "not_metered": (
        "By its indices the bill counts {kwh} kWh through your meter, and it charges {charged} kWh: "
        "the difference is added or taken off apart (sub-meters, direct supply)."
    ),
    "consumption_no_numbers": "The notice says neither indices nor a consumption.",
    "consumption_registers": "The notice gives registers by the time of day, and no consumption in all.",
    "consumption_no_date": "{kwh} kWh are billed, but the notice does not say for which days.",
    "consumption_dates": "{kwh} kWh are billed for a period that ends before it begins.",
    "consumption_replaced": (
        "{kwh} kWh are billed; the bill tells of a replaced meter, which is not recorded here."
    ),
    # the printed charge by itself
    "tier_adds": "Line {row}: {kwh} kWh × {price} = {printed} đồng, as printed.",
    "tier_adds_not": (
        "Line {row}: {kwh} kWh × {price} = {sum}, but {printed} đồng is printed: {by} đồng apart."
    ),
    "tier_rounds": "Line {row}: {kwh} kWh × {price} = {sum}, which is printed as {printed} đồng.",
    "tier_average": (
        "One line for all {kwh} kWh: {printed} đồng make {price} đồng per kWh on average, as printed."
    ),
    "tiers_kwh_rounds": "The lines add up to {printed} kWh, and {sum} kWh are billed: that is rounding.",
    "tiers_net_rounds": "The lines add up to {sum} đồng, which is printed as {printed} đồng before tax.",
    "tiers_net_items": (
        "The lines add up to {sum} đồng, and less the printed discount that is {printed} đồng before tax."
    ),
    "tiers_net_discount": (
        "The lines add up to {sum} đồng, and {printed} đồng before tax is {percent}% less, as when "
        "the state lowers "
        "prices."
    ),
    "tiers_kwh_adds": "The lines add up to {printed} kWh, as billed.",
    "tiers_kwh_adds_not": "The lines add up to {printed} kWh, but {sum} kWh are billed: {by} kWh apart.",
    "tiers_net_adds": "The lines add up to {printed} đồng before tax, as printed.",
    "tiers_net_adds_not": (
        "The lines add up to {sum} đồng, but {printed} đồng before tax is printed: {by} đồng apart."
    ),
    "tax_adds": "{net} đồng × {percent}% = {printed} đồng of tax, as printed.",
    "tax_adds_not": (
        "{net} đồng × {percent}% = {sum} đồng of tax, but {printed} is printed: {by} đồng apart."
    ),
    "tax_rounds": "{net} đồng × {percent}% = {sum} đồng of tax, which is printed as {printed}.",
    "total_rounds": "{sum} đồng in all, which is printed as {printed} đồng.",
    "total_rate_rounds": "{net} đồng and {percent}% of tax make {sum} đồng, which is printed as {printed}.",
    "total_items": (
        "{sum} đồng, with {debt} đồng of old debt and less {discount} đồng of discount as printed, "
        "make {printed} đồng."
    ),
    "total_items_owed": "{sum} đồng and {debt} đồng of old debt, as printed, make {printed} đồng.",
    "total_items_given": "{sum} đồng less {discount} đồng of discount, as printed, make {printed} đồng.",
    "total_rounded": "{sum} đồng, rounded to {step} đồng, are printed as {printed} đồng.",
    "total_discount": (
        "{printed} đồng is to be paid, {percent}% less than {sum} đồng, as when the state lowers prices."
    ),
    "total_debt": (
        "{printed} đồng is to be paid, {by} đồng more than {sum} đồng: earlier bills of {debt} đồng, "
        "if unpaid, would explain it."
    ),
    "total_more": (
        "{printed} đồng is to be paid, {by} đồng more than the charge of {sum} đồng, and the notice "
        "does not say what for: an old debt, or another purpose, may be in it."
    ),
    "total_less": (
        "{printed} đồng is to be paid, {by} đồng less than the charge of {sum} đồng, and the notice "
        "does not say why: a credit or a discount may be in it."
    ),
    "total_adds": "{net} + {tax} = {printed} đồng, as printed.",
    "total_adds_not": "{net} + {tax} = {sum} đồng, but {printed} đồng is to be paid: {by} đồng apart.",
    "total_rate_adds": "{net} đồng and {percent}% of tax make {printed} đồng, as printed.",
    "total_rate_adds_not": (
        "{net} đồng and {percent}% of tax make {sum} đồng, but {printed} đồng is to be paid: {by} đồng apart."
    ),
    # the charge by the tariff
    "charge_not_printed": "The notice prints no money, so there is none to check.",
    "charge_no_tariff": "There is no tariff to check the money with.",
    "charge_no_dates": "The money cannot be checked with the tariff: the days of the period are not known.",
    "charge_no_kwh": "The money cannot be checked with the tariff: the notice prints no consumption.",
    "charge_no_table": "The money cannot be checked with the tariff: {reason}",
    "charge_hours_no_prices": (
        "The bill has registers by the time of day, and the tariff {tariff} has no prices for them; "
        "billing.tariff chooses another."
    ),
    "charge_hours_no_kwh": (
        "The money cannot be checked with the tariff: the bill does not print the kWh of each register."
    ),
    "charge_hours_change": (
        "The prices changed on {day}; what each register showed on that day is not on the bill, "
        "so the money cannot be checked with the tariff."
    ),
    "hours_agree": "Each register is charged at its own price.",
    "hours_wrong": (
        "{kwh} kWh are charged at {price} đồng, the price of the register {register}, which has {own} kWh."
    ),
    "prices_agree": "The prices are those in force on these days ({decisions}).",
    "prices_average": (
        "{price} đồng per kWh is the average of the prices in force on these days, as invoices of "
        "one line print."
    ),
    "prices_discount": "The prices are {percent}% below those in force, as when the state lowers them.",
    "prices_purpose": (
        "{kwh} kWh cost {price} đồng each, which is no household price: they may be for another "
        "purpose on this meter, such as a shop, whose prices cannot be checked here."
    ),
    "prices_wrong": "Line {row} costs {price} đồng per kWh; in force on these days: {right} ({decisions}).",
    "prices_stale": (
        "Line {row} costs {price} đồng per kWh; the table here says {right} ({decisions}), but it "
        "may be too old."
    ),
    "quotas_agree": (
        "The tiers that are used up, {quotas} kWh, have their full quotas (households: {households})."
    ),
    "quotas_agree_one": "All kWh have one price, as they should (households: {households}).",
    "quotas_by_days": (
        "The tiers that are used up, {quotas} kWh, have their quotas by days used (households: {households})."
    ),
    "quotas_rule": (
        "The tiers that are used up, {quotas} kWh, have quotas by days used if they are divided by the "
        "days of another month; no source settles which month counts."
    ),
    "quotas_households": (
        "The tiers are those of {households} households; how many share this meter is not set here."
    ),
    "quotas_split": (
        "The price changed in the period; the lines differ from ours by {by} đồng, "
        "which the rounding at the change can explain."
    ),
    "quotas_split_wrong": (
        "The price changed in the period; the lines differ from ours by {by} đồng, "
        "more than rounding at the change can explain."
    ),
    "quotas_scheme": (
        "All kWh cost {price} đồng, the price of one higher tier: right only for tenants who were "
        "not declared."
    ),
    "quotas_wrong": (
        "The tiers that are used up have {quotas} kWh; the quotas are {rule} kWh (households: "
        "{households}), and counting by days does not explain it."
    ),
    "quotas_wrong_one": (
        "All kWh are charged as one tier; the quotas are {rule} kWh (households: {households}), and "
        "counting by days does not explain it."
    ),
    "tax_rate_agrees": "The tax rate of {percent}% is the one in force.",
    "tax_rate_wrong": "The tax rate on the bill is {percent}%; the one in force is {right}%.",
    "tax_rate_stale": (
        "The tax rate on the bill is {percent}%; the table here says {right}%, but it may be too old."
    ),
    "tax_rate_changes": (
        "The tax rate of {percent}% was in force for a part of the period ({right}%); no source says "
        "which day counts."
    ),
    "net_agrees": "By the tariff, {kwh} kWh cost {sum} đồng before tax, as printed.",
    "net_rounds": "By the tariff, {kwh} kWh cost {sum} đồng before tax, which is printed as {printed}.",
    "net_items": (
        "By the tariff, {kwh} kWh cost {sum} đồng before tax; less the printed discount of "
        "{discount} đồng that is "
        "{printed}."
    ),
    "net_discount": (
        "By the tariff, {kwh} kWh cost {sum} đồng before tax; the printed {printed} đồng is {percent}% "
        "less, as when the state lowers prices."
    ),
    "net_more": (
        "By the tariff, {kwh} kWh cost {sum} đồng before tax; the printed {printed} đồng is {by} đồng "
        "more. The lines are not printed, and another purpose may be among them."
    ),
    "net_less": (
        "By the tariff, {kwh} kWh cost {sum} đồng before tax; the printed {printed} đồng is {by} đồng "
        "less. The lines are not printed, and a discount or another purpose may be among them."
    ),
    "net_wrong": (
        "By the tariff, {kwh} kWh cost {sum} đồng before tax, but {printed} is printed: {by} đồng apart."
    ),
    "net_stale": (
        "By the table here, {kwh} kWh cost {sum} đồng before tax and {printed} is printed; "
        "the table may be too old."
    ),
    "net_households": (
        "{printed} đồng before tax is right for {households} households on this meter; how many is "
        "not set here."
    ),
    "net_scheme": (
        "{printed} đồng before tax is right if all kWh cost the price for tenants who were not declared."
    ),
    "net_rule": (
        "{printed} đồng before tax is right with quotas by days used if they are divided by the days "
        "of another month; no source settles which month counts."
    ),
    "net_split": (
        "By the tariff, {kwh} kWh cost {sum} đồng before tax and {printed} is printed; "
        "the rounding at a price change can explain {by} đồng."
    ),
    "total_agrees": "By the tariff, {kwh} kWh cost {sum} đồng with tax, as printed.",
    "total_wrong": (
        "By the tariff, {kwh} kWh cost {sum} đồng with tax, but {printed} is to be paid: {by} đồng apart."
    ),
    "total_stale": (
        "By the table here, {kwh} kWh cost {sum} đồng with tax and {printed} is to be paid; "
        "the table may be too old."
    ),
    "total_households": (
        "{printed} đồng with tax is right for {households} households on this meter; how many is "
        "not set here."
    ),
    "total_scheme": (
        "{printed} đồng with tax is right if all kWh cost the price for tenants who were not declared."
    ),
    "total_rule": (
        "{printed} đồng with tax is right with quotas by days used if they are divided by the days of "
        "another month; no source settles which month counts."
    ),
    "total_split": (
        "By the tariff, {kwh} kWh cost {sum} đồng with tax and {printed} is to be paid; "
        "the rounding at a price change can explain {by} đồng."
    ),
}
