"""Primal functions that a primitive's declaration names where the libraries have none, or one that raises."""
