"""The utility's side: tariff, bill, notice and verdict. Pure."""
