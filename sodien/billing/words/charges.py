"""The sentences of a verdict's checks of the charge, by key: the printed lines and sums, then the tariff."""

from __future__ import annotations

from typing import Final

from sodien.i18n import Text

CHARGE_WORDS: Final[dict[str, Text]] = {
    # the printed charge by itself
    "tier_adds": "Line {row}: {kwh} kWh × {price} = {printed} {currency}, as printed.",
    "tier_adds_not": (
        "Line {row}: {kwh} kWh × {price} = {sum}, but {printed} {currency} is printed: {by} {currency} apart."
    ),
    "tier_rounds": "Line {row}: {kwh} kWh × {price} = {sum}, which is printed as {printed} {currency}.",
    "tier_average": (
        "One line for all {kwh} kWh: {printed} {currency} make {price} {currency} per kWh on average, as "
        "printed."
    ),
    "tiers_kwh_rounds": "The lines add up to {printed} kWh, and {sum} kWh are billed: that is rounding.",
    "tiers_net_rounds": (
        "The lines add up to {sum} {currency}, which is printed as {printed} {currency} before tax."
    ),
    "tiers_net_items": (
        "The lines add up to {sum} {currency}, and less the printed discount that is {printed} {currency} "
        "before tax."
    ),
    "tiers_net_discount": (
        "The lines add up to {sum} {currency}, and {printed} {currency} before tax is {percent}% less, as "
        "when the state lowers prices."
    ),
    "tiers_kwh_adds": "The lines add up to {printed} kWh, as billed.",
    "tiers_kwh_adds_not": "The lines add up to {printed} kWh, but {sum} kWh are billed: {by} kWh apart.",
    "tiers_total_adds": (
        "The lines, which have the tax in them, add up to {printed} {currency} in all, as printed."
    ),
    "tiers_net_adds": "The lines add up to {printed} {currency} before tax, as printed.",
    "tiers_net_adds_not": (
        "The lines add up to {sum} {currency}, but {printed} {currency} before tax is printed: {by} "
        "{currency} apart."
    ),
    "tax_adds": "{net} {currency} × {percent}% = {printed} {currency} of tax, as printed.",
    "tax_adds_not": (
        "{net} {currency} × {percent}% = {sum} {currency} of tax, but {printed} is printed: {by} {currency}"
        " apart."
    ),
    "tax_rounds": "{net} {currency} × {percent}% = {sum} {currency} of tax, which is printed as {printed}.",
    "total_rounds": "{sum} {currency} in all, which is printed as {printed} {currency}.",
    "total_rate_rounds": (
        "{net} {currency} and {percent}% of tax make {sum} {currency}, which is printed as {printed}."
    ),
    "total_items": (
        "{sum} {currency}, with {debt} {currency} of old debt and less {discount} {currency} of discount as"
        " printed, make {printed} {currency}."
    ),
    "total_items_owed": (
        "{sum} {currency} and {debt} {currency} of old debt, as printed, make {printed} {currency}."
    ),
    "total_items_given": (
        "{sum} {currency} less {discount} {currency} of discount, as printed, make {printed} {currency}."
    ),
    "total_rounded": "{sum} {currency}, rounded to {step} {currency}, are printed as {printed} {currency}.",
    "total_discount": (
        "{printed} {currency} is to be paid, {percent}% less than {sum} {currency}, as when the state "
        "lowers prices."
    ),
    "total_debt": (
        "{printed} {currency} is to be paid, {by} {currency} more than {sum} {currency}: earlier bills of "
        "{debt} {currency}, if unpaid, would explain it."
    ),
    "total_more": (
        "{printed} {currency} is to be paid, {by} {currency} more than the charge of {sum} {currency}, and "
        "the notice does not say what for: an old debt, or another purpose, may be in it."
    ),
    "total_less": (
        "{printed} {currency} is to be paid, {by} {currency} less than the charge of {sum} {currency}, and "
        "the notice does not say why: a credit or a discount may be in it."
    ),
    "total_adds": "{net} + {tax} = {printed} {currency}, as printed.",
    "total_adds_not": (
        "{net} + {tax} = {sum} {currency}, but {printed} {currency} is to be paid: {by} {currency} apart."
    ),
    "total_rate_adds": "{net} {currency} and {percent}% of tax make {printed} {currency}, as printed.",
    "total_rate_adds_not": (
        "{net} {currency} and {percent}% of tax make {sum} {currency}, but {printed} {currency} is to be "
        "paid: {by} {currency} apart."
    ),
    # the charge by the tariff
    "charge_not_printed": "The notice prints no money, so there is none to check.",
    "charge_no_tariff": "There is no tariff to check the money with.",
    "charge_no_dates": "The money cannot be checked with the tariff: the days of the period are not known.",
    "charge_no_kwh": "The money cannot be checked with the tariff: the notice prints no consumption.",
    "charge_no_table": "The money cannot be checked with the tariff.",
    "charge_no_prices": (
        "The money cannot be checked: the tariff {tariff} has no prices for {day}. A tariff file can add "
        "them."
    ),
    "charge_no_rate": (
        "The money cannot be checked: the tariff has no rate of {tax} for {day}. A tariff file can add it."
    ),
    "charge_no_register": (
        "The money cannot be checked: {decision} has no price for the register {register}."
    ),
    "charge_no_prepaid": (
        "The money cannot be checked: {decision} has no price for prepayment. A tariff file can add it."
    ),
    "charge_no_demand": (
        "The money cannot be checked: the tariff {tariff} charges {name} by the {unit}, and the bill does "
        "not say how many."
    ),
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
        "{kwh} kWh are charged at {price} {currency}, the price of the register {register}, which has {own}"
        " kWh."
    ),
    "prices_agree": "The prices are those in force on these days ({decisions}).",
    "prices_average": (
        "{price} {currency} per kWh is the average of the prices in force on these days, as invoices of "
        "one line print."
    ),
    "prices_discount": "The prices are {percent}% below those in force, as when the state lowers them.",
    "prices_discount_some": (
        "The prices of some lines are {percent}% below those in force, as when the state lowers them."
    ),
    "prices_gross": "The prices are those in force with the {percent}% of tax in them.",
    "prices_purpose": (
        "{kwh} kWh cost {price} {currency} each, which is no household price: they may be for another "
        "purpose on this meter, such as a shop, whose prices cannot be checked here."
    ),
    "prices_wrong": (
        "Line {row} costs {price} {currency} per kWh; in force on these days: {right} ({decisions})."
    ),
    "prices_stale": (
        "Line {row} costs {price} {currency} per kWh; the table here says {right} ({decisions}), but it "
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
        "The price changed in the period; the lines differ from ours by {by} {currency}, "
        "which the rounding at the change can explain."
    ),
    "quotas_split_wrong": (
        "The price changed in the period; the lines differ from ours by {by} {currency}, "
        "more than rounding at the change can explain."
    ),
    "quotas_scheme": (
        "All kWh cost {price} {currency}, the price of one higher tier: right only for tenants who were "
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
    "net_agrees": "By the tariff, {kwh} kWh cost {sum} {currency} before tax, as printed.",
    "net_rounds": "By the tariff, {kwh} kWh cost {sum} {currency} before tax, which is printed as {printed}.",
    "net_items": (
        "By the tariff, {kwh} kWh cost {sum} {currency} before tax; less the printed discount of "
        "{discount} {currency} that is "
        "{printed}."
    ),
    "net_discount": (
        "By the tariff, {kwh} kWh cost {sum} {currency} before tax; the printed {printed} {currency} is "
        "{percent}% less, as when the state lowers prices."
    ),
    "net_more": (
        "By the tariff, {kwh} kWh cost {sum} {currency} before tax; the printed {printed} {currency} is "
        "{by} {currency} more. The lines are not printed, and another purpose may be among them."
    ),
    "net_less": (
        "By the tariff, {kwh} kWh cost {sum} {currency} before tax; the printed {printed} {currency} is "
        "{by} {currency} less. The lines are not printed, and a discount or another purpose may be among "
        "them."
    ),
    "net_other": (
        "By the tariff, {kwh} kWh cost {own} {currency} before tax; with the {other} {currency} of the "
        "other lines that makes {printed}, as printed."
    ),
    "net_lower": (
        "By the tariff, {kwh} kWh cost {own} {currency} before tax; the lower prices take {other} "
        "{currency} off, which leaves {printed}, as printed."
    ),
    "net_other_off": (
        "By the tariff and the other lines it is {sum} {currency} before tax, but {printed} is printed: "
        "{by} {currency} apart."
    ),
    "net_wrong": (
        "By the tariff, {kwh} kWh cost {sum} {currency} before tax, but {printed} is printed: {by} "
        "{currency} apart."
    ),
    "net_stale": (
        "By the table here, {kwh} kWh cost {sum} {currency} before tax and {printed} is printed; "
        "the table may be too old."
    ),
    "net_households": (
        "{printed} {currency} before tax is right for {households} households on this meter; how many is "
        "not set here."
    ),
    "net_scheme": (
        "{printed} {currency} before tax is right if all kWh cost the price for tenants who were not "
        "declared."
    ),
    "net_rule": (
        "{printed} {currency} before tax is right with quotas by days used if they are divided by the days "
        "of another month; no source settles which month counts."
    ),
    "net_split": (
        "By the tariff, {kwh} kWh cost {sum} {currency} before tax and {printed} is printed; "
        "the rounding at a price change can explain {by} {currency}."
    ),
    "total_agrees": "By the tariff, {kwh} kWh cost {sum} {currency} with tax, as printed.",
    "total_other": (
        "By the tariff, {kwh} kWh cost {own} {currency} before tax; with the {other} {currency} of the "
        "other lines and the tax that makes {printed}, as printed."
    ),
    "total_lower": (
        "By the tariff, {kwh} kWh cost {own} {currency} before tax; the lower prices take {other} "
        "{currency} off, and with the tax that makes {printed}, as printed."
    ),
    "total_other_off": (
        "By the tariff and the other lines it is {sum} {currency} with tax, but {printed} is to be paid: "
        "{by} {currency} apart."
    ),
    "total_gross": (
        "By the tariff, {kwh} kWh cost {sum} {currency} with tax; with prices that are rounded with their "
        "tax, {printed} is right."
    ),
    "total_wrong": (
        "By the tariff, {kwh} kWh cost {sum} {currency} with tax, but {printed} is to be paid: {by} "
        "{currency} apart."
    ),
    "total_stale": (
        "By the table here, {kwh} kWh cost {sum} {currency} with tax and {printed} is to be paid; "
        "the table may be too old."
    ),
    "total_households": (
        "{printed} {currency} with tax is right for {households} households on this meter; how many is "
        "not set here."
    ),
    "total_scheme": (
        "{printed} {currency} with tax is right if all kWh cost the price for tenants who were not declared."
    ),
    "total_rule": (
        "{printed} {currency} with tax is right with quotas by days used if they are divided by the days of "
        "another month; no source settles which month counts."
    ),
    "total_split": (
        "By the tariff, {kwh} kWh cost {sum} {currency} with tax and {printed} is to be paid; "
        "the rounding at a price change can explain {by} {currency}."
    ),
}
