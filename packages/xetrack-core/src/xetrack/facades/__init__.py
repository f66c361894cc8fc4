"""The parts of `xetrack.Tracker` and `xetrack.Reader`, each with the methods of one purpose."""
