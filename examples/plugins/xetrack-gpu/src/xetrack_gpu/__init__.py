"""A probe for xetrack: load and memory of NVIDIA GPUs."""
