"""A tracked call: what is recorded of it, and how it is run."""
