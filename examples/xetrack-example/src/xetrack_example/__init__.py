"""A plugin for xetrack: see `xetrack_example.plugin` for what it offers."""
