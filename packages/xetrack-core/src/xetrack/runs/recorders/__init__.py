"""The recorders of a tracker: the usual ones, and those that it chose."""
