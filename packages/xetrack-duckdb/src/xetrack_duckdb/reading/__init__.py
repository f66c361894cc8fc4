"""From a query, or a user's SQL, to the cells and files that answer it."""
