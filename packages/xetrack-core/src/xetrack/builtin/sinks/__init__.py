"""Where rows go besides the database: a text log, the terminal, a file of JSON lines."""
