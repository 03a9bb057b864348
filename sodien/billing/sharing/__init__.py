"""One utility's meter and the sub-meters behind it: each one's share of the bill, in kWh and money. Pure."""
