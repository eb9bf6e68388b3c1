"""Scanning items under one event, one after the other, and what is known of an item."""
