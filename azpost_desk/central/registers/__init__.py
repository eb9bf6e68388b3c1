"""Billers' daily registers: read, kept, held against what the line said, and settled by."""
