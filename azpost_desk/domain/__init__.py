"""What is true at a post office with or without a computer: immutable values and pure rules; no clock, no I/O, no framework."""
