"""The durable record: one append-only SQLite file, its seals, salvage, backup and restore."""
