"""Parts in use: how messages name them, and what runs SQL for an engine that runs none."""
