"""What a table looks like in PostgreSQL, and how it grows."""
