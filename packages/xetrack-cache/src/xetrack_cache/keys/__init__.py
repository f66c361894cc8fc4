"""Keys of calls: what two calls must have in common for one to have the other's result."""
