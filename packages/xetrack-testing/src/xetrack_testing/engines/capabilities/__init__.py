"""The contracts of what an engine may offer beside the promises of all engines."""
