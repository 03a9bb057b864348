"""`sodien demo`: the main job, end to end; only the LED and the time are simulated."""
