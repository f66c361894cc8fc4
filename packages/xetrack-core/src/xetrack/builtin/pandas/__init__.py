"""The frame backend of pandas."""
