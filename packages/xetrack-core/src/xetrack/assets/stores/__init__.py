"""Which asset store a database has: what the user chose, and what the database remembers."""
