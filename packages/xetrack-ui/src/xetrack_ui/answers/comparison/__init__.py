"""Runs side by side: what differs, and what judges say of it."""
