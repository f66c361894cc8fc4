"""From an entry point to a part that can be used, or to the reason why it cannot."""
