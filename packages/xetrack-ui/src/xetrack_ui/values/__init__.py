"""Values of databases as JSON and as bytes, and the parameters of requests."""
