"""Mail: an item's events, states and history; what a customs form needs to know."""
