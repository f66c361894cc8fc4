"""Sinks and probes: many, each on its own, none able to cost a row."""
