"""Rows in SQLite, the engine that is always there."""
