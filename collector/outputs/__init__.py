"""Each kind of database, or a file, as the place where lines are stored."""
