"""The tables in PostgreSQL: their columns and types, how cells are encoded, and how tables grow."""
