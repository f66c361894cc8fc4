"""What one process shares: its files, forks, paths and quiet moments."""
