"""Messages to people: queued once, sent with growing waits, withdrawn when untrue, listed masked."""
