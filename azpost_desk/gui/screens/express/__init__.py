"""Express mail over the counter: who sends it, to whom, how heavy, what it costs, into the basket."""
