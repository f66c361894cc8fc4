"""Answers as frames of pandas, polars and Arrow, and as files."""
