"""What a function refers to in the user's own code: its helpers, which count in its keys."""
