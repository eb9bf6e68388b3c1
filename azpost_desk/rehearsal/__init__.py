"""A post office in miniature: sandbox billers, partners, terminals; simulated desks and faults; the played working day; benchmarks."""
