"""The utility's side as the ledger knows it: stored bills, their audit, evidence sheets, cost so far."""
