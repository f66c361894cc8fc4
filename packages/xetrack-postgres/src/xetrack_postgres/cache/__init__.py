"""Results of calls, kept in the schema of the rows or in one of their own."""
