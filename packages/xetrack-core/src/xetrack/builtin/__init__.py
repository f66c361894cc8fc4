"""The parts that come with the core; they are found by the same hooks as anybody's."""
