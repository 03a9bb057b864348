"""The pure core of counting: filter, counter, register bounds, reading calendar. No I/O, no clock."""
