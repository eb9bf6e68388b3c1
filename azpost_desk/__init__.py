"""A post-office counter: transfers, payments and express mail, first written here, then carried to the centre."""
