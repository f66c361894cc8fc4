"""What a run depends on and says itself: its data, its seed, and the run that it repeats."""
