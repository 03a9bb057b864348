"""The scenarios, one file each: which cases, and how the truth and the ledger are judged."""
