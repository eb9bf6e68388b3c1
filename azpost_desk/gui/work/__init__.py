"""Getting work off the main thread and its answer back."""
