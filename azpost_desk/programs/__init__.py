"""One file per program we ship: it assembles rooms and does nothing else."""
