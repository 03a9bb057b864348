"""`sodien demo`: the main job, end to end, on a simulated clock; everything but the LED and the time is real."""
