"""The lab: the unmodified daemon on a simulated Raspberry Pi chip, in a small machine that can be cut off.

See docs/explanation/lab.md. ``python -m lab`` runs scenarios, ``lab/run`` any command.
"""
