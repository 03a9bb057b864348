"""Sodien: the household's own witness to the number on its electricity meter."""

__version__ = "0.1.0"
