"""Rows on their way into a table, also from a nested call or while the server is away."""
