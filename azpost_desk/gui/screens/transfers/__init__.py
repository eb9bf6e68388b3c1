"""Transfers at the counter: send, pay out, what was sent here."""
