"""Bills at the counter: take one after the other, see what became of today's."""
