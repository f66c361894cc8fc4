"""Guards: whatever a part raises becomes one of xetrack's errors, which names the part."""
