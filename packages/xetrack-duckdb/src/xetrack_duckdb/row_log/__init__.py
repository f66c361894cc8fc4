"""The log into which rows go first, and how they are flushed from there into DuckDB."""
