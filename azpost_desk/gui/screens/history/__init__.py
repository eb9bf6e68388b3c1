"""The day's operations: found by anything that stands on them, copied, reversed with a second person."""
