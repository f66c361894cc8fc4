"""The spool of a sink: rows that wait on disk until they are delivered."""
