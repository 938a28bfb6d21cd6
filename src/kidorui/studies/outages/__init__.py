"""N-1 on the monthly engine: everything that may fail, lived through one at a time."""
