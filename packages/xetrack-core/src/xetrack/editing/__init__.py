"""Changes to rows that are stored already."""
