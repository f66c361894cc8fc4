"""What a table looks like in a SQLite file, and how it grows."""
