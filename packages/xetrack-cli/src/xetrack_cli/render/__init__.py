"""Results as people and programs want them: Markdown, drawn tables, JSON, CSV."""
