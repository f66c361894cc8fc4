"""The tables in DuckDB: their columns and types, how cells are encoded, and how tables grow."""
