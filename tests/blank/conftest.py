"""The tests of the blank product run where it is laid over a tree, not here."""

collect_ignore = ["new"]
