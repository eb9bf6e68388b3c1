"""Mail: an item's events, the states they lead to, and its history folded from them."""
