"""`sodien doctor`: look at everything that can go wrong, with a remedy for each finding."""

from sodien.cli.doctor.examine import command

__all__ = ["command"]
