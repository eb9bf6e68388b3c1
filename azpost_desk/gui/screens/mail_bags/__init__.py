"""The screen of inland bags: filled, closed and handed over here; taken in, opened and emptied there."""
