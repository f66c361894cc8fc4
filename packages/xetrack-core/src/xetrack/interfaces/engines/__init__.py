"""What an engine may be besides a class that extends `Engine`, and what it may be able to do."""
