"""Is it a pulse? The filter, the counter and the signal. Pure."""
