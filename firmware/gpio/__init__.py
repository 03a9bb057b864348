"""Edges from the kernel: pulse inputs on gpiozero, and the libgpiod pin factory."""
