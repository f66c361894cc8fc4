"""Connections to one SQLite file, and the transactions on the one that stores rows."""
