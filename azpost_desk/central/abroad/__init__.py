"""Money over the border at the centre: quotes, sales, what leaves for partners, what they say, refunds."""
