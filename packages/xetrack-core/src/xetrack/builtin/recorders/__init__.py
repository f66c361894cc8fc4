"""The built-in recorders: environment, packages, git and command."""
