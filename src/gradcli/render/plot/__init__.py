"""Plots of functions of one or two numbers: what is sampled, what is marked, and how it is drawn."""
