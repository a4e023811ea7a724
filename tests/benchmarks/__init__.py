"""Measurements of what gradcli claims about its speed: `python -m tests.benchmarks`."""
