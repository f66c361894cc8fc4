"""Connections to a server: pooled, opened anew, retried, and kept out of forks."""
