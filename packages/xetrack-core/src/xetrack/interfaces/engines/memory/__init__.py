"""An engine whose tables are in memory, for others to extend."""
