"""The log into which rows go first, and how they come from there into DuckDB."""
