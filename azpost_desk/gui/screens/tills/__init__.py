"""The till screen: the day and the till opened, cash between till, safe and desks, goods into stock, the blind count."""
