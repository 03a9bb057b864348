"""The household's page: what the ledger knows, on a phone; a small service of its own."""
