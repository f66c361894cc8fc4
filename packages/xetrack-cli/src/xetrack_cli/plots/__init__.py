"""Plots: what is drawn, and how it is drawn in a terminal or saved to a file."""
