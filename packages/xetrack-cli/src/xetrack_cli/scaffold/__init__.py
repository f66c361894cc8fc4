"""New plugins, and new parts of plugins: their names, their files, and where they are written."""
