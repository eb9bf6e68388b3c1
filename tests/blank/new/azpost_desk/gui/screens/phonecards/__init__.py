"""Phone cards: serial and amount."""
