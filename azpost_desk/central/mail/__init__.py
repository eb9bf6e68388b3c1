"""Mail at the centre: the file of every item, and who hears of what is in it."""
