"""What the pure core found, as sentences in the language in use."""
