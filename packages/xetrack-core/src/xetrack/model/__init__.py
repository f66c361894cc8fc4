"""What values, names and times are, wherever they are stored."""
