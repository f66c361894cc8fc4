"""Answers to queries, as frames by whichever backend, and as files."""
