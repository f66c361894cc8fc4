"""The comparison of two runs: which run stands for which, and their rows column by column."""
