"""Rows and assets of one database into another, and backups."""
