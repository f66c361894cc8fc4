"""Runs as their rows and records show them: one table of all, the best, and what differs."""
