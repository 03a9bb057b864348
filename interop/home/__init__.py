"""A real Home Assistant from PyPI, on a Python of its own, beside a real broker and the real daemon."""
