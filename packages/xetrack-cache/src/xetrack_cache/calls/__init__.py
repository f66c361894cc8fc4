"""Cached calls: which result answers a call, and what is done where there is none."""
