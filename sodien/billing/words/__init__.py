"""Bills, checks and causes as sentences. Pure."""
