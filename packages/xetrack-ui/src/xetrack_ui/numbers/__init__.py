"""Numbers of runs: their figures, and lines that are smoothed."""
