"""Money by code at the centre: requests of desks, what the rail credits, what goes back to payers."""
