"""The inspector: one HTML file that steps through both sweeps, opened from disk, with nothing from the network."""
