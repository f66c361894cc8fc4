"""The records of runs: written as events beside the rows, and read back as one record a run."""
