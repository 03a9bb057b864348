"""What should it cost? Price tables, quotas, charges and their rounding. Pure."""
