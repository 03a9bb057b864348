"""The evidence sheet of a bill: its page and its chart. Pure."""
