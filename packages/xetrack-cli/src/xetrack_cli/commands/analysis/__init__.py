"""Commands that compare runs, count and draw."""
