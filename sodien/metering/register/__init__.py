"""What is the register? Bounds from dial readings, counted pulses and gaps. Pure."""
