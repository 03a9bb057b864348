"""Can the bill be right? Each check, the verdict over them and what would explain it. Pure."""
