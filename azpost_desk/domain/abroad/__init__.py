"""Money over the border: partners, corridors and rates as dated documents, quotes, legal moves, Latin names."""
