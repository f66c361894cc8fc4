"""The command line of xetrack: `xt`, or ``python -m xetrack_cli``."""
