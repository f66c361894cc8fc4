"""From a query, or a user's SQL, to the cells that answer it."""
