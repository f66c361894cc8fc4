"""From what a user logs to a stored row."""
