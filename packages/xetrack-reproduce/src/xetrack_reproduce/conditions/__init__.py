"""The conditions of a run: what can be recreated, and what has to be said of the rest."""
