"""Writing to the logs of a tracker, and reading logs without a database."""
