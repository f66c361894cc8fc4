"""A storage engine for xetrack: rows in an LMDB environment."""
