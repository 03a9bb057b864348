"""What the running daemon tells of itself, and what it is asked to do: nothing of it is evidence."""
