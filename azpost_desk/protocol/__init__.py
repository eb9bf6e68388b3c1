"""What desk and centre exchange: messages, journal records and their hash chain, versions, error codes."""
