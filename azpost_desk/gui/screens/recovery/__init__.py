"""What is not finished outside, what the centre asks and proposes, and what it did or read of this desk."""
