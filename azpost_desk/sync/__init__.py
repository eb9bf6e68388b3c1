"""Carries the journal to the centre and the centre's news back, in order, with patience, exactly once in effect."""
