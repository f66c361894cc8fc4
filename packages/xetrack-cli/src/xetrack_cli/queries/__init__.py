"""What commands ask of a table, and what they compute from its rows."""
