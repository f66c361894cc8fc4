"""The rows of a table, or of one run in it, as its readers see them."""
