"""Claims: what the utility says the register showed, day by day. They are judged, and prove nothing."""
