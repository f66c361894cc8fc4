"""GPUs for xetrack: a probe of their load, and a recorder of which there are."""
