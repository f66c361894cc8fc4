"""The documented methods of `xetrack.Tracker` and `xetrack.Reader`, a page for each component."""
