"""A command for xetrack: a report of a run in Markdown or HTML."""
