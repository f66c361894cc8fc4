"""What threads, forks and processes may do to one location at once."""
