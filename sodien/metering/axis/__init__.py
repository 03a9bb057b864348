"""Where boots lie in time: placed by what their clocks did in the end, and put on one line. Pure."""
