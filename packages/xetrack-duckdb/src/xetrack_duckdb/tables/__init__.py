"""What a table looks like in DuckDB, how its cells are kept, and how it grows."""
