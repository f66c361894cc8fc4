"""A DuckDB file in this process: opened, locked, lent, copied, and given back."""
