"""What a clerk or manager may ask of the desk: one use case, one transaction; ports.py says what they need from outside."""
