"""The cache in a folder: diskcache stores bytes, and only signed ones are believed."""
