"""An example of a plugin: see `xetrack_example.plugin` for what it offers."""
