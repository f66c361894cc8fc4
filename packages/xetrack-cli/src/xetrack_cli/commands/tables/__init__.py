"""Commands that show or change the rows of a table."""
