"""The inspector: one page in which a graph is looked at, stepped through and computed again."""
