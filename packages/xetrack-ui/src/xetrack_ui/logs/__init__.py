"""Logs that sinks write beside the rows of a database."""
