"""An asset store for xetrack: objects wherever fsspec reaches."""
