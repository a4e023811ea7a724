"""A graph drawn in a terminal: layered boxes where they fit, else a tree."""
