"""Disputes and cases: what waits, how long, what the centre said, ending it or taking it further."""
