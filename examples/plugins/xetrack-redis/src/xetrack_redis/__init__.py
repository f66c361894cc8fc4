"""A cache for xetrack: results of functions in Redis."""
