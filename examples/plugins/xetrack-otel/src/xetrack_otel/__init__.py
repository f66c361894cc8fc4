"""A sink for xetrack: rows as log records of OpenTelemetry."""
