"""Connections to a server: lent, made anew, retried, and kept out of forks."""
