"""A meter without hardware: load profile, pulse source and the ground truth."""
