"""The sentences of a verdict's checks of the charge, by key: the printed lines and sums, then the tariff."""

from __future__ import annotations

from typing import Final

from sodien.i18n import Text

CHARGE_WORDS: Final[dict[str, Text]] = {
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
    "tiers_total_adds": "The lines, which have the tax in them, add up to {printed} đồng in all, as printed.",
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
        "{kwh} kWh are charged at {price} đồng, the price of the register {register}, which has {own} kWh."
    ),
    "prices_agree": "The prices are those in force on these days ({decisions}).",
    "prices_average": (
        "{price} đồng per kWh is the average of the prices in force on these days, as invoices of "
        "one line print."
    ),
    "prices_discount": "The prices are {percent}% below those in force, as when the state lowers them.",
    "prices_discount_some": (
        "The prices of some lines are {percent}% below those in force, as when the state lowers them."
    ),
    "prices_gross": "The prices are those in force with the {percent}% of tax in them.",
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
    "net_other": (
        "By the tariff, {kwh} kWh cost {own} đồng before tax; with the {other} đồng of the other lines "
        "that makes {printed}, as printed."
    ),
    "net_lower": (
        "By the tariff, {kwh} kWh cost {own} đồng before tax; the lower prices take {other} đồng off, "
        "which leaves {printed}, as printed."
    ),
    "net_other_off": (
        "By the tariff and the other lines it is {sum} đồng before tax, but {printed} is printed: "
        "{by} đồng apart."
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
    "total_other": (
        "By the tariff, {kwh} kWh cost {own} đồng before tax; with the {other} đồng of the other lines "
        "and the tax that makes {printed}, as printed."
    ),
    "total_lower": (
        "By the tariff, {kwh} kWh cost {own} đồng before tax; the lower prices take {other} đồng off, "
        "and with the tax that makes {printed}, as printed."
    ),
    "total_other_off": (
        "By the tariff and the other lines it is {sum} đồng with tax, but {printed} is to be paid: "
        "{by} đồng apart."
    ),
    "total_gross": (
        "By the tariff, {kwh} kWh cost {sum} đồng with tax; with prices that are rounded with their tax, "
        "{printed} is right."
    ),
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
