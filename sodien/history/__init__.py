"""A meter as the ledger knows it: counts, gaps, dial readings, installations, and the register from them."""
